"""Being elsewhere: asking beforehand, telling of a departure, reporting an emergency afterwards."""

from dataclasses import dataclass
from typing import Final

from markupsafe import Markup
from starlette.responses import Response

from mesure.actions.framework.action import Action
from mesure.actions.orders import absences
from mesure.actions.orders.absences import AbsenceRef, AbsencesRequest, RequestAbsence
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.actions.refusals.refusals import NotFoundError
from mesure.privacy.roles import Role
from mesure.reports.text import visible_text
from mesure.web.portal import asked
from mesure.web.shared import record_heading
from mesure.web.shared.record_heading import PersonRecord
from mesure.web.shared.visits import PageVisit
from mesure.web.shared.words import absence_words

ADDRESS: Final = "/portal/absences"
ALL: Final = "all"  # The choice for every condition of the order.


@dataclass(frozen=True, slots=True)
class AbsenceForm:
    """One of the three ways in: what its page says, and what it does."""

    action: Action[RequestAbsence, str]
    address: str
    title: str
    lead: str
    clock: str
    send: str


def show(visit: PageVisit) -> Response:
    """Show what was asked for, and what became of it."""
    record = record_heading.own(visit)
    person_absences = visit.perform(absences.list_absences, AbsencesRequest(record.person))
    now, zone = visit.context.now, record.zone
    lines = [absence_words.line(one, visit.texts, now, zone) for one in person_absences]
    lines.sort(key=lambda line: line.start_at, reverse=True)
    may_act = visit.actor.role is Role.PERSON
    contents = {"lines": lines, "may_act": may_act, "now": now, "zone": zone}
    return visit.page("absences.html", sent=visit.query_value("sent"), **contents)


def show_form(visit: PageVisit) -> Response:
    """Show the form of one of the three ways."""
    return _page(visit, record_heading.own(visit), _way(visit))


def send_request(visit: PageVisit) -> Response:
    """Send the form of one of the three ways."""
    record, way = record_heading.own(visit), _way(visit)
    form, catalogue = visit.form, visit.texts
    options = {value: chosen for value, _, chosen in _options(record, visit)}
    missing = catalogue.text("Choose the duty.")
    chosen = options.get(form.one_of("condition", options, missing))
    start = form.instant("from", record.zone, catalogue.catalogue)
    until = form.instant("until", record.zone, catalogue.catalogue)
    reason = form.text("reason", catalogue.text("Say why, in a sentence."))
    if start is None or until is None or chosen is None or form.faults:
        return _page(visit, record, way, 422)
    order, conditions = chosen
    done = RequestAbsence(
        order=order, conditions=conditions, start_at=start, until_at=until, reason=reason
    )
    if not visit.try_action(way.action, done, "from_day"):
        return _page(visit, record, way, 422)
    return visit.to(f"{ADDRESS}?sent=1")


def take_back(visit: PageVisit) -> Response:
    """Take back what is not answered yet."""
    visit.perform(absences.withdraw, AbsenceRef(visit.path("absence")))
    return visit.to(ADDRESS)


def _options(
    record: PersonRecord, visit: PageVisit
) -> list[tuple[str, str, tuple[str, tuple[str, ...]]]]:
    """Return the duties to choose from: (value, words, (order, conditions))."""
    catalogue = visit.texts.catalogue
    options: list[tuple[str, str, tuple[str, tuple[str, ...]]]] = []
    whole: list[tuple[str, str, tuple[str, tuple[str, ...]]]] = []
    versions = record.now(visit)
    for version in versions:
        names = tuple(condition.id for condition in version.conditions)
        for condition in version.conditions:
            words = asked.words(condition, None, catalogue)
            value = f"{version.order} {condition.id}"
            options.append((value, words, (version.order, (condition.id,))))
        if len(names) > 1:
            words = catalogue.text("All of them, because I have to travel")
            if len(versions) > 1:  # One question is about one order, and must not seem to be more.
                words = catalogue.text("All of order {order}, because I have to travel")
                words = _unbroken(words, visible_text.visible(version.order))
            whole.append((f"{version.order} {ALL}", words, (version.order, names)))
    return options + whole


def _unbroken(text: str, order: str) -> Markup:
    """Return a text about an order, whose number does not part, nor from the sign behind it."""
    together = Markup('<span class="together">{}</span>')
    words = text.format(order=order).split(" ")
    return Markup(" ").join(together.format(word) if order in word else word for word in words)


def _page(visit: PageVisit, record: PersonRecord, way: AbsenceForm, status: int = 200) -> Response:
    options = [(value, words, "") for value, words, _ in _options(record, visit)]
    return visit.page("absence_form.html", status, way=way, conditions=options, zone=record.zone)


def _way(visit: PageVisit) -> AbsenceForm:
    catalogue = visit.texts
    within = catalogue.length(visit.context.procedure.answer_absence_within)
    ways = {
        "ask": AbsenceForm(
            absences.ask,
            f"{ADDRESS}/ask",
            catalogue.text("Ask for an absence"),
            catalogue.text("Ask as early as you can. Until it is allowed, your order stands."),
            catalogue.text(
                "An officer answers within {length}, and before it begins.", length=within
            ),
            catalogue.text("Ask for it"),
        ),
        "notify": AbsenceForm(
            absences.notify_departure,
            f"{ADDRESS}/notify",
            catalogue.text("Tell us that you are leaving"),
            catalogue.text("For when your order lets you go if you say so first."),
            catalogue.text("An officer says whether telling is enough. Look here before you go."),
            catalogue.text("Send it"),
        ),
        "emergency": AbsenceForm(
            absences.declare_emergency,
            f"{ADDRESS}/emergency",
            catalogue.text("Report an emergency"),
            catalogue.text("You acted first, and that was right. Now say what happened."),
            catalogue.text(
                "An officer answers within {length}. Keep papers, such as from a doctor.",
                length=within,
            ),
            catalogue.text("Report it"),
        ),
    }
    way = ways.get(visit.path("way"))
    if way is None:
        raise NotFoundError(ActionRefusal.NOT_HERE)
    return way
