"""A catalogue that translates nothing, for tests of what the core says."""

from datetime import datetime
from zoneinfo import ZoneInfo


class PlainCatalogue:
    """English as it stands in the code; it keeps every text it was asked for."""

    language = "en"

    def __init__(self) -> None:
        self.asked: set[str] = set()

    def text(self, source: str) -> str:
        self.asked.add(source)
        return source

    def plural(self, singular: str, many: str, count: int) -> str:
        self.asked |= {singular, many}
        return singular if count == 1 else many

    def moment(self, instant: datetime, zone: ZoneInfo) -> str:
        return f"{instant.astimezone(zone):%Y-%m-%d %H:%M}"

    def clock(self, instant: datetime, zone: ZoneInfo) -> str:
        return f"{instant.astimezone(zone):%H:%M}"

    def day(self, instant: datetime, zone: ZoneInfo) -> str:
        return f"{instant.astimezone(zone):%Y-%m-%d}"

    def weekday(self, weekday: int) -> str:
        return ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"][weekday]

    def items(self, items: list[str]) -> str:
        return " and ".join(items)
