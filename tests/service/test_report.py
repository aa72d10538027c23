"""A replay as the value that the table and the page are drawn from."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from mesure.incidents.words import explanation
from mesure.incidents.words.reader import Reader
from mesure.machine import texts
from mesure.record import report
from mesure.record.replay import replay
from tests.service.files import LATE_RETURN, request

ALMATY = ZoneInfo("Asia/Almaty")


def test_an_explanation_is_worked_out_when_it_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = replay(request(tmp_path, LATE_RETURN))
    explanations = report.explanations(done, done.incidents[0], Reader.OFFICE)
    assert dict(explanations) == {
        tag: explanation.explain(done.incidents[0], ALMATY, texts.catalogue(tag), Reader.OFFICE)
        for tag in texts.LANGUAGES
    }
    assert len(explanations) == len(texts.LANGUAGES)
    assert explanations.get("de") is None
    monkeypatch.setattr(explanation, "explain", None)
    assert set(report.report_of(done).incidents[0].explanation) == set(texts.LANGUAGES)
