"""A person's devices: given, swapped and taken back, at an instant."""

from datetime import timedelta

from mesure.actions.devices import assignments
from mesure.actions.devices.assignments import AssignmentsRequest
from tests.actions.house import Office
from tests.web.browsing import ALMATY, ORIGIN, Browser
from tests.web.console.devices.phones import OWN, PHONE, set_up
from tests.web.filled import DEVICE, PERSON, Filled


def test_devices_are_given_swapped_and_taken_back(
    office: Office, officer: Browser, there: Filled
) -> None:
    set_up(officer, "owntracks")
    officer.open(f"/console/people/{PERSON}")
    assert f'href="{OWN}"' in officer.page
    officer.open(OWN)
    assert f'<option value="{PHONE}">' in officer.page
    officer.send(f"{OWN}/swap", swap_new=PHONE)
    assert officer.status == 422
    assert "Tick this if you are sure." in officer.text
    officer.send(f"{OWN}/swap", swap_new="nothing", swap_sure="yes")
    assert "There is nothing here under this name." in officer.text
    officer.send(f"{OWN}/swap", swap_new=PHONE, swap_sure="yes")
    assert "It was entered." in officer.text
    carried = {
        assignment.device: assignment
        for assignment in office.do(
            there.officer, assignments.list_assignments, AssignmentsRequest(PERSON)
        )
    }
    assert carried[DEVICE].until_at == carried[PHONE].start_at == office.now
    office.later(minutes=5)
    local = (office.now - timedelta(minutes=2)).astimezone(ALMATY)
    when = {"back_day": f"{local:%Y-%m-%d}", "back_time": f"{local:%H:%M}"}
    officer.send(f"{OWN}/take-back", back_sure="yes", **when)
    assert "No device is assigned." in officer.text
    officer.send(f"{OWN}/give")
    assert "Enter which device is given." in officer.text
    officer.send(f"{OWN}/give", give_device=DEVICE, give_day="2020-01-01", give_time="10:00")
    assert "Enter a time within the last seven days" in officer.text
    assert 'value="2020-01-01"' in officer.page, "what was typed stays"


def test_a_return_that_was_entered_by_mistake_is_mended_by_giving_it_again_from_then(
    office: Office, officer: Browser, there: Filled
) -> None:
    officer.open(OWN)
    assert "Was a return entered by mistake?" not in officer.text
    returned_at = (office.now - timedelta(minutes=2)).replace(second=0, microsecond=0)
    local = returned_at.astimezone(ALMATY)
    day, at = f"{local:%Y-%m-%d}", f"{local:%H:%M}"
    officer.send(f"{OWN}/take-back", back_sure="yes", back_day=day, back_time=at)
    assert "Was a return entered by mistake? Give the same device again" in officer.text
    office.later(minutes=5)
    officer.send(f"{OWN}/give", give_device=DEVICE, give_day=day, give_time=at)
    assert "It was entered." in officer.text
    assigned = office.do(there.officer, assignments.list_assignments, AssignmentsRequest(PERSON))
    ended, again = sorted(assigned, key=lambda assignment: assignment.start_at)
    assert ended.until_at == again.start_at == returned_at
    assert again.until_at is None


def test_a_device_that_somebody_has_is_not_given(officer: Browser) -> None:
    officer.open(OWN)
    officer.send(f"{OWN}/give", give_device=DEVICE)
    assert officer.status == 422
    assert "This device is somebody’s at that time." in officer.text


def test_the_sheet_is_in_the_person_s_language_and_holds_no_secret(officer: Browser) -> None:
    officer.open(f"{OWN}/sheet")
    assert '<article class="card paper" lang="kk"' in officer.page
    assert DEVICE in officer.text
    assert "Amina Bekova" in officer.text
    assert ORIGIN in officer.text
