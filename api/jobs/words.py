"""What kinds and states of jobs, their rows and their files are called, Chinese and English."""

from __future__ import annotations

KINDS = {
    "import": ("导入名单", "Import of lists"),
    "import-preview": ("导入预览", "Preview of an import"),
    "receipts": ("批量开具票据", "Receipts in bulk"),
    "verification": ("查验票据", "Verification of receipts"),
    "receipts-export": ("导出票据", "Export of receipts"),
}
STATES = {
    "queued": ("排队中", "waiting"),
    "running": ("进行中", "under way"),
    "awaiting-approval": ("待另一人批准", "awaits approval by a second person"),
    "done": ("已完成", "done"),
    "failed": ("未完成", "failed"),
    "cancelled": ("已取消", "cancelled"),
    "expired": ("已过期，结果不再保存", "expired, its result is kept no longer"),
}
ROWS = {
    "new": ("新", "new"),
    "known": ("已有", "recorded before"),
    "unclear": ("待判断", "unclear"),
    "refused": ("退回", "refused"),
}
FILES = {
    "errors.xlsx": ("退回和待判断的行", "rows handed back"),
    "preview.json": ("全部行", "all rows"),
    "receipts.zip": ("票据文件", "the receipts"),
    "not-receipted.xlsx": ("未开具的捐赠及原因", "gifts without a receipt, and why"),
    "verified.xlsx": ("查验结果", "what the check found"),
    "receipts.xlsx": ("票据清单", "the list of receipts"),
}
