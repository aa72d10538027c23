"""Whatever is exported says the same as what was judged: every export is judged anew."""

from datetime import datetime
from pathlib import Path

import pytest

from mesure.compliance.policy import DeviceClass
from mesure.compliance.rules import to_us
from mesure.ingest import stored
from mesure.runtime import handing_over, readable_data, replay
from mesure.runtime.replay import Request
from tests.actions.house import Office
from tests.compliance.scenes import stay
from tests.ingest import test_reducing
from tests.runtime import bundled, installations
from tests.runtime.bundled import NOW

Said = tuple[str, str, int, int]
NIGHT = bundled.night()


def nights() -> list[stored.Message]:
    """A night out, and one in which only the width of the circles keeps it from being one."""
    told = [
        *stay("11T12:00", "11T22:30", 8.0, every_s=120, speed_mps=0.2, motion=0),
        *stay("11T22:30", "12T01:00", 220.0, every_s=120, radius95_m=150.0),
        *stay("12T01:00", "12T12:00", 8.0, every_s=120),
    ]
    cut = [told[at : at + 12] for at in range(0, len(told), 12)]
    more = [test_reducing.message(number, part) for number, part in enumerate(cut, start=200)]
    return [*NIGHT, *more]


@pytest.fixture(autouse=True)
def _nights(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundled, "night", nights)


@pytest.fixture
def order(tmp_path: Path) -> Path:
    (tmp_path / "order.yaml").write_bytes(bundled.TEXT)
    return tmp_path / "order.yaml"


def stood(office: Office) -> list[Said]:
    with office.store.read() as reading:
        rows = list(reading.rows("assessment"))
    found = sorted((row[2], row[5], row[3], row[4]) for row in rows)
    assert {status for _, status, _, _ in found} == {"met", "not_met", "unknown"}
    return found


def judged(order: Path, fixes: Path, until: datetime = NOW) -> list[Said]:
    request = Request((order,), (fixes,), until=until, device_class=DeviceClass.PHONE)
    found = replay.replay(request)
    return sorted(
        (one.condition, one.status.value, to_us(one.span.start), to_us(one.span.end))
        for one in found.statement.assessments
    )


@pytest.mark.xfail(strict=True, reason="no reader takes the radius that is handed on")
def test_what_is_handed_on_is_judged_as_it_was(order: Path, tmp_path: Path) -> None:
    with installations.begun(tmp_path / "one") as made:
        office = Office(made.store, made.keyring, NOW)
        bundled._enter(office)
        bundled._judge(office)
        handing_over.export(made, tmp_path / "out")
        expected = stood(office)
    assert judged(order, tmp_path / "out" / readable_data.FIXES) == expected
