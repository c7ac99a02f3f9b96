"""Rulebook: law that changes is dated data here (types, form, deadlines, calendar, lists), never code.

Each set names its basis and the days it holds; a document is judged by the set in force on its own day.
"""
