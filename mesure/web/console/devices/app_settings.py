"""App settings: what a phone's app needs to report here, as a link, a square code and a file.

OwnTracks opens `owntracks:///config?inline=` with base64 of a configuration, which is also a file
(`.otrc`). Traccar Client opens `org.traccar.client://config?`; it reads no file. OsmAnd takes an
address, and a Traccar server two lines of its own configuration.
Formats: docs/specs/pilot_formats.md, "Settings for the apps"
"""

import base64
import json
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from mesure.actions.devices.app_enrolment import UnsignedAppCredentials
from mesure.actions.records.app_records import AppFamily
from mesure.formats.apps import owntracks_commands
from mesure.web.shared.words.page_texts import PageTexts

REPORT_EVERY_S: Final = 60  # The judge is measured on phones that report by the minute.
HEARTBEAT_S: Final = 60  # The shortest that Traccar Client takes; without it, it rests in silence.
SIGN_OF_LIFE_MIN: Final = 15  # The shortest that OwnTracks takes.
HTTP_MODE: Final = 3
PATHS: Final = {
    AppFamily.OWNTRACKS: "/pilot/owntracks",
    AppFamily.OSMAND: "/pilot/osmand",
    AppFamily.TRACCAR: "/pilot/traccar",
}
OSMAND_FIELDS: Final = "lat={0}&lon={1}&timestamp={2}&hdop={3}&altitude={4}&speed={5}"


@dataclass(frozen=True, slots=True)
class AppSettings:
    """Everything that goes into an app; it holds secrets and is shown once."""

    app: str  # As its shop calls it.
    link: str  # Opens in the app; empty: this app opens none.
    file_name: str  # Empty: this app reads no file.
    file: bytes
    rows: tuple[tuple[str, str], ...]  # To be typed by hand: what it is called, and what it is.

    @property
    def file_link(self) -> str:
        """Return the file as an address that needs no second request; empty: there is none."""
        if not self.file_name:
            return ""
        return f"data:application/json;base64,{base64.b64encode(self.file).decode()}"


def settings(
    family: AppFamily,
    credentials: UnsignedAppCredentials,
    origin: str,
    catalogue: PageTexts,
    *,
    is_osmand: bool = False,
) -> AppSettings:
    """Return what is set in the app of a phone that was enrolled just now."""
    url = origin.rstrip("/") + PATHS[family]
    if family is AppFamily.OWNTRACKS:
        return _owntracks(credentials, url, catalogue)
    if family is AppFamily.TRACCAR:
        return _traccar_server(credentials, url, catalogue)
    if is_osmand:
        whole = f"{url}?{urlencode({'id': credentials.claimed})}&{OSMAND_FIELDS}"
        rows = ((catalogue.text("Web address"), whole), _every(catalogue))
        return AppSettings("OsmAnd", "", "", b"", rows)
    return _traccar_client(credentials, url, catalogue)


def _owntracks(credentials: UnsignedAppCredentials, url: str, catalogue: PageTexts) -> AppSettings:
    phone = credentials.claimed.partition("/")[2]
    configuration: dict[str, Any] = {
        "_type": "configuration",
        "mode": HTTP_MODE,
        "url": url,
        "auth": True,
        "username": credentials.login,
        "password": credentials.password,
        "deviceId": phone,
        "tid": phone[:2],
        "ping": SIGN_OF_LIFE_MIN,
        "cmd": True,
        "remoteConfiguration": True,
        "autostartOnBoot": True,
        **owntracks_commands.report_settings(REPORT_EVERY_S),
    }
    file = json.dumps(configuration, separators=(",", ":")).encode()
    inline = urlencode({"inline": base64.b64encode(file).decode()})
    rows = [
        (catalogue.text("Mode"), "HTTP"),
        (catalogue.text("Web address"), url),
        (catalogue.text("Name to sign in with"), credentials.login),
        (catalogue.text("Password"), credentials.password),
        (catalogue.text("Name of the device in the app"), phone),
        _every(catalogue),
    ]
    if credentials.passphrase:
        rows.append((catalogue.text("Encryption key"), credentials.passphrase))
    return AppSettings(
        "OwnTracks", f"owntracks:///config?{inline}", "mesure.otrc", file, tuple(rows)
    )


def _traccar_client(
    credentials: UnsignedAppCredentials, url: str, catalogue: PageTexts
) -> AppSettings:
    values = {
        "url": url,
        "id": credentials.claimed,
        "accuracy": "high",
        "distance": 0,
        "interval": REPORT_EVERY_S,
        "angle": 0,
        "heartbeat": HEARTBEAT_S,
        "fastest_interval": REPORT_EVERY_S // 2,
        "buffer": "true",
        "wakelock": "true",
        "stop_detection": "false",
    }
    rows = (
        (catalogue.text("Web address"), url),
        (catalogue.text("Device identifier"), credentials.claimed),
        (catalogue.text("Accuracy"), catalogue.text("high")),
        (catalogue.text("Distance"), catalogue.text("{metres} m", metres=0)),
        _every(catalogue),
        (
            catalogue.text("Heartbeat while the phone lies still"),
            catalogue.text("every {seconds} s", seconds=HEARTBEAT_S),
        ),
        (catalogue.text("Stop detection"), catalogue.text("off")),
    )
    link = f"org.traccar.client://config?{urlencode(values)}"
    return AppSettings("Traccar Client", link, "", b"", rows)


def _traccar_server(
    credentials: UnsignedAppCredentials, url: str, catalogue: PageTexts
) -> AppSettings:
    rows = [
        (catalogue.text("Device identifier"), credentials.claimed),
        ("forward.url", url),
        ("forward.type", "json"),
    ]
    if credentials.password:
        pair = f"{credentials.login}:{credentials.password}".encode()
        rows.append(("forward.header", f"Authorization: Basic {base64.b64encode(pair).decode()}"))
    return AppSettings("Traccar", "", "", b"", tuple(rows))


def _every(catalogue: PageTexts) -> tuple[str, str]:
    return catalogue.text("How often it reports"), catalogue.text(
        "every {seconds} s", seconds=REPORT_EVERY_S
    )
