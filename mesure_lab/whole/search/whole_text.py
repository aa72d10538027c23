"""Results of seeds that ran, for a terminal."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from mesure_lab.whole.checks import named_checks
from mesure_lab.whole.search import seed_search
from mesure_lab.whole.search.seed_search import SeedResult

KEEP_IN: Final = "To keep it, as tests/seeds/NAME.yaml:"


def line(result: SeedResult) -> str:
    """Return what a seed came to, in a line."""
    counts = (
        f"seed {result.seed}: {result.person_days} person-days, {result.events} events, "
        f"{result.judged} judgements, {result.starts} starts"
    )
    verdict = "holds" if result.holds else f"BROKEN {result.invariant}"
    return f"{counts}; {verdict}; {result.digest[:16]}\n"


def story(result: SeedResult) -> Iterator[str]:
    """Yield what is broken, by which law or decision, and how it came about."""
    sources = {one.name: one.source for one in named_checks.every_invariant()}
    yield f"\n{result.what}\n"
    yield f"It must not be, by {sources.get(result.invariant, 'any decision')}. Before that:\n"
    yield from (f"  {one}\n" for one in result.trace)
    yield f"Again: mesure simulate --whole --seed {result.seed}\n"
    yield f"In few events: mesure simulate --whole --seed {result.seed} --shrink\n"


def cut(seed: int, numbers: tuple[int, ...]) -> Iterator[str]:
    """Yield the events to which a seed was cut, and the story that keeps it, to be filled in."""
    yield f"It takes {len(numbers)} events:\n"
    chosen = [event for event in seed_search.events_of(seed) if event.number in numbers]
    for event in chosen:
        yield f"  {event.number} {event.kind} {event.person} {event.item}\n"
    yield f"Only these: --only {','.join(map(str, numbers))}\n"
    kinds = Counter(str(event.kind) for event in chosen)
    yield f"\n{KEEP_IN}\n"
    yield "story: >-\n  What happened, and what it meant for whom.\n"
    yield 'found: "room: The commit that mends it."\n'
    yield f"seed: {seed}\nonly: [{', '.join(map(str, sorted(numbers)))}]\n"
    yield f"events: {{{', '.join(f'{kind}: {count}' for kind, count in kinds.items())}}}\n"
