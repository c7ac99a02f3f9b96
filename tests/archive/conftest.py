"""The world of the archive's tests."""

from world import authority, committed_world, world

__all__ = ["authority", "committed_world", "world"]
