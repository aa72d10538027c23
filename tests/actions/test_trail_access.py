from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import msgspec
import pytest

from mesure.actions.cases import caseload, persons
from mesure.actions.cases.caseload import CaseloadRequest
from mesure.actions.cases.persons import PersonRequest
from mesure.actions.devices import assignments
from mesure.actions.devices.assignments import ReturnDevice
from mesure.actions.framework.action import perform
from mesure.actions.framework.context import Actor
from mesure.actions.judging import judge_store
from mesure.actions.judging.judging_values import EvaluationBasis
from mesure.actions.oversight import inspection
from mesure.actions.oversight.inspection import LogSearch
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.actions.refusals.refusals import ActionError
from mesure.actions.trails import grounds, trail_access
from mesure.actions.trails.grounds import AnswerGround, RecordGround
from mesure.actions.trails.trail_access import LooksRequest, Trail, TrailRequest
from mesure.formats.stored.device_reports import DeviceReport, DeviceReportKind
from mesure.formats.stored.trail_fix import JudgedBy, TrailFix, TrailMessage, TrailRest
from mesure.geo.fixes import SINCE_FIX
from mesure.instants import to_datetime, to_us
from mesure.privacy.access_refusal import AccessRefusal
from mesure.privacy.purposes import Purpose
from mesure.privacy.roles import Role
from mesure.store.keyring import sealing
from mesure.store.values.records import MessageShare, ReceivedMessage
from tests.actions import raised
from tests.actions.fake_readers import FakeReader
from tests.actions.scene import CASE, OfficeScene

HOUR = timedelta(hours=1)
WHERE = (43.25, 76.93, 20.0)


def read(pieces: Sequence[TrailMessage]) -> list[TrailFix]:
    """Read the made-up form of these tests: a body is a list of instants."""
    return [
        TrailFix(
            message.device,
            to_datetime(at_us),
            to_datetime(message.received_us),
            43.25,
            76.93,
            20.0,
            "gnss",
            True,
        )
        for message in pieces
        for at_us in msgspec.json.decode(message.body, type=list[int])
    ]


@pytest.fixture(autouse=True)
def hourly_reports(scene: OfficeScene) -> None:
    """Let the person's device report once in an hour, for a day before now."""
    scene.order()
    scene.device()
    start = scene.office.now - 24 * HOUR
    give = assignments.AssignDevice("D-1", "P-1", "ALM-1", start)
    scene.do(scene.ann, assignments.give, give)
    times = [start + count * HOUR for count in range(24)]
    for counter in range(0, 24, 6):
        send(scene, counter, times[counter : counter + 6])


def send(scene: OfficeScene, counter: int, times: list[datetime]) -> None:
    times_us = [to_us(at) for at in times]
    body, office = msgspec.json.encode(times_us), scene.office
    bound = sealing.message_seal_context("P-1", "D-1", counter)
    sealed = sealing.seal(office.keyring.key_of("P-1"), body, bound, office.chance)
    share = MessageShare("P-1", times_us[0], times_us[-1], sealed)
    digest = sealing.digest(bytes(32), body)
    message = ReceivedMessage("D-1", counter, "test", times_us[-1], digest, (share,))
    office.store.write(lambda work: work.append([message]))


def see(scene: OfficeScene, actor: Actor, **changes: object) -> Trail:
    fields = {"person": "P-1", **CASE, **changes}
    context = replace(scene.office.context(actor), reader=FakeReader(read))
    return perform(context, trail_access.trail, TrailRequest(**fields))


def refusal_reason(scene: OfficeScene, actor: Actor, **changes: object) -> object:
    with pytest.raises(ActionError) as error:
        see(scene, actor, **changes)
    return error.value.reason


def test_a_trail_comes_with_what_the_device_said_of_itself(scene: OfficeScene) -> None:
    """Of the same span, and of devices that the person carried then."""
    now = scene.office.now

    def read_reports(_pieces: object) -> list[DeviceReport]:
        times = (now - 3 * HOUR, now - HOUR / 2)
        return [
            DeviceReport(device, at, DeviceReportKind.STRAP, 0)
            for at in times
            for device in ("D-1", "D-9")
        ]

    raised.judge(scene.office, raised.incident("P-1", "I-1"))
    context = replace(scene.office.context(scene.ann), reader=FakeReader(read, read_reports))
    fields = {**CASE, "purpose": Purpose.POSSIBLE_BREACH}
    trail = perform(
        context, trail_access.trail, TrailRequest(person="P-1", incident="I-1", **fields)
    )
    assert [(one.device, one.observed_at) for one in trail.told] == [("D-1", now - HOUR / 2)]


def test_a_trail_comes_with_what_held_while_the_device_lay_still(scene: OfficeScene) -> None:
    """Of the same span, and of devices that the person carried then; no fix is made of it."""
    now = scene.office.now

    def read_rest(_pieces: object) -> list[TrailFix | TrailRest]:
        times = (now - 3 * HOUR, now - HOUR / 2)
        return [
            TrailRest(device, at, at, SINCE_FIX, signed=True)
            for at in times
            for device in ("D-1", "D-9")
        ]

    raised.judge(scene.office, raised.incident("P-1", "I-1"))
    context = replace(scene.office.context(scene.ann), reader=FakeReader(read_rest))
    fields = {**CASE, "purpose": Purpose.POSSIBLE_BREACH}
    trail = perform(
        context, trail_access.trail, TrailRequest(person="P-1", incident="I-1", **fields)
    )
    claims = [(one.device, one.observed_at) for one in trail.rest_claims]
    assert (claims, trail.fixes) == ([("D-1", now - HOUR / 2)], ())


def test_a_trail_says_by_whose_thresholds_its_incident_is_judged(scene: OfficeScene) -> None:
    """Those of the day on which the order began, not of today, for a reader of its messages."""
    thresholds: list[JudgedBy | None] = []

    def read_by(pieces: Sequence[TrailMessage]) -> list[TrailFix]:
        thresholds.extend(one.judged_by for one in pieces)
        return []

    incident = replace(raised.incident("P-1", "I-1"), order="ALM-1")
    raised.judge(scene.office, incident)
    [duty] = duties(scene, "P-1")
    context = replace(scene.office.context(scene.ann), reader=FakeReader(read_by))
    fields = {**CASE, "purpose": Purpose.POSSIBLE_BREACH}
    trail = perform(
        context, trail_access.trail, TrailRequest(person="P-1", incident="I-1", **fields)
    )
    assert trail.judged_by == JudgedBy(duty.day, duty.device_class.value)
    assert duty.day < scene.office.now.date()
    assert set(thresholds) == {trail.judged_by}
    assert see(scene, scene.person).judged_by is None


def duties(scene: OfficeScene, person: str) -> tuple[EvaluationBasis, ...]:
    with scene.office.store.read() as reading:
        return judge_store.duties(reading, scene.office.keyring, person)


def ground(scene: OfficeScene, purpose: Purpose = Purpose.SUPERVISION) -> RecordGround:
    now = scene.office.now
    return RecordGround(
        "P-1", purpose, "ALM-2026-1", now - 10 * HOUR, now - 5 * HOUR, "The neighbour asks."
    )


def test_nobody_sees_a_trail_without_an_incident_or_a_ground(scene: OfficeScene) -> None:
    for officer in (scene.ann, scene.chief):
        assert refusal_reason(scene, officer) is AccessRefusal.NO_GROUND
        assert scene.office.last()["facts"]["refused"] == "no_ground"
    assert refusal_reason(scene, scene.bob) is AccessRefusal.NOT_IN_CHARGE
    assert refusal_reason(scene, scene.inspector) is AccessRefusal.ROLE
    assert refusal_reason(scene, scene.counsel) is AccessRefusal.NO_GROUND


def test_an_incident_shows_what_lies_around_it(scene: OfficeScene) -> None:
    """It began 20 minutes ago and lasts: from 2 h 20 min ago on."""
    raised.judge(scene.office, raised.incident("P-1", "I-1"))
    trail = see(scene, scene.ann, incident="I-1", purpose=Purpose.POSSIBLE_BREACH)
    assert [fix.observed_at for fix in trail.fixes] == [
        scene.office.now - 2 * HOUR,
        scene.office.now - HOUR,
    ]
    entered = scene.office.last()
    assert (entered["purpose"], entered["facts"]["incident"]) == ("possible_breach", "I-1")
    assert entered["facts"]["start"] == trail.start_at.isoformat()
    assert len(see(scene, scene.counsel, incident="I-1").fixes) == 2


def test_no_more_is_shown_than_the_incident_shows(scene: OfficeScene) -> None:
    raised.judge(scene.office, raised.incident("P-1", "I-1"))
    now = scene.office.now
    wide = see(scene, scene.ann, incident="I-1", start_at=now - 20 * HOUR, until_at=now)
    assert len(wide.fixes) == 2
    before = {"start_at": now - 20 * HOUR, "until_at": now - 10 * HOUR}
    assert (
        refusal_reason(scene, scene.ann, incident="I-1", **before) is AccessRefusal.OUTSIDE_GROUND
    )
    backwards = {"start_at": now, "until_at": now - HOUR}
    assert refusal_reason(scene, scene.ann, incident="I-1", **backwards) is ActionRefusal.SPAN


def test_an_incident_that_was_withdrawn_shows_nothing_that_came_after(scene: OfficeScene) -> None:
    lasting = raised.incident("P-1", "I-1")
    raised.judge(scene.office, lasting, raised.withdrawn(lasting))
    scene.office.later(days=5)
    assert see(scene, scene.ann, incident="I-1").until_at == raised.OPENED + 2 * HOUR


def test_an_incident_of_another_person_shows_nothing(scene: OfficeScene) -> None:
    scene.office.person("P-2", scene.ann)
    raised.judge(scene.office, raised.incident("P-2", "I-2"))
    assert refusal_reason(scene, scene.ann, incident="I-2") is AccessRefusal.NO_GROUND


def test_a_ground_counts_when_somebody_else_agrees(scene: OfficeScene) -> None:
    name = scene.do(scene.ann, grounds.record, ground(scene))
    assert refusal_reason(scene, scene.ann, ground=name) is AccessRefusal.NO_GROUND
    scene.do(scene.chief, grounds.answer, AnswerGround(name, True))
    trail = see(scene, scene.ann, ground=name)
    assert len(trail.fixes) == 5
    assert scene.office.last()["facts"]["ground"] == name
    assert refusal_reason(scene, scene.counsel, ground=name) is AccessRefusal.NO_GROUND
    scene.office.later(days=7)
    assert refusal_reason(scene, scene.ann, ground=name) is AccessRefusal.NO_GROUND
    [shown] = scene.do(scene.person, grounds.list_grounds, grounds.GroundsRequest(person="P-1"))
    assert (shown.kept.reason, shown.counts_now) == ("The neighbour asks.", False)


def test_a_ground_that_is_turned_down_shows_nothing(scene: OfficeScene) -> None:
    own = scene.do(scene.chief, grounds.record, ground(scene))
    agree = AnswerGround(own, True)
    assert scene.refusal_reason(scene.chief, grounds.answer, agree) is AccessRefusal.SAME_EYES
    name = scene.do(scene.ann, grounds.record, ground(scene, Purpose.DANGER))
    assert len(see(scene, scene.ann, ground=name).fixes) == 5  # A danger does not wait.
    scene.do(scene.chief, grounds.answer, AnswerGround(name, False))
    assert refusal_reason(scene, scene.ann, ground=name) is AccessRefusal.NO_GROUND
    again = AnswerGround(name, True)
    assert scene.refusal_reason(scene.chief, grounds.answer, again) is ActionRefusal.ANSWERED


def test_a_danger_that_was_turned_down_waits_when_it_is_recorded_again(scene: OfficeScene) -> None:
    def record(by: Actor, request: RecordGround) -> str:
        name = scene.do(by, grounds.record, request)
        assert isinstance(name, str)
        return name

    danger = ground(scene, Purpose.DANGER)
    scene.do(scene.chief, grounds.answer, AnswerGround(record(scene.ann, danger), False))
    later = replace_span(danger, danger.until_at, danger.until_at + HOUR)
    vera = scene.office.account("vera", Role.SUPERVISOR)
    for by, request in ((scene.ann, danger), (scene.ann, later), (vera, danger)):
        name = record(by, request)
        assert refusal_reason(scene, by, ground=name) is AccessRefusal.NO_GROUND
    other = record(vera, later)  # Of somebody else, and another: it may well be present.
    assert len(see(scene, vera, ground=other).fixes) == 1
    scene.do(scene.chief, grounds.answer, AnswerGround(name, True))
    assert len(see(scene, vera, ground=name).fixes) == 5
    scene.office.later(days=7)
    again = record(scene.ann, danger)
    assert len(see(scene, scene.ann, ground=again).fixes) == 5


def replace_span(request: RecordGround, start_at: datetime, until_at: datetime) -> RecordGround:
    return msgspec.structs.replace(request, start_at=start_at, until_at=until_at)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"purpose": Purpose.INSPECTION}, AccessRefusal.PURPOSE),
        ({"case_number": " "}, AccessRefusal.CASE_NUMBER),
        ({"reason": " "}, ActionRefusal.REASON),
        ({"reason": "x" + " " * 2_000}, ActionRefusal.REASON),
        ({"until_at": datetime.fromisoformat("2026-03-10T00:00Z")}, ActionRefusal.GROUND_SPAN),
    ],
)
def test_a_ground_says_why_and_for_how_long(
    scene: OfficeScene, changes: dict[str, object], why: object
) -> None:
    wrong = msgspec.structs.replace(ground(scene), **changes)
    assert scene.refusal_reason(scene.ann, grounds.record, wrong) is why


def test_the_person_sees_their_own_trail_whole(scene: OfficeScene) -> None:
    assert len(see(scene, scene.person).fixes) == 24
    assert scene.office.last()["purpose"] == "own_data"


def test_what_a_device_sent_for_somebody_else_is_not_shown(scene: OfficeScene) -> None:
    scene.do(scene.ann, assignments.take_back, ReturnDevice("D-1", scene.office.now - 12 * HOUR))
    assert len(see(scene, scene.person).fixes) == 12


def test_without_a_reader_no_trail_is_shown(scene: OfficeScene) -> None:
    request = TrailRequest(person="P-1")
    assert (
        scene.refusal_reason(scene.person, trail_access.trail, request) is ActionRefusal.NO_READER
    )


# --- Who looked --------------------------------------------------------------------------------


def test_the_person_reads_who_looked_and_why(scene: OfficeScene) -> None:
    scene.do(scene.ann, persons.show, PersonRequest(person="P-1", **CASE))
    scene.refusal_reason(scene.bob, persons.show, PersonRequest(person="P-1", **CASE))
    scene.do(scene.ann, caseload.list_cases, CaseloadRequest())
    shown = scene.do(scene.person, trail_access.list_looks, LooksRequest(person="P-1"))
    look, refusal, overview = shown.looks[-3:]
    assert (look.by, look.by_name, look.purpose) == ("ann", "ann", Purpose.SUPERVISION)
    assert (look.case_number, look.is_look) == ("ALM-2026-1", True)
    assert (refusal.by, refusal.refused) == ("bob", "not_in_charge")
    assert (overview.action, overview.persons) == ("caseload.list", ())
    assert shown.after is None


def test_the_list_goes_on_where_it_was_left(
    scene: OfficeScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trail_access, "PAGE", 2)
    first = scene.do(scene.person, trail_access.list_looks, LooksRequest(person="P-1"))
    assert first.after is not None
    request = LooksRequest(person="P-1", after=first.after)
    second = scene.do(scene.person, trail_access.list_looks, request)
    assert second.looks[0].entry > first.looks[-1].entry


def test_from_the_last_one_back_are_the_same_looks(
    scene: OfficeScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trail_access, "PAGE", 2)

    def entries(*, latest_first: bool) -> list[int]:
        numbers: list[int] = []
        after: str | None = ""
        while after is not None:
            request = LooksRequest(person="P-1", after=after, latest_first=latest_first)
            page = scene.do(scene.person, trail_access.list_looks, request)
            numbers, after = [*numbers, *(one.entry for one in page.looks)], page.after
        return numbers

    back = entries(latest_first=True)  # A look at the list is on the list, behind its beginning.
    assert back == sorted(back, reverse=True)
    assert back[::-1] == entries(latest_first=False)[: len(back)]
    assert len(back) > trail_access.PAGE
    request = LooksRequest(person="P-1", action="looks.list")
    only = scene.do(scene.person, trail_access.list_looks, request).looks
    assert [one.action for one in only] == ["looks.list"] * trail_access.PAGE
    assert only[0].entry > only[1].entry


def test_what_was_erased_of_the_log_is_not_shown(scene: OfficeScene) -> None:
    scene.do(scene.ann, persons.show, PersonRequest(person="P-1", **CASE))
    before = scene.do(scene.person, trail_access.list_looks, LooksRequest(person="P-1")).looks
    entry = before[-1].entry
    scene.office.store.write(
        lambda work: work.forget_records([entry], scene.office.now.date(), "looks")
    )
    after = scene.do(scene.person, trail_access.list_looks, LooksRequest(person="P-1")).looks
    assert entry not in {one.entry for one in after}


def test_an_inspector_finds_what_was_done_and_is_found_too(scene: OfficeScene) -> None:
    scene.refusal_reason(scene.bob, persons.show, PersonRequest(person="P-1", **CASE))
    day = scene.office.now.date()
    for sought in ({"day": day}, {"account": "bob"}, {"action": "persons.show"},
                   {"refused": "not_in_charge"}):  # fmt: skip
        request = LogSearch(case_number="INSP-1", **sought)
        looks = scene.do(scene.inspector, inspection.search, request).looks
        assert "bob" in {one.by for one in looks}
        assert looks[-1].persons is not None
    assert scene.office.last()["facts"]["searched"] == "refused"
    both = LogSearch(case_number="INSP-1", account="bob", action="persons.show")
    assert scene.refusal_reason(scene.inspector, inspection.search, both) is ActionRefusal.SEARCH


def test_what_an_inspector_sought_in_vain_is_not_entered(scene: OfficeScene) -> None:
    for sought, entered in (("Айгүл of 7 Abay Avenue", None), ("chief", "chief")):
        request = LogSearch(case_number="INSP-1", account=sought)
        scene.do(scene.inspector, inspection.search, request)
        assert scene.office.last()["facts"]["value"] == entered
