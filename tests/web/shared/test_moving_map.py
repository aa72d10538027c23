"""The words of a map that moves, where its library was built in."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from mesure.machine import texts
from mesure.web.shared.evidence import moving_map
from mesure.web.shared.evidence.evidence_view import PageEvidence
from mesure.web.shared.words.page_texts import PageTexts

ZONE = {"properties": {"what": "zone"}, "geometry": {"coordinates": []}}


def visit(language: str) -> Any:
    """Return as much of a visit as a map asks for: its library is there, streets are not."""
    return SimpleNamespace(
        static=SimpleNamespace(has=lambda _: True, address=str),
        texts=PageTexts(texts.catalogue(language)),
        parts=SimpleNamespace(basemap=None),
    )


@pytest.mark.parametrize(
    ("language", "symbols"),
    [("en", ("m", "km")), ("fr", ("m", "km")), ("ru", ("м", "км")), ("kk", ("м", "км"))],
)
def test_its_scale_bar_has_the_symbols_of_the_language(
    language: str, symbols: tuple[str, str]
) -> None:
    moving = moving_map.of_features({"features": [ZONE]}, visit(language))
    assert moving is not None
    metre, kilometre = symbols
    assert moving.words["ScaleControl.Meters"] == metre
    assert moving.words["ScaleControl.Kilometers"] == kilometre


def test_what_the_slider_says_of_a_fix_is_not_sent_again() -> None:
    said = ["22:00:00", "22:01:00", "22:02:00"]
    flags = {"wrong": True, "evidence": False, "used": True}
    fixes = [
        {
            "properties": {"what": "fix", "words": words, **flags},
            "geometry": {"coordinates": [76.9, 43.2]},
        }
        for words in said
    ]
    shown = SimpleNamespace(moving={"features": fixes}, sentences=said[1:])
    moving = moving_map.of_evidence(cast(PageEvidence, shown), visit("en"))
    assert moving is not None
    assert [told for *_, told in moving.shown["fixes"]] == ["22:00:00", 0, 1]
    assert moving_map.of_evidence(None, visit("en")) is None
