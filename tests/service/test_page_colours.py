"""The colours of the page: everybody can read the words and tell the shapes apart."""

import re
from importlib import resources

import pytest


def css() -> str:
    return resources.files("mesure.record").joinpath("templates", "replay.css").read_text("utf-8")


def palettes() -> dict[str, dict[str, str]]:
    """Return the colours of the page by light, dark and print."""
    blocks = re.findall(r":root \{(.*?)\}", css(), re.DOTALL)
    colours = [dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block)) for block in blocks]
    return dict(zip(("light", "dark", "print"), colours, strict=True))


def contrast(colour: str, other: str) -> float:
    """Return the contrast of two colours as WCAG 2.2 defines it."""
    brighter, darker = sorted((luminance(colour), luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


TEXT_PAIRS = [
    ("text", "ground"),
    ("text", "raised"),
    ("text", "warn-ground"),
    ("text", "map-ground"),
    ("text", "zone-fill"),
    ("quiet", "ground"),
    ("quiet", "raised"),
    ("link", "ground"),
    ("ground", "accent"),
]
SHAPE_PAIRS = [
    ("met", "ground"),
    ("not-met", "not-met-light"),
    ("unknown", "unknown-light"),
    ("right", "map-ground"),
    ("wrong", "map-ground"),
    ("wrong", "zone-fill"),
    ("right", "zone-fill"),
    ("zone", "map-ground"),
    ("keep-out", "map-ground"),
    ("warn-rule", "warn-ground"),
    ("accent", "ground"),
]


@pytest.mark.parametrize("palette", ["light", "dark", "print"])
def test_words_can_be_read(palette: str) -> None:
    colours = palettes()[palette]
    for colour, other in TEXT_PAIRS:
        assert contrast(colours[colour], colours[other]) >= 4.5, (colour, other)


@pytest.mark.parametrize("palette", ["light", "dark", "print"])
def test_shapes_can_be_seen(palette: str) -> None:
    colours = palettes()[palette]
    for colour, other in SHAPE_PAIRS:
        if (palette, colour) != ("print", "met"):  # Told apart by the frame round the bar.
            assert contrast(colours[colour], colours[other]) >= 3.0, (colour, other)


def test_black_on_white_has_the_contrast_the_standard_gives() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
