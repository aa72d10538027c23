"""Time zones: the pinned tzdata package, never the machine's own files.

Two machines must read a curfew alike, so the version that was used is the version that is written
down.
"""

import zoneinfo

import tzdata  # type: ignore[import-untyped]  # One constant is read from it.

VERSION: str = tzdata.IANA_VERSION


def pin() -> None:
    """Let every time zone opened from now on come from the tzdata package."""
    if zoneinfo.TZPATH:
        zoneinfo.reset_tzpath(())
        zoneinfo.ZoneInfo.clear_cache()
