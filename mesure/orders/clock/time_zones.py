"""Names of time zones of the IANA database, and which one was probably meant.

The database is the one thing the core does not get as a value; its version is recorded with every
replay.
"""

import zoneinfo
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from mesure.orders.text.near_names import nearest

UTC: Final = ZoneInfo("UTC")


def find_zone(name: str) -> ZoneInfo | None:
    """Return the zone of that name, None where there is none."""
    return ZoneInfo(name) if name in _known() else None


def near(name: str) -> str | None:
    """Return the zone that was probably meant, by its name or its city.

    >>> near("Almaty"), near("asia/almata")
    ('Asia/Almaty', 'Asia/Almaty')
    """
    cities = {zone.rpartition("/")[2]: zone for zone in _known() if "/" in zone}
    return nearest(name, _known()) or cities.get(nearest(name, cities) or "")


@lru_cache(maxsize=1)
def _known() -> tuple[str, ...]:
    return tuple(sorted(zoneinfo.available_timezones()))
