from base64 import b64encode
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from mesure.reports.downloads import own_data_page
from mesure.reports.downloads.first_page import FirstPage
from mesure.store.values.tables import ABOUT
from tests.reports.factory import English

ENGLISH = English()
NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
DATA = b'{"fixes": []}'
TABLES: dict[str, list[dict[str, str]]] = {
    "person": [{"id": "P-1"}],
    "fixes": [{"observed_at": "2026-02-11T20:00:00Z"}, {"observed_at": "2026-02-06T17:00:00Z"}],
    "told": [{"observed_at": "2026-02-28T05:00:00Z"}],
    "later": [{}],
}


def page(tables: dict[str, list[dict[str, str]]]) -> FirstPage:
    zone = ZoneInfo("Asia/Almaty")
    return own_data_page.page("P-1", DATA, tables, NOW, zone, ENGLISH, has_pdf=True)


def test_the_file_has_its_hash_and_the_time_of_which_it_tells() -> None:
    row = page(TABLES).files[-1]
    assert (row.path, row.bytes, row.sha256) == (
        "everything.json",
        len(DATA),
        sha256(DATA).hexdigest(),
    )
    assert row.when == "2026-02-06 at 22:00 – 2026-02-28 at 10:00"
    assert page({}).files[-1].when == ""


def test_each_part_is_said_in_words_with_its_lines() -> None:
    parts = page(TABLES).sections[0].sentences
    assert parts[1] == "fixes: where your device was (2)."
    assert parts[3] == "later: a part that this program has no word for (1)."


def test_every_part_that_the_file_can_have_has_words() -> None:
    beside = {"device", "fixes", "rest_claims", "told"}
    assert set(own_data_page.part_words(ENGLISH)) == {*ABOUT, *beside}


def test_it_says_to_whom_it_belongs_and_when_it_was_made() -> None:
    [first, _, clock] = page(TABLES).lead
    assert clock == "All times are in the time zone Asia/Almaty (UTC+05:00)."
    assert first == "This is what is kept under the name P-1, on 2026-03-01 at 14:00."


def test_it_says_both_offsets_where_the_clock_was_changed_meanwhile() -> None:
    earlier = {"fixes": [{"observed_at": "2024-02-28T20:00:00Z"}]}
    changed = "UTC+06:00 until 2024-03-01 at 00:00, then UTC+05:00"
    assert page(earlier).lead[2] == f"All times are in the time zone Asia/Almaty ({changed})."


def version(order: str, confirmed_by: str | None = "A-2") -> dict[str, Any]:
    maps = {"../maps/./a.geojson": b64encode(b"{}").decode()}
    body = {"text": f"order: {order}", "maps": maps}
    return {"court_order": order, "confirmed_by": confirmed_by, "body": body}


VERSIONS = {"order_version": [version("A-1", None), version("A-1"), version("A-1"), version("A-2")]}


def test_a_map_beside_the_folder_of_its_order_leads_out_of_no_archive() -> None:
    assert own_data_page.order_files(VERSIONS) == {
        "orders/1/order/order.yaml": b"order: A-1",
        "orders/1/maps/a.geojson": b"{}",
        "orders/2/order/order.yaml": b"order: A-1",
        "orders/2/maps/a.geojson": b"{}",
        "orders/3/order/order.yaml": b"order: A-2",
        "orders/3/maps/a.geojson": b"{}",
    }


def test_each_file_is_named_and_each_order_has_its_command() -> None:
    shown = page(VERSIONS)
    rows = [(row.path, row.what, row.when) for row in shown.files[2:]]
    assert rows[:2] == [
        ("orders/1/order/order.yaml", "An order, as it was entered and confirmed.", ""),
        ("orders/1/maps/a.geojson", "A map of this order.", ""),
    ]
    assert [path for path, _, _ in rows] == [
        *own_data_page.order_files(VERSIONS),
        own_data_page.FILE,
    ]
    first, second = shown.sections[1].sentences[1:]
    both = "mesure replay --order orders/1/order/order.yaml --order orders/2/order/order.yaml"
    assert first.endswith(f": {both} --fixes everything.json")
    assert second.endswith(
        "mesure replay --order orders/3/order/order.yaml --fixes everything.json"
    )
