"""Commands: `antin …`. Offline ones (validate, edxml check, ledger verify) load no database and no Django."""
