"""The addresses of order entry."""

from starlette.routing import BaseRoute

from mesure.web.console.order_entry import order_versions, venue_entry
from mesure.web.console.order_entry.steps import (
    absence,
    changes,
    check,
    condition,
    decision,
    place,
    start,
)
from mesure.web.shared.visits import Pageful


def routes(pages: Pageful) -> list[BaseRoute]:
    """Return the routes; those that begin with `/console/orders` may bring maps."""
    person = "/console/orders/of/{person}"
    draft = person + "/drafts/{draft}"
    return [
        pages.route("/console/orders", start.unfinished),
        pages.route("/console/orders/new-person", start.person_shown, start.person_sent),
        pages.route(venue_entry.ADDRESS, venue_entry.listed, venue_entry.imported),
        pages.route(f"{venue_entry.ADDRESS}/{{list}}", venue_entry.list_shown, venue_entry.decided),
        pages.route(f"{venue_entry.ADDRESS}/{{list}}/approve", sent=venue_entry.approved),
        pages.route(person, start.of_person, start.begun),
        pages.route(f"{person}/version", order_versions.shown, order_versions.confirmed),
        pages.route(f"{person}/version/turn-down", sent=order_versions.turned_down),
        pages.route(f"{person}/on", order_versions.on_day),
        pages.route(f"{person}/move", start.move_shown, start.move_sent),
        pages.route(f"{person}/suspend", order_versions.suspend_shown, order_versions.suspended),
        pages.route(f"{person}/end", order_versions.end_shown, order_versions.ended),
        pages.route(draft, check.shown, check.entered),
        pages.route(f"{draft}/decision", decision.decision_shown, decision.decision_sent),
        pages.route(f"{draft}/dates", decision.dates_shown, decision.dates_sent),
        pages.route(f"{draft}/places", place.listed),
        pages.route(f"{draft}/place", place.place_shown, place.place_sent),
        pages.route(f"{draft}/measured", changes.measured_shown, changes.measured_sent),
        pages.route(f"{draft}/conditions", condition.listed),
        pages.route(f"{draft}/condition", condition.condition_shown, condition.condition_sent),
        pages.route(f"{draft}/absences", absence.listed),
        pages.route(f"{draft}/absence", absence.absence_shown, absence.absence_sent),
        pages.route(f"{draft}/text", changes.text_shown, changes.text_sent),
        pages.route(f"{draft}/remove", sent=changes.removed),
        pages.route(f"{draft}/undo", sent=changes.undone),
        pages.route(f"{draft}/drop", sent=changes.dropped),
    ]
