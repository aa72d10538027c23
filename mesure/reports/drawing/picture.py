"""Picture: a map as one SVG without styles from elsewhere, to be printed."""

from collections.abc import Iterator
from html import escape
from typing import Final

from mesure.orders.text.catalogue import Catalogue
from mesure.reports.drawing import svg_paths
from mesure.reports.drawing.svg_paths import Area, Drawing
from mesure.reports.replay import report_words

RIGHT: Final = "#0b5c93"
WRONG: Final = "#b3330f"
RIGHT_PALE: Final = "#a5c2d7"  # A third of it on white: papers are printed without transparency.
WRONG_PALE: Final = "#e2b3a6"
ZONE: Final = "#17603c"
ZONE_FILL: Final = "#d8eede"
KEEP_OUT: Final = "#7a1f6b"
GROUND: Final = "#fafafa"
STREET: Final = "#c4c4c4"
FONT: Final = "Libertinus Serif"


def svg(drawn: Drawing, catalogue: Catalogue) -> str:
    """Return a map as SVG."""
    parts = "".join(_parts(drawn, catalogue))
    box = f"0 0 {svg_paths.WIDTH} {svg_paths.HEIGHT}"
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}">{parts}</svg>\n'


def _parts(drawn: Drawing, catalogue: Catalogue) -> Iterator[str]:
    yield f'<rect width="{svg_paths.WIDTH}" height="{svg_paths.HEIGHT}" fill="{GROUND}"/>'
    if drawn.streets:
        yield (
            f'<path d="{drawn.streets}" fill="none" stroke="{STREET}" stroke-width="1" '
            'stroke-linecap="round" stroke-linejoin="round"/>'
        )
    yield from map(_area, drawn.areas)
    for disc in drawn.discs:
        yield (
            f'<circle cx="{disc.x}" cy="{disc.y}" r="{disc.radius}" fill="{RIGHT}" '
            f'fill-opacity="0.06" stroke="{RIGHT}" stroke-opacity="0.4" stroke-width="0.6"/>'
        )
    if drawn.line:
        yield (
            f'<path d="{drawn.line}" fill="none" stroke="#555555" stroke-width="1.2" '
            'stroke-dasharray="0.1 4" stroke-linecap="round"/>'
        )
    dots = drawn.dots
    marks = (
        (dots.specks, GROUND, RIGHT),
        (dots.right, GROUND, RIGHT),
        (dots.right_used, RIGHT_PALE, RIGHT),
        (dots.right_evidence, RIGHT, RIGHT),
        (dots.wrong, GROUND, WRONG),
        (dots.wrong_used, WRONG_PALE, WRONG),
        (dots.wrong_evidence, WRONG, WRONG),
    )
    for path, fill, stroke in marks:
        if path:
            yield f'<path d="{path}" fill="{fill}" stroke="{stroke}" stroke-width="1.5"/>'
    for label in drawn.labels:
        if label.lead:
            yield f'<path d="{label.lead}" fill="none" stroke="#333333"/>'
        yield _text(label.x, label.y, label.text, "middle")
    yield from _scale(drawn, report_words.scale(catalogue, drawn.scale_m))


def _area(area: Area) -> str:
    colour = KEEP_OUT if area.keep_out else ZONE
    if area.stroke:
        return (
            f'<path d="{area.path}" fill="none" stroke="{colour}" stroke-opacity="0.3" '
            f'stroke-width="{area.stroke}" stroke-linecap="round" stroke-linejoin="round"/>'
        )
    fill = "#f3e6f1" if area.keep_out else ZONE_FILL
    depth, width = ("0.9", "2") if area.concerned else ("0.35", "1")
    dashes = ' stroke-dasharray="4 2"' if area.keep_out else ""
    return (
        f'<path d="{area.path}" fill="{fill}" fill-opacity="{depth}" fill-rule="evenodd" '
        f'stroke="{colour}" stroke-width="{width}"{dashes}/>'
    )


def _text(x: str, y: str, text: str, anchor: str) -> str:
    """Return a label with a light edge: it is drawn twice, for not every reader paints it first."""
    common = f'x="{x}" y="{y}" font-family="{FONT}" font-size="14" text-anchor="{anchor}"'
    escaped = escape(text)
    edge = f'fill="none" stroke="{GROUND}" stroke-width="3.5" stroke-linejoin="round"'
    return f"<text {common} {edge}>{escaped}</text><text {common}>{escaped}</text>"


def _scale(drawn: Drawing, length: str) -> Iterator[str]:
    y = svg_paths.HEIGHT - 16
    yield (
        f'<path d="M14 {y - 6}v6h{drawn.scale_px}v-6" fill="none" stroke="#333333" '
        'stroke-width="1.5"/>'
    )
    yield _text("20", str(y - 9), length, "start")
    x = svg_paths.WIDTH - 22
    yield f'<path d="M{x} 8l6 18-6-4-6 4z" fill="#333333"/>'
    yield _text(str(x), "42", "N", "middle")
