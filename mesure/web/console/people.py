"""The people of a list: found by name, number, order or device, with the present state of each.

The list says what waits and how devices are, and nothing about what people are like; it is in the
order of names.
"""

from collections.abc import Sequence
from typing import Final
from urllib.parse import urlencode

from starlette.responses import Response

from mesure.actions.cases import case_overview, caseload, colleagues, saved_views
from mesure.actions.cases.case_overview import CaseOverview, EdgesRequest, NextEdge, OverviewRequest
from mesure.actions.cases.caseload import UnassignedCasesRequest
from mesure.actions.cases.colleagues import ColleaguesRequest
from mesure.actions.cases.saved_views import SavedViewRef, SaveView, ViewFilter
from mesure.actions.framework.action import EmptyRequest
from mesure.privacy.roles import Role
from mesure.web.console import caseloads
from mesure.web.console.desk import people_filters, people_rows
from mesure.web.console.desk.people_filters import FILTERS, Facet
from mesure.web.shared.visits import PageVisit
from mesure.web.shared.words import work_words

ADDRESS: Final = "/console/people"
CSV: Final = "/console/people.csv"
VIEWS: Final = "/console/views"
PAGE: Final = 100
SCOPE: Final = "scope"
EVERYBODY: Final = "*"


def show(visit: PageVisit, status: int = 200) -> Response:
    """Show whom one is in charge of; a supervisor also sees who is on no officer's list."""
    cases, chosen = _cases(visit), _chosen(visit)
    matching = _matching(visit, cases)
    number = _number(visit, len(matching))
    part = matching[(number - 1) * PAGE : number * PAGE]
    edges = _edges(visit, part)
    query = {name: value for name in ("q", SCOPE, *FILTERS) if (value := _asked(visit, name))}
    facets = people_filters.facets(cases, chosen, visit.context.now, visit.texts)
    contents = {
        "rows": [people_rows.row_of(visit, case, edges.get(case.person)) for case in part],
        "found": len(matching),
        "whole": len(cases),
        "words": _asked(visit, "q"),
        "facets": facets,
        "glances": _glances(visit, facets),
        "is_filtered": any(chosen.values()),
        "scopes": _scopes(visit),
        "scope": _asked(visit, SCOPE),
        "filters": {name: value for name, value in query.items() if name != "q"},
        "is_asked": bool(query),
        "csv": f"{CSV}?{urlencode(query)}" if query else CSV,
        "earlier": _at(query, number - 1) if number > 1 else "",
        "later": _at(query, number + 1) if number * PAGE < len(matching) else "",
        "views": _views(visit),
        "is_supervisor": visit.actor.role is Role.SUPERVISOR,
        **_nobodys(visit, is_asked=bool(query)),
    }
    return visit.page("people.html", status, **contents)


def as_csv(visit: PageVisit) -> Response:
    """Hand the same people over as a file, as they are filtered."""
    cases = _matching(visit, _cases(visit))
    data = people_rows.as_csv(cases, _edges(visit, cases))
    headers = {"Content-Disposition": 'attachment; filename="people.csv"'}
    return Response(data, media_type="text/csv; charset=utf-8", headers=headers)


def save_view(visit: PageVisit) -> Response:
    """Keep the filters that are set under a name; what is searched for is not kept."""
    name = visit.form.text("name", visit.texts.text("Give the view a name."))
    filters = tuple(
        ViewFilter(by, visit.form.value(by)) for by in (SCOPE, *FILTERS) if visit.form.value(by)
    )
    if visit.form.faults:
        return show(visit, 422)
    if not visit.try_action(saved_views.save, SaveView(name, filters), "name"):
        return show(visit, 422)
    query = urlencode({part.by: part.value for part in filters})
    return visit.to(f"{ADDRESS}?{query}")


def remove_view(visit: PageVisit) -> Response:
    """Remove a view of one's own."""
    visit.perform(saved_views.remove, SavedViewRef(visit.form.value("view")))
    return visit.to(ADDRESS)


def _asked(visit: PageVisit, name: str) -> str:
    return visit.form.value(name) or visit.query_value(name)


def _chosen(visit: PageVisit) -> dict[str, str]:
    return {name: _asked(visit, name) for name in FILTERS}


def _cases(visit: PageVisit) -> Sequence[CaseOverview]:
    scope = _asked(visit, SCOPE)
    request = OverviewRequest()
    if visit.actor.role is Role.SUPERVISOR and scope:
        is_all = scope == EVERYBODY
        request = OverviewRequest(None if is_all else scope, is_all)
    cases = visit.perform(case_overview.overview, request)
    return sorted(cases, key=lambda case: (case.name.casefold(), case.person))


def _matching(visit: PageVisit, cases: Sequence[CaseOverview]) -> list[CaseOverview]:
    searched = people_filters.search(cases, _asked(visit, "q"))
    return people_filters.narrow(searched, _chosen(visit), visit.context.now)


def _edges(visit: PageVisit, cases: Sequence[CaseOverview]) -> dict[str, NextEdge]:
    edges: dict[str, NextEdge] = {}
    for start in range(0, len(cases), case_overview.EDGES_MAX):
        part = tuple(case.person for case in cases[start : start + case_overview.EDGES_MAX])
        edges |= {
            edge.person: edge
            for edge in visit.perform(case_overview.next_edges, EdgesRequest(part))
        }
    return edges


def _number(visit: PageVisit, count: int) -> int:
    """Return the number of the page, from 1 on; what is no page is the nearest that there is."""
    text = visit.query_value("page")
    wanted = int(text) if text.isascii() and text.isdigit() and len(text) < len(str(10**6)) else 1
    return min(max(wanted, 1), max(1, -(-count // PAGE)))


def _at(query: dict[str, str], number: int) -> str:
    return f"{ADDRESS}?{urlencode({**query, 'page': str(number)})}"


def _scopes(visit: PageVisit) -> list[tuple[str, str]]:
    """Return whose lists a supervisor may choose."""
    if visit.actor.role is not Role.SUPERVISOR:
        return []
    catalogue = visit.texts
    staff = visit.perform(colleagues.list_colleagues, ColleaguesRequest())
    return [
        ("", str(catalogue.text("my own list"))),
        (EVERYBODY, str(catalogue.text("everybody"))),
        *((one.account, one.name) for one in staff if one.account != visit.actor.account),
    ]


def _glances(visit: PageVisit, facets: Sequence[Facet]) -> list[tuple[str, int, str]]:
    """Return what is worth a look whatever one came for: words, how many, and where."""
    scope = _asked(visit, SCOPE)
    within = {SCOPE: scope} if scope else {}
    return [
        (choice.words, choice.count, f"{ADDRESS}?{urlencode({**within, name: choice.value})}")
        for name, choice in people_filters.at_a_glance(facets)
    ]


def _views(visit: PageVisit) -> list[tuple[str, str, str]]:
    """Return the saved views: id, name and address."""
    return [
        (
            view.view,
            view.name,
            f"{ADDRESS}?{urlencode({part.by: part.value for part in view.filters})}",
        )
        for view in visit.perform(saved_views.list_views, EmptyRequest())
    ]


def _nobodys(visit: PageVisit, *, is_asked: bool) -> dict[str, object]:
    """Return who is on no officer's list, for a supervisor who searches for nothing."""
    if visit.actor.role is not Role.SUPERVISOR or is_asked:
        return {"nobodys": [], "nobodys_later": ""}
    cases = visit.perform(caseload.nobodys, UnassignedCasesRequest(visit.query_value("after")))
    lines = [
        (
            case.person,
            case.name,
            case.in_charge.name,
            work_words.unreadable(visit.texts, is_readable=case.is_readable),
        )
        for case in cases
    ]
    lines.sort(key=lambda line: (line[1].casefold(), line[0]))
    return {"nobodys": lines, "nobodys_later": caseloads.later(ADDRESS, cases)}
