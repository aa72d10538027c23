"""Work words: what waits, and a hand-over note with its open matters, the same for every reader."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from mesure.actions.cases.worklist import WorkItemType
from mesure.actions.desk.handover_notes import HandoverView
from mesure.actions.orders.absences import AbsenceOrigin
from mesure.actions.records.continuity_records import (
    HandoverDevice,
    HandoverFacts,
    HandoverItem,
    HandoverVersion,
)
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.incidents import device_problems
from mesure.reports.text import visible_text
from mesure.web.shared.words import absence_words, incident_phrases, page_texts
from mesure.web.shared.words.page_texts import PageTexts


@dataclass(frozen=True, slots=True)
class HandoverFactRow:
    """One heading of open matters, with its lines."""

    heading: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HandoverVersionRow:
    """A note as it reads, or read before."""

    paragraphs: tuple[str, ...]
    text: str
    facts: tuple[HandoverFactRow, ...]
    written_at: datetime
    by: str  # Empty: the reader is not told by whom.


@dataclass(frozen=True, slots=True)
class HandoverReceiptRow:
    """That somebody read a note."""

    by: str  # Empty: the reader is not told by whom.
    at: datetime
    is_of_latest: bool


@dataclass(frozen=True, slots=True)
class HandoverRow:
    """A hand-over note, as a page lists it."""

    view: HandoverView
    latest: HandoverVersionRow | None  # None: it was taken back.
    former: tuple[HandoverVersionRow, ...]
    receipts: tuple[HandoverReceiptRow, ...]


def title(what: WorkItemType, kind: str, catalogue: PageTexts) -> str:
    """Return what something that waits is called."""
    if what is WorkItemType.ABSENCE:
        return absence_words.how(AbsenceOrigin(kind), catalogue)
    if what is WorkItemType.UNREADABLE:
        return ActionRefusal.UNREADABLE.in_words(catalogue)
    titles: dict[WorkItemType, str] = {
        WorkItemType.SECOND_EYES: catalogue.text("A finding needs a second officer"),
        WorkItemType.CONTEST: catalogue.text("Contests a finding"),
        WorkItemType.GROUND: catalogue.text("A look at the trail needs your answer"),
        WorkItemType.ORDER: catalogue.text("An order waits for a second officer"),
        WorkItemType.HANDOVER: catalogue.text("A hand-over note to read"),
        WorkItemType.OUTSIDE: catalogue.text("A request for data from outside"),
        WorkItemType.NOT_JUDGED: catalogue.text(
            "Nothing new is said of this person: the service has a fault. Tell the operator."
        ),
    }
    return titles[what] if what in titles else incident_phrases.title(kind, catalogue)


def unreadable(catalogue: PageTexts, *, is_readable: bool) -> str:
    """Return that the record of somebody cannot be read, and what to do; or nothing."""
    return "" if is_readable else title(WorkItemType.UNREADABLE, "", catalogue)


def handovers(
    views: Sequence[HandoverView], catalogue: PageTexts, names: Mapping[str, str], zone: ZoneInfo
) -> list[HandoverRow]:
    """Return hand-over notes as rows; `names` are those of officers, where readers see them."""
    return [_row(view, catalogue, names, zone) for view in views]


def _row(
    view: HandoverView, catalogue: PageTexts, names: Mapping[str, str], zone: ZoneInfo
) -> HandoverRow:
    record = view.record
    versions = tuple(_version(version, catalogue, names, zone) for version in record.versions)
    receipts = tuple(
        HandoverReceiptRow(
            names.get(receipt.by, ""), receipt.at, receipt.versions == len(record.versions)
        )
        for receipt in record.receipts
    )
    return HandoverRow(view, versions[-1] if versions else None, versions[:-1], receipts)


def _version(
    version: HandoverVersion, catalogue: PageTexts, names: Mapping[str, str], zone: ZoneInfo
) -> HandoverVersionRow:
    return HandoverVersionRow(
        visible_text.paragraphs(version.text),
        version.text,
        facts(version.facts, catalogue, zone),
        version.written_at,
        names.get(version.written_by, ""),
    )


def facts(
    handover_facts: HandoverFacts, catalogue: PageTexts, zone: ZoneInfo
) -> tuple[HandoverFactRow, ...]:
    """Return the open matters in words; times are near the moment at which this was so."""
    at = handover_facts.at
    nothing = str(catalogue.text("nothing"))
    edge = handover_facts.next_edge
    edges: list[str] = []
    if edge is not None:
        when = catalogue.near(edge.at, at, zone)
        begins = catalogue.text("{condition} begins {when}", condition=edge.condition, when=when)
        ends = catalogue.text("{condition} ends {when}", condition=edge.condition, when=when)
        edges = [page_texts.bare(begins if edge.begins else ends)]
    absences = [
        page_texts.bare(catalogue.stretch(absence.start_at, absence.until_at, at, zone))
        for absence in handover_facts.absences
    ]
    items = [_item(item, catalogue, at, zone) for item in handover_facts.items]
    devices = [_device(one, catalogue, at, zone) for one in handover_facts.devices]
    return tuple(
        HandoverFactRow(str(heading), tuple(lines) or (nothing,))
        for heading, lines in (
            (catalogue.text("Open items"), items),
            (catalogue.text("Absences granted"), absences),
            (catalogue.text("Device"), devices),
            (catalogue.text("What comes next"), edges),
        )
    )


def _item(item: HandoverItem, catalogue: PageTexts, at: datetime, zone: ZoneInfo) -> str:
    parts = [title(WorkItemType(item.what), item.kind, catalogue)]
    if item.condition not in {"", device_problems.CONDITION}:
        parts.append(item.condition)
    parts.append(page_texts.bare(catalogue.near(item.since_at, at, zone)))
    if item.due_at is not None:
        due = catalogue.text("due {when}", when=catalogue.near(item.due_at, at, zone))
        parts.append(page_texts.bare(due))
    if item.is_contested and item.what != WorkItemType.CONTEST:
        parts.append(str(catalogue.text("contested")))
    return " · ".join(parts)


def _device(device: HandoverDevice, catalogue: PageTexts, at: datetime, zone: ZoneInfo) -> str:
    return " · ".join([device.device, *_state(device, catalogue, at, zone)])


def _state(
    device: HandoverDevice, catalogue: PageTexts, at: datetime, zone: ZoneInfo
) -> Iterator[str]:
    if device.heard_at is None:
        yield str(catalogue.text("not heard yet"))
    else:
        heard = catalogue.text("last heard {when}", when=catalogue.near(device.heard_at, at, zone))
        yield page_texts.bare(heard)
    if device.battery_percent is not None:
        yield str(catalogue.text("{percent} %", percent=device.battery_percent))
    if device.is_strap_closed is False:
        yield str(catalogue.text("the strap is open"))
