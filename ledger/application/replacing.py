"""Makes out a receipt anew for what is left of one that a batch makes red."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ledger.application.batch import Batch
from ledger.application.desk import Desk
from ledger.application.joining import members_of, sealed_members
from ledger.application.receipting import (
    Number,
    Payer,
    add,
    names_of,
    numbered,
    payer_of,
    sealed_payer,
    unless_reduced,
)
from ledger.domain import gifts, receipts
from ledger.domain.funds import Fund
from ledger.domain.receipt_life import Receipt
from ledger.domain.receipts import Asked, Kept
from ledger.domain.values import Party
from ledger.proof.disclosure import Opening


def left_of(desk: Desk, old: Receipt, left: Mapping[str, Fund]) -> list[Kept]:
    """Return the gifts of a receipt of which something is left, as they are once it is red.

    `left` are the funds that the batch changes, as they will be.
    """
    known = [gifts.without_receipt(desk.streams.gift(gift)) for gift in old.gifts]
    funds = {gift.fund: left.get(gift.fund) or desk.streams.fund(gift.fund) for gift in known}
    return [Kept(g, funds[g.fund]) for g in known if receipts.is_kept(g, funds[g.fund])]


def issue_anew(
    desk: Desk,
    old: Receipt,
    kept: list[Kept],
    number: Number,
    asked: Asked,
    batch: Batch,
    payer: Payer | None = None,
) -> None:
    """Add the receipt that replaces `old` for what is `kept` of its gifts (`left_of`).

    What is not said anew stays as it was: area, and with `payer` None address and number.
    """
    asked = replace(asked, area=asked.area or old.area)
    party, openings = sealed_payer(desk, _payer(desk, old, kept, payer, batch))
    before, at = numbered((old.code, old.number)), desk.now()
    issuer, said = desk.streams.charity(old.organisation), numbered(number)
    if old.kind == "joint":
        _joint(desk, old, kept[0], number, asked, (party, openings), batch)
        return
    if old.kind == "annual":
        year = old.lines[0].gift_on.year
        made = receipts.annual(kept, year, issuer, said, party, asked, at, before)
    else:
        made = receipts.single(kept[0], issuer, said, party, asked, at, before)
    add(desk, made, [one.gift for one in kept], openings, batch)


def _joint(
    desk: Desk,
    old: Receipt,
    kept: Kept,
    number: Number,
    asked: Asked,
    payer: tuple[Party, list[Opening]],
    batch: Batch,
) -> None:
    party, openings = payer
    members = members_of(desk, old)
    batch.needed += old.digests
    issuer, at = desk.streams.charity(old.organisation), desk.now()
    receipts.check_members(members, receipts.kept_of(kept.gift, kept.fund))
    sealed = sealed_members(desk, members)
    made = receipts.joint(
        kept, [o.digest for o in sealed], issuer, numbered(number), party, asked, at,
        numbered((old.code, old.number)),
    )  # fmt: skip
    add(desk, made, [kept.gift], [*openings, *sealed], batch)


def _payer(desk: Desk, old: Receipt, kept: list[Kept], said: Payer | None, batch: Batch) -> Payer:
    """Return who the new receipt names: the donor, with what is said anew or was said before."""
    names = names_of(desk, [one.gift for one in kept])
    issuer = desk.streams.charity(old.organisation)
    for one in kept:
        batch.unless += unless_reduced(one.fund)
    before = {o.name: o.value for o in desk.vault.of_digests(old.payer.sealed).values()}
    batch.needed += names
    name = payer_of(kept[0].gift, issuer, kept[0].fund, names)
    said = said or Payer(name)
    return Payer(
        name,
        said.address or before.get("address"),
        said.taxpayer or before.get("taxpayer"),
    )
