"""A device is enrolled with a code that counts once; a phone with secrets that are made here."""

from datetime import timedelta

import pytest

from mesure.actions.cases import caseload
from mesure.actions.cases.caseload import BarRequest
from mesure.actions.devices import app_enrolment, enrolment_codes
from mesure.actions.devices.app_enrolment import (
    ChangeUnsignedApp,
    EnrolUnsignedApp,
    UnsignedAppCredentials,
)
from mesure.actions.devices.enrolment_codes import (
    DeviceRef,
    DevicesRequest,
    IntroduceDevice,
    IntroductionOutcome,
    IntroductionResult,
    IssueCode,
)
from mesure.actions.framework.action import Action
from mesure.actions.framework.context import VISITOR, Actor
from mesure.actions.notifications import notification_texts
from mesure.actions.notifications.notification_texts import NotificationType
from mesure.actions.records.app_records import PILOT, AppFamily, UnsignedApp, lets_in
from mesure.actions.records.record_types import RegisterReader
from mesure.actions.refusals.refusals import ActionError, NotAllowedError
from mesure.actions.trails import trail_access
from mesure.actions.trails.trail_access import LooksRequest
from mesure.devices import device_state
from mesure.devices.counters import Counters
from mesure.devices.device_state import DeviceState
from mesure.instants import to_us
from mesure.machine import texts
from mesure.privacy.access_refusal import AccessRefusal
from mesure.privacy.roles import Role
from tests.actions.house import Office
from tests.actions.receiving import key
from tests.actions.scene import OfficeScene

ENGLISH = texts.catalogue("en")


@pytest.fixture
def operator(office: Office) -> Actor:
    actor = office.account("Olga", Role.OPERATOR)
    office.do(actor, enrolment_codes.add, DeviceRef("D-7"))
    return actor


def introduce_device(
    office: Office, code: str, number: int = 1, name: str = "D-7", device_class: str = "phone"
) -> IntroductionResult:
    request = IntroduceDevice(name, device_class, key(number).key, code)
    return office.do(VISITOR, enrolment_codes.introduce, request, address="10.0.0.1")


# --- By a code -------------------------------------------------------------------------------


def test_a_code_enrols_once_and_its_use_is_in_the_log(office: Office, operator: Actor) -> None:
    shown = office.do(operator, enrolment_codes.give_code, IssueCode("D-7"))
    assert introduce_device(office, shown.code.lower().replace("-", " ")).fate == "enrolled"
    last = office.last()
    assert (last["action"], last["by"]) == ("devices.introduce", "visitor")
    assert (last["facts"]["device"], last["facts"]["code_given_by"]) == ("D-7", "Olga")
    with office.store.read() as reading:
        assert reading.enrolments()["D-7"].keys[0].public_key == key(1).key
    assert introduce_device(office, shown.code, number=2).fate is IntroductionOutcome.NO_CODE


def test_a_code_is_kept_as_a_hash_alone(office: Office, operator: Actor) -> None:
    shown = office.do(operator, enrolment_codes.give_code, IssueCode("D-7"))
    with office.store.read() as reading:
        entry = reading.entry(enrolment_codes.CODE.name, "D-7")
    assert entry is not None
    assert shown.code.encode() not in entry.body
    assert shown.code not in str(office.log())


def test_who_did_not_hear_the_answer_is_told_again(office: Office, operator: Actor) -> None:
    shown = office.do(operator, enrolment_codes.give_code, IssueCode("D-7"))
    first, again = introduce_device(office, shown.code), introduce_device(office, shown.code)
    assert [(one.fate, one.told) for one in (first, again)] == [("enrolled", 1), ("enrolled", 2)]


def test_a_code_that_is_over_or_was_replaced_is_worth_nothing(
    office: Office, operator: Actor
) -> None:
    old = office.do(operator, enrolment_codes.give_code, IssueCode("D-7"))
    new = office.do(operator, enrolment_codes.give_code, IssueCode("D-7", hours=1))
    assert introduce_device(office, old.code).fate == "no_code"
    office.later(hours=1)
    assert introduce_device(office, new.code).fate == "no_code"


def test_no_stranger_makes_a_code_void_by_trying(office: Office, operator: Actor) -> None:
    shown = office.do(operator, enrolment_codes.give_code, IssueCode("D-7"))
    for _ in range(50):
        assert introduce_device(office, "WRONG").fate == "no_code"
    assert introduce_device(office, shown.code).fate == "enrolled"


def test_nobody_is_enrolled_without_a_code(office: Office, operator: Actor) -> None:
    assert introduce_device(office, "").fate == "no_code"
    assert introduce_device(office, "", name="D-8").fate == "no_code"


@pytest.mark.parametrize(
    ("public_key", "expected"),
    [
        (bytes([1]) + bytes(31), "small order"),
        (b"\xee" + b"\xff" * 30 + b"\x7f", "only spelling"),
        (bytes(32), "small order"),
    ],
)
def test_weak_keys_are_refused(
    office: Office, operator: Actor, public_key: bytes, expected: str
) -> None:
    shown = office.do(operator, enrolment_codes.give_code, IssueCode("D-7"))
    request = IntroduceDevice("D-7", "phone", public_key, shown.code)
    result = office.do(VISITOR, enrolment_codes.introduce, request)
    assert result.fate is IntroductionOutcome.REFUSED
    assert expected in result.said


def test_a_key_or_a_class_that_will_not_do_is_refused(office: Office, operator: Actor) -> None:
    office.do(operator, enrolment_codes.add, DeviceRef("D-8"))
    first = office.do(operator, enrolment_codes.give_code, IssueCode("D-7"))
    second = office.do(operator, enrolment_codes.give_code, IssueCode("D-8"))
    assert introduce_device(office, first.code, device_class="toaster").fate == "refused"
    assert introduce_device(office, first.code).fate == "enrolled"
    assert introduce_device(office, second.code, name="D-8").fate == "refused"


@pytest.mark.parametrize(
    ("code_request", "why"),
    [
        (IssueCode("D-9"), "not_here"),
        (IssueCode("D-7", hours=0), "code_lasts"),
        (IssueCode("D-7", hours=10_000), "code_lasts"),
    ],
)
def test_a_code_that_cannot_be_given(
    office: Office, operator: Actor, code_request: IssueCode, why: str
) -> None:
    with pytest.raises(ActionError, match=why) as raised:
        office.do(operator, enrolment_codes.give_code, code_request)
    assert raised.value.sentence(ENGLISH)


@pytest.mark.parametrize("name", ["", "x" * 65, "a\nb"])
def test_a_device_needs_a_name(office: Office, operator: Actor, name: str) -> None:
    with pytest.raises(ActionError, match="device_name"):
        office.do(operator, enrolment_codes.add, DeviceRef(name))
    with pytest.raises(ActionError, match="there_already"):
        office.do(operator, enrolment_codes.add, DeviceRef("D-7"))


def test_a_device_is_enrolled_in_one_way(office: Office, operator: Actor) -> None:
    shown = office.do(operator, enrolment_codes.give_code, IssueCode("D-7"))
    introduce_device(office, shown.code)
    with pytest.raises(ActionError, match="device_enrolled"):
        office.do(operator, enrolment_codes.give_code, IssueCode("D-7"))
    with pytest.raises(ActionError, match="device_enrolled"):
        enrol_app(office, operator, AppFamily.OSMAND)


@pytest.mark.parametrize("role", [Role.PERSON, Role.INSPECTOR, Role.VISITOR])
def test_others_give_no_codes(office: Office, operator: Actor, role: Role) -> None:
    with pytest.raises(NotAllowedError):
        office.do(Actor("x", role), enrolment_codes.give_code, IssueCode("D-7"))
    assert office.last()["facts"] == {"refused": "role"}


# --- Letting go, and looking -----------------------------------------------------------------


def test_a_retired_device_signs_nothing_more(office: Office, operator: Actor) -> None:
    shown = office.do(operator, enrolment_codes.give_code, IssueCode("D-7"))
    introduce_device(office, shown.code)
    state = device_state.pack(DeviceState(Counters(9)))
    office.store.write(lambda work: work.keep_standings({"D-7": state}))
    for _ in range(2):
        office.do(operator, enrolment_codes.retire, DeviceRef("D-7"))
    with office.store.read() as reading:
        [present] = reading.enrolments()["D-7"].keys
    assert (present.signs(9), present.signs(10)) == (True, False)
    [device] = office.do(operator, enrolment_codes.list_devices, DevicesRequest())
    assert (device.device_class, device.is_signed, device.is_retired) == ("phone", True, True)


@pytest.mark.parametrize(
    ("action", "action_request"),
    [
        (enrolment_codes.retire, DeviceRef("D-1")),
        (app_enrolment.change_pilot, ChangeUnsignedApp("D-1", "MPH", renews=True)),
    ],
)
def test_nobody_silences_a_person_whose_case_is_not_theirs(
    scene: OfficeScene, action: Action[object, object], action_request: object
) -> None:
    scene.order()
    scene.carries()
    scene.do(scene.ann, app_enrolment.enrol_pilot, EnrolUnsignedApp("D-1", AppFamily.OSMAND))
    assert scene.refusal_reason(scene.bob, action, action_request) is AccessRefusal.NOT_IN_CHARGE
    assert scene.office.last()["persons"] == ["P-1"]
    scene.do(scene.chief, caseload.bar, BarRequest("P-1", "ann"))
    assert scene.refusal_reason(scene.ann, action, action_request) is AccessRefusal.BARRED
    scene.do(scene.operator, action, action_request)


@pytest.mark.parametrize("signs", [True, False])
def test_whoever_carries_a_device_learns_that_it_was_retired(
    scene: OfficeScene, signs: bool
) -> None:
    """An operator opens no case, and silences nobody unseen."""
    scene.order()
    scene.carries()
    if signs:
        shown = scene.do(scene.operator, enrolment_codes.give_code, IssueCode("D-1"))
        assert introduce_device(scene.office, shown.code, name="D-1").fate == "enrolled"
    else:
        scene.do(scene.ann, app_enrolment.enrol_pilot, EnrolUnsignedApp("D-1", AppFamily.OSMAND))
    for _ in range(2):
        scene.do(scene.operator, enrolment_codes.retire, DeviceRef("D-1"))
        entered = scene.office.last()
        assert (entered["by"], entered["persons"]) == ("A-operator", ["P-1"])
    with scene.office.store.read() as reading:
        due = reading.due(notification_texts.OUTGOING, to_us(scene.office.now), 100)
    notices = {
        (message.id, message.news)
        for message in map(notification_texts.read, (row.body for row in due))
    }
    assert len(due) == 2
    assert notices == {
        ("P-1", NotificationType.YOUR_DEVICE_RETIRED),
        ("ann", NotificationType.DEVICE_RETIRED),
    }
    looks_there = scene.do(scene.person, trail_access.list_looks, LooksRequest(person="P-1")).looks
    assert [one.action for one in looks_there].count("devices.retire") == 2


@pytest.mark.parametrize("signs", [True, False])
def test_whoever_carries_a_device_is_judged_by_its_enrolment(
    scene: OfficeScene, signs: bool
) -> None:
    scene.order()
    scene.carries()
    with scene.office.store.read() as reading:
        before = max(one.number for one in reading.changes(0, 99))
    if signs:
        shown = scene.do(scene.operator, enrolment_codes.give_code, IssueCode("D-1"))
        assert introduce_device(scene.office, shown.code, name="D-1").fate == "enrolled"
    else:
        scene.do(
            scene.operator, app_enrolment.enrol_pilot, EnrolUnsignedApp("D-1", AppFamily.OSMAND)
        )
    with scene.office.store.read() as reading:
        assert [one.person for one in reading.changes(before, 99)] == ["P-1"]


def test_a_device_that_never_spoke_can_be_retired(office: Office, operator: Actor) -> None:
    with pytest.raises(ActionError, match="device_not_enrolled"):
        office.do(operator, enrolment_codes.retire, DeviceRef("D-7"))
    shown = office.do(operator, enrolment_codes.give_code, IssueCode("D-7"))
    introduce_device(office, shown.code)
    office.do(operator, enrolment_codes.retire, DeviceRef("D-7"))
    with office.store.read() as reading:
        assert not reading.enrolments()["D-7"].keys[0].signs(2)


def test_what_is_shown_of_a_device(office: Office, operator: Actor) -> None:
    before = office.do(operator, enrolment_codes.show, DeviceRef("D-7"))
    assert (before.device_class, before.is_signed, before.heard_at) == (None, False, None)
    shown = office.do(operator, enrolment_codes.give_code, IssueCode("D-7", hours=2))
    after = office.do(operator, enrolment_codes.show, DeviceRef("D-7"))
    assert after.code_until_at == shown.until_at == office.now + timedelta(hours=2)
    assert office.last()["purpose"] == "device"


# --- Phones with an app ----------------------------------------------------------------------


def pilot(office: Office) -> UnsignedApp:
    with office.store.read() as reading:
        record = RegisterReader(reading, office.keyring).get(PILOT, "D-7")
    assert record is not None
    return record.value


def enrol_app(
    office: Office, operator: Actor, family: AppFamily, **how: object
) -> UnsignedAppCredentials:
    return office.do(operator, app_enrolment.enrol_pilot, EnrolUnsignedApp("D-7", family, **how))  # type: ignore[arg-type]


def test_owntracks_signs_in_and_may_encrypt(office: Office, operator: Actor) -> None:
    shown = enrol_app(office, operator, AppFamily.OWNTRACKS, encrypts=True)
    assert shown.claimed == f"{shown.login}/phone"
    assert len(shown.passphrase.encode()) == 32
    app = pilot(office)
    assert lets_in(app, shown.login, shown.password)
    assert not lets_in(app, shown.login, "")
    assert not lets_in(app, "other", shown.password)
    with office.store.read() as reading:
        entry = reading.entry(PILOT.name, "D-7")
    assert entry is not None
    for secret in (shown.login, shown.passphrase, shown.password):
        assert secret.encode() not in entry.body
        assert secret not in str(office.log())
        assert secret not in str(entry.keys)


def test_an_app_that_cannot_sign_in_has_a_name_nobody_guesses(
    office: Office, operator: Actor
) -> None:
    shown = enrol_app(office, operator, AppFamily.OSMAND, speed_unit="MPS", hdop_is_m=True)
    assert (len(shown.claimed), shown.login, shown.password) == (16, "", "")
    assert (pilot(office).speed_unit, pilot(office).hdop_is_m) == ("MPS", True)
    assert lets_in(pilot(office), "", "")


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ({"family": AppFamily.OSMAND, "claimed": "48241179"}, "guessable"),
        ({"family": AppFamily.OSMAND, "claimed": "0" * 16}, "guessable"),
        ({"family": AppFamily.OSMAND, "claimed": "0123456789abcdef"}, "guessable"),
        ({"family": AppFamily.TRACCAR, "claimed": "phone-of-a-phone-of-a-"}, "guessable"),
        ({"family": AppFamily.TRACCAR, "claimed": "aB" * 12}, "guessable"),
        ({"family": AppFamily.OSMAND, "claimed": "AlmatyPhone00001"}, "guessable"),
        ({"family": AppFamily.OSMAND, "claimed": "1q2w3e4r5t6y7u8i9o0p"}, "guessable"),
        ({"family": AppFamily.OSMAND, "claimed": "Aigerim1985Almaty87017771234"}, "guessable"),
        ({"family": AppFamily.OSMAND, "speed_unit": "PARSEC"}, "claim_form"),
        ({"family": AppFamily.OSMAND, "claimed": "x" * 200}, "claim_form"),
        ({"family": AppFamily.OWNTRACKS, "claimed": "a/b"}, "claim_form"),
        ({"family": AppFamily.OWNTRACKS, "claimed": "phone "}, "claim_form"),
        ({"family": AppFamily.OWNTRACKS, "claimed": "NA"}, "claim_form"),
        ({"family": AppFamily.TRACCAR, "signs_in_as": "D-9"}, "not_here"),
    ],
)
def test_a_phone_that_cannot_be_enrolled_so(
    office: Office, operator: Actor, how: dict[str, object], why: str
) -> None:
    with pytest.raises(ActionError, match=why):
        enrol_app(office, operator, **how)  # type: ignore[arg-type]


def test_one_server_forwards_for_many_under_one_password(office: Office, operator: Actor) -> None:
    first = enrol_app(office, operator, AppFamily.TRACCAR, claimed="86000001", signs_in=True)
    office.do(operator, enrolment_codes.add, DeviceRef("D-8"))
    other = EnrolUnsignedApp("D-8", AppFamily.TRACCAR, claimed="86000002", signs_in_as="D-7")
    second = office.do(operator, app_enrolment.enrol_pilot, other)
    assert (second.login, second.password) == (first.login, "")
    office.do(operator, enrolment_codes.add, DeviceRef("D-9"))
    same = EnrolUnsignedApp("D-9", AppFamily.TRACCAR, claimed="86000002", signs_in=True)
    with pytest.raises(ActionError, match="claim_taken"):
        office.do(operator, app_enrolment.enrol_pilot, same)


def test_units_and_secrets_of_a_phone_can_be_changed(office: Office, operator: Actor) -> None:
    old = enrol_app(office, operator, AppFamily.OWNTRACKS, encrypts=True)
    same = office.do(operator, app_enrolment.change_pilot, ChangeUnsignedApp("D-7", "KMPH"))
    assert (same.password, same.passphrase) == ("", "")
    new = office.do(
        operator, app_enrolment.change_pilot, ChangeUnsignedApp("D-7", "KMPH", renews=True)
    )
    assert new.password not in ("", old.password)
    assert new.passphrase not in ("", old.passphrase)
    assert lets_in(pilot(office), new.login, new.password)
    office.do(operator, enrolment_codes.retire, DeviceRef("D-7"))
    with pytest.raises(ActionError, match="device_not_enrolled"):
        office.do(operator, app_enrolment.change_pilot, ChangeUnsignedApp("D-7", "KMPH"))


def test_devices_are_listed_before_they_are_enrolled_and_when_they_are_free(
    office: Office, operator: Actor
) -> None:
    office.do(operator, enrolment_codes.add, DeviceRef("D-8"))
    office.do(operator, app_enrolment.enrol_pilot, EnrolUnsignedApp("D-8", AppFamily.OWNTRACKS))
    listed = office.do(operator, enrolment_codes.list_devices, DevicesRequest())
    assert [(one.device, one.is_free, one.app is None) for one in listed] == [
        ("D-7", False, True),
        ("D-8", True, False),
    ]
    free = office.do(operator, enrolment_codes.list_devices, DevicesRequest(only_free=True))
    assert [one.device for one in free] == ["D-8"]
    office.do(operator, enrolment_codes.retire, DeviceRef("D-8"))
    assert office.do(operator, enrolment_codes.list_devices, DevicesRequest(only_free=True)) == ()
