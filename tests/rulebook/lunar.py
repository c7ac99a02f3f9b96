"""The Vietnamese lunar calendar from astronomy alone, to check the dated holidays against (Meeus, chapters 25, 49)."""

from __future__ import annotations

from datetime import date, timedelta
from math import floor, radians, sin

EPOCH = date(2000, 1, 1)
ZONE_DAYS = 7 / 24


def new_moon(lunation: int) -> date:
    """Vietnam's day of the new moon number `lunation`, counted from January 2000; terms above a minute or two."""
    t = lunation / 1236.85
    day = 5.59766 + 29.530588861 * lunation + 0.00015437 * t * t
    sun = radians(2.5534 + 29.1053567 * lunation)
    moon = radians(201.5643 + 385.81693528 * lunation)
    latitude = radians(160.7108 + 390.67050284 * lunation)
    day += -0.40720 * sin(moon) + 0.17241 * sin(sun) + 0.01608 * sin(2 * moon) + 0.01039 * sin(2 * latitude)
    day += (
        0.00739 * sin(moon - sun)
        - 0.00514 * sin(moon + sun)
        + 0.00208 * sin(2 * sun)
        - 0.00111 * sin(moon - 2 * latitude)
    )
    dynamical_seconds = 69 / 86400
    return EPOCH + timedelta(days=floor(day + ZONE_DAYS - dynamical_seconds))


def sun_sector(day: date) -> int:
    """Which twelfth of the sun's way midnight of that day in Vietnam lies in; 9 begins with the winter solstice."""
    t = ((day - EPOCH).days - 0.5 - ZONE_DAYS) / 36525
    anomaly = radians(357.52911 + 35999.05029 * t)
    centre = (1.914602 - 0.004817 * t) * sin(anomaly) + 0.019993 * sin(2 * anomaly) + 0.000289 * sin(3 * anomaly)
    longitude = 280.46646 + 36000.76983 * t + centre - 0.00569 - 0.00478 * sin(radians(125.04 - 1934.136 * t))
    return floor((longitude % 360) / 30)


def month_eleven(year: int) -> int:
    """The lunation that begins the month in which the winter solstice of the year falls."""
    lunation = round(((date(year, 12, 31) - EPOCH).days) / 29.530588861)
    while new_moon(lunation) > date(year, 12, 31):
        lunation -= 1
    return lunation - 1 if sun_sector(new_moon(lunation)) >= 9 else lunation


def first_of(month: int, year: int) -> date:
    """The first day of lunar month 1 to 4 of the lunar year that begins in this year."""
    start, following = month_eleven(year - 1), month_eleven(year)
    leap_at = None
    if following - start == 13:
        lunations = range(start, following)
        leap_at = next(n for n in lunations[1:] if sun_sector(new_moon(n)) == sun_sector(new_moon(n + 1)))
    lunation = start + month + 1
    if leap_at is not None and leap_at <= lunation:
        lunation += 1
    return new_moon(lunation)


def tet(year: int) -> date:
    return first_of(1, year)


def kings_day(year: int) -> date:
    """10th of the third month."""
    return first_of(3, year) + timedelta(days=9)
