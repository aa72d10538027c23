"""Cover: who stands in for whom, and who is on call."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from starlette.responses import Response

from mesure.actions.cases import caseload, colleagues
from mesure.actions.cases.caseload import CoverView, EndShift, SetCover, SetOnCall
from mesure.actions.cases.colleagues import Colleague, ColleaguesRequest
from mesure.actions.framework.action import EmptyRequest
from mesure.privacy.roles import Role
from mesure.web.shared.visits import PageVisit

ADDRESS = "/console/cover"


@dataclass(frozen=True, slots=True)
class CoverRow:
    """One cover or time on call, as the page lists it."""

    id: str
    kind: str
    words: str
    start_at: datetime
    until_at: datetime
    is_now: bool
    may_end: bool


def show(visit: PageVisit, status: int = 200) -> Response:
    """Show covers and times on call, now and later."""
    staff = visit.perform(colleagues.list_colleagues, ColleaguesRequest())
    names = {one.account: one.name for one in staff}
    covers = visit.perform(caseload.covers, EmptyRequest())
    lines = sorted((_line(visit, one, names) for one in covers), key=lambda line: line.start_at)
    contents = {
        "lines": lines,
        "again": _again(visit, names),
        "colleagues": _choices(visit, staff),
        "is_supervisor": visit.actor.role is Role.SUPERVISOR,
        "own": visit.actor.account,
    }
    return visit.page("cover.html", status, **contents)


def add_cover(visit: PageVisit) -> Response:
    """Enter who stands in for oneself; a supervisor enters it for anybody."""
    form, catalogue = visit.form, visit.texts
    by = form.value("by") or _missing(visit, "by", catalogue.text("Choose a colleague."))
    covers = form.value("covers") or visit.actor.account
    span = _span(visit)
    if span is None or form.faults:
        return show(visit, 422)
    request = SetCover(covers, by, *span)
    done = visit.try_action(caseload.cover, request, "by")
    return visit.to(ADDRESS) if done else show(visit, 422)


def add_on_call(visit: PageVisit) -> Response:
    """Enter who is on call."""
    form, catalogue = visit.form, visit.texts
    missing = catalogue.text("Choose a colleague.")
    by = form.value("watch_by") or _missing(visit, "watch_by", missing)
    span = _span(visit, "watch_")
    if span is None or form.faults:
        return show(visit, 422)
    done = visit.try_action(caseload.on_call, SetOnCall(by, *span), "watch_by")
    return visit.to(ADDRESS) if done else show(visit, 422)


def end(visit: PageVisit) -> Response:
    """End a cover, or a time on call."""
    request = EndShift(visit.form.value("id"))
    cover_by_id = {one.id: one for one in visit.perform(caseload.covers, EmptyRequest())}
    action = caseload.end_on_call if visit.form.value("kind") == "watch" else caseload.end_cover
    visit.perform(action, request)
    cover = cover_by_id.get(request.id)
    if cover is None:
        return visit.to(ADDRESS)
    query = {"covers": cover.covers or "", "by": cover.by, "until": cover.until_at.isoformat()}
    if cover.start_at > visit.context.now:
        query["start"] = cover.start_at.isoformat()
    return visit.to(f"{ADDRESS}?{urlencode({'ended': 1, **query})}")


def enter_again(visit: PageVisit) -> Response:
    """Enter again what was ended by mistake: from now, or from when it was to begin."""
    form, now = visit.form, visit.context.now
    until_at, start_at = _read(form.value("until")), _read(form.value("start")) or now
    if until_at is None:
        return visit.to(ADDRESS)
    by, span = form.value("by"), (max(start_at, now), until_at)
    if form.value("covers"):
        done = visit.try_action(caseload.cover, SetCover(form.value("covers"), by, *span), "by")
    else:
        done = visit.try_action(caseload.on_call, SetOnCall(by, *span), "by")
    return visit.to(ADDRESS) if done else show(visit, 422)


def _read(text: str) -> datetime | None:
    """Return an instant as this page wrote it, or None."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    return None if instant.tzinfo is None else instant


def _span(visit: PageVisit, form: str = "") -> tuple[datetime, datetime] | None:
    zone, catalogue = visit.parts.zone, visit.texts.catalogue
    start = visit.form.instant(f"{form}from", zone, catalogue)
    until = visit.form.instant(f"{form}until", zone, catalogue)
    return None if start is None or until is None else (start, until)


def _missing(visit: PageVisit, name: str, sentence: str) -> str:
    visit.form.refuse(name, sentence)
    return ""


def _again(visit: PageVisit, names: Mapping[str, str]) -> dict[str, str] | None:
    """Return what was ended just now, so that it can be entered again."""
    values = {name: visit.query_value(name) for name in ("covers", "by", "until", "start")}
    if (
        not visit.query_value("ended")
        or values["by"] not in names
        or _read(values["until"]) is None
    ):
        return None
    return values


def _choices(visit: PageVisit, staff: tuple[Colleague, ...]) -> list[tuple[str, str]]:
    return [("", str(visit.texts.text("Choose…"))), *((one.account, one.name) for one in staff)]


def _line(visit: PageVisit, cover: CoverView, names: Mapping[str, str]) -> CoverRow:
    catalogue, by = visit.texts, names.get(cover.by, cover.by)
    is_supervisor = visit.actor.role is Role.SUPERVISOR
    is_now = cover.start_at <= visit.context.now < cover.until_at
    if cover.covers is None:
        words = catalogue.text("{name} is on call", name=by)
        return CoverRow(
            cover.id, "watch", words, cover.start_at, cover.until_at, is_now, is_supervisor
        )
    other = names.get(cover.covers, cover.covers)
    words = catalogue.text("{name} is covering for {other}", name=by, other=other)
    may_end = is_supervisor or visit.actor.account in {cover.covers, cover.by}
    return CoverRow(cover.id, "cover", words, cover.start_at, cover.until_at, is_now, may_end)
