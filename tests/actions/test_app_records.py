"""A phone that was retired stays what it was: its past is judged by its class, in either store."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from mesure.actions.devices import app_enrolment, device_classes, enrolment_codes
from mesure.actions.devices.app_enrolment import EnrolUnsignedApp
from mesure.actions.devices.enrolment_codes import DeviceRef
from mesure.actions.records.app_records import PILOT, AppFamily, UnsignedApp
from mesure.actions.records.record_types import RegisterReader
from mesure.actions.refusals.refusals import ActionError
from mesure.evaluation.policy import DeviceClass
from mesure.privacy.roles import Role
from mesure.store.keyring import file as keyring_file
from mesure.store.keyring.file import FileKeyring
from tests.actions.house import MASTER, Chance, Office
from tests.store import databases
from tests.store.databases import Database, SqliteDatabase


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    if request.param == "sqlite":
        return SqliteDatabase(tmp_path / "mesure.db")
    return databases.empty_postgres(request)


@pytest.fixture
def file_keyring(tmp_path: Path) -> Iterator[FileKeyring]:
    keyring_file.make(tmp_path / "keys.db", MASTER, Chance())
    with closing(FileKeyring(tmp_path / "keys.db", MASTER, Chance())) as keyring:
        yield keyring


def pilot_of(office: Office) -> UnsignedApp:
    with office.store.read() as reading:
        return RegisterReader(reading, office.keyring).need(PILOT, "D-7").value


def test_its_class_is_known_after_it_was_retired_and_the_service_began_anew(
    database: Database, file_keyring: FileKeyring
) -> None:
    with closing(database.open()) as store:
        office = Office(store, file_keyring)
        operator = office.account("O-1", Role.OPERATOR)
        office.do(operator, enrolment_codes.add, DeviceRef("D-7"))
        request = EnrolUnsignedApp("D-7", AppFamily.OWNTRACKS, DeviceClass.GNSS_TAG, encrypts=True)
        office.do(operator, app_enrolment.enrol_pilot, request)
        found_by = pilot_of(office).found_by
        office.do(operator, enrolment_codes.retire, DeviceRef("D-7"))
        retired_at = office.now
        office.later(days=1)
        office.do(operator, enrolment_codes.retire, DeviceRef("D-7"))
    with closing(database.open()) as store:
        office = Office(store, file_keyring)
        with store.read() as reading:
            rows = RegisterReader(reading, file_keyring)
            assert device_classes.class_of(rows, "D-7") == (DeviceClass.GNSS_TAG, False)
            assert list(rows.find(PILOT, "found_by", found_by)) == []
        app = pilot_of(office)
        assert app.retired_at == retired_at
        secrets = app.claimed, app.found_by, app.login, app.password_sha256, app.passphrase
        assert secrets == ("", "", "", "", "")
        shown = office.do(operator, enrolment_codes.show, DeviceRef("D-7"))
        assert (shown.is_retired, shown.device_class) == (True, "gnss_tag")
        with pytest.raises(ActionError, match="device_enrolled"):
            office.do(operator, app_enrolment.enrol_pilot, request)
