"""Backup, restore and drills: what was kept can be brought back, proven, and nothing that was ended comes back with it.

A backup set is sealed under the vault's wrapping key, which never lies beside it (379/23.2.e, 217/15.5, 379/20.3).
"""
