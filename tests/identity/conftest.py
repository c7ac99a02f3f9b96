"""The small house of people, see `small_house`."""

from __future__ import annotations

from small_house import clock, house, lasting_house, signed_in

__all__ = ["clock", "house", "lasting_house", "signed_in"]
