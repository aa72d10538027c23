"""One line of the table: what was measured, beside whom, and whether it is as good as it must."""

from dataclasses import asdict, dataclass

GIB = 1024.0**3
M = 1e6


@dataclass(frozen=True, slots=True)
class Row:
    """What was measured; None stands for what does not apply.

    `ratio` says how many times better than the peer, above 1 for better. `target` is the least the
    ratio may be where there is a peer, and else the least that the value may be; of what is better
    small (bytes, seconds) it is the most.
    """

    name: str
    value: float
    unit: str
    peer: str | None = None
    ratio: float | None = None
    target: float | None = None
    holds: bool | None = None

    def as_json(self) -> dict[str, str | float | bool | None]:
        """Return the row as build/bench.json has it."""
        return asdict(self)


def at_least(name: str, value: float, unit: str, target: float | None = None) -> Row:
    """Return a row whose value should be large."""
    holds = None if target is None else value >= target
    return Row(name, value, unit, target=target, holds=holds)


def at_most(name: str, value: float, unit: str, target: float | None = None) -> Row:
    """Return a row whose value should be small."""
    holds = None if target is None else value <= target
    return Row(name, value, unit, target=target, holds=holds)


def beside(
    name: str, value: float, unit: str, peer: str, ratio: float, target: float | None = None
) -> Row:
    """Return a row that compares with a peer measured in the same run."""
    holds = None if target is None else ratio >= target
    return Row(name, value, unit, peer, ratio, target, holds)
