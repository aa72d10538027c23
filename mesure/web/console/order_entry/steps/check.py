"""The last step: the order read back as sentences beside its map, and then entered."""

from collections.abc import Iterator
from dataclasses import dataclass

from starlette.responses import Response

from mesure.actions.orders import court_orders, order_drafts
from mesure.actions.orders.court_orders import OrderRequest
from mesure.actions.orders.order_drafts import EnterDraft
from mesure.actions.orders.second_officers import SecondOfficersRequest
from mesure.actions.refusals.refusals import ActionError, NotAllowedError
from mesure.orders.model.order import OrderVersion
from mesure.orders.reading import read_order
from mesure.orders.text.order_faults import FileFault
from mesure.orders.wording import order_sentences, version_differences
from mesure.orders.wording.order_sentences import OrderSection
from mesure.reports.text import visible_text
from mesure.web.console.order_entry import (
    drafting,
    estimates,
    near_home,
    paper_entry,
    places_drawn,
    second_officer_words,
)
from mesure.web.console.order_entry.drafting import Draft
from mesure.web.console.order_entry.places_drawn import PlaceMaps
from mesure.web.console.order_entry.second_officer_words import Confirmers
from mesure.web.shared import record_heading
from mesure.web.shared.visits import PageVisit


@dataclass(frozen=True, slots=True)
class DraftStep:
    """A step as the page has it: what is written so far, and what is wrong or missing."""

    title: str
    address: str
    is_done: bool
    faults: tuple[str, ...]


def show(visit: PageVisit) -> Response:
    """Show the whole order, with what is wrong with it, or what is expected of it."""
    return _page(visit, drafting.open_draft(visit))


def enter(visit: PageVisit) -> Response:
    """Enter the order."""
    draft = drafting.open_draft(visit)
    if visit.form.value("compared") != "yes":
        sentence = visit.texts.text("Compare it with the court’s paper first, and say so here.")
        visit.form.refuse("compared", sentence)
        return _page(visit, draft, 422)
    text = draft.to_bytes()
    named = {path: draft.files[path] for path in _needed(draft, text)}
    request = EnterDraft(draft.shown.draft, drafting.revision(visit, draft), text, named)
    try:
        version = visit.perform(order_drafts.enter, request)
    except NotAllowedError:
        raise
    except ActionError as error:
        visit.form.refuse("compared", error.sentence(visit.texts.catalogue))
        return _page(visit, draft, 422)
    return visit.to(
        f"{drafting.version_of(version.person, version.order, version.number)}&done=yes"
    )


def attach_paper(visit: PageVisit) -> Response:
    """Attach the court's paper, to compare the order with it."""
    draft = drafting.open_draft(visit)
    if not visit.uploads:
        paper_entry.refuse_none(visit)
    if visit.form.faults or not paper_entry.attach_to_draft(visit, draft):
        return _page(visit, draft, 422)
    return visit.to(f"{draft.address}#papers")


def _needed(draft: Draft, text: bytes) -> Iterator[str]:
    """Yield the maps that the order names; others that were uploaded are not kept."""
    yield from (path for path in read_order.file_paths(drafting.FILE, text) if path in draft.files)


def _page(visit: PageVisit, draft: Draft, status: int = 200) -> Response:
    version, faults = drafting.read(draft)
    if version is None:
        drawn = PlaceMaps(places_drawn.of_draft(draft, places_drawn.sketch(draft), visit), [])
    else:
        drawn = places_drawn.place_maps(version, visit)
    return drafting.page(
        visit,
        draft,
        "check",
        "order_check.html",
        status,
        parts=_parts(visit, draft, faults),
        other_faults=_others(visit, faults),
        passages=() if version is None else in_words(version, visit, asks=True),
        map=drawn.map,
        one_by_one=drawn.one_by_one,
        zones=() if version is None else estimates.of_version(version, visit),
        near_home=() if version is None else near_home.of_version(version, visit),
        changes=_changes(visit, draft, version),
        confirmers=None if version is None else _confirmers(visit, version),
        zone=visit.parts.zone if version is None else version.zone,
    )


def _confirmers(visit: PageVisit, version: OrderVersion) -> Confirmers:
    request = SecondOfficersRequest(version.person)
    return second_officer_words.confirmers(visit, version.zone, request)


def in_words(version: OrderVersion, visit: PageVisit, *, asks: bool) -> tuple[OrderSection, ...]:
    """Return an order as sentences, safe to show; with what to ask before it binds."""
    today, words = visit.context.now.astimezone(version.zone).date(), visit.texts.catalogue
    return safe(order_sentences.sentences(version, words, today=today, asks=asks))


def safe(passages: tuple[OrderSection, ...]) -> tuple[OrderSection, ...]:
    """Return passages in which nothing is hidden."""
    return tuple(
        OrderSection(
            visible_text.visible(passage.heading), tuple(map(visible_text.visible, passage.lines))
        )
        for passage in passages
    )


def _parts(visit: PageVisit, draft: Draft, faults: tuple[FileFault, ...]) -> list[DraftStep]:
    """Return the steps, each with its faults; a key of another step counts there."""
    catalogue = visit.texts
    words = {
        "decision": catalogue.text("The decision"),
        "dates": catalogue.text("From when until when"),
        "places": catalogue.text("Places"),
        "conditions": catalogue.text("Conditions"),
        "absences": catalogue.text("Authorised absences"),
    }
    faults_by_step = {step: [one for one in faults if step_of(one) == step] for step in words}
    return [
        DraftStep(
            str(title),
            f"{draft.step(step)}?back=check",
            not faults_by_step[step],
            tuple(drafting.sentence(one, visit) for one in faults_by_step[step]),
        )
        for step, title in words.items()
    ]


def step_of(fault: FileFault) -> str:
    """Return the step in which a fault can be put right; empty where it is about the file."""
    first = fault.key.partition(".")[0].partition("[")[0]
    if not first:
        missing = next((key for key in ("conditions", "time_zone", "in_force", "order")
                        if f"“{key}”" in fault.what), "")  # fmt: skip
        first = missing
    return {
        "order": "decision",
        "court": "decision",
        "decision": "decision",
        "legal_basis": "decision",
        "time_zone": "dates",
        "in_force": "dates",
        "places": "places",
        "conditions": "conditions",
        "absences": "absences",
    }.get(first, "")


def _others(visit: PageVisit, faults: tuple[FileFault, ...]) -> list[str]:
    return [drafting.sentence(one, visit) for one in faults if not step_of(one)]


def _changes(
    visit: PageVisit, draft: Draft, version: OrderVersion | None
) -> tuple[OrderSection, ...] | None:
    """Return what a variation changes; None where it is not one, or cannot be read yet."""
    if draft.shown.varies is None or version is None:
        return None
    purpose, number = record_heading.why(visit, version.person)
    request = OrderRequest(order=version.order, purpose=purpose, case_number=number)
    whole = visit.perform(court_orders.show, request)
    before = next((one for one in whole.versions if one.number == draft.shown.varies), None)
    if before is None:
        return None
    earlier = read_order.read(drafting.FILE, before.text, before.files)
    return safe(version_differences.sentences(earlier, version, visit.texts.catalogue))
