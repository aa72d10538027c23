"""The list of devices: who has which, what is free, and what an operator sees of it."""

from tests.actions.house import Office
from tests.web.browsing import Browser
from tests.web.console.devices.phones import DEVICES, OWN, enter, set_up
from tests.web.filled import DEVICE, Filled


def test_the_list_says_who_has_which_and_what_is_free(officer: Browser) -> None:
    officer.open(DEVICES)
    assert "Serik Akhmetov" in officer.text
    enter(officer, "tag-8")
    officer.open(DEVICES)
    row = officer.page[officer.page.index("tag-8") :]
    assert "not set up yet" in row
    assert "nobody" in row
    officer.open(f"{DEVICES}?show=free")
    assert "No device is free." in officer.text


def test_only_the_cases_of_those_who_carry_a_listed_device_are_opened(
    office: Office, there: Filled, supervisor: Browser
) -> None:
    office.person("P-2", there.officer)
    supervisor.open(DEVICES)
    assert "Serik Akhmetov" in supervisor.text
    looks = [one for one in office.log(0) if one["action"] == "caseload.overview"]
    assert [one["persons"] for one in looks] == [["P-0042"]]


def test_a_name_that_is_taken_or_missing_is_said_at_its_field(officer: Browser) -> None:
    officer.open(DEVICES)
    officer.send(DEVICES, device=" ")
    assert officer.status == 422
    assert "Enter what is written on the device." in officer.text
    officer.send(DEVICES, device=DEVICE)
    assert officer.status == 422
    assert "There is something under this name already." in officer.text


def test_an_operator_keeps_devices_and_sees_nobody(operator: Browser) -> None:
    operator.open("/")
    assert f'href="{DEVICES}"' in operator.page
    operator.open(DEVICES)
    assert "Serik Akhmetov" not in operator.page
    assert "/console/people" not in operator.page
    set_up(operator, "owntracks")
    assert "shown only once" in operator.text
    operator.open(OWN)
    assert operator.status == 403
