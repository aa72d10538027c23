"""The step for absences that the order itself allows."""

from collections.abc import Mapping
from urllib.parse import urlencode

from starlette.responses import Response

from mesure.orders.reading.order_writer import Tree
from mesure.orders.reading.read_conditions import EVERYTHING
from mesure.orders.wording import order_sentences
from mesure.reports.text import visible_text
from mesure.web.console.order_entry import drafting, order_fields
from mesure.web.console.order_entry.drafting import Draft, DraftRow
from mesure.web.console.order_entry.order_fields import Fields
from mesure.web.console.order_entry.steps.condition import next_id
from mesure.web.shared.visits import PageVisit

_KEYS = frozenset({"allows", "from", "until", "at", "travel_min", "reason", "by"})


def show_list(visit: PageVisit) -> Response:
    """Show the absences there are so far."""
    draft = drafting.open_draft(visit)
    return drafting.page(
        visit, draft, "absences", "order_absences.html", lines=_lines(visit, draft)
    )


def _lines(visit: PageVisit, draft: Draft) -> list[DraftRow]:
    version, faults = drafting.read(draft)
    lines_by_absence: dict[str, tuple[str, ...]] = {}
    if version is not None:
        catalogue = visit.texts.catalogue
        lines_by_absence = {
            absence.id: tuple(order_sentences.absence_lines(absence, version, catalogue))
            for absence in version.absences
        }
    lines = []
    for name in draft.group("absences"):
        path = drafting.path_of("absences", name)
        wrong = [one for one in faults if drafting.beneath(one, path) is not None]
        query = urlencode({"under": "absences", "name": name})
        lines.append(
            DraftRow(
                title=visible_text.visible(name),
                lines=tuple(map(visible_text.visible, lines_by_absence.get(name, ()))),
                faults=tuple(drafting.sentence(one, visit) for one in wrong),
                address=f"{draft.address}/absence?{urlencode({'name': name})}",
                remove=f"{draft.address}/remove?{query}",
            )
        )
    return lines


def show_absence(visit: PageVisit) -> Response:
    """Show the fields of an absence, or of a new one."""
    draft = drafting.open_draft(visit)
    name = visit.query_value("name")
    entry = draft.group("absences").get(name)
    if name and entry is None:
        return visit.to(draft.step("absences"))
    values = fields_of(name, entry, draft) if entry is not None else _new(visit, draft)
    if values is None:
        query = urlencode({"under": "absences", "name": name})
        return visit.to(f"{draft.address}/text?{query}")
    return _page(drafting.fill_form(visit, values), draft)


def _new(visit: PageVisit, draft: Draft) -> Fields:
    session = visit.session
    by = "" if session is None else session.name
    return {"id": next_id(draft, "absences", "A"), "by": by}


def save_absence(visit: PageVisit) -> Response:
    """Keep an absence."""
    before = drafting.open_draft(visit)
    old, name = visit.query_value("name"), order_fields.require_text(visit, "id")
    catalogue = visit.texts
    if name != old and name in before.group("absences"):
        visit.form.refuse("id", catalogue.text("Another absence has this name."))
    span = {key: order_fields.moment(visit, key) for key in ("from", "until")}
    for key, value in span.items():
        if not value:
            visit.form.refuse(f"{key}_day", catalogue.text("Enter the day."))
    entry = order_fields.without_empty(
        {
            "allows": _allows(visit, before),
            **span,
            "at": visit.form.value("place"),
            "travel_min": order_fields.number(visit, "travel_min"),
            "reason": order_fields.text(visit, "reason"),
            "by": order_fields.text(visit, "by"),
        }
    )
    draft = before.with_entry("absences", old, name, entry)
    if not visit.form.faults:
        drafting.refuse(visit, draft, drafting.path_of("absences", name), _field_of)
    if visit.form.faults or not drafting.keep(visit, draft, before):
        return _page(visit, before, 422)
    return visit.to(draft.address if visit.query_value("back") else draft.step("absences"))


def _allows(visit: PageVisit, draft: Draft) -> Tree:
    names = list(draft.group("conditions"))
    chosen = [one for number, one in enumerate(names) if visit.form.value(f"allows_{number}")]
    if not chosen:
        visit.form.refuse("allows", visit.texts.text("Choose at least one condition."))
    if len(chosen) == len(names) > 1:
        return EVERYTHING
    return chosen[0] if len(chosen) == 1 else chosen


def _field_of(rest: str) -> str:
    first = rest.partition(".")[0].partition("[")[0]
    known = {
        "allows": "allows",
        "from": "from_day",
        "until": "until_day",
        "at": "place",
        "travel_min": "travel_min",
        "reason": "reason",
        "by": "by",
    }
    return known.get(first, "until_day" if not rest else "id")


def fields_of(name: str, entry: Tree, draft: Draft) -> Fields | None:
    """Return what the fields of an absence show; None where no field can show it."""
    if not isinstance(entry, Mapping) or not set(entry) <= _KEYS:
        return None
    start, end = (order_fields.of_moment(key, entry.get(key)) for key in ("from", "until"))
    allowed = entry.get("allows", ())
    if start is None or end is None or isinstance(allowed, Mapping):
        return None
    chosen = [allowed] if isinstance(allowed, str) else list(allowed)
    names = list(draft.group("conditions"))
    if not all(one == EVERYTHING or one in names for one in chosen):
        return None
    ticked = {
        f"allows_{number}": "on"
        for number, condition in enumerate(names)
        if condition in chosen or EVERYTHING in chosen
    }
    texts = {
        field: str(entry[key])
        for key, field in (("at", "place"), *((k, k) for k in ("travel_min", "reason", "by")))
        if key in entry
    }
    return {"id": name, **start, **end, **ticked, **texts}


def _page(visit: PageVisit, draft: Draft, status: int = 200) -> Response:
    names = [(name, visible_text.visible(name)) for name in draft.group("places")]
    return drafting.page(
        visit,
        draft,
        "absences",
        "order_absence.html",
        status,
        is_new=not visit.query_value("name"),
        conditions=[
            (f"allows_{number}", visible_text.visible(name))
            for number, name in enumerate(draft.group("conditions"))
        ],
        places=[("", str(visit.texts.text("anywhere"))), *names],
    )
