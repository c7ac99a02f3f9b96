"""Conversion: paper copies of electronic documents, asked for, granted, printed with their marks, looked up by anyone (379/16).

A printed copy has at every instant the effect of its source: the code on it leads to the state as it is now (379/19.5).
"""
