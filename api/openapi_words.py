"""What the OpenAPI document says of parameters, and the values its examples are made of."""

from __future__ import annotations

from collections.abc import Mapping

USCC = "53100000500021326D"
PARAMETERS: Mapping[str, str] = {
    "after": "go on after this one: take it from the Link header of the page before",
    "amount": "amount on the receipt, as a decimal number",
    "charity": "unified social credit code of a charity",
    "check_code": "check code on the receipt",
    "code": "code on the receipt",
    "disbursement": "id of a payment: disbursement-…",
    "file": "name of a file that the job made",
    "fund": "id of a fund: fund-…",
    "gift": "id of a gift: gift-…; it stands on the receipt",
    "id": "index of an entry, id of a gift or payment, or a receipt's code and number",
    "idempotency-key": (
        "a new random value for each request, and the same when it is sent again: what was "
        "recorded under it is then answered once more, and recorded once"
    ),
    "if-match": 'record only if the story still stands at this version, as the ETag told it: "v17"',
    "issued_on": "day on the receipt",
    "limit": "rows at most",
    "name": "name that it was given here",
    "number": "number on the receipt",
    "path": "path of a tile or of an entry bundle (C2SP tlog-tiles)",
    "size": "number of entries that the checkpoint signs",
    "state": "only those in this state",
}
"""By name, where the route itself says nothing."""

TEXTS: Mapping[str, str] = {
    "about": "2026",
    "account": "4f1c09aab2",
    "address": "https://example.org/ledger",
    "agreement": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "approver": "4f1c09aab2",
    "at": "2026-11-22T04:00:00Z",
    "authority": "11230108000000019B",
    "band": "1000-10000",
    "beneficiary": "示范县第一小学",
    "benefit": "开幕式展位",
    "brand": "示范公益品牌",
    "changed": "2026-11-22T04:00:00Z",
    "charity": USCC,
    "check_code": "a1b2c3",
    "checkpoint": "ledger.example\n42\n…\n",
    "class": "full",
    "closed_at": "2026-11-22T04:00:00Z",
    "code": "23050126",
    "cost_class": "charitable",
    "created": "2026-11-22T04:00:00Z",
    "currency": "CNY",
    "cursor": "42",
    "custody": "server",
    "decided_by": "reviewer/4f1c09aab2",
    "detail": "fund nobody is not in the ledger",
    "digest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "disbursement": "disbursement-95b4554089e347d4b002b063aad5d31f",
    "donor": "张三",
    "duty": "annual",
    "email": "clerk@example.org",
    "every": "month",
    "evidence": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "expires": "2026-12-22T04:00:00Z",
    "fact": "gift-received.v1",
    "field": "amount",
    "follows": "naming-9ecf2cdd9d454be2b83807079bcda4a9",
    "form": "name",
    "from_fund": "fund-83ff2dffa5294c35b0a71099b89a3091",
    "fund": "fund-83ff2dffa5294c35b0a71099b89a3091",
    "fund_name": "扶贫济困资金",
    "gift": "gift-0b1c3d5e7f9a4b6c8d0e1f2a3b4c5d6e",
    "ground": "捐赠人同意",
    "hashes": "3q2+7w==",
    "how": "registered",
    "href": "/desk/drafts/draft-1",
    "id": "gift-0b1c3d5e7f9a4b6c8d0e1f2a3b4c5d6e",
    "instance": "/api/v1/funds/nobody",
    "item": "棉被",
    "kid": "Xk3mE9qT",
    "kind": "general",
    "language": "zh",
    "level": "county",
    "location": "body",
    "name": "示范基金会",
    "naming": "naming-9ecf2cdd9d454be2b83807079bcda4a9",
    "note": "项目取消",
    "notice": "公告示例1号",
    "number": "0000000001",
    "operation": "gifts-receive",
    "organisation": USCC,
    "organisation_name": "示范基金会",
    "origin": "ledger.example",
    "payee": "示范县第一小学",
    "payer": "individual",
    "place": "230108",
    "plan": "53100000500021326DA26001",
    "pledge": "pledge-a7141c7fe9f142c099ecd29b6ae32a91",
    "prepared_by": "4f1c09aab2",
    "proposed_by": "donor",
    "purpose": "修缮教室",
    "rate": "USD:7.1000:1:2026-11-20:中国人民银行",
    "reason": "捐赠人申请",
    "receipt": "23050126-0000000001",
    "recipient": "示范县第一小学",
    "result": "valid",
    "role": "clerk",
    "rule": "first in, first out",
    "says": "the log's key signed the checkpoint",
    "signed_at": "2026-11-22T04:00:00Z",
    "source": "公益事业捐赠法第十四条",
    "specification": "200×230 cm",
    "state": "open",
    "status": "in force",
    "step": "checkpoint",
    "stream": "gift-0b1c3d5e7f9a4b6c8d0e1f2a3b4c5d6e",
    "text": "示范教学楼",
    "text_digest": "0USE2IhRBK2RsVBqDEamFVWZmGf-uoodVMYWw1JGOps",
    "thing": "building",
    "time": "2026-11-22T04:00:00Z",
    "title": "Nothing is known under that name",
    "to_fund": "fund-9f1bf0a0f5af47f0a78091dab7170bc6",
    "topic": "gift-received.v1",
    "topics": "gift-received.v1",
    "treatment": "full",
    "type": "/problems/unknown",
    "unit": "CNY",
    "url": "/funds/fund-83ff2dffa5294c35b0a71099b89a3091",
    "uscc": USCC,
    "via": "fund-83ff2dffa5294c35b0a71099b89a3091",
    "what": "granted",
    "why": "金额与银行回单不符",
    "words": "2025年12月1日，收回或更正支出；3.00 CNY；原因：退款。",
}
"""Texts by the name of the property that holds them."""

SUMS = frozenset({
    "ahead", "amount", "balance", "closing", "disbursed", "needed", "open", "opening",
    "outstanding", "paid", "promised", "received", "recovered", "returned", "reversed",
    "transferred_in", "transferred_out", "unspent", "value", "written_off",
})  # fmt: skip
"""Properties that are amounts: decimal strings with two places."""

NUMBERS: Mapping[str, int] = {
    "corrects": 18, "entry": 21, "gifts": 3, "index": 21, "leaf": 21, "payments": 2,
    "quantity": 200, "size": 42, "status": 404, "total": 3,
}  # fmt: skip
"""Numbers by the name of the property that holds them, where none is taken from the schema."""

USUAL = frozenset({"donor", "paid_on", "payee", "place", "purpose", "received_on"})
"""Properties that may be left out, and seldom are: examples show them."""

ANY = "示例 example"
"""Where nothing better is known."""

PATTERNS: Mapping[str, str] = {
    r"^[0-9a-f]{64}$": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    r"^[0-9]{1,15}(\.[0-9]{1,2})?$": "100.00",
}
"""Texts by the pattern that they have to meet."""

FORMATS: Mapping[str, str] = {
    "date": "2026-11-22",
    "date-time": "2026-11-22T04:00:00Z",
    "uuid": "5d1c7a52-6f0b-4c41-9f7e-2f1b6f1d7c11",
    "uri": "https://example.org/ledger",
}
