"""Subject access: everything that is kept about a person, handed to them row by row, opened.

What is in it is found by the same question to the store that finds what is erased with a person,
and a test holds it against an independent look at every table. Secrets of accounts are left out:
they are about signing in, and not about the person. So is what a program was answered, which may
have such a secret in it, and who else is named besides the person.
Law: Directive (EU) 2016/680, article 14: access, with where it came from and for how long
"""

from base64 import b64encode
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final

import msgspec

from mesure.actions.data_rights import retained_data
from mesure.actions.data_rights.decrypted_rows import RowCipher
from mesure.actions.data_rights.own_record import OwnRecordRequest
from mesure.actions.framework.action import ActionContext, look
from mesure.actions.framework.idempotency import ANSWER
from mesure.actions.records.account_records import ACCOUNT
from mesure.devices import device_state
from mesure.devices.health import DeviceHealth, HealthReading
from mesure.formats.stored.device_reports import DeviceReportKind
from mesure.formats.stored.trail_fix import TrailFix, TrailRest
from mesure.privacy.purposes import Purpose
from mesure.privacy.roles import Role
from mesure.store.values import order_text
from mesure.store.values import tables as transfer
from mesure.store.values.tables import ABOUT, BYTES, Row

_SHOWN_OF_ACCOUNTS: Final = ("name", "role", "opened_at", "login", "language", "email", "until_at")


class SubjectData(msgspec.Struct, frozen=True):
    """Rows by table; each row by its columns."""

    tables: dict[str, list[dict[str, Any]]]


class DeviceReportInWords(msgspec.Struct, frozen=True):
    """What a device said of how it was, and the same in words of the reader's language."""

    device: str
    observed_at: datetime
    told: DeviceReportKind
    value: int
    said: str
    words: str


def to_file(
    contents: SubjectData,
    fixes: Iterable[TrailFix],
    device_reports: Iterable[DeviceReportInWords] = (),
    rest_claims: Iterable[TrailRest] = (),
) -> bytes:
    """Return everything as one file, and with it the trail that the messages in it make.

    What a device signs says its radius in its own way: only with the class of the device can it be
    read, and that row is about no person. So the trail is handed over as it was judged.
    """
    trail = {
        "fixes": tuple(fixes),
        "rest_claims": tuple(rest_claims),
        "told": tuple(device_reports),
    }
    data = msgspec.json.encode({**contents.tables, **trail})
    return msgspec.json.format(data)


@look("kept.everything", {Role.PERSON}, purpose=Purpose.OWN_DATA)
def everything(doing: ActionContext, request: OwnRecordRequest) -> SubjectData:
    """Have everything that is kept about oneself."""
    doing.case(request.person)
    context = doing.context
    person_of = {order.id: request.person for order in doing.work.orders_of(request.person)}
    bodies = RowCipher(context.keyring, context.salts, person_of)
    tables = {
        table: [_fields(table, bodies.unseal(table, row), request.person) for row in rows]
        for table in ABOUT
        if (
            rows := [
                row
                for row in doing.work.rows(table, request.person)
                if not _names_another(table, row, request.person)
            ]
        )
    }
    if devices := list(_devices(doing, request.person)):
        tables["device"] = devices
    doing.note(rows=sum(map(len, tables.values())))
    return SubjectData(tables)


def _devices(doing: ActionContext, person: str) -> Iterator[dict[str, Any]]:
    """Yield the devices that the person carried last, with what they said of themselves."""
    names = retained_data.last_devices(doing.work, person)
    packed_states = doing.work.standings(names)
    for name in names:
        health = (
            device_state.unpack(packed_states[name]).health
            if name in packed_states
            else DeviceHealth()
        )
        yield {"id": name, **{key: _part(value) for key, value in health._asdict().items()}}


def _part(value: HealthReading | int | None) -> Any:  # noqa: ANN401  Any JSON.
    return value._asdict() if isinstance(value, HealthReading) else value


def _names_another(table: str, row: Row, person: str) -> bool:
    """Tell whether a row only says that something is about somebody else as well."""
    fields = dict(zip(transfer.columns(table), row, strict=True))
    is_key = table == "register_key" and fields["key"] == "person"
    return is_key and fields["value"] != person


def _fields(table: str, row: Row, person: str) -> dict[str, Any]:
    fields = dict(zip(transfer.columns(table), row, strict=True))
    shown = {name: _shown(table, name, value) for name, value in fields.items()}
    if table == "audit_record":
        _leave_out_others(shown, person)
    if table == "register" and fields["kind"] == ANSWER.name:
        shown["body"] = {"day": shown["body"]["day"]}
    if table == "register" and fields["kind"] == ACCOUNT.name:
        account = msgspec.json.decode(fields["body"], type=dict[str, Any])
        shown["body"] = {name: account.get(name) for name in _SHOWN_OF_ACCOUNTS}
    return shown


def _leave_out_others(shown: dict[str, Any], person: str) -> None:
    """Leave out who else is named in a line of the log, and with them what proves it whole."""
    record = shown["record"]
    named = record.get("persons") if isinstance(record, dict) else None
    if named and named != [person]:
        shown["record"] = {**record, "persons": [person], "others": len(named) - 1}
        shown["salt"] = None


def _shown(table: str, name: str, value: Any) -> Any:  # noqa: ANN401  Any JSON.
    """Return a value as JSON has it: JSON and texts as such, other bytes in base64."""
    if name not in BYTES or value is None:
        return value
    if table == "order_version" and name == "body":
        text, files = order_text.unpack(value)
        maps = {path: b64encode(data).decode() for path, data in files.items()}
        return {"text": text.decode(), "maps": maps}
    try:
        return msgspec.json.decode(value)
    except (msgspec.DecodeError, UnicodeDecodeError):  # A quote, and then no text.
        return b64encode(value).decode()
