"""The step for conditions: one duty each, where, in which hours, and for how long."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final
from urllib.parse import urlencode

from starlette.responses import Response

from mesure.actions.framework.action import EmptyRequest
from mesure.actions.orders import venue_review
from mesure.actions.orders.venue_review import VenueListRef
from mesure.orders.model.conditions import KINDS
from mesure.orders.reading.order_writer import Tree
from mesure.orders.venues import category_words
from mesure.orders.venues.venue_categories import CATEGORIES
from mesure.orders.wording import order_sentences
from mesure.orders.wording.order_sentences import OrderSection
from mesure.reports.text import visible_text
from mesure.web.console.order_entry import drafting, order_fields
from mesure.web.console.order_entry.drafting import Draft, DraftRow
from mesure.web.console.order_entry.order_fields import Fields
from mesure.web.console.order_entry.steps import place
from mesure.web.console.order_entry.steps.condition_fields import WINDOWS, fields_of
from mesure.web.shared.visits import PageVisit, Upload
from mesure.web.shared.words import page_texts

PLACE_KEY: Final = {
    "curfew": "at",
    "residence": "stay_in",
    "exclusion": "keep_out_of",
    "appointment": "at",
    "venues": "venues",
}
MAY_BE_ALWAYS: Final = {"residence", "exclusion", "venues"}
REGISTER: Final = "list:"  # How a choice begins that names a list of the register.


def show_list(visit: PageVisit) -> Response:
    """Show the conditions there are so far, and what may be added."""
    draft = drafting.open_draft(visit)
    return drafting.page(
        visit,
        draft,
        "conditions",
        "order_conditions.html",
        lines=lines(visit, draft),
        has_places=bool(draft.group("places")),
    )


def lines(visit: PageVisit, draft: Draft) -> list[DraftRow]:
    """Return the conditions in words, or with what is wrong with them."""
    version, faults = drafting.read(draft)
    passage_by_id: dict[str, OrderSection] = {}
    if version is not None:
        catalogue = visit.texts.catalogue
        passage_by_id = {
            condition.id: order_sentences.condition(condition, version, catalogue)
            for condition in version.conditions
        }
    rows = []
    for name in draft.group("conditions"):
        path = drafting.path_of("conditions", name)
        wrong = [one for one in faults if drafting.beneath(one, path) is not None]
        passage = passage_by_id.get(name)
        query = urlencode({"under": "conditions", "name": name})
        rows.append(
            DraftRow(
                title=visible_text.visible(passage.heading if passage else name),
                lines=tuple(map(visible_text.visible, passage.lines)) if passage else (),
                faults=tuple(drafting.sentence(one, visit) for one in wrong),
                address=f"{draft.address}/condition?{urlencode({'name': name})}",
                remove=f"{draft.address}/remove?{query}",
            )
        )
    return rows


# --- One condition -----------------------------------------------------------------------------


def show_condition(visit: PageVisit) -> Response:
    """Show the fields of a condition, or of a new one."""
    draft = drafting.open_draft(visit)
    name, kind = visit.query_value("name"), visit.query_value("kind")
    entry = draft.group("conditions").get(name)
    if entry is None and (name or kind not in PLACE_KEY):
        return visit.to(draft.step("conditions"))
    if entry is None:
        values: Fields | None = {"kind": kind, "id": next_id(draft, "conditions", "C")}
    else:
        values = fields_of(name, entry)
    if values is None:
        query = urlencode({"under": "conditions", "name": name})
        return visit.to(f"{draft.address}/text?{query}")
    return _page(drafting.fill_form(visit, values), draft)


def save_condition(visit: PageVisit) -> Response:
    """Keep a condition."""
    before = drafting.open_draft(visit)
    old, kind = visit.query_value("name"), visit.form.value("kind")
    if kind not in PLACE_KEY:
        return visit.to(before.step("conditions"))
    name = order_fields.require_text(visit, "id")
    if name != old and name in before.group("conditions"):
        visit.form.refuse("id", visit.texts.text("Another condition has this name."))
    draft, duty = _duty(visit, before, kind)
    entry: dict[str, Tree] = {_written(kind): duty}
    in_force = {key: order_fields.moment(visit, f"force_{key}") for key in ("from", "until")}
    if any(in_force.values()):
        entry["in_force"] = order_fields.without_empty(in_force)
    entry |= order_fields.without_empty({"review_by": order_fields.day(visit, "review_by")})
    if not visit.form.faults:
        draft = _renamed(draft, old, name).with_entry("conditions", old, name, entry)
        path = drafting.path_of("conditions", name)
        drafting.refuse(visit, draft, path, lambda rest: _field_of(rest, kind))
    if visit.form.faults or not drafting.keep(visit, draft, before):
        return _page(visit, before, 422)
    return visit.to(draft.address if visit.query_value("back") else draft.step("conditions"))


def _renamed(draft: Draft, old: str, name: str) -> Draft:
    """Return a draft in which absences name a condition by its new name."""
    absences: dict[str, Tree] = {}
    for key, entry in draft.group("absences").items():
        allowed = entry.get("allows", "") if isinstance(entry, Mapping) else ""
        if isinstance(entry, Mapping) and allowed == old:
            absences[key] = {**entry, "allows": name}
        elif isinstance(entry, Mapping) and not isinstance(allowed, str | Mapping):
            absences[key] = {**entry, "allows": [name if one == old else one for one in allowed]}
        else:
            absences[key] = entry
    return replace(draft, tree={**draft.tree, "absences": absences}) if absences else draft


def next_id(draft: Draft, key: str, letter: str) -> str:
    """Return a name that no entry of a group has.

    The usual names are numbered; a name that was given up is not given again while others follow.
    """
    entries = draft.group(key)
    return next(
        f"{letter}{number}" for number in range(1, 10_000) if f"{letter}{number}" not in entries
    )


def _written(kind: str) -> str:
    return "exclusion" if kind == "venues" else kind


def _duty(visit: PageVisit, draft: Draft, kind: str) -> tuple[Draft, dict[str, Tree]]:
    """Return what the fields say of a duty, and the draft with a list that was uploaded."""
    duty: dict[str, Tree | None] = {}
    if kind == "venues":
        draft = _venues(visit, draft, duty)
    else:
        key = PLACE_KEY[kind]
        duty[key] = _chosen_place(visit, draft)
    if kind not in MAY_BE_ALWAYS or visit.form.value("always") != "yes":
        duty |= _hours(visit)
    if kind == "appointment":
        duty["present_min"] = order_fields.number(visit, "present_min")
    return draft, order_fields.without_empty(duty)


def _chosen_place(visit: PageVisit, draft: Draft) -> str:
    chosen = visit.form.value("place")
    if chosen not in draft.group("places"):
        catalogue = visit.texts
        visit.form.refuse("place", catalogue.text("Choose a place."))
    return chosen


def _venues(visit: PageVisit, draft: Draft, duty: dict[str, Tree | None]) -> Draft:
    catalogue = visit.texts
    category = visit.form.value("category")
    if category not in CATEGORIES:
        visit.form.refuse("category", catalogue.text("Choose what kind of places it is."))
    path, upload = visit.form.value("map"), visit.uploads.get("file")
    if upload is not None:
        draft, path = place.with_map(visit, draft, upload, "file")
    elif path.startswith(REGISTER):
        list_file = visit.perform(venue_review.file, VenueListRef(path.removeprefix(REGISTER)))
        draft, path = place.with_map(visit, draft, Upload(list_file.name, list_file.data), "map")
    elif path not in draft.files:
        visit.form.refuse("map", catalogue.text("Choose a list, or upload one."))
    duty |= {"venue_category": category, "venues": path}
    duty["venue_radius_m"] = order_fields.number(visit, "venue_radius_m")
    return draft


def _hours(visit: PageVisit) -> dict[str, Tree | None]:
    """Return the hours: one window in itself, or several as a list."""
    windows = [
        _window(visit, number)
        for number in range(1, WINDOWS + 1)
        if number == 1 or visit.form.value(f"from_{number}") or visit.form.value(f"until_{number}")
    ]
    hours: dict[str, Tree | None] = {}
    hours |= windows[0] if len(windows) == 1 else {"times": windows}
    calendar = order_fields.text(visit, "calendar").upper()
    if calendar:
        hours["on_holidays"] = {"calendar": calendar, "as": visit.form.value("holiday_as") or "sun"}
    night = {key: order_fields.clock(visit, f"night_{key}") for key in ("from", "until")}
    if any(night.values()):
        hours["first_night"] = order_fields.without_empty(night)
    return hours


def _window(visit: PageVisit, number: int) -> dict[str, Tree]:
    hours = {}
    for key in ("from", "until"):
        order_fields.require_text(visit, f"{key}_{number}")
        hours[key] = order_fields.clock(visit, f"{key}_{number}")
    return {**hours, "every": order_fields.weekdays(visit, f"day_{number}")}


def _field_of(rest: str, kind: str) -> str:
    """Return the field of a fault by its key below the condition."""
    keys = rest.removeprefix(f"{_written(kind)}.")
    first = keys.partition(".")[0].partition("[")[0]
    number = int(keys[6]) + 1 if keys.startswith("times[") else 1
    last = keys.rpartition(".")[2].partition("[")[0]
    if first in ("from", "until", "every", "times"):
        part = last if last in ("from", "until") else "from"
        return f"day_{number}" if last == "every" else f"{part}_{number}"
    if first == "in_force":
        return "force_until_day" if last == "until" else "force_from_day"
    known = {
        "venue_category": "category",
        "venues": "map",
        "venue_radius_m": "venue_radius_m",
        "present_min": "present_min",
        "review_by": "review_by",
        "on_holidays": "calendar",
        "first_night": "night_from",
    }
    if first in known:
        return known[first]
    return "place" if first in PLACE_KEY.values() else "id" if not rest else "from_1"


def _page(visit: PageVisit, draft: Draft, status: int = 200) -> Response:
    kind = visit.form.value("kind")
    catalogue = visit.texts
    names = [(name, visible_text.visible(name)) for name in draft.group("places")]
    files = [(path, visible_text.visible(path)) for path in draft.files]
    files += _approved(visit) if kind == "venues" else []
    return drafting.page(
        visit,
        draft,
        "conditions",
        "order_condition.html",
        status,
        kind=kind,
        kind_words=_kind_words(visit, kind),
        is_new=not visit.query_value("name"),
        places=[("", str(catalogue.text("Choose…"))), *names],
        map_files=[("", str(catalogue.text("Choose…"))), *files],
        categories=[
            ("", str(catalogue.text("Choose…"))),
            *category_words.of(visit.texts.catalogue).items(),
        ],
        windows=range(1, WINDOWS + 1),
        weekdays=list(_weekdays(visit)),
        may_be_always=kind in MAY_BE_ALWAYS,
    )


def _weekdays(visit: PageVisit) -> Iterator[tuple[str, str]]:
    """Yield the days of the week, and first all of them."""
    catalogue = visit.texts
    yield order_fields.EVERY_DAY, str(catalogue.text("Every day"))
    for day, key in enumerate(order_fields.WEEKDAYS):
        yield key, catalogue.weekday(day)


def _kind_words(visit: PageVisit, kind: str) -> str:
    if kind == "venues":
        return str(visit.texts.text("exclusion of a kind of places"))
    return KINDS[kind].name(visit.texts.catalogue) if kind in KINDS else ""


def _approved(visit: PageVisit) -> list[tuple[str, str]]:
    """Return the approved lists of venues, to choose from."""
    words, texts = category_words.of(visit.texts.catalogue), visit.texts
    return [
        (
            f"{REGISTER}{listing.list}",
            f"{words[listing.kept.category]}, {page_texts.bare(texts.date(listing.kept.as_of))}",
        )
        for listing in visit.perform(venue_review.lists, EmptyRequest())
        if listing.kept.approved_at is not None
    ]
