"""What a name may not say: words that bar it, and the disguises they come in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ledger.domain.naming_screen import FINDINGS, LISTS, Circumstances, Person, screen_text

NOTHING_ELSE = Circumstances(person="nobody")


def found(text: str, thing: str = "building", person: Person = "nobody") -> tuple[str, ...]:
    return screen_text(text, thing, LISTS, Circumstances(person=person))


@pytest.mark.parametrize(
    "text",
    [
        "示范教学楼",
        "示范县第一小学综合楼",
        "示范集团爱心图书室",
        "Shifan Hope School",
        "示范第一中学",
        "དཔེ་མཚོན་སློབ་གྲྭ",
    ],
)
def test_a_plain_name_passes(text: str) -> None:
    assert found(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        "示范烟草希望小学",
        "示范烟 草楼",
        "示范·烟·草楼",
        "示范煙草楼",
        "Shifan TOBACCO Hall",
        "示范卷烟厂路",
    ],
)
def test_tobacco_is_barred_in_any_disguise(text: str) -> None:
    assert "banned-product" in found(text)


@pytest.mark.parametrize("text", ["示范博彩楼", "示范电子烟楼", "示范母乳代用品楼"])
def test_products_that_may_not_be_advertised_are_barred(text: str) -> None:
    assert found(text) == ("banned-product",)


@pytest.mark.parametrize("leader", LISTS.state_leaders)
def test_names_of_state_leaders_are_barred(leader: str) -> None:
    assert found(f"{leader}小学") == ("state-leader",)


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("示范集团大道", "company-name"),
        ("示范银行路", "company-name"),
        ("曼哈顿大道", "foreign-name"),
        ("ABC路", "foreign-name"),
        ("ＡＢＣ路", "foreign-name"),
        ("サクラ路", "foreign-name"),
        ("Невский路", "foreign-name"),
    ],
)
def test_a_place_bears_no_company_and_no_foreign_name(text: str, finding: str) -> None:
    assert found(text, "road-or-place") == (finding,)
    assert found(text, "building") == ()


@pytest.mark.parametrize("text", ["ལྷ་ས路", "연변路", "中山路", "第２大街"])
def test_the_scripts_of_home_are_not_foreign(text: str) -> None:
    assert found(text, "road-or-place") == ()


@pytest.mark.parametrize(
    "text",
    [
        "示范品牌楼",
        "示范楼 热线",
        "示范楼www.example.com",
        "示范楼 4008-123-456",
        "示范楼４００８１２３",
        "扫码楼",
    ],
)
def test_advertising_words_are_barred(text: str) -> None:
    assert found(text) == ("advertising",)


@pytest.mark.parametrize("text", ["最佳教学楼", "全国第一楼", "世界级示范楼", "THE BEST Hall"])
def test_superlatives_are_barred(text: str) -> None:
    assert found(text) == ("superlative",)


@pytest.mark.parametrize(
    ("person", "findings"),
    [
        ("nobody", ()),
        ("donor", ()),
        ("another-agreed", ()),
        ("another", ("personality-rights",)),
    ],
)
def test_another_persons_name_needs_that_persons_consent(
    person: Person, findings: tuple[str, ...]
) -> None:
    assert found("王某某楼", person=person) == findings


def test_a_donor_who_stays_anonymous_is_not_named_by_another() -> None:
    withheld = Circumstances(person="nobody", withheld=("王某某", ""))

    assert screen_text("王 某某楼", "building", LISTS, withheld) == ("anonymity",)
    assert screen_text("李某某楼", "building", LISTS, withheld) == ()


def test_a_name_in_force_is_not_given_twice() -> None:
    taken = Circumstances(person="nobody", taken=("示范 教学楼",))

    assert screen_text("示范教学楼", "building", LISTS, taken) == ("name-taken",)
    assert screen_text("示范教学楼二号", "building", LISTS, taken) == ()


def test_several_findings_come_in_one_order() -> None:
    every = Circumstances(person="another", withheld=("王某某",), taken=("最佳烟草王某某热线",))

    found_all = screen_text("最佳烟草王某某热线", "building", LISTS, every)
    assert found_all == tuple(f for f in FINDINGS if f in found_all)
    assert len(found_all) == 6


def test_the_lists_are_settings() -> None:
    longer = replace(LISTS, id="ours", companies=(*LISTS.companies, "示范牌"))

    assert screen_text("示范牌路", "road-or-place", longer, NOTHING_ELSE) == ("company-name",)
    assert screen_text("示范牌路", "road-or-place", LISTS, NOTHING_ELSE) == ()


def test_an_empty_word_in_a_list_bars_nothing() -> None:
    careless = replace(LISTS, superlatives=("", " ", "-"))

    assert screen_text("示范楼", "building", careless, NOTHING_ELSE) == ()
