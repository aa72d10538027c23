from datetime import timedelta
from hashlib import sha256

import pytest

from mesure.actions.cases import persons
from mesure.actions.cases.persons import EnterPerson
from mesure.actions.orders import absences, binding_order, court_orders, early_ends
from mesure.actions.orders.absences import SuspendOrder
from mesure.actions.orders.court_orders import (
    EndOrder,
    EnterVersion,
    OrderRequest,
    PendingVersionsRequest,
    TurnDownVersion,
    VersionRef,
)
from mesure.actions.refusals import refusals
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.actions.refusals.refusals import InvalidInputError
from mesure.orders.model.order import OrderVersion
from mesure.privacy.access_refusal import AccessRefusal
from tests.actions.scene import CASE, ORDER, OfficeScene

VARIED = ORDER.replace("until: 06:00", "until: 05:00").replace("2026-01-05,", "2026-06-01,")
REDRAWN = VARIED.replace("radius_m: 60", "radius_m: 70")


def enter(scene: OfficeScene, text: str = ORDER) -> court_orders.VersionEntryResult:
    entered: court_orders.VersionEntryResult = scene.do(
        scene.ann, court_orders.enter, EnterVersion(text.encode())
    )
    return entered


def confirm(scene: OfficeScene, entered: court_orders.VersionEntryResult) -> None:
    request = VersionRef(entered.order, entered.number, entered.sha256)
    scene.do(scene.chief, court_orders.confirm, request)


def versions_in_force(scene: OfficeScene) -> tuple[OrderVersion, ...]:
    versions: tuple[OrderVersion, ...] = scene.do(
        scene.ann, court_orders.versions_in_force, OrderRequest(order="ALM-1", **CASE)
    )
    return versions


def test_an_order_binds_when_a_second_officer_has_confirmed_its_places(scene: OfficeScene) -> None:
    entered = enter(scene)
    assert (entered.binds, entered.to_check) == (False, ("home", "office"))
    assert versions_in_force(scene) == ()
    request = VersionRef("ALM-1", 1, entered.sha256)
    assert scene.refusal_reason(scene.ann, court_orders.confirm, request) is AccessRefusal.SAME_EYES
    other = VersionRef("ALM-1", 1, "0" * 64)
    assert (
        scene.refusal_reason(scene.chief, court_orders.confirm, other) is ActionRefusal.OTHER_TEXT
    )
    [waiting] = scene.do(scene.ann, court_orders.list_pending, PendingVersionsRequest("P-1"))
    assert (waiting.order, waiting.number, waiting.entered_by) == ("ALM-1", 1, "ann")
    confirm(scene, entered)
    [version] = versions_in_force(scene)
    assert version.sha256 == entered.sha256
    assert (
        scene.refusal_reason(scene.chief, court_orders.confirm, request) is ActionRefusal.ANSWERED
    )
    assert scene.do(scene.ann, court_orders.list_pending, PendingVersionsRequest("P-1")) == ()


MAP = """{"type": "FeatureCollection", "features": [{"type": "Feature",
"properties": {"name": "Home"}, "geometry": {"type": "Polygon", "coordinates":
[[[76.92, 43.25], [76.94, 43.25], [76.94, 43.26], [76.92, 43.26], [76.92, 43.25]]]}}]}"""
MAPPED = ORDER.replace(
    "home: {lat_deg: 43.25654, lon_deg: 76.92848, radius_m: 60}",
    "home: {geojson: home.geojson, feature: Home}",
)


def test_the_hash_that_a_second_officer_confirms_is_also_that_of_the_maps(
    scene: OfficeScene,
) -> None:
    """The text names its maps and says nothing of what is in them."""
    first, other = (
        scene.do(
            scene.ann,
            court_orders.enter,
            EnterVersion(MAPPED.encode(), {"home.geojson": drawn.encode()}),
        )
        for drawn in (MAP, MAP.replace("76.94", "76.98"))
    )
    assert first.sha256 == other.sha256
    assert first.whole_sha256 != other.whole_sha256
    for read in (first.sha256, first.whole_sha256):
        request = VersionRef("ALM-1", other.number, read)
        refused = scene.refusal_reason(scene.chief, court_orders.confirm, request)
        assert refused is ActionRefusal.OTHER_TEXT
    shown = scene.do(scene.chief, court_orders.show, OrderRequest(order="ALM-1", **CASE)).versions[
        -1
    ]
    assert shown.whole_sha256 == other.whole_sha256
    scene.do(
        scene.chief, court_orders.confirm, VersionRef("ALM-1", other.number, shown.whole_sha256)
    )


def test_a_variation_of_hours_binds_at_once_and_one_of_places_waits(scene: OfficeScene) -> None:
    confirm(scene, enter(scene))
    entered = enter(scene, VARIED)
    assert (entered.binds, entered.number, entered.to_check) == (True, 2, ())
    first, second = versions_in_force(scene)
    assert first.in_force.end == second.in_force.start
    redrawn = enter(scene, REDRAWN)
    assert (redrawn.binds, redrawn.to_check) == (False, ("home",))
    assert len(versions_in_force(scene)) == 2


def test_a_correction_begins_when_what_it_corrects_began(scene: OfficeScene) -> None:
    confirm(scene, enter(scene))
    enter(scene, ORDER.replace("until: 06:00", "until: 05:30"))
    [version] = versions_in_force(scene)

    assert version.sha256 != sha256(ORDER.encode()).hexdigest()


def test_what_is_turned_down_never_binds(scene: OfficeScene) -> None:
    enter(scene)
    down = TurnDownVersion("ALM-1", 1, "The corner is across the street.")
    assert scene.refusal_reason(scene.ann, court_orders.turn_down, down) is AccessRefusal.SAME_EYES
    for reason in (" ", "x" + " " * refusals.REASON_CHARS_MAX):
        unsaid = TurnDownVersion("ALM-1", 1, reason)
        refused = scene.refusal_reason(scene.chief, court_orders.turn_down, unsaid)
        assert refused is ActionRefusal.REASON
    assert (
        scene.refusal_reason(scene.chief, court_orders.turn_down, TurnDownVersion("ALM-1", 9, "x"))
        is ActionRefusal.NOT_HERE
    )
    scene.do(scene.chief, court_orders.turn_down, down)
    assert scene.refusal_reason(scene.chief, court_orders.turn_down, down) is ActionRefusal.ANSWERED
    shown = scene.do(scene.ann, court_orders.show, OrderRequest(order="ALM-1", **CASE))
    assert shown.versions[0].turned_down.reason == down.reason
    assert shown.versions[0].text == ORDER.encode()
    assert versions_in_force(scene) == ()


def test_every_fault_of_an_order_is_told(scene: OfficeScene) -> None:
    broken = ORDER.replace("Asia/Almaty", "Mars").replace("at: home", "at: den")
    with pytest.raises(InvalidInputError) as faulty:
        enter(scene, broken)
    assert len(faulty.value.faults) == 2
    assert "Mars" in faulty.value.faults[0]
    large = EnterVersion(b"x" * (court_orders.FILES_BYTES_MAX + 1))
    assert scene.refusal_reason(scene.ann, court_orders.enter, large) is ActionRefusal.TOO_LARGE
    unnamed = EnterVersion(ORDER.encode(), {"": b"{}"})
    assert scene.refusal_reason(scene.ann, court_orders.enter, unnamed) is ActionRefusal.NAME


def test_an_order_stays_with_its_person(scene: OfficeScene) -> None:
    enter(scene)
    scene.do(scene.ann, persons.enter, EnterPerson("P-2", "Айгүл"))
    other = EnterVersion(ORDER.replace("P-1", "P-2").encode())
    assert (
        scene.refusal_reason(scene.ann, court_orders.enter, other) is ActionRefusal.ANOTHER_PERSON
    )
    # The answer says that there is such an order, so whom it is about reads who had it.
    refused = set(scene.office.deeds("refused", "another_person"))
    assert refused
    assert refused <= set(scene.office.deeds("person", "P-1"))
    assert scene.refusal_reason(scene.bob, court_orders.enter, EnterVersion(ORDER.encode())) is (
        AccessRefusal.NOT_IN_CHARGE
    )
    nothing = OrderRequest(order="ALM-9", **CASE)
    assert (
        scene.refusal_reason(scene.ann, court_orders.show, nothing) is AccessRefusal.NOT_IN_CHARGE
    )
    assert scene.refusal_reason(scene.chief, court_orders.show, nothing) is ActionRefusal.NOT_HERE


def test_a_suspension_lifts_every_condition(scene: OfficeScene) -> None:
    scene.order()
    start, until = scene.office.now, scene.office.now.replace(day=20)
    scene.do(scene.ann, absences.suspend, SuspendOrder("ALM-1", start, until, "in hospital"))
    [version] = versions_in_force(scene)
    suspended = version.absences[-1]
    assert suspended.allows == {"C1", "C2"}
    assert (suspended.span.start, suspended.span.end, suspended.by) == (start, until, "ann")


def test_an_order_ends_before_its_time(scene: OfficeScene) -> None:
    scene.order()
    at = scene.office.now.replace(month=4)
    ends = EndOrder("ALM-1", at, "2-17/2026", "The court lifted it.")
    for decision in (" ", "x" * (refusals.REASON_CHARS_MAX + 1)):
        unsaid = EndOrder("ALM-1", at, decision, "x")
        refused = scene.refusal_reason(scene.ann, court_orders.end, unsaid)
        assert refused is ActionRefusal.REASON
    scene.do(scene.ann, court_orders.end, ends)
    assert early_ends.ends_at(versions_in_force(scene)) == at
    assert scene.refusal_reason(scene.ann, court_orders.end, ends) is ActionRefusal.CHANGED
    assert binding_order.in_force(versions_in_force(scene), at) is None
    shown = scene.do(scene.person, court_orders.show, OrderRequest(order="ALM-1"))
    assert shown.end.decision == "2-17/2026"


def test_an_order_that_has_begun_ends_after_its_beginning(scene: OfficeScene) -> None:
    """Nobody would judge what never bound: what was raised under it would wait for ever."""
    scene.order()
    [version] = versions_in_force(scene)
    begin = version.in_force.start
    ends = EndOrder("ALM-1", begin, "2-17/2026", "The court quashed it.")
    scene.office.now = begin
    refused = scene.refusal_reason(scene.ann, court_orders.end, ends)
    assert refused is ActionRefusal.ENDS_AFTER_BEGINNING
    scene.office.now = begin - timedelta(minutes=1)  # Before that, nothing was judged under it.
    scene.do(scene.ann, court_orders.end, ends)
    assert not versions_in_force(scene)


def test_what_begins_after_the_end_does_not_bind(scene: OfficeScene) -> None:
    scene.order()
    enter(scene, VARIED)
    assert len(versions_in_force(scene)) == 2
    at = scene.office.now.replace(month=3)
    scene.do(
        scene.ann, court_orders.end, EndOrder("ALM-1", at, "2-17/2026", "The court lifted it.")
    )
    [version] = versions_in_force(scene)
    assert version.in_force.end == at
