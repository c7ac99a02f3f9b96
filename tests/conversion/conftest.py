"""The world of the tests of paper copies."""

from world import authority, committed_world, world

__all__ = ["authority", "committed_world", "world"]
