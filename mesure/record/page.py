"""The page of a replay: one HTML file that opens from disk, on a phone, without a network.

The page contains every text once per language; which one is seen is a matter of style sheets, so
the page needs no script. Its own policy forbids it to fetch anything or to run anything: only the
style sheet whose digest it names applies. The same report gives the same bytes.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from typing import Final

from babel.dates import get_month_names
from markupsafe import Markup, escape

from mesure.incidents.incident import Incident
from mesure.incidents.words.reader import Reader
from mesure.machine import texts
from mesure.orders.clock import durations
from mesure.orders.text.catalogue import Catalogue
from mesure.orders.values.span import Span
from mesure.orders.wording.order_sentences import OrderSection
from mesure.record import rendering
from mesure.reports.maps import incident_map, overview_map, scene
from mesure.reports.replay import (
    facts,
    report_words,
    selection,
    timeline,
    totals,
    unused_rows,
    weights,
)
from mesure.reports.replay.facts import FactRow
from mesure.reports.replay.replay_report import ReplayReport, Texts
from mesure.reports.replay.timeline import Timeline
from mesure.reports.text import clock_text, visible_text

NAMES: Final = {"en": "English", "fr": "Français", "ru": "Русский", "kk": "Қазақша"}
DAYS_MAX: Final = 420  # In the timelines of all conditions together.
DAYS_MAX_LEAST: Final = 14  # Of one condition, however many there are.
SUPERSEDED_MAX: Final = 200
HASHES_MAX: Final = 50


class MultilingualTexts:
    """Texts in every language of the page at once; a drop-in for one catalogue in the templates."""

    def __init__(self, catalogues: Mapping[str, Catalogue]) -> None:
        self.catalogues = catalogues

    def text(self, source: str, **values: object) -> Markup:
        """Return a text with its values filled in; a value may itself depend on the language."""

        def fill(catalogue: Catalogue) -> str:
            own = {name: _in(value, catalogue.language) for name, value in values.items()}
            return catalogue.text(source).format(**own)

        return self.each(fill)

    def scale(self, length_m: int) -> Markup:
        """Return the length of a scale bar; in a drawing, which a `span` would end."""
        return self.each(lambda c: report_words.scale(c, length_m), "tspan")

    def each(self, words_in: Callable[[Catalogue], str], element: str = "span") -> Markup:
        """Return what a function says in every language."""
        text_by_tag = {tag: words_in(catalogue) for tag, catalogue in self.catalogues.items()}
        return self.spans(text_by_tag, element)

    def spans(self, texts: Texts, element: str = "span") -> Markup:
        """Return texts as marked up by language; one alone where they are all the same."""
        own = {tag: _shown(_in(texts, tag)) for tag in self.catalogues}
        if len(set(own.values())) == 1:
            return escape(next(iter(own.values())))
        return Markup("").join(
            Markup('<{0} lang="{1}">{2}</{0}>').format(element, tag, text)
            for tag, text in own.items()
        )


def _shown(text: str) -> str:
    """Return a text safe to show; no line parts a number from its unit."""
    return visible_text.keep_units(visible_text.visible(text))


def _whole(sentence: str) -> str:
    return visible_text.keep_whole(sentence, _month_names())


@cache
def _month_names() -> tuple[str, ...]:
    """Return what months are called in dates, in every language."""
    names = {name for tag in texts.LANGUAGES for name in get_month_names(locale=tag).values()}
    return tuple(sorted(names))


def _in(value: object, language: str) -> str:
    """Return a value in a language; the first there is where it lacks that one."""
    if not isinstance(value, Mapping):
        return str(value)
    return str(value.get(language) or next(iter(value.values()), ""))


def page(report: ReplayReport, catalogues: Mapping[str, Catalogue]) -> str:
    """Return the page of a replay in the languages given; the first shows until one is chosen."""
    polyglot = MultilingualTexts(catalogues)
    return rendering.page(
        "mesure.record", "replay", _contents(report, polyglot), _words(report, polyglot)
    )


def _words(report: ReplayReport, polyglot: MultilingualTexts) -> dict[str, object]:
    """Return what the templates call to put a value into words."""

    def fact_lines(incident: Incident) -> list[tuple[Markup, Markup]]:
        by_language = {
            tag: facts.lines(incident, report.zone, catalogue)
            for tag, catalogue in polyglot.catalogues.items()
        }
        return [_line(polyglot, by_language, place) for place in range(len(_any(by_language)))]

    def weight_lines(incident: Incident) -> list[tuple[Markup, str, Markup, str]]:
        by_language = {
            tag: weights.lines(incident, catalogue, Reader.OFFICE)
            for tag, catalogue in polyglot.catalogues.items()
        }
        return [
            (
                polyglot.spans({tag: lines[place].name for tag, lines in by_language.items()}),
                line.fixes,
                polyglot.spans({tag: lines[place].weight for tag, lines in by_language.items()}),
                line.llr,
            )
            for place, line in enumerate(next(iter(by_language.values())))
        ]

    shown = Span(report.until if report.looked_at is None else report.looked_at.start, report.until)
    return {
        "catalogue": polyglot,
        "name": _name,
        "moment": lambda instant: _time(
            instant, polyglot.each(lambda c: c.moment(instant, report.zone))
        ),
        "wall": lambda instant: _time(instant, escape(clock_text.moment(instant, report.zone))),
        "by_clock": polyglot.each(lambda c: clock_text.zone_in_words(report.zone, shown, c)),
        "length": lambda time: polyglot.each(lambda c: durations.in_list(time.total_seconds(), c)),
        "weekday": lambda date: polyglot.each(lambda c: c.weekday(date.weekday())),
        "status": lambda value: polyglot.each(lambda c: report_words.status(c, value)),
        "reason": lambda key: polyglot.each(lambda c: report_words.reason(c, key)),
        "asked": polyglot.each(lambda c: report_words.fix_requests(c, report.asks)),
        "clock_corrected": polyglot.each(
            lambda c: report_words.clock_corrected(c, report.clock_corrected)
        ),
        "still": polyglot.each(lambda c: durations.in_list(report.still_s, c)),
        "of_files": _of_files(report, polyglot),
        "title": lambda incident: polyglot.each(lambda c: report_words.title(c, incident)),
        "facts": fact_lines,
        "weights": weight_lines,
        "weighed_from": lambda incident: weights.evidence_times(incident)[0],
        "weighed_to": lambda incident: weights.evidence_times(incident)[1],
        "percent": lambda part, whole: visible_text.keep_units(totals.percent(part, whole)),
        "count": report_words.count,
        "paragraphs": lambda text: map(_whole, visible_text.paragraphs(text)),
        "in_language": _in,
    }


def _of_files(report: ReplayReport, polyglot: MultilingualTexts) -> list[tuple[Markup, Markup]]:
    """Return what is to be said of the files: a heading and a line, in every language."""
    files_by_tag = {
        tag: list(report_words.of_files(catalogue, report.files))
        for tag, catalogue in polyglot.catalogues.items()
    }
    return [
        (
            polyglot.spans({tag: lines[place][0] for tag, lines in files_by_tag.items()}),
            polyglot.spans({tag: lines[place][1] for tag, lines in files_by_tag.items()}),
        )
        for place in range(len(next(iter(files_by_tag.values()))))
    ]


def _any(by_language: Mapping[str, tuple[FactRow, ...]]) -> tuple[FactRow, ...]:
    return next(iter(by_language.values()))


def _line(
    polyglot: MultilingualTexts, by_language: Mapping[str, tuple[FactRow, ...]], place: int
) -> tuple[Markup, Markup]:
    return (
        polyglot.spans({tag: lines[place].name for tag, lines in by_language.items()}),
        polyglot.spans({tag: lines[place].value for tag, lines in by_language.items()}),
    )


def _name(text: str, length_max: int = report_words.NAME_LENGTH_MAX) -> Markup:
    """Return a name from outside, kept from turning the reading direction of what follows."""
    return Markup("<bdi>{}</bdi>").format(visible_text.shorten(text, length_max))


def _time(instant: datetime, text: Markup) -> Markup:
    return Markup('<time datetime="{}">{}</time>').format(clock_text.stamp(instant), text)


def _contents(report: ReplayReport, polyglot: MultilingualTexts) -> dict[str, object]:
    """Return what the page shows, worked out by the reports room."""
    selected = selection.select(report)
    view = scene.scene_of(report)
    silent = selection.silences(report)
    catalogues = tuple(polyglot.catalogues.values())
    pictures = {
        each.number: incident_map.incident_map(view, each.reported.incident, *catalogues)
        for each in selected.full
    }
    catalogue = catalogues[0]
    return {
        "title_words": catalogue.text("Replay of order {order}").format(
            order=visible_text.shorten(report.order, report_words.NAME_LENGTH_MAX)
        ),
        "contents_words": catalogue.text("Contents"),
        "report": report,
        "languages": [(tag, NAMES.get(tag, tag)) for tag in polyglot.catalogues],
        "totals": totals.by_condition(report),
        "conditions": {condition.id: condition for condition in report.conditions},
        "selected": selected,
        "silences": silent,
        "possible_breaches": len(report.incidents) - silent,
        "pictures": pictures,
        "maps_shown": any(pictures.values()),
        "discs_max": incident_map.DISCS_MAX,
        "around_length": {
            tag: durations.in_list(incident_map.AROUND.total_seconds(), catalogue)
            for tag, catalogue in polyglot.catalogues.items()
        },
        "overview": overview_map.overview_map(view, (), *catalogues),
        "timelines": _timelines(report),
        "read_back": {tag: _read_back(report, tag) for tag in polyglot.catalogues},
        "unused": unused_rows.by_reason(report),
        "superseded": report.superseded[:SUPERSEDED_MAX],
        "superseded_left_out": len(report.superseded[SUPERSEDED_MAX:]),
        "hashes_max": HASHES_MAX,
    }


def _read_back(report: ReplayReport, language: str) -> tuple[OrderSection, ...]:
    """Return the order as sentences, safe to show."""
    return tuple(
        OrderSection(_shown(passage.heading), tuple(map(_shown, passage.lines)))
        for passage in report.read_back.get(language, ())
    )


def _timelines(report: ReplayReport) -> dict[str, Timeline]:
    days_max = max(DAYS_MAX // max(len(report.conditions), 1), DAYS_MAX_LEAST)
    assessments_by_condition = totals.apart(report)
    return {
        condition.id: timeline.timeline(
            assessments_by_condition[condition.id], condition.binding, report.zone, days_max
        )
        for condition in report.conditions
    }
