"""Looked at once: results about late deliveries, which the same rows give again and again.

Until something is settled, every start, every look of a worker that holds one person in memory and
every replay works out all late deliveries anew: a third of a life, and nineteen in twenty of these
looks are of the same rows, by the same rules, over the same span. Live and replay remember apart,
so that neither takes over what it is to find itself; and what is checked in the end is looked at
anew.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from hashlib import sha256
from typing import Any
from unittest import mock

from mesure.evaluation import judgement, late_evidence, pipeline
from mesure.evaluation.judgement import Judgement
from mesure.evaluation.pipeline import Statement
from mesure.evaluation.rules import Rules
from mesure.geo.fixes import Fixes
from mesure.instants import MIN_US

_JUDGE = judgement.judge
_REPLAY = pipeline.replay


class _Looks:
    """What was said of rows, in one life."""

    def __init__(self) -> None:
        self._live: dict[object, Judgement] = {}
        self._of_replays: dict[object, Judgement] = {}
        self._known = self._live

    def judge(
        self, rules: Rules, rows: Fixes, until_us: int, *, since_us: int | None = None
    ) -> Judgement:
        """Return what `judgement.judge` says."""
        begin_us = MIN_US if since_us is None else since_us
        windows = tuple((one.id, one.between(begin_us, until_us)) for one in rules.conditions)
        lanes = rules.lane_keys, rules.as_drawn, rules.policy, rules.start_us
        key = _digest(rows), until_us, since_us, windows, lanes
        if key not in self._known:
            self._known[key] = _JUDGE(rules, rows, until_us, since_us=since_us)
        return self._known[key]

    def replay(self, *record: Any) -> Statement:  # noqa: ANN401
        """Return what `pipeline.replay` says, remembered apart."""
        self._known = self._of_replays
        try:
            return _REPLAY(*record)
        finally:
            self._known = self._live


def _digest(rows: Fixes) -> bytes:
    digest = sha256()
    for column in fields(rows):
        digest.update(getattr(rows, column.name).tobytes())
    return digest.digest()


@contextmanager
def cache_looks() -> Iterator[None]:
    """Have late deliveries be looked at once while this lasts."""
    looks = _Looks()
    with (
        mock.patch.object(late_evidence, "judge", looks.judge),
        mock.patch.object(pipeline, "replay", looks.replay),
    ):
        yield
