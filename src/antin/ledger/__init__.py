"""The tamper-evident log of acts and its followers (379/5.3, 379/17.3).

Entries commit with the act they tell of; a sequencer gathers them into an RFC 6962 tree with C2SP checkpoints,
so that an outsider can prove what stood in the log without trusting those who run it.
"""
