"""The ledger of held requests."""
