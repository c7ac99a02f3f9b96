"""Casework: instructions of leaders, assignments with a date, results, and who is late.

The document's own life stays in `documents`; here live the pieces of work that hang on it (217/10.2).
"""
