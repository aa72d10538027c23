"""The dashboard of deploy/ asks for metrics that exist, by labels that they have."""

import json
import re
from typing import Any, Final

from prometheus_client.parser import text_string_to_metric_families

from mesure.web.requests.metrics import Metrics, ServiceFigures
from tests.house import ROOT

DASHBOARD: Final = json.loads((ROOT / "deploy" / "grafana.json").read_text(encoding="utf-8"))
FIGURES: Final = ServiceFigures(
    log_ends={7: 3},
    judge_lag_s={0: 1.5},
    not_judged=0,
    queued={"record": 1},
    counted={"judges_started": 1},
    leads=True,
    nodes=2,
    certificate_ends_in_s=1.0,
    disk_free_bytes=1,
    disk_full_in_s=1.0,
)


def samples() -> dict[str, set[str]]:
    """Return every metric that a service shows, with its labels."""
    metrics = Metrics(lambda: FIGURES)
    metrics.requests.labels("GET", "/", 200).inc()
    metrics.latency_s.labels("/").observe(0.1)
    labels: dict[str, set[str]] = {}
    for family in text_string_to_metric_families(metrics.page().decode()):
        for sample in family.samples:
            labels.setdefault(sample.name, set()).update(sample.labels)
    return labels


def expressions() -> list[tuple[str, str]]:
    targets: list[dict[str, Any]] = [
        target for panel in DASHBOARD["panels"] for target in panel["targets"]
    ]
    return [(target["expr"], target["legendFormat"]) for target in targets]


def test_what_the_dashboard_asks_for_is_shown_by_the_service() -> None:
    known = samples()
    metric_names = {name for text, _ in expressions() for name in re.findall(r"\bmesure_\w+", text)}
    assert len(metric_names) > 10
    assert metric_names <= set(known), metric_names - set(known)


def test_it_groups_by_labels_that_there_are() -> None:
    known = samples()
    for text, legend in expressions():
        names = set(re.findall(r"\bmesure_\w+", text))
        labels = {"instance", *(label for name in names for label in known[name])}
        grouped = {
            label.strip()
            for group in re.findall(r"\bby \(([^)]*)\)", text)
            for label in group.split(",")
        }
        assert grouped <= labels, text
        assert set(re.findall(r"\{\{(\w+)\}\}", legend)) <= grouped, legend


def test_every_figure_of_the_service_that_wakes_somebody_is_on_it() -> None:
    query_text = " ".join(text for text, _ in expressions())
    for name in samples():
        if not name.startswith(("mesure_request_", "mesure_requests_created")):
            assert name.removesuffix("_created") in query_text, name


def test_it_names_no_data_source_and_no_two_panels_lie_on_each_other() -> None:
    panels = DASHBOARD["panels"]
    assert {panel["datasource"]["uid"] for panel in panels} == {"${source}"}
    places = {(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in panels}
    assert len(places) == len({panel["id"] for panel in panels}) == len(panels)
