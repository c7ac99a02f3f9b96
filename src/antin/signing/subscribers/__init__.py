"""The subscriber manager's work: certificates asked for, issued or imported, renewed, suspended, revoked, reported (379/10.1)."""
