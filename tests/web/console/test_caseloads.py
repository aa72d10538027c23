"""Cases go from one officer to another and back; it is always said who is in charge."""

from mesure.actions.accounts import staff_accounts
from mesure.actions.accounts.staff_accounts import AccountRef
from tests.actions.house import Office
from tests.web.browsing import Browser
from tests.web.console.test_routes_journeys import browser
from tests.web.filled import PERSON, Evening, Filled

ADDRESS = "/console/caseloads"


def test_a_supervisor_moves_cases_and_takes_them_back(
    office: Office, night: Evening, there: Filled
) -> None:
    chief = browser(office, night, "supervisor")
    chief.open(f"{ADDRESS}?of={there.officer.account}")
    assert "Serik Akhmetov" in chief.text
    assert "Bolat Seitov Covering for the officer" in chief.text
    fields = {"of": there.officer.account, "to": there.second.account}
    chief.send(ADDRESS, **fields, case_1=PERSON, case_2="P-0107")
    assert "2 cases were moved to this list." in chief.text
    assert "They go back to: Amina Bekova" in chief.text
    assert "Bolat Seitov Officer" in chief.text
    second = browser(office, night, "second")
    assert "Serik Akhmetov" in second.open("/console/people")
    back = {"of": there.second.account, "to": there.officer.account}
    chief.send(ADDRESS, **back, case_1=PERSON, case_2="P-0107")
    chief.open(f"{ADDRESS}?of={there.second.account}")
    assert "Nobody is on this list." in chief.text


def test_cases_of_an_officer_who_left_are_found_and_moved(
    office: Office, night: Evening, there: Filled
) -> None:
    office.do(there.supervisor, staff_accounts.close, AccountRef(there.officer.account))
    chief = browser(office, night, "supervisor")
    chief.open("/console/officers")
    assert "2 cases: move some" in chief.text
    chief.open(f"{ADDRESS}?of={there.officer.account}")
    assert "Serik Akhmetov" in chief.text
    fields = {"of": there.officer.account, "to": there.second.account}
    chief.send(ADDRESS, **fields, case_1=PERSON)
    assert "Bolat Seitov Officer" in chief.text
    chief.send(ADDRESS, **fields, case_1="P-0107")
    chief.open(f"{ADDRESS}?of={there.officer.account}")
    assert "Not assigned to an officer" in chief.text


def test_only_what_is_there_can_be_taken_back(
    office: Office, night: Evening, there: Filled
) -> None:
    chief = browser(office, night, "supervisor")
    of = there.officer.account
    chief.open(f"{ADDRESS}?of={of}&from=somebody&cases={PERSON}")
    assert "moved to this list" not in chief.text
    chief.open(f"{ADDRESS}?of={of}&from=-&cases=P-9999")
    assert "moved to this list" not in chief.text


def test_nothing_ticked_and_nobody_chosen_is_said(
    office: Office, night: Evening, there: Filled
) -> None:
    chief = browser(office, night, "supervisor")
    chief.open(f"{ADDRESS}?of={there.officer.account}&person={PERSON}")
    assert f'value="{PERSON}" checked' in chief.page
    chief.send(ADDRESS, of=there.officer.account)
    assert chief.status == 422
    assert "Choose a colleague." in chief.text
    assert "Tick at least one person." in chief.text
    chief.send(ADDRESS, of=there.officer.account, to="nobody there", case_1=PERSON)
    assert chief.status == 422


def test_an_officer_sees_their_own_list_and_moves_nothing(
    office: Office, night: Evening, there: Filled
) -> None:
    officer = browser(office, night, "officer")
    officer.open(f"{ADDRESS}?of={there.second.account}")
    assert "Serik Akhmetov" in officer.text
    assert "A supervisor moves cases." in officer.text
    officer.send(ADDRESS, of=there.officer.account, to=there.second.account, case_1=PERSON)
    assert officer.status == 403


def test_a_persons_page_leads_to_the_list_where_the_case_is(
    office: Office, night: Evening, there: Filled
) -> None:
    chief = browser(office, night, "supervisor")
    chief.open(f"/console/people/{PERSON}")
    link = f"{ADDRESS}?of={there.officer.account}&amp;person={PERSON}".replace(" ", "+")
    assert link in chief.page
    officer = browser(office, night, "officer")
    officer.open(f"/console/people/{PERSON}")
    assert ADDRESS not in officer.page


def fields_to_enter_again(reader: Browser) -> dict[str, str]:
    """Return the fields of the form that enters again what was just ended."""
    return {
        name: reader.page.partition(f'name="{name}" value="')[2].partition('"')[0]
        for name in ("covers", "by", "until", "start")
    }


def test_a_cover_that_was_ended_by_mistake_is_fields_to_enter_again(
    office: Office, night: Evening, there: Filled
) -> None:
    officer = browser(office, night, "officer")
    page = officer.open("/console/cover")
    cover = page.partition('name="id" value="')[2].partition('"')[0]
    officer.send("/console/cover/end", id=cover, kind="cover")
    assert "It has ended." in officer.text
    assert "Nobody is covering for anybody." in officer.text
    fields = fields_to_enter_again(officer)
    officer.send("/console/cover/again", **fields)
    assert "Bolat Seitov is covering for Amina Bekova" in officer.text
    officer.send("/console/cover/again", **{**fields, "until": "tomorrow"})
    assert officer.address == "/console/cover"
    officer.send("/console/cover/again", **{**fields, "by": "nobody there"})
    assert officer.status == 422


def test_a_time_on_call_that_has_not_begun_is_entered_again_as_it_was(
    office: Office, night: Evening, there: Filled
) -> None:
    chief = browser(office, night, "supervisor")
    chief.open("/console/cover")
    when = {"from_day": "2026-03-20", "from_time": "18:00", "until_day": "2026-03-21"}
    when = {f"watch_{name}": value for name, value in {**when, "until_time": "08:00"}.items()}
    chief.send("/console/cover/on-call", watch_by=there.second.account, **when)
    watch = chief.page.partition("is on call")[2].partition('name="id" value="')[2]
    chief.send("/console/cover/end", id=watch.partition('"')[0], kind="watch")
    fields = fields_to_enter_again(chief)
    assert fields["start"].startswith("2026-03-20T13:00:00+00:00")
    chief.send("/console/cover/again", **fields)
    assert "Bolat Seitov is on call" in chief.text
    assert "20 Mar, 18:00" in chief.text


def test_a_time_on_call_with_a_fault_comes_back_as_it_was_typed(
    office: Office, night: Evening, there: Filled
) -> None:
    chief = browser(office, night, "supervisor")
    chief.open("/console/cover")
    when = {"watch_from_day": "2026-03-20", "watch_from_time": "18:05", "watch_until_time": "08:10"}
    chief.send("/console/cover/on-call", watch_by=there.second.account, **when)
    assert chief.status == 422
    form = chief.page.partition('action="/console/cover/on-call"')[2].partition("</form>")[0]
    assert f'value="{there.second.account}" selected' in form
    for value in ("2026-03-20", "18:05", "08:10"):
        assert f'value="{value}"' in form
    assert "Enter the day." in form
    assert '<details class="more card" open>' in chief.page
