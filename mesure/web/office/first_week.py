"""The first week of an office: a list from the first link to the first order in force.

What is done is worked out from what is stored and configured, and never ticked by hand, but for the
day on which a backup was tried: nothing shows that. Each line leads to its page or, where it is a
setting or a command of the operator, says exactly what to write.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from urllib.parse import quote

from markupsafe import Markup
from starlette.responses import Response

from mesure.actions.accounts.staff_accounts import FIRST_NAME
from mesure.actions.framework.action import EmptyRequest
from mesure.actions.oversight import office_setup
from mesure.actions.oversight.office_setup import FirstWeekView, RecordDrill
from mesure.privacy.roles import Role
from mesure.web.languages import LANGUAGE_NAMES
from mesure.web.office import accounts_page
from mesure.web.shared.visits import PageVisit

ADDRESS: Final = "/office/first-week"
DRILL_LASTS: Final = timedelta(days=92)  # As docs/for_operators.md has it: each quarter.
SETTINGS: Final = "/etc/mesure/mesure.toml"
UNNAMED: Final = "mesure"  # What an installation is called that nobody named.
OPERATORS: Final = "docs/for_operators.md"


@dataclass(frozen=True, slots=True)
class WeekTask:
    """A line of the list: what it is, its state, and where or how it is done."""

    name: str
    says: tuple[str | Markup, ...]  # What is done, or what is not, in sentences.
    is_done: bool
    is_optional: bool = False
    address: str = ""  # Of the page where it is done; empty: it is done elsewhere.
    commands: tuple[str, ...] = ()  # What the operator writes.
    where: str = ""  # Into which file, or on which machine.
    page: str = ""  # Of the documentation, with its heading.


def show(visit: PageVisit, status: int = 200) -> Response:
    """Show the list."""
    view = visit.perform(office_setup.first_week, EmptyRequest())
    tasks = list(_tasks(visit, view))
    today = visit.context.now.astimezone(visit.parts.zone).date().isoformat()
    contents = {
        "form": visit.form.over({"tried_on": today}),
        "tasks": tasks,
        "done": sum(task.is_done for task in tasks),
        "drill": _drill(visit, view),
        "was_kept": visit.query_value("kept") == "yes",
    }
    return visit.page("first_week.html", status, **contents)


def record_drill(visit: PageVisit) -> Response:
    """Enter on which day a backup was tried."""
    catalogue = visit.texts
    visit.form.text("tried_on", catalogue.text("Enter the day on which you tried it."))
    day = visit.form.day("tried_on", catalogue.catalogue)
    if day is None:
        return show(visit, 422)
    if not visit.try_action(office_setup.record_drill, RecordDrill(day), "tried_on"):
        return show(visit, 422)
    return visit.to(f"{ADDRESS}?kept=yes#drill")


def _tasks(visit: PageVisit, view: FirstWeekView) -> Iterator[WeekTask]:
    yield _named(visit, view)
    yield _programme(visit)
    yield _clock(visit)
    yield _people(visit, view)
    yield _devices(visit, view)
    yield _basemap(visit)
    yield _mail(visit)
    yield _person(visit, view)
    yield _order(visit, view)


def _named(visit: PageVisit, view: FirstWeekView) -> WeekTask:
    catalogue = visit.texts
    if view.unnamed is None:
        says = catalogue.text("Every account has a name that colleagues know.")
    else:
        says = catalogue.text(
            "An account is still called “{name}”. Give it a name.", name=FIRST_NAME
        )
    account = "" if view.unnamed is None else f"/{quote(view.unnamed, safe='')}"
    return WeekTask(
        catalogue.text("Name of your account"),
        (says,),
        view.unnamed is None,
        address=f"{accounts_page.ADDRESS}{account}",
    )


def _programme(visit: PageVisit) -> WeekTask:
    catalogue, name = visit.texts, visit.parts.programme
    is_done = name not in {"", UNNAMED}
    says: tuple[Markup, ...] = (
        catalogue.text("The installation has no name of its own yet."),
        catalogue.text(
            "It stays in the audit log for ever. Set it before anything is entered, with a new "
            "data folder."
        ),
    )
    if is_done:
        says = (catalogue.text("The installation is called {name}.", name=name),)
    return WeekTask(
        catalogue.text("Name of the programme"),
        says,
        is_done,
        commands=() if is_done else ('name = "…"',),
        where=_settings(visit),
        page=f"{OPERATORS}, As a service",
    )


def _clock(visit: PageVisit) -> WeekTask:
    catalogue, is_done = visit.texts, visit.parts.zone_is_known
    if is_done:
        says = catalogue.text("Times are in the time zone {zone}.", zone=visit.parts.zone.key)
    else:
        says = catalogue.text("No clock is set. Times on pages about several people are UTC.")
    names = dict(LANGUAGE_NAMES)
    spoken = catalogue.items([names[one] for one in visit.parts.languages])
    languages = catalogue.text("Pages speak {languages}. Each reader chooses.", languages=spoken)
    return WeekTask(
        catalogue.text("Time zone and languages"),
        (says, languages),
        is_done,
        commands=() if is_done else ('time_zone = "Asia/Almaty"',),
        where=_settings(visit),
        page="docs/settings.md",
    )


def _settings(visit: PageVisit) -> str:
    return str(visit.texts.text("In {file}, then systemctl restart mesure", file=SETTINGS))


def _people(visit: PageVisit, view: FirstWeekView) -> WeekTask:
    catalogue, from_at = visit.texts, view.two_people_from_at
    now, zone = visit.context.now, visit.parts.zone
    count = catalogue.text(
        "Set up: supervisors {supervisors}, officers {officers}, operators {operators}.",
        supervisors=view.supervisors,
        officers=view.officers,
        operators=view.operators,
    )
    says = [count]
    if view.not_set_up:
        says.append(
            catalogue.plural(
                "{count} link has not been used yet.",
                "{count} links have not been used yet.",
                view.not_set_up,
            )
        )
    if from_at is None:
        says.append(
            catalogue.text(
                "Two people check anything that can cost somebody their liberty. There are not "
                "two yet."
            )
        )
    elif from_at > now:
        moment = catalogue.near(from_at, now, zone)
        says.append(catalogue.text("Two of you count as two people from {moment}.", moment=moment))
    else:
        says.append(catalogue.text("One of you can enter an order, and another confirm it."))
    is_done = from_at is not None and from_at <= now
    return WeekTask(
        catalogue.text("People who work here"),
        tuple(says),
        is_done,
        address=accounts_page.ADDRESS,
        commands=() if is_done else ('mesurectl accounts let-in --name "…"',),
        where="" if is_done else str(catalogue.text("At once, with a link from the machine")),
        page=f"{OPERATORS}, The first week, and two people",
    )


def _devices(visit: PageVisit, view: FirstWeekView) -> WeekTask:
    catalogue, is_done = visit.texts, view.devices > 0
    if is_done:
        says = catalogue.plural(
            "{count} device is enrolled.", "{count} devices are enrolled.", view.devices
        )
    else:
        says = catalogue.text("No device or phone is enrolled yet.")
    return WeekTask(catalogue.text("Devices"), (says,), is_done, address="/console/devices")


def _basemap(visit: PageVisit) -> WeekTask:
    catalogue, is_done = visit.texts, visit.parts.basemap is not None
    if is_done:
        says = catalogue.text("Streets are drawn behind zones and fixes.")
    else:
        says = catalogue.text("There is no map of streets. Without one everything works.")
    command = "mesure basemap almaty.osm.pbf --out basemap.pmtiles"
    return WeekTask(
        catalogue.text("Map of streets"),
        (says,),
        is_done,
        is_optional=True,
        commands=() if is_done else (command,),
        where="" if is_done else str(catalogue.text("Then put the file into the data folder")),
        page="docs/basemap.md",
    )


def _mail(visit: PageVisit) -> WeekTask:
    catalogue, is_done = visit.texts, visit.context.procedure.has_mail
    if is_done:
        says = catalogue.text("A mail server is set. Send yourself a test message.")
    else:
        says = catalogue.text("Nothing is set up to send e-mail. News appears only on these pages.")
    return WeekTask(
        catalogue.text("E-mail"),
        (says,),
        is_done,
        address="/account" if is_done else "",
        commands=() if is_done else ('mail_host = "…"', 'mail_from = "…"'),
        where=_settings(visit),
        page="docs/settings.md",
    )


def _person(visit: PageVisit, view: FirstWeekView) -> WeekTask:
    catalogue, is_done = visit.texts, view.persons > 0
    if is_done:
        says = catalogue.plural(
            "{count} person is entered.", "{count} people are entered.", view.persons
        )
    else:
        says = catalogue.text("Nobody under an order is entered yet.")
    address = "/console/people" if is_done else "/console/orders/new-person"
    is_led = visit.actor.role is Role.SUPERVISOR
    name = catalogue.text("The first person")
    return WeekTask(name, (says,), is_done, address=address if is_led else "")


def _order(visit: PageVisit, view: FirstWeekView) -> WeekTask:
    catalogue = visit.texts
    if view.has_order_in_force:
        says = catalogue.text("An order is in force.")
    elif view.has_version_waiting:
        says = catalogue.text("An order is entered, and waits for a second officer.")
    else:
        says = catalogue.text("No order is entered yet.")
    is_led = visit.actor.role is Role.SUPERVISOR
    name, address = catalogue.text("The first order in force"), "/console/orders" if is_led else ""
    return WeekTask(name, (says,), view.has_order_in_force, address=address)


def _drill(visit: PageVisit, view: FirstWeekView) -> WeekTask:
    """Return the line of the backup: the one that somebody enters by hand."""
    catalogue, drill = visit.texts, view.drill
    today = visit.context.now.astimezone(visit.parts.zone).date()
    is_done = drill is not None and today - drill.tried_on <= DRILL_LASTS
    if drill is None:
        says = catalogue.text("Nobody has tried yet whether a backup can be restored.")
    else:
        by = accounts_page.names_of(visit).get(drill.entered_by, drill.entered_by)
        day = catalogue.date(drill.tried_on)
        says = catalogue.text("Tried on {day}, entered by {name}.", day=day, name=by)
    again = () if drill is None or is_done else (catalogue.text("It is due again each quarter."),)
    return WeekTask(
        catalogue.text("Backup, and a try to restore it"),
        (says, *again),
        is_done,
        commands=(
            "mesurectl backup --out /backup/2026-11-25",
            "mesurectl keys backup --out /keys/2026-11-25",
            "mesurectl keys drill --from /keys/2026-11-25",
        ),
        where=str(catalogue.text("On the machine")),
        page=f"{OPERATORS}, Backup and restore",
    )
