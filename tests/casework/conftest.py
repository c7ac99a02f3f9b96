"""The world of the casework's tests."""

from world import authority, world

__all__ = ["authority", "world"]
