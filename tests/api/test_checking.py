"""`check` says of a code, number or amount whether its form is right, and why not."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.conftest import SHARED

Run = Callable[..., tuple[int, str, str]]
KINDS = {"uscc": "uscc", "ric": "resident-id", "receipt": "receipt", "filing": "filing"}


@pytest.mark.parametrize(
    ("what", "values"),
    [
        ("uscc", ["53100000500021326D"]),
        ("resident-id", ["11010519491231002X"]),
        ("resident-id", ["11010519491231002x"]),
        ("receipt", ["32050124", "0000000001", "aB3dE9"]),
        ("filing", ["53100000500021326DA18051"]),
    ],
)
def test_what_is_well_formed_passes(command_line: Run, what: str, values: list[str]) -> None:
    code, out, _ = command_line("check", what, *values, "--json")
    assert (code, json.loads(out)) == (0, {"ok": True, "reason": None})


@pytest.mark.parametrize(
    ("what", "values", "reason"),
    [
        ("uscc", ["53100000500021326E"], "check digit"),
        ("uscc", ["53100000500021326"], "format"),
        ("resident-id", ["110105194912310021"], "check digit"),
        ("resident-id", ["11010519491331002X"], "format"),
        ("resident-id", ["1101"], "format"),
        ("receipt", ["11060124", "0000000001", "123456"], "not a donation receipt (digits 3-4)"),
        ("receipt", ["32050124", "1", "123456"], "format"),
        ("receipt", ["32050124", "0000000001", "12-456"], "format"),
        ("filing", ["53100000500021326DA1805"], "format"),
        ("filing", ["53100000500021326EA18051"], "check digit"),
    ],
)
def test_what_is_malformed_is_refused_with_the_reason(
    command_line: Run, what: str, values: list[str], reason: str
) -> None:
    code, out, _ = command_line("check", what, *values, "--json")
    said = json.loads(out)
    assert (code, said["ok"]) == (1, False)
    assert reason in said["reason"]


def test_an_amount_is_written_in_words(command_line: Run) -> None:
    code, out, _ = command_line("check", "amount", "1680.32", "--json")
    assert (code, json.loads(out)["uppercase"]) == (0, "壹仟陆佰捌拾元零叁角贰分")


@pytest.mark.parametrize(
    ("words", "amount", "uppercase"),
    [
        ("壹佰元整", "100.00", "壹佰元整"),
        ("人民币壹佰元正", "100.00", "壹佰元整"),
        ("壹仟陆佰捌拾元叁角贰分", "1680.32", "壹仟陆佰捌拾元零叁角贰分"),
        ("贰拾元伍角", "20.50", "贰拾元零伍角整"),
        ("零元整", "0.00", "零元整"),
        ("壹万亿元整", "1000000000000.00", "壹万亿元整"),
    ],
)
def test_an_amount_in_words_is_answered_with_its_figure(
    command_line: Run, words: str, amount: str, uppercase: str
) -> None:
    code, out, _ = command_line("check", "amount", words, "--json")
    said = {"ok": True, "reason": None, "uppercase": uppercase, "amount": amount}
    assert (code, json.loads(out)) == (0, said)


@pytest.mark.parametrize("words", ["一百元整", "壹佰元", "两元整", "拾元整", "壹佰块", "¥100"])
def test_words_that_the_rule_does_not_allow_are_no_amount(command_line: Run, words: str) -> None:
    code, out, _ = command_line("check", "amount", words, "--json")
    assert (code, json.loads(out)["ok"]) == (2, False)


def test_of_an_amount_too_large_its_size_is_the_reason(command_line: Run) -> None:
    code, out, _ = command_line("check", "amount", "99999999999999999999.00", "--json")
    assert (code, "it has more than 15 digits" in json.loads(out)["reason"]) == (2, True)


@pytest.mark.parametrize("amount", ["12.345", "NaN", "1e3", "1,000", "-1.00"])
def test_an_amount_that_is_none_is_not_understood(command_line: Run, amount: str) -> None:
    code, out, _ = command_line("check", "amount", "--json", "--", amount)
    assert (code, json.loads(out)["ok"]) == (2, False)


def test_a_receipt_takes_three_values(command_line: Run) -> None:
    code, _, err = command_line("check", "receipt", "32050124")
    assert code == 2
    assert err == "check receipt takes a code, a number and a check code\n"


def test_no_message_repeats_a_resident_number(command_line: Run) -> None:
    _, out, err = command_line("check", "resident-id", "110105194912310021")
    assert "110105194912310021" not in out + err


@pytest.mark.shared
def test_the_validation_cases_come_out(command_line: Run) -> None:
    path = SHARED / "domain" / "validation_cases.json"
    if not path.exists():
        pytest.skip("the shared cases do not lie beside the repository")
    for case in json.loads(path.read_text(encoding="utf-8"))["cases"]:
        values = case["value"] if isinstance(case["value"], list) else [case["value"]]
        _, out, _ = command_line("check", KINDS[case["kind"]], *values, "--json")
        said = json.loads(out)
        assert said["ok"] == (case["expected"] == "ok"), case["id"]
        assert case["expected"] == "ok" or case["expected"] in said["reason"]


@pytest.mark.long
@pytest.mark.shared
def test_the_cases_of_amounts_in_words_come_out_both_ways(command_line: Run) -> None:
    path = SHARED / "domain" / "rmb_uppercase_cases.json"
    if not path.exists():
        pytest.skip("the shared cases do not lie beside the repository")
    for case in json.loads(path.read_text(encoding="utf-8"))["cases"]:
        for given in (case["amount"], case["with_prefix"], *case["accepted"]):
            _, out, _ = command_line("check", "amount", given, "--json")
            said = json.loads(out)
            assert (said["amount"], said["uppercase"]) == (case["amount"], case["canonical"]), given
