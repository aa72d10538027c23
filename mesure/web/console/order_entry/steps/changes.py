"""Changes of a draft beside the steps: a part as text, a measured point, one thing less."""

from collections.abc import Mapping
from typing import Final

from starlette.responses import Response

from mesure.actions.orders import order_drafts
from mesure.actions.orders.order_drafts import DraftRef
from mesure.orders.reading import order_writer
from mesure.orders.reading.order_writer import Tree
from mesure.orders.text.order_faults import OrderError
from mesure.web.console.order_entry import drafting, order_fields
from mesure.web.console.order_entry.drafting import Draft
from mesure.web.console.order_entry.order_fields import Fields
from mesure.web.shared.visits import PageVisit

GROUPS: Final = ("places", "conditions", "absences")
_MEASURED: Final = ("by", "confirmed_by", "during", "fixes", "spread_m")


def remove(visit: PageVisit) -> Response:
    """Take a place, a condition or an absence out of the draft."""
    before = drafting.open_draft(visit)
    under, name = visit.query_value("under"), visit.query_value("name")
    if under not in GROUPS:
        return visit.to(before.address)
    drafting.keep(visit, before.without(under, name), before)
    return visit.to(before.step(under))


def undo(visit: PageVisit) -> Response:
    """Take back the last step."""
    draft = drafting.open_draft(visit)
    request = DraftRef(draft.shown.draft, drafting.revision(visit, draft))
    visit.perform(order_drafts.undo, request)
    return visit.to(draft.address)


def drop(visit: PageVisit) -> Response:
    """Give up the draft."""
    draft = drafting.open_draft(visit)
    visit.perform(order_drafts.drop, DraftRef(draft.shown.draft, drafting.revision(visit, draft)))
    return visit.to(drafting.of_person(draft.shown.person))


# --- A part as text ----------------------------------------------------------------------------


def show_text(visit: PageVisit) -> Response:
    """Show a part of the order as the file has it, where no field can show it."""
    draft = drafting.open_draft(visit)
    under, name = visit.query_value("under"), visit.query_value("name")
    if under not in GROUPS or name not in draft.group(under):
        return visit.to(draft.address)
    words = order_writer.flow(draft.group(under)[name])
    return _text_page(drafting.fill_form(visit, {"words": words}), draft)


def save_text(visit: PageVisit) -> Response:
    """Keep a part of the order as it was written."""
    before = drafting.open_draft(visit)
    under, name = visit.query_value("under"), visit.query_value("name")
    if under not in GROUPS or name not in before.group(under):
        return visit.to(before.address)
    draft = before
    try:
        entry = order_writer.part(drafting.FILE, order_fields.clean(visit.form.value("words")))
    except OrderError as error:
        for fault in error.faults:
            drafting.add(visit.form, "words", drafting.sentence(fault, visit))
    else:
        draft = before.with_entry(under, name, name, entry)
        drafting.refuse(visit, draft, drafting.path_of(under, name), lambda _: "words")
    if visit.form.faults or not drafting.keep(visit, draft, before):
        return _text_page(visit, before, 422)
    return visit.to(draft.step(under))


def _text_page(visit: PageVisit, draft: Draft, status: int = 200) -> Response:
    under, name = visit.query_value("under"), visit.query_value("name")
    return drafting.page(visit, draft, under, "order_text.html", status, name=name)


# --- Where a device shows a home ---------------------------------------------------------------


def show_calibration(visit: PageVisit) -> Response:
    """Show the point at which a device shows a place, or fields for a new one."""
    draft = drafting.open_draft(visit)
    entry = draft.group("places").get(visit.query_value("name"))
    if not isinstance(entry, Mapping) or "lat_deg" not in entry:
        return visit.to(draft.step("places"))
    values = _measured_of(visit, entry.get("calibrated"))
    return _measured_page(drafting.fill_form(visit, values), draft)


def save_calibration(visit: PageVisit) -> Response:
    """Enter the point at which a device shows a place; one that is left empty is taken out."""
    before = drafting.open_draft(visit)
    name = visit.query_value("name")
    entry = before.group("places").get(name)
    if not isinstance(entry, Mapping) or "lat_deg" not in entry:
        return visit.to(before.step("places"))
    without = {key: value for key, value in entry.items() if key != "calibrated"}
    is_given = order_fields.text(visit, "point") != ""
    measured = _measured(visit, entry.get("calibrated")) if is_given else None
    place = order_fields.without_empty({**without, "calibrated": measured})
    draft = before.with_entry("places", name, name, place)
    if not visit.form.faults:
        drafting.refuse(visit, draft, drafting.path_of("places", name), _field_of)
    if visit.form.faults or not drafting.keep(visit, draft, before):
        return _measured_page(visit, before, 422)
    return visit.to(draft.step("places"))


def _measured(visit: PageVisit, known: Tree | None) -> Tree:
    """Return the calibrations of a place: those before stay, and the last is the one shown."""
    lat, lon = order_fields.point(visit, "point")
    texts = {key: order_fields.text(visit, key) for key in _MEASURED}
    new = order_fields.without_empty(
        {"lat_deg": lat, "lon_deg": lon, "from": order_fields.moment(visit, "from"), **texts}
    )
    earlier = list(known)[:-1] if known is not None and _is_list(known) else []
    adds = visit.form.value("adds") and known is not None
    if adds and known is not None:
        earlier = list(known) if _is_list(known) else [known]
    return [*earlier, new] if earlier else new


def _is_list(entry: Tree) -> bool:
    return not isinstance(entry, str | Mapping)


def _measured_of(visit: PageVisit, entry: Tree | None) -> Fields:
    last = list(entry)[-1] if entry is not None and _is_list(entry) and len(entry) else entry
    if not isinstance(last, Mapping):
        session = visit.session
        return {"by": "" if session is None else session.name, "during": "enrolment"}
    values = {key: str(last.get(key, "")) for key in _MEASURED}
    values["point"] = f"{last.get('lat_deg', '')}, {last.get('lon_deg', '')}"
    return values | (order_fields.of_moment("from", last.get("from")) or {})


def _field_of(rest: str) -> str:
    key = rest.rpartition(".")[2]
    return key if key in _MEASURED else "from_day" if key == "from" else "point"


def _measured_page(visit: PageVisit, draft: Draft, status: int = 200) -> Response:
    entry = draft.group("places").get(visit.query_value("name"))
    is_known = isinstance(entry, Mapping) and "calibrated" in entry
    name = visit.query_value("name")
    return drafting.page(
        visit, draft, "places", "order_measured.html", status, name=name, is_known=is_known
    )
