from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from mesure.actions.data_rights.own_record import DeviceHealthView
from mesure.machine import texts
from mesure.web.shared.words import device_health
from mesure.web.shared.words.page_texts import PageTexts

NOW = datetime(2026, 3, 12, 9, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Almaty")


def device(**more: Any) -> device_health.DeviceSummary:
    well: dict[str, Any] = {
        "device": "tag-7", "since_at": NOW - timedelta(days=9), "heard_at": NOW, "fix_at": NOW,
        "battery_percent": 80, "battery_at": NOW, "is_charging": False, "is_strap_closed": True,
        "may_locate": True,
    }  # fmt: skip
    shown = DeviceHealthView(**{**well, **more})
    return device_health.of(shown, PageTexts(texts.catalogue("en")), NOW, ZONE)


@pytest.mark.parametrize(
    ("more", "state", "todo"),
    [
        ({}, "all is well", ""),
        ({"battery_percent": 12}, "battery low: 12 %", "Charge it now."),
        ({"battery_percent": 12, "is_charging": True}, "all is well", ""),
        ({"is_strap_closed": False}, "the strap is open", "Close the strap."),
        ({"heard_at": NOW - timedelta(hours=3)}, "not heard for 3\xa0h", "Charge it"),
        ({"heard_at": None}, "not heard yet", "Switch it on"),
        ({"may_locate": False}, "it may not tell its position", "Allow the app"),
        ({"battery_percent": None}, "all is well", ""),
        ({"still_at": NOW}, "heard, and lies still", ""),
        ({"still_at": NOW, "battery_percent": 12}, "battery low: 12 %", "Charge it now."),
    ],
)
def test_the_most_pressing_is_said_with_what_to_do(
    more: dict[str, Any], state: str, todo: str
) -> None:
    health = device(**more)
    assert health.state == state
    assert health.todo.startswith(todo)
    assert bool(health.todo) == bool(todo)


def test_what_was_never_said_is_not_known() -> None:
    facts = {str(name): str(value) for name, value in device(battery_percent=None).facts}
    assert facts["Battery"] == "not known"
    assert "Lies still" not in facts
    resting = {str(name): value for name, value in device(still_at=NOW).facts}
    assert str(resting["Lies still"]) == str(resting["Last heard"])
    charging = {str(name): value for name, value in device(is_charging=True).facts}
    assert str(charging["Battery"]) == "80 %, charging"
