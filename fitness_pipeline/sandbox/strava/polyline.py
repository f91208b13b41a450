"""Routes that were never run, in Google's encoded polyline format."""

import math
from collections.abc import Iterable, Iterator
from functools import lru_cache

_METRES_PER_DEGREE = 111_320
_POINTS = 24


@lru_cache(maxsize=4096)
def loop(latitude: float, longitude: float, half_kilometres: int) -> str:
    """Return a route that starts and ends at a point.

    Args:
        latitude: degrees.
        longitude: degrees.
        half_kilometres: how long it is.
    """
    radius = half_kilometres * 500 / (2 * math.pi) / _METRES_PER_DEGREE
    bearing = half_kilometres * 1.7  # another way for another distance
    stretch = math.cos(math.radians(latitude))
    angles = [bearing + 2 * math.pi * point / _POINTS for point in range(_POINTS + 1)]
    return encode(
        (
            latitude + radius * (math.sin(angle) - math.sin(bearing)),
            longitude + radius * (math.cos(angle) - math.cos(bearing)) / stretch,
        )
        for angle in angles
    )


def encode(points: Iterable[tuple[float, float]]) -> str:
    """Return points as text.

    Args:
        points: latitude and longitude in degrees; five decimals are kept.
    """
    text: list[str] = []
    previous = (0, 0)
    for latitude, longitude in points:
        current = (round(latitude * 1e5), round(longitude * 1e5))
        for now, before in zip(current, previous, strict=True):
            text.extend(_characters(now - before))
        previous = current
    return "".join(text)


def _characters(number: int) -> Iterator[str]:
    rest = ~(number << 1) if number < 0 else number << 1
    while rest >= 0x20:
        yield chr((0x20 | (rest & 0x1F)) + 63)
        rest >>= 5
    yield chr(rest + 63)
