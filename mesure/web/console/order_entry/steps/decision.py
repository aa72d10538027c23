"""The first steps: which order it is and what decided it, and from when until when it binds."""

from dataclasses import replace

from starlette.responses import Response

from mesure.orders.reading.order_writer import Tree
from mesure.web.console.order_entry import drafting, order_fields, paper_entry
from mesure.web.console.order_entry.drafting import Draft
from mesure.web.console.order_entry.order_fields import Fields
from mesure.web.shared.visits import PageVisit

_HEAD = ("order", "court", "legal_basis")


def show_decision(visit: PageVisit) -> Response:
    """Show which order it is."""
    draft = drafting.open_draft(visit)
    decision = draft.group("decision")
    values = {key: draft.text(key) for key in _HEAD}
    values |= {f"decision_{key}": str(decision.get(key, "")) for key in ("number", "date")}
    return _decision_page(drafting.fill_form(visit, values), draft)


def save_decision(visit: PageVisit) -> Response:
    """Keep which order it is."""
    before = drafting.open_draft(visit)
    paper_entry.attach_to_draft(visit, before)
    order = (
        before.text("order") if before.shown.varies else order_fields.require_text(visit, "order")
    )
    decision: dict[str, Tree | None] = {
        "number": order_fields.text(visit, "decision_number"),
        "date": order_fields.day(visit, "decision_date"),
    }
    new: dict[str, Tree | None] = {
        "order": order,
        "person": before.shown.person,
        "court": order_fields.text(visit, "court"),
        "decision": order_fields.without_empty(decision),
        "legal_basis": order_fields.text(visit, "legal_basis"),
    }
    draft = _with(before, order_fields.without_empty(new))
    for key in _HEAD:
        drafting.refuse(visit, draft, key, lambda _, key=key: key)  # type: ignore[misc]
    drafting.refuse(visit, draft, "decision", lambda rest: f"decision_{rest or 'number'}")
    if visit.form.faults or not drafting.keep(visit, draft, before):
        return _decision_page(visit, drafting.open_draft(visit), 422)
    return drafting.onward(visit, draft, "decision")


def _with(draft: Draft, new: dict[str, Tree]) -> Draft:
    """Return a draft with some of its keys anew, those of the head in the order of the file."""
    others = {key: value for key, value in draft.tree.items() if key not in new}
    return replace(draft, tree={**new, **others})


def _decision_page(visit: PageVisit, draft: Draft, status: int = 200) -> Response:
    return drafting.page(visit, draft, "decision", "order_decision.html", status)


# --- Dates -------------------------------------------------------------------------------------


def show_dates(visit: PageVisit) -> Response:
    """Show from when until when the order binds, and by which clock."""
    draft = drafting.open_draft(visit)
    in_force = draft.group("in_force")
    known = visit.parts.zone.key if visit.parts.zone_is_known else ""
    values: Fields = {"time_zone": draft.text("time_zone") or known}
    values |= order_fields.of_moment("from", in_force.get("from")) or {}
    values |= order_fields.of_end("until", in_force.get("until")) or {}
    return _dates_page(drafting.fill_form(visit, values), draft)


def save_dates(visit: PageVisit) -> Response:
    """Keep from when until when the order binds."""
    before = drafting.open_draft(visit)
    zone = order_fields.require_text(visit, "time_zone")
    in_force = {
        "from": order_fields.moment(visit, "from"),
        "until": order_fields.end(visit, "until"),
    }
    for name, value in in_force.items():
        if not value:
            catalogue = visit.texts
            visit.form.refuse(f"{name}_day", catalogue.text("Enter the day."))
    tree = {**before.tree, "time_zone": zone, "in_force": order_fields.without_empty(in_force)}
    draft = replace(before, tree=_sorted(tree))
    if not visit.form.faults:
        drafting.refuse(visit, draft, "time_zone", lambda _: "time_zone")
        drafting.refuse(visit, draft, "in_force", _field_of)
    if visit.form.faults or not drafting.keep(visit, draft, before):
        return _dates_page(visit, before, 422)
    return drafting.onward(visit, draft, "dates")


def _field_of(rest: str) -> str:
    return "from_day" if rest == "from" else "until_day"


def _sorted(tree: dict[str, Tree]) -> dict[str, Tree]:
    """Return the keys of an order with what is long at its end."""
    last = ("places", "conditions", "absences")
    first = {key: value for key, value in tree.items() if key not in last}
    return first | {key: tree[key] for key in last if key in tree}


def _dates_page(visit: PageVisit, draft: Draft, status: int = 200) -> Response:
    return drafting.page(visit, draft, "dates", "order_dates.html", status)
