"""Lays the page on a name out for people."""

from __future__ import annotations

from rich.table import Table

from api import naming_words
from api.answers import facts, table
from api.naming_page import Json


def tables(data: Json) -> list[Table]:
    """Lay the page out for people."""
    return [
        facts(f"冠名 {data['naming']}", _head(data)),
        facts("依据与审查 basis and checks", _ground(data)),
        _gift_table(data),
        *([_review_table(data)] if data["reviews"] else []),
        table(
            "经过 history",
            ("日期 on", "事项 fact", "经办 by", "签署 signed for"),
            [(s["on"], s["words"], s["by"], s["signed_for"]) for s in data["history"]],
        ),
    ]


def _head(data: Json) -> Json:
    term = data["term"]
    return {
        "名称 text": data["text"] or naming_words.SHOWN_ERASED,
        "状态 status": naming_words.STATUS[data["status"]],
        "慈善组织 charity": f"{data['charity']['name']} {data['charity']['uscc']}",
        "资金 fund": f"{data['fund']['name'] or ''} {data['fund']['fund']}",
        "对象 thing": f"{naming_words.THINGS[data['thing']]}，{naming_words.FORMS[data['form']]}",
        "新建 construction": data["construction"],
        "语言 language": data["language"],
        "地点 place": data["place"],
        "期限 term": f"{term['from']} 至 {term['to']}" if term else None,
        "今日公开 shown today": data["shown_today"],
        "复核中 under review": data["under_review"],
        "尚缺 missing": data["missing"],
    }


def _ground(data: Json) -> Json:
    wish, checks, basis = data["wish"], data["checks"], data["basis"]
    bearer, asked, decided = data["beneficiary"], data["submitted"], data["decision"]
    return {
        "捐赠人意愿 wish": wish and f"{naming_words.WISHES[wish['wish']]}，{wish['on']}",
        "审查 checks": checks and (_findings(checks) or f"通过，{checks['on']}"),
        "到账要求 needed": basis and f"{basis['needed']} {basis['currency']}，{basis['source']}",
        "总造价 cost": (basis and basis["cost"]) or data["cost"],
        "受益人 beneficiary": bearer
        and f"{bearer['by'] or '—'}，{'同意' if bearer['given'] else '不同意'}，{bearer['on']}",
        "其他回报 benefit": data["benefit"],
        "报送 submitted": asked and f"{asked['authority']}（{asked['level']}），{asked['on']}",
        "决定 decision": decided and _decision(decided),
    }


def _findings(checks: Json) -> str:
    return "；".join(naming_words.FINDINGS[finding] for finding in checks["findings"])


def _decision(decided: Json) -> str:
    two = f"{decided['decided_by']}、{decided['countersigned_by']}"
    said = decided["number"] if decided["approved"] else f"不予批准：{decided['reason']}"
    return f"{said}，{decided['on']}，{two}"


def _gift_table(data: Json) -> Table:
    figures = data["figures"]
    columns = ("捐赠 gift", "入账 booked>", "退出 gone back>", "现存 held>", "票据 receipt",
               "票面 amount>", "回报 benefit")  # fmt: skip
    rows = [
        (g["gift"], g["booked"], g["gone_back"], g["held"], g["receipt"], g["receipt_amount"],
         _benefit(g))
        for g in figures["gifts"]
    ]  # fmt: skip
    share = f"，占造价 {figures['share_now']}" if figures["share_now"] else ""
    needed = f"，要求 {figures['needed']}" if figures["needed"] else ""
    title = f"到账 received now {figures['received_now']} {figures['currency']}{needed}{share}"
    return table(title, columns, rows)


def _benefit(gift: Json) -> str | None:
    if gift["benefit_what"] is None:
        return None
    return (
        f"{gift['benefit'] or '未估价'}，{gift['benefit_what']}，"
        f"票据{naming_words.RECEIPTS[gift['receipt_may_be']]}"
    )


def _review_table(data: Json) -> Table:
    columns = ("启动 opened", "捐赠 gift", "余额 left>", "要求 needed>", "结果 outcome")
    rows = [
        (r["opened_on"], r["gift"], r["received"], r["needed"],
         naming_words.OUTCOMES.get(r["outcome"], "待定 open"))
        for r in data["reviews"]
    ]  # fmt: skip
    return table("复核 reviews", columns, rows)
