"""What the cells of a worksheet say on a page; the spreadsheet says what it always said."""

from __future__ import annotations

from collections.abc import Mapping

from api.deducting.words import COLUMNS
from api.desk.choices import Pair

ENGLISH_COLUMNS = (
    "Booked", "Carried in from earlier years", "Limit by tax law", "Tax amount", "Increase",
    "Decrease", "Carried out to later years",
)  # fmt: skip

CELLS: Mapping[str, Pair] = {
    **{zh: (zh, en) for zh, en in zip(COLUMNS, ENGLISH_COLUMNS, strict=True)},
    "comprehensive": ("综合所得", "comprehensive"),
    "business": ("经营所得", "business"),
    "classified": ("分类所得", "classified"),
    **{f"classified-{n}": (f"分类所得 {n}", f"classified {n}") for n in (1, 2, 3)},
    "other": ("一般公益", "public benefit"),
    "target_area": ("目标脱贫地区", "target area"),
    "eligible_org": ("公益性社会组织", "charity"),
    "government": ("政府及其部门", "government"),
    "direct": ("直接捐赠", "direct"),
    "donation_receipt": ("捐赠票据", "donation receipt"),
    "none": ("没有", "none"),
    "full": ("全额扣除", "in full"),
    "limited_cf": ("限额扣除，可结转", "inside the limit, carried on"),
    "limited_nocf": ("限额扣除，不结转", "inside the limit, not carried"),
}
"""By what the cell holds; amounts, days and ids need no words."""

HEADINGS = frozenset({"项目 row", "所得 income", "捐赠 gift"})
"""What the first cell of a line of headings says."""
