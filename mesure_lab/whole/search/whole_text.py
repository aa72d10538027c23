"""What lived seeds came to, for a terminal."""

from collections.abc import Iterator

from mesure_lab.whole.checks import named_checks
from mesure_lab.whole.search import seed_search
from mesure_lab.whole.search.seed_search import SeedResult


def line(result: SeedResult) -> str:
    """Return what a seed came to, in a line."""
    counts = (
        f"seed {result.seed}: {result.person_days} person-days, {result.events} events, "
        f"{result.judged} judgements, {result.starts} starts"
    )
    said = "holds" if result.holds else f"BROKEN {result.invariant}"
    return f"{counts}; {said}; {result.digest[:16]}\n"


def story(result: SeedResult) -> Iterator[str]:
    """Yield what is broken, by which law or decision, and how it came about."""
    sources = {one.name: one.source for one in named_checks.every_invariant()}
    yield f"\n{result.what}\n"
    yield f"It must not be, by {sources.get(result.invariant, 'any decision')}. Before that:\n"
    yield from (f"  {one}\n" for one in result.trace)
    yield f"Again: mesure simulate --whole --seed {result.seed}\n"
    yield f"In few events: mesure simulate --whole --seed {result.seed} --shrink\n"


def cut(seed: int, numbers: tuple[int, ...]) -> Iterator[str]:
    """Yield the events to which a seed was cut."""
    yield f"It takes {len(numbers)} events:\n"
    chosen = frozenset(numbers)
    for event in seed_search.events_of(seed):
        if event.number in chosen:
            yield f"  {event.number} {event.kind} {event.person} {event.item}\n"
    yield f"Only these: --only {','.join(map(str, numbers))}\n"
