"""What the verifier says of each step, Chinese first, English second."""

from __future__ import annotations

PASSED = {
    "format": "文件完整，证据齐备 (the file is whole and carries its evidence)",
    "checkpoint": "账本检查点由受信任的密钥签署 (a trusted key signed the log's checkpoint)",
    "inclusion": "全部事件均在公开账本之内 (every event is in the public log)",
    "issuer": "签署者均经登记且有权签署 (every signer was registered and had the right to sign)",
    "number": "票据号码在核发给开票单位的号段之内 (the number was allotted to the issuer)",
    "gift": "票据事件与捐赠事件一致；请将票面与账本所载核对 (the receipt's event agrees with the "
    "gift's; compare the page with what the ledger says)",
    "openings": "捐赠人与校验码同封存摘要相符 (payer and check code match their sealed digests)",
    "seal": "文件自开具后一字未改 (not a byte of the file has changed since it was issued)",
    "eligibility": "捐赠当日开票单位具有公益性捐赠税前扣除资格 (the issuer was eligible that day)",
}
FAILED = {
    "format": "文件损坏或不是本账本的票据",
    "checkpoint": "账本检查点不可信",
    "inclusion": "事件不在公开账本之内",
    "issuer": "签署者不可信",
    "number": "票据号码有误",
    "gift": "票据内容与捐赠事件不符",
    "openings": "捐赠人或校验码与封存摘要不符",
    "seal": "文件在开具后被改动",
    "eligibility": "捐赠当日开票单位不具有公益性捐赠税前扣除资格",
}


def passed(step: str) -> str:
    """Return the words for a step that holds."""
    return PASSED[step]


def failed(step: str, why: str) -> str:
    """Return the words for a step that fails, with the detail."""
    return f"{FAILED[step]} ({why})"
