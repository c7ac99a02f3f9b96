"""Directories as targets, PostgreSQL's own tools."""
