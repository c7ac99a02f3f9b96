"""Passwords: Argon2id with 19 MiB, two passes, one lane: the least that OWASP's password storage guide admits.

Django's own default takes 100 MiB and eight lanes for each try, which a small machine does not bear.
"""

from __future__ import annotations

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2id(Argon2PasswordHasher):
    """Stored with its parameters: raising them later rehashes each password at its next use."""

    time_cost = 2
    memory_cost = 19_456
    parallelism = 1
