"""Names given in thanks: nobody is named who does not want it, or against who must agree."""

from __future__ import annotations

import pytest

from ledger.domain import naming
from ledger.domain.events.naming import Beneficiary
from ledger.domain.history import History
from ledger.domain.naming_refusals import (
    AnonymousDonor,
    BeneficiaryRefused,
    ConsentMissing,
    CostNotPositive,
    DonorDeclined,
    GiftNamedTwice,
    LanguageMalformed,
    MayNameAPerson,
    NotScreened,
    ScreenFailed,
    ShareMalformed,
    TextDiffers,
    WishNotRecorded,
    WishStands,
    WordUnknown,
    WrongStep,
)
from ledger.domain.organisations import NameUnusable
from ledger.domain.values import AccountMalformed, PlaceMalformed
from ledger.errors import Refused
from ledger.money import Money
from tests.ledger.domain.naming_given import (
    ANOTHER_TEXT,
    CHARITY,
    FACTS,
    NAMING,
    NOON,
    PAPER,
    PLAQUE,
    STEPS,
    TERM,
    TEXT,
    TODAY,
    Step,
    approve,
    at,
    consent,
    enter,
    facts_of,
    fund,
    proposal,
    proposed,
    revoke,
    screen,
    submit,
    then,
    wish,
    withdraw,
)


@pytest.mark.parametrize("form", ["name", "plaque"])
@pytest.mark.parametrize("proposer", ["donor", "authority"])
def test_a_name_is_proposed_by_the_donor_or_by_an_authority_as_thanks(
    form: str, proposer: str
) -> None:
    event = naming.propose(
        NAMING, CHARITY, proposal(form=form, proposed_by=proposer), "clerk", NOON
    )

    assert facts_of(event) == {
        **FACTS[type(event)],
        "form": form,
        "proposed_by": proposer,
    }


def test_every_step_of_the_way_into_force_says_what_was_asked() -> None:
    grant = proposed()
    for step in STEPS.values():
        event = step(grant)
        assert facts_of(event) == FACTS[type(event)]
        assert event.originator_version == grant.version + 1
        grant = then(grant, step)
    assert grant.status == "in force"


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ({"proposed_by": "friend"}, WordUnknown),
        ({"thing": "planet"}, WordUnknown),
        ({"form": "song"}, WordUnknown),
        ({"language": "Chinese"}, LanguageMalformed),
        ({"place": "Harbin"}, PlaceMalformed),
        ({"share_asked": 0}, ShareMalformed),
        ({"share_asked": 10_001}, ShareMalformed),
        ({"cost": Money(0)}, CostNotPositive),
        ({"gifts": ("gift-1", "gift-2", "gift-1")}, GiftNamedTwice),
        ({"benefit": "\n"}, NameUnusable),
    ],
)
def test_a_proposal_that_can_not_be_meant_is_refused(
    said: dict[str, object], refusal: type[Refused]
) -> None:
    with pytest.raises(refusal):
        proposed(**said)


def test_a_proposal_may_leave_out_what_a_prize_has_not() -> None:
    grant = proposed(
        thing="prize", construction=False, place=None, cost=None, gifts=(), share_asked=None
    )

    assert grant.status == "proposed"


def test_an_account_is_a_role_and_no_persons_name() -> None:
    with pytest.raises(AccountMalformed):
        naming.propose(NAMING, CHARITY, proposal(), "王某某", NOON)


def test_no_step_follows_before_the_donor_is_asked() -> None:
    steps: list[Step] = [screen, fund, consent, submit, withdraw]
    for step in steps:
        with pytest.raises(WishNotRecorded):
            step(proposed())
    with pytest.raises(WishNotRecorded):
        enter(proposed(**PLAQUE), term=TERM)


def test_a_donor_who_declined_is_never_named() -> None:
    declined = then(proposed(), lambda g: wish(g, "no"))

    steps: list[Step] = [wish, screen, fund, consent, submit, approve, enter, revoke, withdraw]
    for step in steps:
        with pytest.raises(DonorDeclined):
            step(declined)
    assert not declined.shown_on(TODAY)


def test_a_donor_may_decline_even_after_the_approval() -> None:
    declined = then(at("approved"), lambda g: wish(g, "no"))

    with pytest.raises(DonorDeclined):
        enter(declined)


def test_an_anonymous_donor_becomes_a_named_one_only_by_a_new_consent() -> None:
    anonymous = then(at("approved"), lambda g: wish(g, "anonymous"))
    steps: list[Step] = [screen, fund, consent, enter]
    for step in steps:
        with pytest.raises(AnonymousDonor):
            step(anonymous)

    assert then(anonymous, wish, enter).status == "in force"


def test_another_name_is_a_new_proposal() -> None:
    renamed = then(proposed(), lambda g: wish(g, "other-name"))

    with pytest.raises(TextDiffers, match="propose the other text"):
        wish(renamed)
    assert proposed(text=ANOTHER_TEXT, follows=NAMING).text == ANOTHER_TEXT


@pytest.mark.parametrize(("what", "other"), [("yes", ANOTHER_TEXT), ("other-name", None)])
def test_only_the_wish_for_another_name_has_another_text(what: str, other: object) -> None:
    with pytest.raises(WordUnknown):
        naming.record_wish(proposed(), what, other, PAPER, NOON, publish=True)  # type: ignore[arg-type] # the pair is the point


def test_a_wish_is_one_of_four() -> None:
    with pytest.raises(WordUnknown, match="yes, no, other-name, anonymous"):
        wish(proposed(), "perhaps")


def test_the_same_wish_is_not_recorded_twice() -> None:
    with pytest.raises(WishStands):
        wish(at("wished"))


def test_a_wish_for_anonymity_is_no_consent_to_be_shown() -> None:
    event = naming.record_wish(proposed(), "anonymous", None, PAPER, NOON, publish=True)

    assert not event.publish


def test_a_named_donor_withdraws_and_does_not_wish_anew() -> None:
    with pytest.raises(WrongStep):
        wish(at("in force"), "no")


def test_only_the_proposed_text_is_screened() -> None:
    with pytest.raises(TextDiffers):
        naming.screen(at("wished"), ANOTHER_TEXT, "names-2026-11", (), NOON)


def test_a_text_that_is_not_screened_goes_nowhere() -> None:
    with pytest.raises(NotScreened):
        fund(at("wished"))
    with pytest.raises(NotScreened):
        consent(at("wished"))


def test_a_text_that_failed_goes_nowhere_until_it_passes() -> None:
    failed = then(at("wished"), lambda g: screen(g, "superlative", "banned-product"))
    for step in (fund, consent, submit):
        with pytest.raises(ScreenFailed, match="superlative, banned-product"):
            step(failed)

    assert then(failed, screen, fund).findings == ()


def test_a_change_of_text_is_a_new_proposal() -> None:
    with pytest.raises(TextDiffers):
        approve(at("submitted"), text=ANOTHER_TEXT)


def test_no_name_without_the_beneficiarys_consent() -> None:
    with pytest.raises(ConsentMissing):
        submit(at("funded"))
    with pytest.raises(ConsentMissing):
        enter(then(proposed(**PLAQUE), wish, screen), term=TERM)


def test_no_name_against_the_beneficiarys_refusal() -> None:
    refused = then(at("funded"), lambda g: consent(g, given=False))
    with pytest.raises(BeneficiaryRefused):
        submit(refused)

    assert then(refused, consent, submit).status == "submitted"


def test_a_beneficiary_who_is_a_person_is_not_named_in_public() -> None:
    person = Beneficiary(id="beneficiary-1", organisation="王某某", sealed=())

    with pytest.raises(MayNameAPerson):
        naming.record_consent(at("funded"), person, PAPER, NOON, given=True)
    sealed = Beneficiary(id="beneficiary-1", organisation=None, sealed=TEXT.sealed)
    assert naming.record_consent(at("funded"), sealed, PAPER, NOON, given=True).by == sealed


def test_the_two_consents_are_two_events_and_each_can_be_withdrawn() -> None:
    for by in ("donor", "beneficiary"):
        for stage in ("consented", "approved", "in force"):
            ended = then(at(stage), lambda g, by=by: withdraw(g, by))  # type: ignore[misc] # a default is no surprise here
            assert ended.status == "withdrawn"
            assert not ended.shown_on(TODAY)


def test_a_consent_that_was_never_given_can_not_be_withdrawn() -> None:
    with pytest.raises(ConsentMissing):
        withdraw(at("wished"), "beneficiary")
    with pytest.raises(WordUnknown):
        withdraw(at("wished"), "neighbour")


def test_an_anonymous_donor_stays_on_record() -> None:
    event = wish(proposed(), "anonymous")

    assert facts_of(event) == {
        "wish": "anonymous", "other": None, "publish": False, "document": PAPER,
    }  # fmt: skip
    assert then(proposed(), lambda _: event).gifts == ("gift-1",)


def test_naming_never_changes_amounts() -> None:
    history = History()
    for leaf, step in enumerate(STEPS.values()):
        history.see(leaf, step(at(list(STEPS)[leaf - 1]) if leaf else proposed()))

    assert history.accounts == {}
    assert history.money_conserved
