"""The words of a map that moves, where its library was built in."""

from types import SimpleNamespace
from typing import Any

import pytest

from mesure.machine import texts
from mesure.web.shared.evidence import moving_map
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
