"""The outflows and payments of the traces as they stand, or as they stood at any size of the log.

An outflow of which something came back was cut; the row of `undone` that tells of it knows how far
it reached before, and from which entry until which.
"""

from __future__ import annotations

from projections.runner import Position
from projections.traces import AXIS, DURING, HELD


def disbursements(at: Position | None) -> str:
    """Return what to read payments FROM; as of `at` it takes the parameter `size`."""
    return "disbursements" if at is None else _DISBURSEMENTS


def was_paid(at: Position | None) -> str:
    """Return the condition that a payment was made; as of `at` it takes the parameter `size`."""
    return "status = 'paid'" if at is None else "paid_leaf < %(size)s"


def joined(table: str, at: Position | None) -> str:
    """Return what brings along with a `flow` that is a payment what is known of that.

    As of `at` the planner can't tell how few flows there are: it is told to look up each.
    """
    if table == "inflows":
        return ""
    if at is None:
        return (
            " LEFT JOIN disbursements AS paid ON flow.kind = 'disbursement' AND paid.id = flow.id"
        )
    return (
        " LEFT JOIN LATERAL (SELECT payee, place, paid_on FROM disbursements AS known"
        " WHERE flow.kind = 'disbursement' AND known.id = flow.id OFFSET 0) AS paid ON true"
    )


def touching(table: str, at: Position | None) -> str:
    """Return the query of the rows of `inflows` or `outflows` that meet a `piece`.

    It takes the parameter `unit`, and as of `at` the parameter `size`. Rows of a fund and unit
    that stand never overlap each other, so the one before a piece's start is the only earlier one
    that can reach into it. A unit that is there was there when it was taken: inflows never change.
    """
    query = (
        f"SELECT {_FLOW[table]} FROM {table} AS each WHERE each.fund = piece.fund"  # noqa: S608 two tables
        " AND each.unit = %(unit)s"
        " AND each.start_at < piece.end_at AND each.end_at > piece.start_at"
        f" AND each.start_at >= coalesce((SELECT max(start_at) FROM {table} AS before"
        " WHERE before.fund = piece.fund AND before.unit = %(unit)s"
        " AND before.start_at <= piece.start_at), 0)"
    )
    if at is None or table == "inflows":
        return query
    return f"{query} AND each.since < %(size)s UNION ALL {_MET}"


def paying(at: Position | None) -> str:
    """Return the query of the outflows of the payments `ids`, in the order they were written."""
    flow = _FLOW["outflows"]
    query = f"SELECT {flow} FROM outflows WHERE id = ANY(%(ids)s) AND kind = 'disbursement'"  # noqa: S608 our words
    if at is not None:
        query = f"{query} AND since < %(size)s UNION ALL {_PAID}"
    return f"{query} ORDER BY leaf, start_at"


_FLOW = {
    "inflows": "fund, unit, start_at, end_at, leaf, gift, from_fund, from_start, allocation",
    "outflows": "fund, unit, start_at, end_at, leaf, kind, id, to_start, allocation",
}
_WAS = "SELECT fund, unit, begin_at AS start_at, end_at, leaf, kind, id, to_start, allocation"
_STOOD = "since < %(size)s AND by_leaf >= %(size)s"
_MET = (
    f"{_WAS} FROM undone WHERE {AXIS.replace('fund', 'piece.fund').replace('unit', '%(unit)s')}"
    f" = {AXIS} AND {HELD} && int8range(piece.start_at, piece.end_at)"
    f" AND {DURING} @> %(size)s - 1::bigint"
    f" AND undone.fund = piece.fund AND undone.unit = %(unit)s"
)
_PAID = f"{_WAS} FROM undone WHERE id = ANY(%(ids)s) AND kind = 'disbursement' AND {_STOOD}"
_DISBURSEMENTS = (
    "(SELECT id, fund, payee, amount, unit, purpose, place, leaf,"
    " paid_leaf, CASE WHEN paid_leaf < %(size)s THEN 'paid' ELSE 'unpaid' END AS status,"
    " CASE WHEN paid_leaf < %(size)s THEN paid_on END AS paid_on,"
    " CASE WHEN accepted_leaf < %(size)s THEN accepted_on END AS accepted_on,"
    " CASE WHEN accepted_leaf < %(size)s THEN evidence END AS evidence,"
    " (SELECT coalesce(sum(back.amount), 0)::bigint FROM recoveries AS back"
    " WHERE back.id = every.id AND back.leaf < %(size)s) AS recovered,"
    " (SELECT said.cost_class FROM cost_classes AS said WHERE said.id = every.id"
    " AND said.leaf < %(size)s ORDER BY said.leaf DESC LIMIT 1) AS cost_class"
    " FROM disbursements AS every WHERE leaf < %(size)s) AS disbursements"
)
