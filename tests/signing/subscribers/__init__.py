"""The subscriber manager's work, by its acts on real bodies and people."""
