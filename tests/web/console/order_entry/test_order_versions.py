"""What was entered is varied, confirmed or turned down, suspended, ended, and read as of a day."""

from msgspec.structs import replace

from mesure.actions.records.account_records import ACCOUNT
from mesure.actions.records.record_types import Register
from tests.actions.scene import ORDER, OfficeScene
from tests.web.console.order_entry.desk import CaseworkBrowser

PERSON = "/console/orders/of/P-1"


def begin_variation(scene: OfficeScene, desk: CaseworkBrowser) -> str:
    """Begin a variation of an order that binds, and return its address."""
    scene.order()
    desk.open(PERSON)
    desk.fill(how="vary", button="Enter a variation")
    return desk.url


def test_a_variation_says_what_it_changes_before_and_after_it_is_entered(
    scene: OfficeScene, desk: CaseworkBrowser
) -> None:
    draft = begin_variation(scene, desk)
    desk.open(f"{draft}/dates?back=check")
    desk.fill(from_day="2026-08-01")
    assert desk.url == draft
    desk.open(f"{draft}/condition?name=C1&back=check")
    desk.fill(from_1="23:00")
    changed = "No longer: Every day: from 22:00 until 06:00 on the next day."
    assert changed in desk.text
    desk.fill(compared="yes")
    assert "Entered. It binds." in desk.text
    assert changed in desk.text


def test_the_order_as_of_a_day_is_what_binds_then(
    scene: OfficeScene, desk: CaseworkBrowser
) -> None:
    draft = begin_variation(scene, desk)
    desk.open(f"{draft}/dates")
    desk.fill(from_day="2026-08-01")
    desk.open(f"{draft}/condition?name=C1")
    desk.fill(from_1="23:00")
    desk.open(draft)
    desk.fill(compared="yes")
    desk.open(f"{PERSON}/on?order=ALM-1&day=2026-08-03")
    assert "This order on 3 August 2026" in desk.text
    assert "from 23:00 until 06:00" in desk.text
    desk.fill(day="2026-07-31")
    assert "from 22:00 until 06:00" in desk.ask("GET", f"{PERSON}/on?order=ALM-1&day=2026-07-31")
    desk.open(f"{PERSON}/on?order=ALM-1&day=2025-07-31")
    assert "No part of this order binds on that day." in desk.text
    desk.open(f"{PERSON}/on?order=ALM-1&day=someday")
    assert "This is not a day." in desk.text
    desk.open(f"{PERSON}/on?order=ALM-1")
    assert "10 February 2026" in desk.text
    assert "Check the order" not in desk.text, "it was proof-read before it bound"


def test_a_move_of_home_is_a_variation_that_a_second_officer_confirms(
    scene: OfficeScene, desk: CaseworkBrowser
) -> None:
    scene.order(ORDER.replace("radius_m: 60", "radius_m: 60, calibrated: {lat_deg: 43.2566, "
                              "lon_deg: 76.92848, from: 2026-01-06, by: A, confirmed_by: B, "
                              "fixes: 200, spread_m: 9}"))  # fmt: skip
    desk.open(PERSON)
    desk.follow("Home moves")
    desk.fill(button="Go on")
    assert desk.status == 422
    desk.fill(from_day="2026-04-01", point="43.26654, 76.92848", radius_m="70")
    assert "“home” moves: 1112 m to the north." in desk.text
    assert "“home” reaches 70 m far, and no longer 60 m." in desk.text
    assert "In force from 1 April 2026" in desk.text
    desk.fill(compared="yes")
    assert "It binds when a second officer has confirmed it." in desk.text


def test_an_order_without_a_home_cannot_have_it_moved(
    scene: OfficeScene, desk: CaseworkBrowser
) -> None:
    scene.order(ORDER.replace("home", "flat"))
    desk.open(f"{PERSON}/move?order=ALM-1")
    desk.fill(from_day="2026-04-01", point="43.26654, 76.92848", radius_m="70")
    assert "This order has no circle that is called home." in desk.text


def test_a_second_officer_turns_a_version_down_and_says_why(
    scene: OfficeScene, desk: CaseworkBrowser
) -> None:
    desk.open(PERSON)
    desk.fill(how="file", files={"file": ("o.yaml", ORDER.encode())})
    desk.fill(compared="yes")
    other = CaseworkBrowser.of(scene, scene.chief)
    other.open(desk.url)
    other.fill(reason="")
    assert other.status == 422
    other.fill(reason="The house is number 12.")
    assert "Turned down: The house is number 12." in other.text
    desk.open(PERSON)
    assert "turned down" in desk.text
    assert "Enter a variation" not in desk.text
    desk.open(f"{PERSON}/version?order=ALM-1&number=7")
    assert desk.status == 404


def test_all_conditions_are_suspended_for_a_while(
    scene: OfficeScene, desk: CaseworkBrowser
) -> None:
    scene.order()
    desk.open(PERSON)
    desk.follow("Suspend")
    span = {"from_day": "2026-04-01", "from_time": "08:00", "until_day": "2026-04-03",
            "until_time": "20:00"}  # fmt: skip
    desk.fill(**span)
    assert desk.status == 422
    desk.fill(**span, reason="in hospital, decision 1-9")
    assert desk.url == PERSON
    desk.open(f"{PERSON}/on?order=ALM-1&day=2026-04-02")
    assert "in hospital, decision 1-9" in desk.text
    desk.open(f"{PERSON}/suspend?order=ALM-1")
    desk.fill(**{**span, "from_day": "2028-04-01"}, reason="later")
    assert desk.status == 422


def test_an_order_ends_before_its_time(scene: OfficeScene, desk: CaseworkBrowser) -> None:
    scene.order()
    desk.open(PERSON)
    desk.follow("End early")
    desk.fill(at_day="2026-06-01", at_time="00:00", decision="1-10")
    assert desk.status == 422
    desk.fill(at_day="2029-06-01", at_time="00:00", decision="1-10", reason="by the court")
    assert "Nothing of this order binds so late." in desk.text
    desk.fill(at_day="2026-06-01", at_time="00:00", decision="1-10", reason="by the court")
    assert "ends early" in desk.text
    desk.open(f"{PERSON}/on?order=ALM-1&day=2026-06-02")
    assert "No part of this order binds on that day." in desk.text


def test_colleagues_are_named_and_not_by_their_accounts(
    scene: OfficeScene, desk: CaseworkBrowser
) -> None:
    def rename(rows: Register, _: object) -> None:
        for name in ("ann", "chief"):
            record = rows.need(ACCOUNT, name)
            rows.change(record, replace(record.value, name=f"{name.title()} Lee"))

    scene.office.write(rename)
    scene.order()
    desk.open(f"{PERSON}/version?order=ALM-1&number=1")
    assert "By Ann Lee" in desk.text
    assert "By whom Chief Lee" in desk.text
    desk.open(f"{PERSON}/suspend?order=ALM-1")
    desk.fill(from_day="2026-04-01", from_time="08:00", until_day="2026-04-03",
              until_time="20:00", reason="in hospital")  # fmt: skip
    desk.open(f"{PERSON}/on?order=ALM-1&day=2026-04-02")
    assert "Allowed by: Ann Lee." in desk.text
    desk.open(f"{PERSON}/end?order=ALM-1")
    desk.fill(at_day="2026-06-01", at_time="00:00", decision="1-10", reason="by the court")
    assert "1-10 · Ann Lee ·" in desk.text


def test_an_early_end_is_changed_and_taken_back(scene: OfficeScene, desk: CaseworkBrowser) -> None:
    scene.order()
    desk.open(f"{PERSON}/end/change?order=ALM-1")
    assert desk.status == 404
    desk.open(f"{PERSON}/end?order=ALM-1")
    desk.fill(at_day="2026-06-01", at_time="00:00", decision="1-10", reason="by the court")
    desk.follow("Change the early end or take it back")
    assert 'value="2026-06-01"' in desk.page
    desk.fill(at_day="2026-07-01", pressed={"how": "change"})
    assert desk.status == 422
    desk.fill(at_day="2029-07-01", reason="<July>", pressed={"how": "change"})
    assert "Nothing of this order binds so late." in desk.text
    desk.fill(at_day="2026-07-01", reason="<July>", pressed={"how": "change"})
    assert desk.url == PERSON
    assert "by the court" in desk.text
    assert "<July>" in desk.text
    desk.open(f"{PERSON}/version?order=ALM-1&number=1")
    assert "confirmed ends early Wed 1 Jul, 00:00" in desk.text
    desk.open(f"{PERSON}/on?order=ALM-1&day=2026-06-02")
    assert "No part of this order binds on that day." not in desk.text
    desk.open(f"{PERSON}/end/change?order=ALM-1")
    desk.fill(at_day="", reason="of another order", pressed={"how": "take_back"})
    assert desk.url == PERSON
    assert "early end taken back" in desk.text
    assert "Change the early end" not in desk.text

    desk.follow("End early")


def test_an_end_stands_on_the_clock_of_its_order(scene: OfficeScene, desk: CaseworkBrowser) -> None:
    scene.order(ORDER.replace("Asia/Almaty", "Europe/Paris"))
    desk.open(f"{PERSON}/end?order=ALM-1")
    assert "Times are in the time zone Europe/Paris." in desk.text
    desk.fill(at_day="2026-06-01", at_time="00:00", decision="1-10", reason="by the court")
    assert "ends early Mon 1 Jun, 00:00" in desk.text
    desk.follow("Change the early end or take it back")
    assert 'value="00:00"' in desk.page


def test_an_order_that_has_ended_early_offers_only_what_can_still_be_done(
    scene: OfficeScene, desk: CaseworkBrowser
) -> None:
    scene.order()
    ends = {"at_time": "00:00", "decision": "1-10", "reason": "by the court"}
    desk.open(f"{PERSON}/end?order=ALM-1")
    stale_url, stale_page = desk.url, desk.page
    desk.fill(at_day="2026-06-01", **ends)
    desk.open(stale_url)
    assert desk.url == f"{PERSON}/end/change?order=ALM-1", "an old link leads to what was entered"
    desk.url, desk.page = stale_url, stale_page
    desk.fill(at_day="2026-07-01", **ends)
    assert "Somebody has changed this since you read it." in desk.text
    desk.open(f"{PERSON}/end/change?order=ALM-1")
    desk.fill(at_day="2026-02-10", at_time="00:00", reason="sooner", pressed={"how": "change"})
    assert "ended early" in desk.text
    assert "enter a new one" in desk.text
    assert not [words for words in ("Enter a variation", "Suspend", "moves") if words in desk.text]
    assert "This order on" in desk.text
    desk.open(f"{PERSON}/end/change?order=ALM-1")
    assert "This order has ended already." in desk.text
    assert "Take the end back" not in desk.text
