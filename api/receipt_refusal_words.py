"""The catalog of refusals about receipts in words for people."""

from __future__ import annotations

from ledger.domain.payer_numbers import PayerNumberMalformed
from ledger.domain.receipt_changes import (
    OfficialAlreadyRecorded,
    OfficialDayToCome,
    PaperIsTheReceipt,
    PaperNotOut,
    PaperStillOut,
    ReceiptDoesNotStand,
    WaivedAlready,
)
from ledger.domain.receipts import (
    DonorsDiffer,
    GiftOfAnotherYear,
    MembersUnusable,
    NotEligibleOnDay,
    NothingToReceipt,
    ReceiptUnknown,
    SharesDiffer,
    TooManyLines,
    WaivedSingly,
)
from ledger.domain.written_numbers import LotHoldsWritten, NumberIsDrawn, NumberStandsAlready
from ledger.errors import LedgerError
from ledger.store.log_folder import NotYetPublished

REFUSALS: dict[type[LedgerError], str] = {
    DonorsDiffer: "这些捐赠不是同一捐赠人，不能合并开具",
    GiftOfAnotherYear: "年度合并票据只含同一年度的捐赠",
    LotHoldsWritten: "号段内有号码已登记为纸质或财政电子票据，不是空白号码",
    MembersUnusable: "联合票据的名单不可用",
    NotEligibleOnDay: "捐赠日受赠单位没有税前扣除资格，未开具可扣除票据",
    NotYetPublished: "已记入账本，但见证签名还不够，尚未公布，暂不出具；请稍后重新运行",
    NothingToReceipt: "没有可以开具票据的捐赠",
    NumberIsDrawn: "该号码属于本账本领用的票据号段，只能由系统按序取用，不能手工填写",
    NumberStandsAlready: "该票据号码已登记在另一次换开或财政电子票据上",
    OfficialAlreadyRecorded: "已登记过财政电子票据",
    OfficialDayToCome: "财政电子票据的开具日期不能晚于今天",
    PaperIsTheReceipt: "纸质票据应填写其自身的代码和号码",
    PaperNotOut: "没有换开的纸质票据",
    PaperStillOut: "纸质票据尚未收回，请先收回",
    PayerNumberMalformed: "付款人识别号有误",
    ReceiptDoesNotStand: "票据已冲红",
    ReceiptUnknown: "没有这张票据",
    SharesDiffer: "名单金额之和与票据金额不符",
    TooManyLines: "捐赠笔数超过一张票据的上限，请分开开具",
    WaivedAlready: "已登记过放弃领取票据",
    WaivedSingly: "捐赠人不领取票据的捐赠不并入年度票据",
}
