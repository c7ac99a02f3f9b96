"""Encrypted, content-addressed bytes: each owner's contents under a data key of its own (379/4.5).

Who destroys the key destroys every content of that owner and nothing else (379/20.2). Contents are written once.
"""
