"""Where entry begins: a new person, a file, a draft that is given up or changed by two."""

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from mesure.actions.orders import order_drafts
from tests.actions.scene import ORDER, OfficeScene
from tests.web.browsing import parts_of
from tests.web.console.order_entry.desk import CaseworkBrowser
from tests.web.console.order_entry.test_routes import DISTRICTS

PERSON = "/console/orders/of/P-1"


def test_a_new_person_comes_onto_ones_own_list_and_an_order_can_begin(
    desk: CaseworkBrowser,
) -> None:
    desk.open("/console/orders")
    desk.follow("Enter a new person")
    desk.fill(button="Save and go on")
    assert desk.text.count("Fill this in.") >= 2
    desk.fill(person="P/9", name="Dana")
    assert "cannot hold a slash" in desk.text
    desk.fill(person="P-1", name="Dana")
    assert "There is something under this name already." in desk.text
    desk.fill(person="P-9", name="Dana", language="kk", phone="+7 700", email="")
    assert desk.url == "/console/orders/of/P-9"
    assert "There is no order yet." in desk.text


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"order: [", "not well-formed YAML"),
        (b"\xff", "not written as UTF-8"),
        (ORDER.replace("P-1", "P-2").encode(), "This file is about somebody else"),
    ],
)
def test_a_file_that_cannot_be_taken_apart_is_refused(
    desk: CaseworkBrowser, data: bytes, words: str
) -> None:
    desk.open(PERSON)
    desk.fill(how="file", files={"file": ("o.yaml", data)})
    assert desk.status == 422
    assert words in desk.text


def test_no_file_at_all_is_said(desk: CaseworkBrowser) -> None:
    desk.open(PERSON)
    desk.fill(how="file", button="Upload")
    assert "Choose the file of an order." in desk.text


def test_a_file_comes_with_its_maps_and_is_kept_to_the_letter(
    scene: OfficeScene, desk: CaseworkBrowser
) -> None:
    order = ORDER.replace(
        "conditions:", "  district: {geojson: d.geojson, feature: Almaly}\nconditions: # all"
    )
    desk.open(PERSON)
    desk.fill(how="file", files={"file": ("o.yaml", order.encode()),
                                 "map_1": ("d.geojson", DISTRICTS)})  # fmt: skip
    assert "“district”: an area with 4 corners." in desk.text
    desk.fill(compared="yes")
    assert desk.order_file() == order


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("fr", "La décision n’a aucun endroit du nom de « hme » ; on ne peut pas"),
        ("ru", "В решении нет места с названием «hme»; нельзя сказать, где это; "),
        ("kk", "Шешімде «hme» деп аталатын орын жоқ; мұның қайда екенін айту мүмкін емес; "),
    ],
)
def test_what_is_wrong_is_said_in_the_language_of_the_page(
    scene: OfficeScene, language: str, words: str
) -> None:
    desk = CaseworkBrowser.of(scene, scene.ann, language)
    desk.open(PERSON)
    desk.fill(how="file", files={"file": ("o.yaml", ORDER.replace("at: home", "at: hme").encode())})
    assert words in desk.text
    assert '<span lang="en">' not in desk.page


def test_what_is_wrong_with_a_file_is_said_at_its_step(desk: CaseworkBrowser) -> None:
    order = ORDER.replace("at: home", "at: hme").replace("Asia/Almaty", "Asia/Almati")
    order = order.partition("absences:")[0].replace("order: ALM-1\n", "") + "others: 1\nmore: 2\n"
    desk.open(PERSON)
    desk.fill(how="file", files={"file": ("o.yaml", order.encode())})
    for words in ("no place called “hme”", "no time zone", "“order” is missing", "“others”"):
        assert words in desk.text
    assert desk.text.count("not right yet") == 3
    assert "I have compared" not in desk.text
    desk.follow("From when until when")
    desk.fill(time_zone="Asia/Almaty")
    desk.open(desk.url.partition("?")[0])
    assert "no time zone" not in desk.text


def test_a_draft_is_given_up(desk: CaseworkBrowser) -> None:
    desk.open(PERSON)
    desk.fill(button="Enter it step by step")
    desk.open(desk.url.removesuffix("/decision"))
    desk.fill(button="Discard this draft")
    assert desk.url == PERSON
    desk.open("/console/orders")
    assert "A new order" not in desk.text


def test_a_draft_that_a_program_spoilt_says_what_is_wrong_and_is_given_up(
    scene: OfficeScene, desk: CaseworkBrowser
) -> None:
    spoilt = order_drafts.BeginDraft("P-1", b"order: {")
    desk.open(f"{PERSON}/drafts/{scene.do(scene.ann, order_drafts.begin, spoilt)}")
    assert desk.status == 200
    assert "not well-formed" in desk.text
    desk.fill(button="Discard this draft", revision="1" * 5_000)
    assert desk.url == PERSON


def test_of_two_who_change_a_draft_the_second_is_told(
    scene: OfficeScene, desk: CaseworkBrowser
) -> None:
    desk.open(PERSON)
    desk.fill(button="Enter it step by step")
    other = CaseworkBrowser.of(scene, scene.chief)
    other.open(desk.url)
    other.fill(order="ALM-7")
    desk.fill(order="ALM-8")
    assert desk.status == 422
    assert "Somebody has changed this since you read it." in desk.text


def test_the_decision_and_its_dates_are_checked(desk: CaseworkBrowser) -> None:
    desk.open(PERSON)
    desk.fill(button="Enter it step by step")
    desk.fill(order="", decision_date="5 January")
    assert desk.text.count("Fill this in.") >= 1
    assert "This is not a day." in desk.text
    desk.fill(order="A" * 300, decision_date="")
    assert "has 300 characters" in desk.text
    desk.fill(order="ALM-1")
    desk.fill(from_day="", from_time="10:00", until_day="2027-01-05", time_zone="Mars")
    assert "Enter the day." in desk.text
    desk.fill(from_day="2028-01-05", from_time="", until_day="2027-01-05", time_zone="Mars")
    assert "no time zone" in desk.text
    assert "is not later than" in desk.text


def test_another_officer_sees_none_of_it(scene: OfficeScene, desk: CaseworkBrowser) -> None:
    desk.open(PERSON)
    desk.fill(button="Enter it step by step")
    other = CaseworkBrowser.of(scene, scene.bob)
    for address in (PERSON, desk.url, desk.url.removesuffix("/decision")):
        other.open(address)
        assert other.status == 403


def test_a_draft_is_not_opened_under_another_person(
    scene: OfficeScene, desk: CaseworkBrowser
) -> None:
    scene.office.person("P-2", scene.ann)
    desk.open(PERSON)
    desk.fill(button="Enter it step by step")
    desk.open(desk.url.replace("/of/P-1/", "/of/P-2/"))
    assert desk.status == 404


def test_no_order_is_drafted_by_a_clock_that_nobody_chose(scene: OfficeScene) -> None:
    parts = replace(parts_of(scene.office), zone=ZoneInfo("UTC"), zone_is_known=False)
    desk = CaseworkBrowser.of(scene, scene.ann)
    desk.serve(parts)
    desk.open(PERSON)
    desk.fill(button="Enter it step by step")
    desk.fill(order="ALM-1")
    assert desk.form({"time_zone"}).fields["time_zone"] == ""
    desk.fill(from_day="2026-01-05", until_day="2027-01-05", time_zone="")
    assert desk.status == 422
    assert "Fill this in." in desk.text


def test_a_page_names_the_clock_that_is_not_the_reader_s(scene: OfficeScene) -> None:
    scene.order()
    page = CaseworkBrowser.of(scene, scene.person)
    page.open("/portal/nights")
    assert page.status == 200
    paper = 'only-print">Times are in the time zone'
    assert paper in page.page
    page.serve(replace(parts_of(scene.office), zone=ZoneInfo("Europe/Paris")))
    page.open("/portal/nights")
    assert "Times are in the time zone Asia/Almaty." in page.text
    assert paper not in page.page
    officer = CaseworkBrowser.of(scene, scene.ann)
    officer.serve(replace(parts_of(scene.office), zone=ZoneInfo("UTC"), zone_is_known=False))
    officer.open("/console")
    assert "Times are in the time zone UTC." in officer.text


def test_the_clock_of_the_programme_is_proposed(desk: CaseworkBrowser) -> None:
    desk.open(PERSON)
    desk.fill(button="Enter it step by step")
    desk.fill(order="ALM-1")
    assert desk.form({"time_zone"}).fields["time_zone"] == "Asia/Almaty"
