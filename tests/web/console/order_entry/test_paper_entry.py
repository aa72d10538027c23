"""The court's paper is attached while an order is entered, and stands beside what is confirmed."""

import re
from types import SimpleNamespace
from typing import Any

import pytest

from mesure.web.console.order_entry import drafting, paper_entry
from tests.actions.scene import ORDER, OfficeScene
from tests.web.console.order_entry.desk import CaseworkBrowser

PERSON = "/console/orders/of/P-1"
PDF = ("decision 7.pdf", b"%PDF-1.7 the court orders")
PICTURE = ("page.jpg", b"\xff\xd8\xff\xe0 a page")


def begin(desk: CaseworkBrowser) -> str:
    """Begin a draft from a whole file, and return its address."""
    desk.open(PERSON)
    desk.fill(how="file", files={"file": ("o.yaml", ORDER.encode())})
    return desk.url


def test_it_goes_on_with_the_order_and_the_second_officer_sees_it_beside_the_words(
    scene: OfficeScene, desk: CaseworkBrowser
) -> None:
    draft = begin(desk)
    assert "It is not attached yet." in desk.text
    desk.fill(files={"paper": PICTURE})
    assert desk.url.startswith(f"{draft}#papers") or desk.url == draft
    desk.fill(compared="yes")
    other = CaseworkBrowser.of(scene, scene.chief)
    other.open(desk.url)
    assert "page.jpg" in other.text
    picture = re.search(r'<img src="([^"]+)"', other.page)
    assert picture is not None
    other.open(picture[1])
    assert other.status == 200
    assert other.headers["content-type"] == "image/jpeg"
    assert other.headers["x-content-type-options"] == "nosniff"
    assert other.headers["content-disposition"].startswith("attachment;")
    other.open(desk.url)
    other.fill(compared="yes", button="Confirm")
    assert other.status == 200
    assert "Confirm as the second officer" not in other.text


def test_a_fault_elsewhere_on_the_page_does_not_lose_it(desk: CaseworkBrowser) -> None:
    draft = begin(desk)
    desk.open(f"{draft}/decision")
    desk.fill(order="", files={"paper": PDF})
    assert desk.status == 422
    assert "decision 7.pdf" in desk.text
    desk.open(draft)
    assert "decision 7.pdf" in desk.text
    assert "<img" not in desk.page.partition('id="papers"')[2].partition("</section>")[0]


@pytest.mark.parametrize(("name", "content"), [("a.pdf", b"MZ a program"), ("a.svg", b"<svg/>")])
def test_what_is_no_paper_is_refused_at_its_field(
    desk: CaseworkBrowser, name: str, content: bytes
) -> None:
    draft = begin(desk)
    desk.fill(files={"paper": (name, content)})
    assert desk.status == 422
    assert "Attach a PDF, a JPEG or a PNG." in desk.text
    desk.open(f"{draft}/decision")
    desk.fill(order="ALM-1", files={"paper": (name, content)})
    assert desk.status == 422
    assert "Attach a PDF, a JPEG or a PNG." in desk.text


def test_a_form_without_a_file_says_what_to_choose(
    scene: OfficeScene, desk: CaseworkBrowser
) -> None:
    begin(desk)
    desk.fill(button="Attach it")
    assert desk.status == 422
    assert "Choose the court’s paper" in desk.text
    scene.order()
    desk.open(f"{PERSON}/version?order=ALM-1&number=1")
    desk.fill(button="Attach it")
    assert desk.status == 422


def test_it_is_taken_out_of_a_draft_again(desk: CaseworkBrowser) -> None:
    begin(desk)
    desk.fill(files={"paper": PDF})
    desk.fill(button="Take this paper back")
    assert "It is not attached yet." in desk.text


def test_it_is_attached_to_an_order_in_force_and_taken_back_there(
    scene: OfficeScene, desk: CaseworkBrowser
) -> None:
    scene.order()
    version = f"{PERSON}/version?order=ALM-1&number=1"
    desk.open(version)
    desk.fill(files={"paper": PDF})
    assert "decision 7.pdf" in desk.text
    desk.fill(button="Take this paper back")
    assert "decision 7.pdf" not in desk.text
    assert "A paper was attached here and taken back" in desk.text


def test_a_paper_that_came_while_the_second_officer_read_is_looked_at_first(
    scene: OfficeScene, desk: CaseworkBrowser
) -> None:
    begin(desk)
    desk.fill(compared="yes")
    other = CaseworkBrowser.of(scene, scene.chief)
    other.open(desk.url)
    form = other.form({"compared"}, "Confirm")
    desk.fill(files={"paper": PDF})
    other.post(form.action, {**form.fields, "compared": "yes"})
    assert other.status == 422
    assert "decision 7.pdf" in other.text
    other.fill(compared="yes", button="Confirm")
    assert other.status == 200


@pytest.mark.parametrize("number", ["", "x", "\xb2", "-1"])
def test_a_number_that_is_none_is_that_of_the_first_version(number: str) -> None:
    query = {"order": "A-1", "number": number}
    visit: Any = SimpleNamespace(
        path=lambda name: "P-1",
        query_value=query.__getitem__,
        request=SimpleNamespace(path_params={}),
    )
    first = drafting.version_of("P-1", "A-1", 1)
    assert paper_entry._page_of(visit) == f"{first}#papers"
    query["number"] = "9" * 5_000
    assert paper_entry._page_of(visit) != f"{first}#papers"
