import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from bench import files, growth, people, tools, worker
from bench.measuring import Worked
from bench.tools import Name
from mesure.orders import reading
from mesure.positions import kernels

FIXES = 1_500


@pytest.fixture(autouse=True)
def _compiler_as_before() -> Iterator[None]:
    yield
    kernels.use_compiler(True)


@pytest.mark.parametrize("name", Name)
def test_every_tool_finds_something(name: Name, capsys: pytest.CaptureFixture[str]) -> None:
    if name is Name.MOVINGPANDAS:
        pytest.importorskip("movingpandas")
    worker.main(name, 1, FIXES)
    told = json.loads(capsys.readouterr().out)
    assert told["spans"] >= 2 + people.EXCLUSIONS
    assert told["cpu_s"] > 0.0
    assert told["first_s"] > 0.0


def test_with_and_without_the_compiler_as_much_is_found() -> None:
    [someone] = people.people(1, FIXES)
    fast, base = (tools.tool(name) for name in (Name.FAST, Name.BASE))
    assert fast(someone) == base(someone)


def test_late_people_are_the_same_people_with_an_hour_a_day_late() -> None:
    [someone], [late] = people.people(1, FIXES), people.late_people(1, FIXES)
    assert late.order == someone.order
    assert (late.fixes.observed_us == someone.fixes.observed_us).all()
    changed = late.fixes.received_us != someone.fixes.received_us
    assert set(late.fixes.observed_us[changed] // people.HOUR_US % 24) == {people.LATE_HOUR}
    assert (late.fixes.received_us[changed] > someone.fixes.received_us[changed]).all()
    assert np.count_nonzero(changed) == 60


def test_a_person_as_files_has_the_same_order(tmp_path: Path) -> None:
    files.main(tmp_path, FIXES)
    [someone] = people.people(1, FIXES)
    order = reading.read("order.yaml", (tmp_path / "order.yaml").read_bytes(), {})
    assert [c.id for c in order.conditions] == [c.id for c in someone.order.conditions]
    assert [c.duty.kind for c in order.conditions] == [
        c.duty.kind for c in someone.order.conditions
    ]
    lines = (tmp_path / "fixes.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == '"time","recv_time","lat","lon","accuracy_m","provider"'
    assert len(lines) == FIXES + 1


def test_a_peer_that_would_take_too_long_stops_and_is_extrapolated(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[int] = []

    def work(_name: str, _persons: int, fixes: int) -> Worked:
        asked.append(fixes)
        return Worked(fixes / 1_000.0, 1, 0.0)

    monkeypatch.setattr(growth, "work", work)
    costs = growth.costs(Name.CHANCE, (10, 100, 1_000), cpu_s_max=0.5)
    assert asked == [10, 100]
    assert [(cost.cpu_s, cost.mark) for cost in costs] == [
        (0.01, ""),
        (0.1, ""),
        (1.0, " (extrapolated)"),
    ]
