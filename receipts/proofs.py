"""Checks 1 and 2 of a receipt: its form, and that it is the one the log has (domain rules 3.9)."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from hashlib import sha256

from ledger import codec
from ledger.domain.events import ReceiptNumbersAllotted
from ledger.domain.organisations import AUTHORITY
from ledger.domain.receipts import numbered, stream, well_formed
from ledger.money import Money
from ledger.proof import jws
from ledger.proof.disclosure import Opening
from ledger.proof.encoding import unb64url
from ledger.proof.merkle import leaf_hash
from receipts import pades, qr, says
from receipts.chain import Chain
from receipts.known import Known
from receipts.sealing import TYP as SEAL_TYP
from receipts.status import Status, StatusList
from receipts.verdict import (
    NOT_ASKED,
    NOTHING_AGAINST,
    Differs,
    NotListed,
    Replaced,
    Told,
    Unfit,
    Voided,
)

YEARS_OF_A_CODE = 2
"""Old numbers are used up before new ones, so in the next year too (财综〔2024〕1号 art. 11)."""

NAMES_NEEDED, NAMES = {"name", "check_code"}, {"name", "check_code", "address", "taxpayer"}
MEMBER = "member"
PRINTED = b"(DLR2|"


def check_form(known: Known, _: Chain) -> Told:
    """1. The number has its form, is of category 05, and of the year of the issue date."""
    check_number_form(known.receipt.code, known.receipt.number, known.receipt.issued_on)
    return NOTHING_AGAINST


def check_number_form(code: str, number: str, issued_on: date) -> None:
    """Refuse a number that no donation receipt of that day can bear (domain rules 3.3)."""
    numbered(code, number)
    if (issued_on.year - int(code[6:])) % 100 >= YEARS_OF_A_CODE:
        raise Differs(
            f"code {code} is not of the year of issue, {issued_on.year}", "code", "issued_on"
        )


def check_format(_known: Known, _: Chain) -> Told:
    """2. The file carries one bundle, in its one form; `known.Parts` has read it."""
    return NOTHING_AGAINST


def check_checkpoint(known: Known, chain: Chain) -> Told:
    """2. The trusted log key signed the one checkpoint of all proofs."""
    known.size = chain.checkpoint(known.bundle).size
    return Told(says.as_of_size(known.size))


def check_inclusion(known: Known, chain: Chain) -> Told:
    """2. Each entry's exact bytes are a leaf under that checkpoint."""
    chain.check_inclusion(known.bundle)
    return NOTHING_AGAINST


def check_signers(known: Known, chain: Chain) -> Told:
    """2. Each signer was registered, working at that point, and had the right to sign that.

    What a key signed before it was revoked stays good; the words tell of a revocation.
    """
    known.organisations = chain.check_signers(known.bundle).organisations
    kid = chain.signer(known.bundle, known.place)
    revoked = kid in known.issuer.revoked
    if known.listed is not None and known.status and known.status.as_of.size > known.place:
        until = [key.until for key in known.listed.keys if key.kid == kid]
        if not until or (until[0] is not None and until[0] <= known.place):
            raise Unfit(f"the status list says that key {kid} did not sign for its issuer then")
        revoked = revoked or until[0] is not None
    return Told(says.KEY_REVOKED_LATER if revoked else "")


def check_number(known: Known, _: Chain) -> Told:
    """2. The receipt lies in the stream of its number, which was allotted to its issuer."""
    receipt, opened = known.receipt, known.opened
    if opened.originator_version != 1:
        raise Differs("its receipt does not open its own story", "number")
    if opened.originator_id != stream(receipt.code, receipt.number):
        raise Differs("code and number are not those of its stream", "code", "number")
    lots = [e for e in known.events if isinstance(e, ReceiptNumbersAllotted)]
    if not any(
        lot.code == receipt.code
        and lot.organisation == opened.actor
        and lot.first <= int(receipt.number) <= lot.last
        for lot in lots
    ):
        raise Differs(
            f"{receipt.code} {receipt.number} was not allotted to its issuer", "code", "number"
        )
    return NOTHING_AGAINST


def check_gift(known: Known, _: Chain) -> Told:
    """2. The receipt names those gifts that the log has, each once, and the day of each."""
    receipt, gifts = known.receipt, known.gifts
    if sorted(receipt.gifts) != sorted(gifts):
        raise Differs(
            f"it names {len(receipt.gifts)} gifts, and proves {len(gifts)} that are not just those",
            "gift",
        )
    if receipt.kind == "single" and len(gifts) != 1:
        raise Differs(f"a single receipt is for one gift, not for {len(gifts)}", "gift")
    for line in receipt.lines:
        gift = gifts[line.gift]
        if gift.originator_version != 1:
            raise Differs("its gift does not open its own story", "gift")
        if line.gift_on != gift.received_on:
            raise Differs("the day of the gift on the receipt is not the one recorded", "gift_on")
    return NOTHING_AGAINST


def check_openings(known: Known, _: Chain) -> Told:
    """2. Payer, check code and members are those sealed in the signed event."""
    receipt = known.receipt
    sealed = {*receipt.payer.sealed, *receipt.digests}
    opened = {each.digest: each for each in known.bundle.openings}
    if set(opened) != sealed or len(opened) != len(known.bundle.openings):
        raise Differs("the opened fields are not those sealed in the receipt's event", "payer")
    known.names = _names([opened[digest] for digest in receipt.payer.sealed])
    members = [opened[digest] for digest in receipt.digests]
    if any(o.name != MEMBER for o in members) or bool(members) != (receipt.kind == "joint"):
        raise Differs("only a joint receipt has members, and nothing else besides", "members")
    known.members = [o.value for o in members]
    well_formed(receipt.code, receipt.number, known.names["check_code"])
    return NOTHING_AGAINST


def _names(openings: list[Opening]) -> dict[str, str]:
    names = {o.name: o.value for o in openings}
    if len(names) != len(openings) or not NAMES_NEEDED <= set(names) <= NAMES:
        raise Differs("payer and check code must be opened, each once", "payer", "check_code")
    return names


def find_signature(known: Known) -> None:
    """Do the part of `check_signature` that reads the whole file, and asks no key."""
    if known.document is not None and known.seal is None:
        known.signed = pades.covering(known.document)


def check_signature(known: Known, _: Chain) -> Told:
    """2. A key of the issuer signed every byte of the file (not asked of a bundle alone).

    PAdES (ETSI EN 319 142-1) by a certificate that the log has; files made before have a seal.
    """
    if known.document is None:
        return NOT_ASKED
    if known.seal is not None:
        _check_seal(known, known.document, known.seal)
        return NOTHING_AGAINST
    assert known.signed is not None, (
        "what is neither sealed nor signed is refused by the first part"
    )
    pades.check_value(known.signed)
    _check_root(known, known.signed.root)
    return _check_certificate(known, _fingerprint(known.signed.certificate))


def _check_seal(known: Known, document: bytes, seal: str) -> None:
    kid = jws.seal_kid(seal)
    if kid not in known.issuer.keys:
        raise Unfit(f"key {kid} does not sign for {known.issuer.name}")
    jws.check_seal(seal, document, codec.public_key(known.issuer.keys[kid]), SEAL_TYP)


def _check_root(known: Known, root: bytes) -> None:
    """Refuse a root beside the signer's certificate that is not the authority's, to the byte.

    Readers are shown the path from it, and no signature covers it.
    """
    roots = known.organisations[AUTHORITY].documents.values()
    if all(_der(certificate) != root for certificate in roots):
        raise Unfit("the root certificate in it is not the one registered for the authority")


@lru_cache(maxsize=16)
def _der(certificate: str) -> bytes:
    return unb64url(certificate)


@lru_cache(maxsize=256)
def _fingerprint(certificate: bytes) -> str:
    return sha256(certificate).hexdigest()


def _check_certificate(known: Known, fingerprint: str) -> Told:
    """Refuse a key that the file's own proof shows revoked: the file was signed after that."""
    if fingerprint in known.issuer.documents_revoked:
        raise Unfit(f"its certificate {fingerprint[:16]} was revoked before the file was made")
    if fingerprint not in known.issuer.documents:
        raise Unfit(f"no certificate {fingerprint[:16]} was registered for {known.issuer.name}")
    until = next(
        (d.until for d in known.listed.documents if d.fingerprint == fingerprint), None
    ) if known.listed else None  # fmt: skip
    if until is not None and until < known.size:
        raise Unfit(f"its certificate {fingerprint[:16]} was revoked before the file was made")
    return Told(says.CERTIFICATE_REVOKED_LATER if until is not None else "")


def check_page(known: Known, _: Chain) -> Told:
    """2. The signed page says what the event says, as far as a program can read it.

    It compares the text of the printed code (`receipts.qr`), which the file carries in its
    description too. The words on the page are the issuer's own, under its signature.
    """
    if known.document is None:
        return NOT_ASKED
    start = known.document.find(PRINTED)
    if start < 0:
        return Told(says.PAGE_BY_EYE)
    elements = _elements(known)
    if not known.document.startswith(b"(" + qr.told(elements).encode(), start):
        _name_differing(known.document, start, elements)
    return NOTHING_AGAINST


def _name_differing(document: bytes, start: int, elements: qr.Elements) -> None:
    text = document[start + 1 : document.find(b")", start)]
    printed = qr.parse(text.decode("ascii", errors="replace")).says
    names = ("code", "number", "check_code", "issued_on", "amount", "issuer", "leaf")
    differ = [name for name in names if getattr(printed, name) != getattr(elements, name)]
    raise Differs(f"the page does not say what the event says: {', '.join(differ)}", *differ)


def _elements(known: Known) -> qr.Elements:
    receipt = known.receipt
    entry = next(e.entry for e in known.bundle.entries if e.proof.index == known.place)
    return qr.Elements(
        code=receipt.code,
        number=receipt.number,
        check_code=known.names["check_code"],
        issued_on=receipt.issued_on,
        amount=receipt.amount,
        issuer=known.issuer.id,
        leaf=leaf_hash(entry),
    )


def check_status(known: Known, _: Chain) -> Told:
    """2. It is not reversed, replaced or exchanged: by its own proof, and by a status list."""
    receipt = known.receipt
    if receipt.red is not None:
        raise Voided(says.reversed_by(receipt.red.code, receipt.red.number))
    if known.status is not None:
        return _check_listed(known, known.status)
    if receipt.paper is not None:
        raise Replaced(says.exchanged_for(receipt.paper.code, receipt.paper.number))
    return Told(says.not_known_after(known.size), asked=False)


def _check_listed(known: Known, status: StatusList) -> Told:
    said, check = known.receipt, known.names["check_code"]
    if status.of(said.code, said.number) is None and status.as_of.size <= known.place:
        return Told(says.list_is_older(status.as_of.size), asked=False)
    check_elements(status, said.code, said.number, check, said.issued_on, said.amount)
    return Told(status.freshness(known.asked.today or status.as_of.day))


def check_elements(
    status: StatusList, code: str, number: str, check: str, day: date, amount: Money
) -> Status:
    """Return what the list says of a receipt that it holds just so, and that stands.

    Raise `NotListed`, `Differs`, `Voided` or `Replaced`.
    """
    found = status.of(code, number)
    if found is None:
        raise NotListed(says.not_listed(status.as_of.size, status.reverses(code, number)))
    differ = status.five(code, number, check, day, amount).differ
    if differ:
        raise Differs(f"the status list says otherwise: {', '.join(differ)}", *differ)
    if found.replaced_by is not None:
        raise Replaced(says.replaced_by(*found.replaced_by, found.reduced_to))
    if found.red is not None:
        raise Voided(says.reversed_by(*found.red))
    if found.paper is not None:
        raise Replaced(says.exchanged_for(*found.paper))
    return found
