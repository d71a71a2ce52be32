"""Files as charities really have them, read into rows the ledger can record."""
