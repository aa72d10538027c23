"""What stands in the settings of an app opens the real door of phones."""

import base64
import json
import re
from urllib.parse import parse_qs, urlsplit

import pytest
import qrcode

from tests.actions.house import Office
from tests.web import pilot_door
from tests.web.browsing import ORIGIN, Browser
from tests.web.console.devices.phones import AT, DEVICES, link, send_owntracks, set_up


def test_what_stands_in_the_owntracks_file_opens_the_door(office: Office, officer: Browser) -> None:
    set_up(officer, "owntracks")
    inline = parse_qs(urlsplit(link(officer.page, "owntracks")).query)["inline"][0]
    file = link(officer.page, "data").partition("base64,")[2]
    assert base64.b64decode(inline) == base64.b64decode(file)
    set_ = json.loads(base64.b64decode(file))
    assert (set_["_type"], set_["mode"], set_["auth"]) == ("configuration", 3, True)
    assert set_["url"] == f"{ORIGIN}/pilot/owntracks"
    # By the minute, and at rest too; nothing is kept back for being inexact.
    assert (set_["monitoring"], set_["locatorInterval"], set_["locatorDisplacement"]) == (2, 60, 0)
    assert set_["ignoreInaccurateLocations"] == 0
    assert send_owntracks(office, set_).status_code == 200
    officer.open(f"{DEVICES}/messages/{AT}")
    assert "position from satellites" in officer.text
    assert "battery 80 %" in officer.text
    assert "It can be used." in officer.text
    assert "43.2" not in officer.page, "it stands nowhere where the phone is"


def test_the_link_of_traccar_client_opens_the_door(office: Office, officer: Browser) -> None:
    set_up(officer, "traccar_client")
    parts = urlsplit(link(officer.page, "org.traccar.client"))
    set_ = {name: values[0] for name, values in parse_qs(parts.query).items()}
    assert (parts.netloc, set_["url"]) == ("config", f"{ORIGIN}/pilot/osmand")
    assert (set_["interval"], set_["distance"], set_["heartbeat"]) == ("60", "0", "60")
    assert set_["stop_detection"] == "false", "it would rest in silence"
    location = {
        "timestamp": office.now.isoformat().replace("+00:00", "Z"),
        "coords": {"latitude": 43.25, "longitude": 76.92, "accuracy": 5, "speed": 0.4},
        "is_moving": False, "event": "motionchange", "activity": {"type": "still"},
        "battery": {"level": 0.79, "is_charging": True},
    }  # fmt: skip
    message = {"location": location, "device_id": set_["id"]}
    assert pilot_door.say(office, urlsplit(set_["url"]).path, message, {}).status_code == 200
    officer.open(f"{DEVICES}/messages/{AT}")
    assert "battery 79 %, charging" in officer.text
    assert "It can be used." in officer.text


@pytest.mark.parametrize(
    ("app", "more", "shown"),
    [
        ("osmand", {}, "lat={0}&amp;lon={1}"),
        ("traccar", {"claimed": "48241179"}, "Authorization: Basic"),
    ],
)
def test_apps_without_a_link_show_what_is_typed(
    officer: Browser, app: str, more: dict[str, str], shown: str
) -> None:
    set_up(officer, app, **more)
    assert shown in officer.page
    assert "<rect" not in officer.page


def test_the_square_code_is_that_of_the_link(officer: Browser) -> None:
    set_up(officer, "owntracks")
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_L, border=4)
    code.add_data(link(officer.page, "owntracks"))
    wanted = code.get_matrix()
    wide = len(wanted)
    assert f'viewBox="0 0 {wide} {wide}"' in officer.page
    drawn = [[False] * wide for _ in range(wide)]
    path = re.search(r'<path d="(M[^"]+)" fill="#000"', officer.page)
    assert path
    for x, y, run in re.findall(r"M(\d+) (\d+)h(\d+)v1", path[1]):
        for step in range(int(run)):
            drawn[int(y)][int(x) + step] = True
    assert drawn == wanted
