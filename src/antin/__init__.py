"""Ấn Tín: official documents between public bodies, electronically, end to end, with legal effect."""
