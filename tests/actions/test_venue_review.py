"""A list binds nobody until each of its venues was decided; what is as it was stays decided."""

from datetime import date
from typing import Any

import pytest

from mesure.actions.framework.action import EmptyRequest
from mesure.actions.framework.context import PROGRAM
from mesure.actions.orders import venue_review
from mesure.actions.orders.venue_review import (
    DecideVenues,
    ImportVenues,
    VenueInput,
    VenueListRef,
    VenuesRequest,
)
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.orders.text import map_features
from mesure.orders.venues import venue_lists
from tests.actions.scene import OfficeScene

POINT = '{"coordinates":[76.9,43.2],"type":"Point"}'


def make_venue(name: str, tag: str = "bar", geometry: str = POINT) -> VenueInput:
    return VenueInput(f"node/{name}", name, {"amenity": tag}, geometry)


def make_request(*venues: VenueInput, category: str = "nightlife", day: int = 1) -> ImportVenues:
    return ImportVenues(category, date(2026, 3, day), "almaty.osm", "0" * 64, venues)


def import_list(scene: OfficeScene, *venues: VenueInput, day: int = 1) -> Any:
    return scene.do(scene.ann, venue_review.import_list, make_request(*venues, day=day))


def venue_names(
    scene: OfficeScene, name: str, which: str = "undecided", page: int = 0
) -> list[str]:
    venue_list = scene.do(scene.ann, venue_review.show, VenuesRequest(name, which, page))
    return [one.name for one in venue_list.venues]


def test_a_list_is_reviewed_venue_by_venue_and_then_approved(scene: OfficeScene) -> None:
    done = import_list(scene, make_venue("a"), make_venue("b"), make_venue("c"))
    assert (done.count, done.new, done.undecided) == (3, ("a", "b", "c"), 3)
    assert venue_names(scene, done.list) == ["a", "b", "c"]
    scene.do(scene.ann, venue_review.decide, DecideVenues(done.list, ("node/a", "node/c"), True))
    refused = scene.refusal_reason(scene.ann, venue_review.approve, VenueListRef(done.list))
    assert refused is ActionRefusal.UNDECIDED
    refused = scene.refusal_reason(scene.ann, venue_review.file, VenueListRef(done.list))
    assert refused is ActionRefusal.UNDECIDED
    closed = DecideVenues(done.list, ("node/b",), False, " closed down ")
    assert scene.refusal_reason(
        scene.ann, venue_review.decide, DecideVenues(done.list, ("node/b",), False)
    ) is (ActionRefusal.REASON)
    wordy = DecideVenues(done.list, ("node/b",), True, "x" * (venue_review.REASON_CHARS_MAX + 1))
    assert scene.refusal_reason(scene.ann, venue_review.decide, wordy) is ActionRefusal.REASON
    scene.do(scene.ann, venue_review.decide, closed)
    assert (venue_names(scene, done.list, "binding"), venue_names(scene, done.list, "free")) == (
        ["a", "c"], ["b"]
    )  # fmt: skip
    scene.do(scene.ann, venue_review.approve, VenueListRef(done.list))
    file = scene.do(scene.ann, venue_review.file, VenueListRef(done.list))
    assert file.name == "nightlife-2026-03-01.geojson"
    venue_list = venue_lists.of_category(map_features.read(file.data).features, "nightlife")
    assert [one.id for one in venue_list.venues] == ["node/a", "node/c"]
    for action, again in (
        (venue_review.approve, VenueListRef(done.list)),
        (venue_review.decide, closed),
    ):
        assert scene.refusal_reason(scene.ann, action, again) is ActionRefusal.ANSWERED


def test_what_is_as_it_was_stays_decided_and_the_rest_is_looked_at_again(
    scene: OfficeScene,
) -> None:
    first = import_list(scene, make_venue("a"), make_venue("b"), make_venue("c"))
    scene.do(scene.ann, venue_review.decide, DecideVenues(first.list, ("node/a", "node/b"), True))
    scene.do(scene.ann, venue_review.decide, DecideVenues(first.list, ("node/c",), False, "closed"))
    scene.do(scene.ann, venue_review.approve, VenueListRef(first.list))
    second = import_list(scene, make_venue("b", "pub"), make_venue("c"), make_venue("d"), day=2)
    assert (second.new, second.gone, second.changed) == (("d",), ("a",), ("b",))
    assert second.undecided == 2
    assert venue_names(scene, second.list) == ["b", "d"]
    assert venue_names(scene, second.list, "free") == ["c"]
    latest, earlier = scene.do(scene.ann, venue_review.lists, EmptyRequest())
    assert (latest.list, latest.kept.gone, latest.undecided) == (second.list, ("a",), 2)
    assert (earlier.list, earlier.binding) == (first.list, 2)


def test_points_are_of_what_binds_by_the_list_that_was_approved_last(scene: OfficeScene) -> None:
    assert scene.do(scene.ann, venue_review.points, EmptyRequest()) == {}
    area = '{"coordinates":[[[76.5,43.5],[76.6,43.5],[76.6,43.6],[76.5,43.5]]],"type":"Polygon"}'
    first = import_list(scene, make_venue("a"), make_venue("b"), make_venue("c", geometry=area))
    scene.do(scene.ann, venue_review.decide, DecideVenues(first.list, ("node/a", "node/c"), True))
    scene.do(scene.ann, venue_review.decide, DecideVenues(first.list, ("node/b",), False, "closed"))
    assert scene.do(scene.ann, venue_review.points, EmptyRequest()) == {}
    scene.do(scene.ann, venue_review.approve, VenueListRef(first.list))
    points = {"nightlife": ((43.2, 76.9), (43.5, 76.5))}
    assert scene.do(scene.ann, venue_review.points, EmptyRequest()) == points
    second = import_list(scene, make_venue("c", geometry=area), day=2)
    assert scene.do(scene.ann, venue_review.points, EmptyRequest()) == points
    scene.do(scene.ann, venue_review.approve, VenueListRef(second.list))
    assert scene.do(scene.ann, venue_review.points, EmptyRequest()) == {
        "nightlife": ((43.5, 76.5),)
    }


def test_the_command_of_an_operator_imports_as_the_program(scene: OfficeScene) -> None:
    done = scene.do(PROGRAM, venue_review.import_extract, make_request(make_venue("a")))
    assert venue_names(scene, done.list) == ["a"]


def test_a_list_that_nobody_approved_is_nothing_to_compare_with(scene: OfficeScene) -> None:
    import_list(scene, make_venue("a"))
    assert import_list(scene, make_venue("a"), day=2).new == ("a",)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (make_request(make_venue("a"), category="fun"), ActionRefusal.CATEGORY),
        (make_request(), ActionRefusal.NO_VENUES),
        (make_request(make_venue("a", geometry="x" * 500_000)), ActionRefusal.TOO_LARGE),
        (
            make_request(*(make_venue(str(number)) for number in range(10_001))),
            ActionRefusal.TOO_LARGE,
        ),
    ],
)
def test_what_is_no_list_is_refused(
    scene: OfficeScene, wrong: ImportVenues, why: ActionRefusal
) -> None:
    assert scene.refusal_reason(scene.ann, venue_review.import_list, wrong) is why


def test_a_long_list_is_kept_in_parts_and_shown_in_pages(scene: OfficeScene) -> None:
    venues = [make_venue(f"{number:04}", geometry=POINT + " " * 2000) for number in range(400)]
    done = import_list(scene, *venues)
    with scene.office.store.read() as reading:
        assert len(reading.entries_of_kind(venue_review.VENUES.name)) > 1
    assert venue_names(scene, done.list, page=1)[0] == f"{venue_review.PAGE:04}"
    everything = tuple(one.id for one in venues)
    scene.do(scene.ann, venue_review.decide, DecideVenues(done.list, everything, True))
    assert venue_names(scene, done.list) == []
