"""Pre-tax deduction of gifts: dated rules as data, a case, and an answer that explains itself."""
