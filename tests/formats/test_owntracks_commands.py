"""What a device with OwnTracks may be asked."""

import json

import pytest

from mesure.formats.apps import app_limits, owntracks, owntracks_commands, owntracks_secret, topics
from mesure.formats.apps.app_message import AppMessageFault
from mesure.formats.apps.app_request import AppMessageFate, MqttDelivery
from mesure.formats.apps.owntracks_commands import Command, ReportLocation, SetConfiguration
from mesure.service.installation.secret_box import SodiumSecretBox

FOR_THE_CLOCK = {"locatorInterval", "locatorDisplacement"}


def test_a_kept_message_is_answered_with_a_list() -> None:
    answer = owntracks_commands.answer(AppMessageFate.KEPT)
    assert (answer.status, answer.body, answer.content_type) == (200, b"[]", "application/json")
    assert owntracks_commands.answer(AppMessageFate.NOT_ENROLLED, [ReportLocation()]).body == b"[]"
    assert owntracks_commands.answer(AppMessageFate.NOT_KEPT, [ReportLocation()]).status == 503


def test_commands_are_written_as_the_apps_read_them() -> None:
    commands: list[Command] = [
        ReportLocation(),
        SetConfiguration(every_s=30),
        SetConfiguration(every_s=None),
    ]
    report, often, seldom = json.loads(
        owntracks_commands.answer(AppMessageFate.KEPT, commands).body
    )
    assert report == {"_type": "cmd", "action": "reportLocation"}
    assert often["action"] == seldom["action"] == "setConfiguration"
    assert often["configuration"] == {
        "_type": "configuration",
        "monitoring": 2,
        "locatorInterval": 30,
        "locatorDisplacement": 0,
        "extendedData": True,
        "ignoreInaccurateLocations": 0,
        "pubRetain": False,
    }
    assert seldom["configuration"].keys() == often["configuration"].keys() - FOR_THE_CLOCK
    assert seldom["configuration"]["monitoring"] == 1
    for command in commands:
        assert json.loads(owntracks_commands.payload(command)) in (report, often, seldom)


def test_an_answer_has_no_more_commands_than_it_may() -> None:
    answer = owntracks_commands.answer(AppMessageFate.KEPT, [ReportLocation()] * 100)
    assert len(json.loads(answer.body)) == app_limits.COMMANDS_MAX


@pytest.mark.parametrize("every_s", [0, -1, 86_401])
def test_an_interval_is_one_a_phone_can_keep(every_s: int) -> None:
    with pytest.raises(AssertionError):
        SetConfiguration(every_s)


def test_a_device_with_a_key_is_answered_in_secret() -> None:
    box = SodiumSecretBox("mysecreTpass01")
    for body in (
        owntracks_commands.answer(AppMessageFate.KEPT, [ReportLocation()], box).body,
        owntracks_commands.payload(ReportLocation(), box),
    ):
        written = json.loads(body)
        assert written["_type"] == "encrypted"
        plain = owntracks_secret.decrypt(written["data"], box)
        assert plain is not None
        assert b"reportLocation" in plain
        assert b"reportLocation" not in body
    # An empty list says nothing worth hiding, and every app reads it.
    assert owntracks_commands.answer(AppMessageFate.KEPT, [], box).body == b"[]"


def test_our_own_command_that_comes_back_is_nobody_s_message() -> None:
    topic = topics.for_commands("jane/phone")
    (message,) = owntracks.read_mqtt(
        MqttDelivery(topic, owntracks_commands.payload(ReportLocation()))
    )
    assert (message.why, message.claimed) == (AppMessageFault.FOR_THE_DEVICE, "jane/phone")
