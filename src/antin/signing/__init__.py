"""Signatures: the ceremony on bytes, signers, timestamps, certificates and validation.

The room knows documents by id and bytes only; numbers and registers belong to `registry`, above it.
"""
