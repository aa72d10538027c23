"""The addresses of order entry."""

from starlette.routing import BaseRoute

from mesure.web.console.order_entry import order_versions, paper_entry, venue_entry
from mesure.web.console.order_entry.steps import (
    absence,
    changes,
    check,
    condition,
    decision,
    place,
    start,
)
from mesure.web.shared import documents
from mesure.web.shared.visits import PagePackage


def routes(pages: PagePackage) -> list[BaseRoute]:
    """Return the routes; those that begin with `/console/orders` may bring maps."""
    person = "/console/orders/of/{person}"
    draft = person + "/drafts/{draft}"
    return [
        pages.route("/console/orders", start.show_drafts),
        pages.route("/console/orders/new-person", start.show_person, start.enter_person),
        pages.route(venue_entry.ADDRESS, venue_entry.show_lists, venue_entry.import_map),
        pages.route(f"{venue_entry.ADDRESS}/{{list}}", venue_entry.show_list, venue_entry.decide),
        pages.route(f"{venue_entry.ADDRESS}/{{list}}/approve", sent=venue_entry.approve),
        pages.route(person, start.of_person, start.begin_draft),
        pages.route(f"{person}/version", order_versions.show, order_versions.confirm),
        pages.route(f"{person}/version/turn-down", sent=order_versions.turn_down),
        pages.route(f"{person}/version/papers", sent=order_versions.attach_paper),
        pages.route(f"{person}/version/papers/{{paper}}/take-back", sent=paper_entry.take_back),
        pages.route(f"{person}/papers/{{paper}}", documents.download_paper),
        pages.route(f"{person}/on", order_versions.on_day),
        pages.route(f"{person}/move", start.show_move, start.move_draft),
        pages.route(f"{person}/suspend", order_versions.show_suspend, order_versions.suspend),
        pages.route(f"{person}/end", order_versions.show_end, order_versions.end),
        pages.route(
            f"{person}/end/change", order_versions.show_change_end, order_versions.change_end
        ),
        pages.route(draft, check.show, check.enter),
        pages.route(f"{draft}/papers", sent=check.attach_paper),
        pages.route(f"{draft}/papers/{{paper}}/take-back", sent=paper_entry.take_back),
        pages.route(f"{draft}/decision", decision.show_decision, decision.save_decision),
        pages.route(f"{draft}/dates", decision.show_dates, decision.save_dates),
        pages.route(f"{draft}/places", place.show_list),
        pages.route(f"{draft}/place", place.show_place, place.save_place),
        pages.route(f"{draft}/measured", changes.show_calibration, changes.save_calibration),
        pages.route(f"{draft}/conditions", condition.show_list),
        pages.route(f"{draft}/condition", condition.show_condition, condition.save_condition),
        pages.route(f"{draft}/absences", absence.show_list),
        pages.route(f"{draft}/absence", absence.show_absence, absence.save_absence),
        pages.route(f"{draft}/text", changes.show_text, changes.save_text),
        pages.route(f"{draft}/remove", sent=changes.remove),
        pages.route(f"{draft}/undo", sent=changes.undo),
        pages.route(f"{draft}/drop", sent=changes.drop),
    ]
