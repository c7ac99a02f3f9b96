"""Conversion: paper copies of electronic documents with their marks, looked up by anyone (379/16); paper made electronic (379/15).

A printed copy has at every instant the effect of its source: the code on it leads to the state as it is now (379/19.5).
"""
