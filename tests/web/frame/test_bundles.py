"""The evidence is handed over as one file: for a purpose, or to the person whose it is."""

from dataclasses import dataclass, field, replace

from mesure.actions.acting import Context, perform
from mesure.actions.contests import OfIncident
from mesure.actions.review import show
from mesure.privacy.purposes import Purpose
from mesure.web import site
from tests.actions.house import Office
from tests.web import browsing, filled
from tests.web.browsing import Browser
from tests.web.filled import Evening, Filled

FILE = b"PK of a test"


@dataclass
class Made:
    """Makes bundles of nothing, and remembers who asked for what."""

    asked: list[OfIncident] = field(default_factory=list)

    def __call__(self, context: Context, asked: OfIncident) -> bytes:
        perform(context, show, asked)
        self.asked.append(asked)
        return FILE


def browser(office: Office, night: Evening, who: str, made: Made | None) -> Browser:
    contexts = filled.with_trail(office, night)
    one = Browser(office, contexts=contexts)
    one._app = site.build(replace(browsing.parts_of(office, contexts), bundles=made))
    one.cookies.set("mesure", filled.TOKENS[who])
    return one


def test_an_officer_says_for_what_and_gets_the_file(
    office: Office, night: Evening, there: Filled
) -> None:
    made = Made()
    officer = browser(office, night, "officer", made)
    address = f"/console/incidents/{there.incident}"
    officer.open(address)
    assert "The person and their lawyer get the same file" in officer.text
    officer.send(f"{address}/bundle")
    assert officer.status == 422
    assert "Choose for what." in officer.text
    assert "Enter the number of the case." in officer.text
    officer.send(f"{address}/bundle", purpose="danger", case_number="1" * 61)
    assert officer.status == 422
    assert "too long for the number" in officer.text
    assert made.asked == []
    assert officer.send(f"{address}/bundle", purpose="court", case_number="1-234") == FILE.decode()
    assert officer.headers["content-type"] == "application/zip"
    name = f'attachment; filename="evidence_{there.incident}.zip"'
    assert officer.headers["content-disposition"] == name
    [asked] = made.asked
    assert (asked.purpose, asked.case_number) == (Purpose.COURT, "1-234")


def test_the_person_gets_it_without_a_word(office: Office, night: Evening, there: Filled) -> None:
    person = browser(office, night, "person", Made())
    address = f"/portal/notices/{there.incident}"
    person.open(address)
    assert "The officer and the court get the same file" in person.text
    assert person.send(f"{address}/bundle") == FILE.decode()


def test_where_none_is_made_nothing_is_offered(
    office: Office, night: Evening, there: Filled
) -> None:
    person, officer = (browser(office, night, who, None) for who in ("person", "officer"))
    for one, address in (
        (person, f"/portal/notices/{there.incident}"),
        (officer, f"/console/incidents/{there.incident}"),
    ):
        one.open(address)
        assert "as one file" not in one.text
        one.send(f"{address}/bundle", purpose="court", case_number="1-234")
        assert one.status == 409
