"""Register, judging, owning and sending, in whatever order: both stores answer as a model does."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from hypothesis.stateful import run_state_machine_as_test as run_as_test

from mesure.store.interface.store import ReadTransaction, Store, WriteTransaction
from mesure.store.values import partitions
from mesure.store.values.effects import (
    JudgingResult,
    PartitionOwner,
    StoredAssessment,
    StoredSuperseded,
)
from mesure.store.values.faults import ConflictError, FencedError
from mesure.store.values.outgoing import Outgoing, SendStatus
from mesure.store.values.register import RegisterRow
from tests.store import judged_samples, samples
from tests.store.databases import Database, PostgresDatabase, SqliteDatabase

NUMBERS = st.sampled_from([1, 2])
# Moments that meet: most of what goes wrong does where one span ends and another begins.
MOMENTS = st.integers(0, 6).map(lambda n: n * 10)
KEYS = st.dictionaries(st.sampled_from(["state", "by"]), st.sampled_from(["a", "b"]))


@st.composite
def partition_of_time(draw: st.DrawFn, since_us: int) -> tuple[tuple[int, int], ...]:
    """Return spans one after another from a moment on, as judging gives them."""
    ends = sorted(draw(st.sets(MOMENTS.map(lambda n: n + since_us + 5), max_size=4)))
    return tuple(zip([since_us, *ends], ends, strict=False))


class EffectsModel:
    """What a store should hold; plain Python, and nothing clever."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], RegisterRow] = {}
        self.standing: dict[tuple[str, str, int], StoredAssessment] = {}
        self.superseded: dict[tuple[object, ...], StoredSuperseded] = {}
        self.incidents: dict[str, Any] = {}
        self.changes = 0
        self.epochs: dict[int, int] = {}
        self.sending: dict[str, SendStatus] = {}

    def judge(self, judging: JudgingResult) -> None:
        since_us, standing = judging.since_us, dict(self.standing)
        for key, assessment in standing.items():
            if assessment.person != judging.person or assessment.end_us <= since_us:
                continue
            del self.standing[key]
            if assessment.start_us < since_us:
                self.standing[key] = replace(assessment, end_us=since_us)
        for assessment in judging.assessments:
            self.standing[assessment.person, assessment.condition, assessment.start_us] = assessment
        for gone in judging.superseded:  # Of one span and one time there is one truth: the first.
            span = (gone.assessment.person, gone.assessment.condition, gone.assessment.start_us)
            stood = (gone.assessment.end_us, gone.stood_from_us, gone.stood_until_us)
            self.superseded.setdefault((*span, *stood), gone)
        for incident in judging.incidents:
            before = self.incidents.get(incident.id)
            if before is None or before.revision < incident.revision:
                self.changes += 1
                self.incidents[incident.id] = replace(incident, change=self.changes)


@st.composite
def judgings_of(draw: st.DrawFn, model: EffectsModel, number: int, since_us: int) -> JudgingResult:
    rows = [
        judged_samples.assessment(
            *span, draw(st.sampled_from(["met", "unknown"])), person=number, condition=condition
        )
        for condition in ("C1", "C2")
        for span in draw(partition_of_time(since_us))
    ]
    old = [one for one in model.standing.values() if one.person == f"P-{number}"]
    gone = [judged_samples.supersede(one) for one in old if draw(st.booleans())]
    name = f"I-{number}"
    incident = model.incidents.get(name)
    revision = (incident.revision if incident else 0) + draw(st.integers(0, 1))
    raised = [judged_samples.incident(name, revision, person=number)] if revision else []
    judged = judged_samples.progress(number, since_us, draw(st.integers(0, 9)))
    return JudgingResult(judged, since_us, tuple(rows), tuple(gone), tuple(raised))


class EffectsMachine(RuleBasedStateMachine):
    """Both stores and the model, side by side."""

    databases: tuple[Database, ...]

    @initialize()
    def begin(self) -> None:
        self.model = EffectsModel()
        self.stores: list[Store] = []
        for database in self.databases:
            database.empty()
            store = database.open()
            store.write(lambda work: samples.enter(work, count=2))
            self.stores.append(store)
        self.owners: list[PartitionOwner] = []
        self.claim([1, 2])

    def everywhere(self, change: Callable[[WriteTransaction], Any]) -> Any:
        """Make a change in every store, and return what all of them made of it."""
        outcomes = []
        for store in self.stores:
            try:
                outcomes.append(store.write(change))
            except (ConflictError, FencedError) as fault:
                outcomes.append((type(fault), str(fault)))
        assert all(other == outcomes[0] for other in outcomes)
        return outcomes[0]

    @rule(number=st.integers(1, 3), step=st.sampled_from([0, 1, 1, 1, 2]), keys=KEYS, of=NUMBERS)
    def put(self, number: int, step: int, keys: dict[str, str], of: int) -> None:
        before = self.model.rows.get(("absence", str(number)))
        revision = (before.revision if before else 0) + step
        person = before.person if before else f"P-{of}"
        if revision:
            entry = judged_samples.row(str(number), revision, person=person, keys=keys)
            outcome = self.everywhere(lambda work: work.put(entry))
            if step == 1:
                assert outcome is None
                self.model.rows[entry.kind, entry.id] = entry
            else:
                assert outcome[0] is ConflictError

    @rule(number=st.integers(1, 3))
    def drop(self, number: int) -> None:
        there = self.model.rows.pop(("absence", str(number)), None) is not None
        assert self.everywhere(lambda work: work.drop("absence", str(number))) == there

    @rule(numbers=st.sets(NUMBERS, min_size=1))
    def claim(self, numbers: set[int] | list[int]) -> None:
        parts = [partitions.partition_of(f"P-{number}") for number in numbers]
        owner = self.everywhere(lambda work: work.claim(parts, "worker"))
        self.owners.append(owner)
        self.model.epochs |= dict.fromkeys(parts, owner.epoch)

    @rule(data=st.data(), numbers=st.sets(NUMBERS), since_us=MOMENTS, which=st.integers(0, 3))
    def judge(self, data: st.DataObject, numbers: set[int], since_us: int, which: int) -> None:
        owner = self.owners[-1 - which % len(self.owners)]
        judgings = [
            data.draw(judgings_of(self.model, number, since_us)) for number in sorted(numbers)
        ]
        outcome = self.everywhere(lambda work: work.judge(judgings, owner))
        if all(self.model.epochs[one.judged.partition] == owner.epoch for one in judgings):
            assert outcome is None
            for judging in judgings:
                self.model.judge(judging)
        else:
            assert outcome[0] is FencedError

    @rule(key=st.sampled_from("ab"), due_us=MOMENTS)
    def enqueue(self, key: str, due_us: int) -> None:
        outgoing = judged_samples.outbox_entry(key, due_us)
        assert self.everywhere(lambda work: work.enqueue(outgoing)) == (
            key not in self.model.sending
        )
        self.model.sending.setdefault(key, SendStatus(outgoing, 0, "", is_done=False))

    @rule(key=st.sampled_from("ab"), due_us=st.none() | MOMENTS)
    def send(self, key: str, due_us: int | None) -> None:
        def change(work: WriteTransaction) -> None:
            if due_us is None:
                work.finish("notice", key, "sent")
            else:
                work.again("notice", key, due_us, "later")

        outcome, sent = self.everywhere(change), self.model.sending.get(key)
        if sent is None:
            assert outcome[0] is ConflictError
        elif not sent.is_done:
            outgoing: Outgoing = sent.outgoing
            self.model.sending[key] = (
                SendStatus(replace(outgoing, body=b""), sent.times, "sent", is_done=True)
                if due_us is None
                else SendStatus(
                    replace(outgoing, due_us=due_us), sent.times + 1, "later", is_done=False
                )
            )

    @rule()
    def open_again(self) -> None:
        for at, database in enumerate(self.databases):
            self.stores[at].close()
            self.stores[at] = database.open()

    @invariant()
    def all_hold_the_same(self) -> None:
        for store in self.stores:
            with store.read() as reading:
                self.compare(reading)
        first, *others = (self.numbers(store) for store in self.stores)
        assert all(other == first for other in others)

    def numbers(self, store: Store) -> tuple[object, ...]:
        """Return what the model has no opinion on, as long as all stores have the same."""
        with store.read() as reading:
            judged = reading.progress_in(judged_samples.EVERYWHERE)
            return reading.changes(0, 99), reading.owners(), judged

    def compare(self, reading: ReadTransaction) -> None:
        model = self.model
        rows = sorted(model.rows.values(), key=lambda row: row.id)
        assert reading.entries_of_kind("absence") == tuple(rows)
        for pair in (("state", "a"), ("by", "b")):
            assert reading.entries_with_key("absence", *pair) == tuple(
                row for row in rows if pair in row.keys
            )
        for number in (1, 2):
            person = f"P-{number}"
            mine = [one for one in model.standing.values() if one.person == person]
            mine.sort(key=lambda assessment: (assessment.condition, assessment.start_us))
            assert reading.assessments(person, -1, 1_000) == tuple(mine)
            once = {o for o in model.superseded.values() if o.assessment.person == person}
            assert set(reading.assessments_superseded(person, -1, 1_000)) == once
            assert reading.entries_about(person) == tuple(r for r in rows if r.person == person)
        raised = sorted(model.incidents.values(), key=lambda incident: incident.change)
        incidents = reading.incidents_since(0, 99)
        assert [(one, one.change) for one in incidents] == [(one, one.change) for one in raised]
        for key, sent in model.sending.items():
            assert reading.send_status("notice", key) == sent
        due = [s.outgoing for s in model.sending.values() if not s.is_done]
        due = sorted(
            (one for one in due if one.due_us <= 30),
            key=lambda outgoing: (outgoing.due_us, outgoing.key),
        )
        assert reading.due("notice", 30, 9) == tuple(due)

    def teardown(self) -> None:
        for store in getattr(self, "stores", []):
            store.close()


def test_both_stores_answer_as_the_model_does(common_postgres: PostgresDatabase) -> None:
    with TemporaryDirectory() as folder:
        both = (SqliteDatabase(Path(folder) / "mesure.db"), common_postgres)
        machine = type("Both", (EffectsMachine,), {"databases": both})
        run_as_test(machine, settings=settings(max_examples=12, stateful_step_count=15))


def test_sqlite_alone_answers_as_the_model_does() -> None:  # Where there is no PostgreSQL.
    with TemporaryDirectory() as folder:
        alone = (SqliteDatabase(Path(folder) / "mesure.db"),)
        machine = type("Alone", (EffectsMachine,), {"databases": alone})
        run_as_test(machine, settings=settings(max_examples=15, stateful_step_count=15))
