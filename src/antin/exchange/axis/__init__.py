"""The national axis (Trục liên thông văn bản quốc gia, 217/7.3): edXML messages handed to a hub and fetched from it.

protocol   what stands on the wire: verbs, signed headers, answers; pure, the same for client and simulator
agencies   who is reached there, under old and new codes
outbox     messages built once, handed over once: an unknown outcome is looked up at the axis before anything goes again
inbox      messages fetched, checked, taken in; the axis is told "done" only after the commit
news       statuses both ways;  letters: what the axis is told about our documents
"""
