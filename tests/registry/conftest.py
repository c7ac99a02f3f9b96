"""The world of the registry's tests."""

from world import authority, world

__all__ = ["authority", "world"]
