"""Why a name is refused, each class named for the rule that broke (domain rules 4)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from ledger.errors import Refused
from ledger.money import Money


class WordUnknown(Refused):
    """A fixed word is none of those the field knows."""

    def __init__(self, what: str, word: str, known: Iterable[str]) -> None:
        super().__init__(f"{what} {word!r} is none of {', '.join(known)}")


class LanguageMalformed(Refused):
    """The language of a name is not a tag such as zh-Hans (RFC 5646)."""

    def __init__(self, language: str) -> None:
        super().__init__(f"language {language!r} is no tag such as zh-Hans, bo or en (RFC 5646)")


class ShareMalformed(Refused):
    """A share is not between one and ten thousand basis points."""

    def __init__(self, share: int) -> None:
        super().__init__(f"a share of {share} basis points can't be: write 1 to 10000 (100 %)")


class CostNotPositive(Refused):
    """Something that costs nothing can't be paid for alone or mainly."""

    def __init__(self, cost: Money) -> None:
        super().__init__(f"a total cost of {cost} can't be right; it must be above zero")


class GiftNamedTwice(Refused):
    """A gift counts once for a name."""

    def __init__(self, gift: str) -> None:
        super().__init__(f"{gift} is named twice; each gift counts once")


class MayNameAPerson(Refused):
    """What is public may name an organisation, never a person."""

    def __init__(self) -> None:
        super().__init__("that is not surely the name of an organisation; seal it")


class DonorDeclined(Refused):
    """The donor does not want to be named; that ends it (公益事业捐赠法 art. 8, rules 4)."""

    def __init__(self, naming: str) -> None:
        super().__init__(f"the donor declined {naming}; no step can follow")


class AnonymousDonor(Refused):
    """A donor who stays anonymous is named only after a new consent (慈善法 2023 art. 82)."""

    def __init__(self, naming: str) -> None:
        super().__init__(f"the donor of {naming} stays anonymous; only a new wish can change that")


class WishNotRecorded(Refused):
    """Nobody has asked the donor yet."""

    def __init__(self, naming: str) -> None:
        super().__init__(f"the donor's wish on {naming} is not recorded; ask first")


class WishStands(Refused):
    """The same wish is already on record."""

    def __init__(self, wish: str) -> None:
        super().__init__(f"the donor's wish is {wish!r} already")


class TextDiffers(Refused):
    """A change of text is a new proposal."""

    def __init__(self, naming: str) -> None:
        super().__init__(f"that is not the text of {naming}; propose the other text as a new name")


class NotScreened(Refused):
    """The text was not checked yet."""

    def __init__(self, naming: str) -> None:
        super().__init__(f"the text of {naming} is not screened yet")


class ScreenFailed(Refused):
    """Something speaks against the text."""

    def __init__(self, findings: Iterable[str]) -> None:
        super().__init__(f"the text can't be a name: {', '.join(findings)}")


class FundingNotTested(Refused):
    """Nobody has set what was received against what the rule asks."""

    def __init__(self, naming: str) -> None:
        super().__init__(f"the funding of {naming} is not tested; a construction project's must be")


class BelowThreshold(Refused):
    """What was received does not carry the name; pledges do not count."""

    def __init__(self, received: Money, needed: Money) -> None:
        super().__init__(f"{received} was received, {needed} is needed; promised money is not yet")


class RuleMalformed(Refused):
    """A funding rule asks for nothing, or for what can't be."""

    def __init__(self, rule: str, why: str) -> None:
        super().__init__(f"funding rule {rule} can't be used: {why}")


class RuleNotInForce(Refused):
    """A funding rule does not cover the day of the test."""

    def __init__(self, rule: str, day: date) -> None:
        super().__init__(f"funding rule {rule} is not in force on {day}; hand in the one that is")


class CostUnknown(Refused):
    """A share can be taken of a cost only."""

    def __init__(self, rule: str) -> None:
        super().__init__(f"funding rule {rule} asks for a share; state the total cost")


class ConsentMissing(Refused):
    """The beneficiary has not agreed (慈善法 2023 art. 99)."""

    def __init__(self, naming: str) -> None:
        super().__init__(f"the beneficiary's consent to {naming} is not recorded")


class BeneficiaryRefused(Refused):
    """The beneficiary does not want to bear the name."""

    def __init__(self, naming: str) -> None:
        super().__init__(f"the beneficiary refused {naming}")


class ApprovalNeeded(Refused):
    """A project name needs the approval of government (公益事业捐赠法 art. 14)."""

    def __init__(self, naming: str) -> None:
        super().__init__(f"{naming} needs the approval of government at county level or above")


class ApprovalNotNeeded(Refused):
    """A plaque, a fund, a prize or a room is not government's to approve."""

    def __init__(self, naming: str) -> None:
        super().__init__(f"{naming} needs no approval by government; let it enter into force")


class NotCountyGovernment(Refused):
    """A township, a village committee or a school is no approving government."""

    def __init__(self, authority: str, level: str) -> None:
        super().__init__(
            f"{authority} ({level}) can't approve a project's name: it must be a government "
            "organ (credit code 11...) of county, city, province or state"
        )


class AnotherAuthority(Refused):
    """The decision comes from a body that was not asked."""

    def __init__(self, asked: str, decided: str) -> None:
        super().__init__(f"the name was submitted to {asked}, not to {decided}")


class TermMalformed(Refused):
    """A term is missing, ends before it begins, or begins before its approval."""

    def __init__(self, why: str) -> None:
        super().__init__(f"the term of a name can't be used: {why}")


class OutsideTerm(Refused):
    """A name is in force on the days of its term only."""

    def __init__(self, day: date, first: date, last: date) -> None:
        super().__init__(f"{day} is not within the term from {first} to {last}")


class TermRuns(Refused):
    """A name expires after its last day, not before."""

    def __init__(self, last: date) -> None:
        super().__init__(f"the term runs until {last}; revoke or withdraw the name to end it now")


class BenefitNotRecorded(Refused):
    """What the donor gets beyond the name must be valued for each gift first (rules 4)."""

    def __init__(self, gift: str) -> None:
        super().__init__(f"the donor gets more than a name: record the benefit of {gift} first")


class NotInForce(Refused):
    """The name is not in force."""

    def __init__(self, naming: str, is_now: str) -> None:
        super().__init__(f"{naming} is {is_now}, not in force")


class NamingEnded(Refused):
    """Nothing follows an end; propose the name anew."""

    def __init__(self, naming: str, is_now: str) -> None:
        super().__init__(f"{naming} is {is_now}, for good; propose a new name")


class WrongStep(Refused):
    """A name goes from proposed to submitted to approved to in force, each once."""

    def __init__(self, naming: str, is_now: str, asked: str) -> None:
        super().__init__(f"{naming} is {is_now}; it can't be {asked}")


class NoReview(Refused):
    """There is no open review to close."""

    def __init__(self, naming: str) -> None:
        super().__init__(f"{naming} is under no review")


class SamePerson(Refused):
    """Two people are needed: who recorded or decided first can't be the second."""

    def __init__(self, person: str) -> None:
        super().__init__(f"{person} acted on this name already; another person must")


class ActsOnAnothersName(Refused):
    """Only the charity, or the authority that approved the name, may act on it."""

    def __init__(self, actor: str, naming: str) -> None:
        super().__init__(f"{actor} can't do that to {naming}: it is not its own")
