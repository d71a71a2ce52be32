"""Other signing suites behind the interface of `jws.Signer`; none is needed to check a ledger."""
