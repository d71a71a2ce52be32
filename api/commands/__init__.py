"""What each command of `donation-ledger` does: parse, ask, answer."""
