"""The bench of a morning: what lies on a desk at eight, and what it counts."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bench.bench_rows import Row
from bench.office import mornings
from bench.office.mornings import TownIncident
from mesure.incidents.incident import Incident, IncidentKind
from mesure_lab.ground.days import OFTEN
from tests.web import filled
from tests.web.filled import Evening

EIGHT = datetime(2026, 9, 8, 8, tzinfo=UTC)


@pytest.fixture(scope="module")
def like(tmp_path_factory: pytest.TempPathFactory) -> Incident:
    night: Evening = filled.judge_evening(tmp_path_factory.mktemp("evening"))
    return night.incident


def town_incident(
    like: Incident, name: str, minutes: int, lasted: int | None, **more: Any
) -> TownIncident:
    """Return what began some minutes before eight and was brought after half an hour."""
    start = EIGHT - timedelta(minutes=minutes)
    end = None if lasted is None else start + timedelta(minutes=lasted)
    fields = {"kind": IncidentKind.SILENT, "condition": "C1", "withdrawn_at": None} | more
    opened_at = start + timedelta(minutes=30)
    incident = replace(like, id=name, start=start, end=end, opened_at=opened_at, **fields)
    return TownIncident("P-1", incident, is_breach=False)


def test_a_morning_has_what_was_brought_since_the_one_before(like: Incident) -> None:
    morning = mornings.desk_at(
        EIGHT,
        [
            town_incident(like, "short", 600, 40),
            town_incident(like, "same", 600, 40, condition="C2"),
            town_incident(like, "long", 400, 300),
            town_incident(like, "lasts", 50, 90),
            town_incident(like, "yesterday", 1500, 40),
            town_incident(like, "later", 20, 40),
            town_incident(like, "refuted", 300, 40, withdrawn_at=EIGHT - timedelta(hours=1)),
            town_incident(like, "away", 900, 30, kind=IncidentKind.ABSENT),
        ],
    )
    assert morning.incidents == 5
    assert len(morning.desk.lines) == 2  # The long silence and the one that lasts came close.
    assert len(morning.desk.digest) == 1
    assert morning.desk.count == 3
    assert morning.presses == 7


def test_an_empty_desk_needs_no_press(like: Incident) -> None:
    assert mornings.desk_at(EIGHT, []).presses == 0


@pytest.mark.parametrize(("short", "presses"), [(0, 0), (1, 3), (40, 3), (41, 5), (81, 7)])
def test_a_digest_of_more_than_a_page_takes_more_presses(
    like: Incident, short: int, presses: int
) -> None:
    all_brought = [town_incident(like, f"short-{at}", 1400 - 17 * at, 15) for at in range(short)]
    morning = mornings.desk_at(EIGHT, all_brought)
    assert len(morning.desk.digest) == short
    assert morning.digest_presses == morning.presses == presses


def test_every_incident_that_waits_is_in_a_line_or_in_the_digest(like: Incident) -> None:
    kinds = [IncidentKind.SILENT, IncidentKind.ABSENT]
    all_brought = [
        town_incident(like, f"{kind.value}-{minutes}-{condition}", minutes, lasted, kind=kind,
                condition=condition)
        for kind in kinds
        for minutes, lasted in ((1400, 20), (1200, 290), (800, 250), (500, 100), (300, None))
        for condition in ("C1", "C2")
    ]  # fmt: skip
    morning = mornings.desk_at(EIGHT, all_brought)
    shown = [item.id for line in (*morning.desk.lines, *morning.desk.digest) for item in line.items]
    assert sorted(shown) == sorted(one.incident.id for one in all_brought)
    digest = {item.kind for line in morning.desk.digest for item in line.items}
    assert digest == {IncidentKind.SILENT.value}


@pytest.fixture(scope="module")
def quick() -> dict[str, Row]:
    """Return the rows of a tenth, those beside a peer apart."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(mornings, "PERSONS", 4)
        return {row.name: row for row in mornings.rows(quick=True) if row.peer is None}


def test_a_town_breaks_its_orders_as_often_as_programmes_report(quick: dict[str, Row]) -> None:
    for which in mornings.ALERTS_A_DAY:
        whole = quick[f"lines on a median morning{which}"]
        quiet = quick[f"lines on a median morning{which}, without true breaches"]
        assert quiet.value <= whole.value
        assert whole.target == 3.0
        assert quick[f"brought{which}"].value < quick["brought, dosed with breaches"].value
    assert quick["lines on a median morning, dosed with breaches"].target is None
    assert quick["presses for a digest"].value <= 5.0


def test_of_what_the_lines_of_a_morning_are_adds_up_to_them(
    quick: dict[str, Row], like: Incident
) -> None:
    causes = [row.name for row in quick.values() if row.name.startswith("of a morning, ")]
    assert {name.removesuffix(", dosed with breaches") for name in causes} <= {
        f"of a morning, {cause}{which}"
        for cause in ("the digest", "silences that last", "silences that are over",
                      "possible breaches that were true", "possible breaches that were false")
        for which in mornings.ALERTS_A_DAY
    }  # fmt: skip
    true = replace(town_incident(like, "true", 800, 30, kind=IncidentKind.ABSENT), is_breach=True)
    on_desk = [town_incident(like, "over", 700, 300), town_incident(like, "lasts", 50, None), true]
    morning = mornings.desk_at(EIGHT, [*on_desk, town_incident(like, "short", 1400, 40)])
    assert (morning.desk.count, morning.least) == (4, 2)
    assert sorted(morning.causes()) == [
        "possible breaches that were true",
        "silences that are over",
        "silences that last",
        "the digest",
    ]


def test_the_rates_of_ordinary_towns_are_those_of_the_sources() -> None:
    rates = [
        OFTEN.at_rate(alerts * mornings.TRUE_SHARE).breaches_a_day
        for alerts in mornings.ALERTS_A_DAY.values()
    ]
    assert rates == pytest.approx([0.07, 0.05, 0.034])
