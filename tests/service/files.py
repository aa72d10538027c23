"""An order and fixes on disk, as a person brings them to `mesure replay`."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from mesure.record.replay import ReplayRequest

ORDER: Final = """\
order: ALM-1
person: P-1
time_zone: Asia/Almaty
in_force: {from: 2026-02-01, until: 2026-03-01}
places:
  home: {lat_deg: 43.25, lon_deg: 76.95, radius_m: 60}
  office: {lat_deg: 43.25, lon_deg: 76.97, radius_m: 80}
conditions:
  C1: {curfew: {at: home, from: 22:00, until: 06:00, every: day}}
  C2: {appointment: {at: office, every: day, from: 10:00, until: 10:30, present_min: 10}}
"""
LATER: Final = ORDER.replace("2026-02-01", "2026-02-12").replace("22:00", "20:00")
HEAD: Final = "time,lat,lon,recv_time\n"
HOME: Final = (43.25, 76.95)
NINE: Final = datetime(2026, 2, 10, 16)  # noqa: DTZ001  # In UTC; at nine in Almaty.
FAR: Final = (43.27, 76.95)


def minute(number: int) -> str:
    """Return an instant some minutes after 21:00 in Almaty on 10 February 2026."""
    instant = NINE + timedelta(minutes=number)
    return f"{instant.isoformat()}Z"


def rows(
    start: int, end: int, place: tuple[float, float] = HOME, received: int | None = None
) -> str:
    """Return rows of a table, one for each minute; received when taken unless said."""
    return "".join(
        f"{minute(at)},{place[0]},{place[1]},{minute(at if received is None else received)}\n"
        for at in range(start, end)
    )


def write(folder: Path, **texts: str) -> tuple[Path, ...]:
    """Write files by their names, in which the last underscore stands for a dot."""
    paths = tuple(folder / ".".join(name.rsplit("_", 1)) for name in texts)
    for path, text in zip(paths, texts.values(), strict=True):
        path.write_text(text, encoding="utf-8")
    return paths


def request(folder: Path, fixes: str, order: str = ORDER) -> ReplayRequest:
    """Return what asks for a replay of an order and a table of fixes."""
    [order_path, fixes_path] = write(folder, order_yaml=order, fixes_csv=HEAD + fixes)
    return ReplayRequest((order_path,), (fixes_path,))


LATE_RETURN: Final = rows(0, 120) + rows(120, 180, FAR) + rows(180, 300)
"""At home, away from 23:00 to midnight, and at home until two o'clock."""
