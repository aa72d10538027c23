"""A person looks up whether a place is on the list of their own order."""

import json

from mesure.actions.orders import court_orders
from mesure.actions.orders.court_orders import EnterVersion, VersionRef
from tests.actions import scene as scene_
from tests.actions.house import Office
from tests.actions.scene import ORDER
from tests.web.console.order_entry.desk import CaseworkBrowser

BARS = json.dumps(
    {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": f"node/{number}",
                "properties": {"amenity": kind, "name": f"{name} {number}"},
                "geometry": {"type": "Point", "coordinates": [76.9, 43.2]},
            }
            for kind, name, count in (("bar", "Old Den", 60), ("cafe", "Old Café", 1))
            for number in range(count)
        ],
    }
).encode()
CONDITION = "C3: {exclusion: {venue_category: nightlife, venues: v.geojson, venue_radius_m: 25}}"


def portal(office: Office, order: str) -> CaseworkBrowser:
    scene = scene_.scene(office)
    version = EnterVersion(order.encode(), {"v.geojson": BARS})
    entered = scene.do(scene.ann, court_orders.enter, version)
    scene.do(scene.chief, court_orders.confirm, VersionRef("ALM-1", 1, entered.whole_sha256))
    desk = CaseworkBrowser.of(scene, scene.person)
    desk.open("/portal/map")
    desk.follow("Is a place on my list?")
    return desk


def test_a_place_is_looked_up_by_a_part_of_its_name(office: Office) -> None:
    desk = portal(office, ORDER.replace("absences:", f"  {CONDITION}\nabsences:"))
    assert "60 places are on your list." in desk.text
    desk.open("/portal/venues?name=den+7")
    assert "Old Den 7" in desk.text
    assert "Old Den 8" not in desk.text
    desk.open("/portal/venues?name=caf%C3%A9")
    assert "No place with this name is on your list." in desk.text
    desk.open("/portal/venues?name=old")
    assert "10 more have this in their names." in desk.text
    desk.open("/portal/venues?name=o")
    assert "Old Den" not in desk.text


def test_an_order_without_a_list_says_so(office: Office) -> None:
    desk = portal(office, ORDER)
    assert "Your order has no list of places." in desk.text


def test_with_two_orders_a_question_about_all_of_one_names_it(office: Office) -> None:
    scene = scene_.scene(office)
    for number in (1, 2):
        text = ORDER.replace("ALM-1", f"ALM-{number}").encode()
        entered = scene.do(scene.ann, court_orders.enter, EnterVersion(text, {}))
        scene.do(
            scene.chief, court_orders.confirm, VersionRef(f"ALM-{number}", 1, entered.whole_sha256)
        )
    desk = CaseworkBrowser.of(scene, scene.person)
    desk.open("/portal/absences/ask")
    page_text = desk.text
    assert "All of them" not in page_text
    alls = [page_text.index(f"All of order ALM-{number}, because") for number in (1, 2)]
    assert alls == sorted(alls)
    assert alls[0] > page_text.rindex("Come to")  # After every single duty.
