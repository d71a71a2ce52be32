"""What the verifier says of each step, Chinese first, English second."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from ledger.money import Money

PASSED = {
    "form": "号码格式正确，属公益事业捐赠票据，年度相符 (a donation receipt's number, of its year)",
    "format": "文件完整，证据齐备 (the file is whole and carries its evidence)",
    "code": "二维码由开票单位签名 (the issuer signed the printed code)",
    "checkpoint": "账本检查点由受信任的密钥签署 (a trusted key signed the log's checkpoint)",
    "inclusion": "全部事件均在公开账本之内 (every event is in the public log)",
    "signers": "签署者均经登记且有权签署 (every signer was registered and had the right to sign)",
    "number": "票据号码在核发给开票单位的号段之内 (the number was allotted to the issuer)",
    "gift": "票据事件与捐赠事件一致 (the receipt's event agrees with the gift's)",
    "openings": "捐赠人与校验码同封存摘要相符 (payer and check code match their sealed digests)",
    "signature": "文件由开票单位签名，签名后一字未改 (the issuer signed it, and not a byte has "
    "changed since)",
    "page": "票面二维码与账本所载一致；票面文字受签名保护，请将其与账本所载核对 (the printed code "
    "agrees with the ledger; the page's words are signed, compare them with what the ledger says)",
    "status": "未冲红、未被取代、未换开纸质票据 (not reversed, replaced or exchanged)",
    "issuer": "统一社会信用代码正确，开票单位即受赠单位，有权开具 (the issuer is who got the "
    "gift, and may issue)",
    "eligibility": "每笔捐赠当日受赠单位具有公益性捐赠税前扣除资格 (the issuer was eligible on the "
    "day of each gift)",
    "payer": "捐赠人与申报纳税人相符 (the payer is the taxpayer who claims)",
    "amounts": "大小写相符，明细合计相符，未超过捐赠金额 (words, figures, lines and gifts agree)",
    "class": "扣除类别 deduction class",
    "claims": "申报扣除 claims",
    "in_kind": "实物捐赠估值 goods",
    "recorded": "查验结果已记入账本 (the result is on record)",
}
FAILED = {
    "form": "票据号码有误",
    "format": "文件损坏或不是本账本的票据",
    "code": "二维码不是本账本的票据，或签名不成立",
    "checkpoint": "账本检查点不可信",
    "inclusion": "事件不在公开账本之内",
    "signers": "签署者不可信",
    "number": "票据号码与核发不符",
    "gift": "票据内容与捐赠事件不符",
    "openings": "捐赠人或校验码与封存摘要不符",
    "signature": "文件签名不成立，或签名后被改动",
    "page": "票面与账本所载不符",
    "status": "票据状态",
    "issuer": "开票单位有误",
    "eligibility": "捐赠当日受赠单位不具有公益性捐赠税前扣除资格",
    "payer": "捐赠人与申报纳税人不符",
    "amounts": "金额不符",
    "class": "扣除类别不能确定",
    "claims": "申报扣除超过票据金额",
    "in_kind": "实物捐赠缺少估值凭证",
    "recorded": "查验结果未能记录",
}
UNASKED = {
    "signature": "未查：只有证据文件，没有票据文件 (not asked: the bundle alone, no file)",
    "page": "未查：只有证据文件，没有票面 (not asked: the bundle alone, no page)",
    "status": "未查",
    "class": "未查",
    "claims": "未查：没有状态清单，或清单未载 (not known offline without a status list that "
    "has it)",
    "recorded": "未记录：未指明查验人员 (not recorded: no officer was named)",
}

KEY_REVOKED_LATER = (
    "开票所用签名密钥其后已撤销，此前签署的仍然有效 (the signing key was revoked later; what it "
    "signed before stays good)"
)
CERTIFICATE_REVOKED_LATER = (
    "文件签名证书其后已撤销，此前签署的仍然有效 (the certificate was revoked later; what it signed "
    "before stays good)"
)
PAGE_BY_EYE = (
    "本文件未附可读的票面要素，请以肉眼核对票面 (this file has no page text that a program can "
    "read; compare by eye)"
)
NO_TAXPAYER_NAMED = "未指明申报纳税人 (not asked: no taxpayer was named)"
PAYER_NEEDS_FILE = (
    "已指明申报纳税人，但清单与二维码不载捐赠人，只能与票据文件核对 (a taxpayer was named, but the "
    "payer can only be compared with the file: this needs the receipt's file)"
)
HELD = {"anonymous": "捐赠人匿名 anonymous gift", "declined": "捐赠人声明不索取 donor declined it"}
NO_TAXPAYER_NUMBER = (
    "票据未载纳税人识别号，请以名称核对 (the receipt bears no taxpayer number; compare the name)"
)
PAYER_KIND_UNKNOWN = "纳税人类型不明，按企业所得税判定 (judged as for an enterprise)"
NO_RULE_TABLE = "未提供扣除规则表，按限额扣除 (no rule table was given; taken as limited)"
FILE_NEEDED = "需要票据文件或证据文件 (this needs the receipt's file)"
NOT_IN_KIND = "货币捐赠，不适用 (money; does not apply)"


def passed(step: str, more: str) -> str:
    """Return the words for a step that nothing speaks against."""
    return f"{PASSED[step]}；{more}" if more else PASSED[step]


def unasked(step: str, more: str) -> str:
    """Return the words for a step that was not looked at."""
    return f"{UNASKED.get(step, '未查')}{'；' if more else ''}{more}"


def failed(step: str, why: str) -> str:
    """Return the words for a step that fails, with the detail."""
    return f"{FAILED[step]} ({why})"


def as_of_size(size: int) -> str:
    """Say which state of the log the proof shows."""
    return f"截至第 {size} 条 (as of {size} entries)"


def witnesses_missing(needed: str, present: Sequence[str], missing: Sequence[str]) -> str:
    """Say whose cosignatures a checkpoint bears and whose it lacks, by their names."""
    return (
        f"见证签名不足：须有 {needed}；已签 {'、'.join(present) or '无'}；"
        f"未签 {'、'.join(missing)} "
        f"(too few witnesses have cosigned; not yet: {', '.join(missing)})"
    )


def not_known_after(size: int) -> str:
    """Say what nobody can know without a status list."""
    return (
        f"没有状态清单，离线不能得知是否已冲红、取代或换开；截至本文件检查点（{size} 条）未见 "
        "(not known offline without a status list; nothing of it as of the checkpoint in the file, "
        f"{size} entries)"
    )


def list_is_older(size: int) -> str:
    """Say that the list was made before the receipt."""
    return f"状态清单（{size} 条）早于本票据 (the status list, {size} entries, is older)"


def not_listed(size: int, reverses: tuple[str, str] | None) -> str:
    """Say that the list has no such receipt, and no more than that."""
    if reverses:
        return f"这是冲红 {' '.join(reverses)} 的红字票据号码 the number of a red receipt"
    return f"状态清单（{size} 条）中查无此票，仅此而已 not found in the list, and no more than that"


def reversed_by(code: str, number: str) -> str:
    """Say which red receipt reverses it."""
    return f"已由红字票据 {code} {number} 冲红 reversed by that red receipt"


def replaced_by(code: str, number: str, reduced: Money | None) -> str:
    """Say which receipt stands in its place, and for how much if for less."""
    less = f"，金额减为 {reduced.decimal()} 元 reduced to that" if reduced else ""
    return f"已冲红，由 {code} {number} 取代 replaced by that receipt{less}"


def exchanged_for(code: str, number: str) -> str:
    """Say which paper receipt stands in its place."""
    return f"已换开纸质票据 {code} {number}，请查验纸质票据 exchanged for paper; ask for that one"


def eligibility_lost(effective: date) -> str:
    """Say since when it is lost."""
    return (
        f"该单位自 {effective} 起丧失资格，此前捐赠不受影响 (eligibility was lost from that day "
        "on, which reaches no earlier gift)"
    )


def eligibility_over(last: date, today: date) -> str:
    """Say that it is over by the day of the status list."""
    return (
        f"该单位资格止于 {last}，截至 {today} 已不具有，此前捐赠不受影响 (eligibility ended on "
        f"{last}, which reaches no earlier gift)"
    )


def share_of_member(share: Money) -> str:
    """Say how much a member of a joint receipt gave."""
    return f"名单所载金额 {share.decimal()} 元 (the member's share)"


def area_named(area: str, county: str | None) -> str:
    """Say which area the receipt names, and whether that is a target county."""
    if county is not None:
        return f"票面指明地区 {area}，在目标脱贫地区名录内：{county} (a target county)"
    return (
        f"票面指明地区 {area}，不在 832 县名录内，是否为建档立卡贫困村请另行核对 (not of the 832 "
        "counties; it may be a registered poor village)"
    )


def classed(treatment: str, rule: str, source: str) -> str:
    """Say the class with its rule."""
    return f"{treatment}，规则 rule {rule}，{source}"


def claimed(amount: Money, left: Money) -> str:
    """Say what is claimed and what is left."""
    told = f"已申报扣除 {amount.decimal()} 元，余额 {left.decimal()} 元 (claimed, and left)"
    return told if left.minor else f"{told}；已全部扣除，不得再次扣除 (nothing is left to deduct)"


def claimed_of_void(amount: Money) -> str:
    """Say what is claimed of a receipt that is reversed, replaced or exchanged."""
    return (
        f"已申报扣除 {amount.decimal()} 元；本票据已冲红、被取代或换开，不得凭以扣除，余额 0.00 元 "
        "(claimed; it is reversed, replaced or exchanged, and nobody can deduct with it)"
    )


def kept_on_file(held: str) -> str:
    """Say that a receipt was handed to nobody, and why, so that nobody deducts it."""
    return (
        f"本票据由开票单位留存备查（{HELD.get(held, held)}），未交付任何人，任何人不得凭以扣除，"
        "扣除类别 none，余额 0.00 元 (kept on file by its issuer: nobody can deduct it)"
    )


def evidenced(lines: int) -> str:
    """Say how many values have evidence."""
    return f"{lines} 项估值均有凭证摘要 (every value has the digest of its evidence)"
