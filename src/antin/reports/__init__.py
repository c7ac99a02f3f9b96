"""Figures: what was sent and received in a period, drawn by the system itself, held against the ledger, frozen for the level above (217/12)."""
