"""Invented documents of real substance for the demonstration world; every name says so ("mẫu")."""

from antin.documents.samples.sample import Sample, samples

__all__ = ["Sample", "samples"]
