"""The office's first page: a door for each thing that an office does for itself."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from starlette.responses import Response

from mesure.actions.framework.action import EmptyRequest
from mesure.actions.oversight import not_judged
from mesure.privacy.roles import Role
from mesure.web.shared.visits import PageVisit

ADDRESS: Final = "/office"


class OfficeDoor(NamedTuple):
    """A door: its name, the sign on it, where it leads, and its picture."""

    name: str
    sign: str
    address: str
    icon: str


def show(visit: PageVisit) -> Response:
    """Show the doors, and whether everybody can be judged now."""
    unjudged = visit.perform(not_judged.count_unjudged, EmptyRequest())
    contents = {"doors": list(_doors(visit)), "unjudged": unjudged}
    return visit.page("doors_of_office.html", **contents)


def show_help(visit: PageVisit) -> Response:
    """Show help with these pages."""
    days = visit.context.procedure.eyes.within(visit.context.now.date())
    return visit.page("office_help.html", apart=days)


def _doors(visit: PageVisit) -> Iterator[OfficeDoor]:
    catalogue = visit.texts
    yield OfficeDoor(
        catalogue.text("The first week"),
        catalogue.text("What a new office does, from the first link to the first order in force."),
        "/office/first-week",
        "week",
    )
    yield OfficeDoor(
        catalogue.text("Staff"),
        catalogue.text("Who works here: open an account, give a new link, close it."),
        "/office/accounts",
        "people",
    )
    if visit.actor.role is Role.SUPERVISOR:
        yield OfficeDoor(
            catalogue.text("Barred from a case"),
            catalogue.text("Who must never see a case, and how they are let in again."),
            "/office/barring",
            "person",
        )
    yield OfficeDoor(
        catalogue.text("Devices"),
        catalogue.text("What is free, who carries which, and how each of them is."),
        "/console/devices",
        "device",
    )
    yield OfficeDoor(
        catalogue.text("Programs"),
        catalogue.text("Other programs that may ask for something, each with a token."),
        "/office/programs",
        "lock",
    )
    yield OfficeDoor(
        catalogue.text("Webhooks"),
        catalogue.text("Addresses to which events are sent when something happens."),
        "/office/webhooks",
        "notice",
    )
    yield OfficeDoor(
        catalogue.text("Audit log"),
        catalogue.text("Show that nobody changed the record quietly."),
        "/inspector/log",
        "eye",
    )
