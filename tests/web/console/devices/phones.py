"""At the devices' pages: enter one, set it up, read its settings, and send as its app does."""

import base64
import json
import re
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from tests.actions.house import Office
from tests.web import pilot_door
from tests.web.browsing import Browser
from tests.web.filled import PERSON

DEVICES = "/console/devices"
OWN = f"/console/people/{PERSON}/devices"
PHONE = "phone 7/b"
AT = "phone%207%2Fb"


def enter(at: Browser, name: str) -> None:
    at.open(DEVICES)
    at.send(DEVICES, device=name)


def set_up(at: Browser, app: str, **more: str) -> None:
    enter(at, PHONE)
    at.send(f"{DEVICES}/app/{AT}", app=app, **more)
    assert at.status == 200, at.text


def link(page: str, scheme: str) -> str:
    match = re.search(rf'href="({re.escape(scheme)}:[^"]*)"', page)
    assert match, f"there is no link of {scheme}"
    return unescape(match[1])


def read_settings(page: str) -> dict[str, Any]:
    file = link(page, "data").partition("base64,")[2]
    settings: dict[str, Any] = json.loads(base64.b64decode(file))
    return settings


def send_owntracks(office: Office, set_: dict[str, Any], **more: Any) -> Any:
    """Send a position as the app does that was set so."""
    location = {
        "_type": "location", "lat": 43.25654, "lon": 76.92848, "acc": 8, "batt": 80, "bs": 1,
        "tst": int(office.now.timestamp()), "tid": set_["tid"], **more,
    }  # fmt: skip
    names = {"X-Limit-U": set_["username"], "X-Limit-D": set_["deviceId"]}
    headers = pilot_door.basic(set_["username"], set_["password"]) | names
    return pilot_door.say(office, urlsplit(set_["url"]).path, location, headers)
