"""Every page there is, found in the routes, with an example for each part that varies."""

import os
import re
from urllib.parse import quote

from starlette.routing import Route

from mesure.web import static_files
from mesure.web.console import routes as console
from mesure.web.counsel import routes as counsel
from mesure.web.inspector import routes as inspector
from mesure.web.office import routes as office_pages
from mesure.web.portal import routes as portal
from mesure.web.sign_in import routes as sign_in
from tests.actions.house import Office
from tests.browser.conftest import ServedOffice
from tests.web import browsing, filled

LANGUAGES = ("en", "fr", "ru", "kk")
# With LOOKS_TURN a page is looked at in English and in one of the other languages, and in the next
# of them at the next turn.
TURN = os.environ.get("LOOKS_TURN")
LANGUAGES_OF_TURN = LANGUAGES if TURN is None else ("en", LANGUAGES[1 + int(TURN) % 3])
NOT_PAGES = {
    "/console/next/{incident}",  # Leads to the page of whatever waits next.
    "/",
    "/portal/manifest.json",
    "/portal/worker.js",
    "/still",
    "/still/words",  # A part of a page.
    "/console/people.csv",
    "/console/people/{person}/trail/{ground}.csv",
    "/console/people/{person}/trail/{ground}.gpx",
    "/sign-in/directory",  # Leads elsewhere, where there is such a place.
    "/sign-in/directory/back",
    "/inspector/statistics.csv",
    "/inspector/statistics.parquet",
    "/inspector/log/checkpoint",
    "/inspector/log/proof",
}
# Opened in journeys, where what they show has been made first.
IN_JOURNEYS = {
    "/set-up/{token}",
    "/console/documents/{attachment}",
    "/portal/documents/{attachment}",
    "/counsel/documents/{attachment}",
    "/console/orders/of/{person}/papers/{paper}",
    "/portal/papers/{paper}",
    "/console/people/{person}/notes/{note}",
    "/counsel/papers/{paper}",
    "/inspector/papers/{paper}",
}
ENTERING = "/console/orders/of/"
BY_OTHERS = {"/console/requests": "supervisor", "/console/officers": "supervisor"}


def patterns(office: Office) -> dict[str, str | None]:
    """Return the pattern of every page, and as whom it is opened."""
    parts = browsing.parts_of(office)
    static = static_files.own()
    roles: dict[str, str | None] = {}
    kinds = (
        (sign_in, None), (console, "officer"), (portal, "person"), (counsel, "counsel"),
        (inspector, "inspector"), (office_pages, "supervisor"),
    )  # fmt: skip
    for kind, who in kinds:
        for route in kind.routes(parts, static):
            assert isinstance(route, Route)
            if "GET" in (route.methods or ()) and route.path not in NOT_PAGES | IN_JOURNEYS:
                is_own = route.path.startswith("/account")
                roles[route.path] = "officer" if is_own else BY_OTHERS.get(route.path, who)
    return roles


# Pages that show more when they are asked for something, or to somebody else.
ASKED = [
    ("/console", "supervisor"),
    ("/office", "operator"),
    ("/office/webhooks", "operator"),
    ("/office/barring?person=", "supervisor"),
    ("/inspector/log", "operator"),
    ("/console/people/P-0042", "supervisor"),
    ("/console/caseloads?of=Amina+Bekova&person=P-0042", "supervisor"),
    ("/console/caseloads?of=Amina+Bekova&from=-&cases=P-0042", "supervisor"),
    ("/console/cover", "supervisor"),
    ("/portal/venues?name=e", "person"),
    ("/inspector/log?entry=0", "inspector"),
    ("/inspector/record?by=action&action=statistics.count&search=1&case_number=I-7", "inspector"),
    ("/inspector?period=2026-1", "inspector"),
]


def addresses(at: ServedOffice) -> list[tuple[str, str | None]]:
    """Return an address for every page, and as whom it is opened."""
    there, venued = at.there, at.venued
    assert venued is not None, "every page is opened with data in it"
    lists = [f"/console/orders/venues/{one}" for one in (venued.approved, venued.undecided)]
    more = [(f"{one}?which={which}", "officer") for one in lists for which in ("binding", "free")]
    more += [(f"/console/requests?month={venued.month}", "supervisor")]
    more += [(f"/console/requests/of/P-0042/{venued.request}", "supervisor")]
    more += [(f"/console/people/P-0042/trail/{venued.ground}?page=2", "officer")]
    for name in (there.silence, venued.device_event):
        more += [(f"/console/incidents/{name}", "officer"), (f"/portal/notices/{name}", "person")]
        more += [(f"/counsel/incidents/{name}", "counsel")]
    examples = {
        "incident": there.incident,
        "device": filled.DEVICE,
        "absence": there.absence,
        "person": "P-0042",
        "way": "ask",
        "list": venued.undecided,
        "request": venued.request,
        "ground": venued.ground,
        "account": quote(there.second.account),
    }
    targets: list[tuple[str, str | None]] = []
    for pattern, who in patterns(at.office).items():
        if pattern.startswith(ENTERING):
            continue  # Entering an order has tests of its own, with drafts that grow.
        names = re.findall(r"\{(\w+)", pattern)
        missing = [name for name in names if name not in examples]
        assert not missing, f"{pattern}: give an example of {missing} in tests/browser/pages.py"
        targets.append((re.sub(r"\{(\w+)[^}]*\}", lambda m: examples[m[1]], pattern), who))
    return [*targets, *ASKED, *more]
