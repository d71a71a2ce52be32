"""Which payee may be named in public."""

from __future__ import annotations

import pytest

from ledger.domain.payees import names_organisation


@pytest.mark.parametrize(
    "name",
    [
        "示范县第一小学",
        "示范省红十字会",
        "示范药业有限公司",
        "示范村村民委员会",
        "示范（北京）科技有限公司",
        "示范市红十字会（示范药业有限公司）",
        "Example Medical Co., Ltd.",
        "example foundation",
    ],
)
def test_a_name_that_ends_like_an_organisation_is_public(name: str) -> None:
    assert names_organisation(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "王某某",
        "王小学",
        "王*学校",
        "示范县第一小学王某某",
        "建档立卡户",
        "公司王某某代收",
        "示范市红十字会（王某某）",
        "示范市红十字会（王某某、示范公司）",
        "王某某（示范药业有限公司）",
        "王某某、示范药业有限公司",
    ],
)
def test_in_doubt_a_payee_is_treated_as_a_person(name: str) -> None:
    assert not names_organisation(name)
