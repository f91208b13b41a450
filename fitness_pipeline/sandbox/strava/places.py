"""Where the athlete trains: zones as Strava labels them, and coordinates."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere on earth.

    Attributes:
        zone: an IANA name.
        country: as Strava wrote it while it still named countries.
        latitude: degrees.
        longitude: degrees.
    """

    zone: str
    country: str
    latitude: float
    longitude: float

    def utc_offset(self, at: datetime) -> timedelta:
        """Return local time minus UTC at an instant."""
        offset = at.astimezone(ZoneInfo(self.zone)).utcoffset()
        return offset if offset is not None else timedelta()


CHICAGO = Place("America/Chicago", "United States", 41.881, -87.623)
ATLANTA = Place("America/New_York", "United States", 33.786, -84.373)
BERLIN = Place("Europe/Berlin", "Germany", 52.514, 13.350)
BOULDER = Place("America/Denver", "United States", 40.001, -105.281)
ANGUILLA = Place("America/Anguilla", "Anguilla", 18.198, -63.055)
BANGALORE = Place("Asia/Kolkata", "India", 12.976, 77.593)
AUCKLAND = Place("Pacific/Auckland", "New Zealand", -36.861, 174.778)
WATOPIA = Place("Pacific/Guadalcanal", "Solomon Islands", -11.637, 166.972)  # where virtual runs are drawn

# What Strava guesses for activities without coordinates (seen in recorded replies).
WRONG_GUESSES = ("EST", "America/Atikokan")


@cache
def zone_label(zone: str) -> str:
    """Return a zone as Strava labels it: `(GMT-06:00) America/Chicago`, always with the standard offset."""
    # Zones that save daylight are on standard time in one of the two.
    january, july = (datetime(2024, month, 1, tzinfo=ZoneInfo(zone)) for month in (1, 7))
    standard = january if not january.dst() else july
    minutes = int((standard.utcoffset() or timedelta()).total_seconds()) // 60
    sign = "-" if minutes < 0 else "+"
    return f"(GMT{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}) {zone}"
