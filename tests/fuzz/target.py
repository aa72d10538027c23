"""Target of fuzzing: something that reads what others wrote, and how it may refuse it.

Whatever the bytes are, it answers, or refuses them in a sentence, soon and in little space.
Anything else is a fault of ours. Time is the processor's: a busy machine makes no findings.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

Run = Callable[[bytes], object]
Samples = Callable[[], Iterable[bytes]]

SECONDS_MAX: Final = 2.0  # Of one input: a hundred times what most take, instrumented.
GROWN_BYTES_MAX: Final = 192 << 20  # By which one input may raise what the process ever held.
REFUSAL_CHARS_MAX: Final = 60_000  # A file may have a hundred faults, each with a sentence.
KIB: Final = 1 << 10
STATUS: Final = Path("/proc/self/status")
NAME_BYTES: Final = b"\0"  # Parts two fields of one input.


class FuzzFaultError(AssertionError):
    """What no input may do: it broke something, took too long, or was refused without words."""


@dataclass(frozen=True)
class FuzzTarget:
    """Something that reads bytes from outside."""

    name: str
    run: Run
    refusals: tuple[type[Exception], ...]
    samples: Samples
    share: int  # Of the bytes of a run, compared with the others.
    bytes_max: int  # Of one input.
    seconds_max: float = SECONDS_MAX


_ALL: Final[dict[str, FuzzTarget]] = {}


def target(
    name: str,
    samples: Samples,
    *refusals: type[Exception],
    share: int = 10,
    bytes_max: int = 4 * KIB,
    seconds_max: float = SECONDS_MAX,
) -> Callable[[Run], Run]:
    """Have a function be fuzzed, from these samples on."""

    def register(run: Run) -> Run:
        assert name not in _ALL, f"there are two targets called {name}"
        _ALL[name] = FuzzTarget(name, run, refusals, samples, share, bytes_max, seconds_max)
        return run

    return register


def targets() -> dict[str, FuzzTarget]:
    """Return all targets by name."""
    return dict(_ALL)


def hold(target: FuzzTarget, data: bytes, *, bounded: bool = True) -> None:
    """Try one input; raises whatever it broke, or `FuzzFaultError`.

    What is loaded with the first input counts for none: that is tried with `bounded` false.
    """
    begun_s, held_bytes = time.process_time(), _most_held()
    try:
        target.run(data)
    except target.refusals as refusal:
        for fault in refusal_faults(str(refusal)):
            raise FuzzFaultError(f"{type(refusal).__name__}: {fault}") from refusal
    spent_s, grown = time.process_time() - begun_s, _most_held() - held_bytes
    if bounded and spent_s > target.seconds_max:
        raise FuzzFaultError(f"{len(data)} bytes took {spent_s:.1f} s")
    if bounded and grown > GROWN_BYTES_MAX:
        raise FuzzFaultError(f"{len(data)} bytes took {grown >> 20} MB")


def refusal_faults(text: str) -> Iterator[str]:
    """Yield why a refusal is no sentence that anybody can read."""
    if not text.strip():
        yield "it says nothing"
    if len(text) > REFUSAL_CHARS_MAX:
        yield f"it has {len(text)} signs"
    if not all(line.isprintable() for line in text.split("\n")):
        yield f"it cannot be printed: {text[:200]!r}"
    if "Traceback" in text:
        yield "it is no sentence"


def _most_held() -> int:
    """Return the most that this program ever held; `getrusage` counts who began it, too."""
    with STATUS.open("rb") as file:
        line = next(line for line in file if line.startswith(b"VmHWM:"))
    return int(line.split()[1]) * KIB


def split(data: bytes, count: int) -> list[bytes]:
    """Return the fields of an input; what is not there is empty, the last has all that is left."""
    parts = data.split(NAME_BYTES, count - 1)
    return [*parts, *([b""] * (count - len(parts)))]
