"""A mail server of our own for tests and trials: SMTP submission and IMAP4rev1 over TLS, letters as files. Never for real mail."""
