"""Page visits: one request for a page: who asks, in which language, with which form.

A page is a function of a visit. It runs in a thread of its own, since actions wait for the store.
A visitor who is not signed in is sent to the sign-in page and comes back afterwards; one with
another role is told so, and nothing is looked up.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, TypeVar
from urllib.parse import quote
from zoneinfo import ZoneInfo

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from mesure.actions.accounts.sessions import Session
from mesure.actions.framework import action as acting
from mesure.actions.framework.action import Action, ActionType
from mesure.actions.framework.context import Actor, Context
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.actions.refusals.refusals import ActionConflictError, ActionError, NotAllowedError
from mesure.orders.values.span import Span
from mesure.privacy.access_refusal import AccessRefusal
from mesure.privacy.roles import Role
from mesure.reports.text import clock_text
from mesure.web import signed_in
from mesure.web.dependencies import Dependencies
from mesure.web.page_templates import PageTemplates
from mesure.web.requests.login_queue import LoginCaller, LoginQueue
from mesure.web.shared import resumption
from mesure.web.shared.form_fields import LENGTH_MAX, FormFields
from mesure.web.shared.words.page_texts import PageTexts
from mesure.web.static_files import StaticFiles

SIGN_IN: Final = "/sign-in"
FIELDS_MAX: Final = 100
FILES_MAX: Final = 5
SEE_OTHER: Final = 303
LASTS: Final = "Mesure-Session-Seconds"  # After this long a browser forgets what it kept to read.

I = TypeVar("I")  # noqa: E741  What is asked for (input).
O = TypeVar("O")  # noqa: E741  What comes of it (output).


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a form."""

    name: str  # As the browser calls it.
    data: bytes


@dataclass(frozen=True, slots=True)
class PageVisit:
    """A request, with everything that a page needs to answer it."""

    request: Request
    parts: Dependencies
    pages: PageTemplates
    static: StaticFiles
    texts: PageTexts
    context: Context
    form: FormFields
    uploads: Mapping[str, Upload] = field(default_factory=dict)

    @property
    def actor(self) -> Actor:
        """Return who asks."""
        return self.context.actor

    @property
    def session(self) -> Session | None:
        """Return the session of who asks; None of a visitor."""
        session: Session | None = self.request.scope["state"].get("signed_in")
        return session

    @property
    def is_resumed(self) -> bool:
        """Tell whether a form comes back after signing in again: it is shown, and not sent on."""
        return self.request.method == "POST" and resumption.MARK in self.form.values

    def path(self, name: str) -> str:
        """Return a part of the address, as the route names it."""
        return str(self.request.path_params[name])

    def query_value(self, name: str) -> str:
        """Return the value behind the question mark under a name, or nothing."""
        return self.request.query_params.get(name, "")[:LENGTH_MAX]

    def perform(self, action: Action[I, O], action_request: I) -> O:
        """Do or look at something, as the visitor; a form that comes back changes nothing."""
        if self.is_resumed and action.sort is ActionType.CHANGE:
            raise ActionConflictError(ActionRefusal.RESUMED)
        return acting.perform(self.context, action, action_request)

    def try_action(self, action: Action[I, Any], action_request: I, field: str) -> bool:
        """Do something; a refusal is noted at a field of the form, and then nothing is done."""
        try:
            self.perform(action, action_request)
        except ActionError as error:
            self._note_refusal(error, field)
            return False
        return True

    def result_of(
        self,
        action: Action[I, O],
        action_request: I,
        field: str,
        also: frozenset[AccessRefusal] = frozenset(),
    ) -> O | None:
        """Do something and return what comes of it; None: it was refused, and the field says why.

        That the visitor may not do it is a page of its own, but for the reasons in `also`.
        """
        try:
            return self.perform(action, action_request)
        except ActionError as error:
            self._note_refusal(error, field, also)
            return None

    def _note_refusal(
        self, error: ActionError, field: str, also: frozenset[AccessRefusal] = frozenset()
    ) -> None:
        if isinstance(error, NotAllowedError) and error.reason not in also:
            raise error
        if error.reason is not ActionRefusal.RESUMED:  # The page says so, above.
            self.form.refuse(field, error.sentence(self.texts.catalogue))

    def page(self, template: str, status: int = 200, /, **contents: object) -> Response:
        """Return a page; it comes with the form, and with who is signed in."""
        session, zone, now = self.session, self._zone(contents), self.context.now
        lasts = "" if session is None else lasts_s(session, now)
        variables = {"form": self.form, "here": self.request.url.path, "now": now, "zone": zone}
        variables |= contents | self._clock(zone, contents.get("times_from"))
        variables |= {"is_resumed": self.is_resumed, "is_typed": self.request.method == "POST"}
        variables["lasts_s"] = lasts
        variables["holder"] = "" if session is None else session.actor.account
        variables["account_name"] = "" if session is None else session.name
        page = self.pages.page(self.request, template, variables, status)
        if session is not None:
            page.headers[LASTS] = lasts
        return page

    def _clock(self, zone: ZoneInfo, start_at: object) -> dict[str, object]:
        """Return the clock by which a page tells times, and whether only its paper has to say so.

        A page of evidence names its earliest time, `times_from`: it always says its clock, with the
        offset from UTC. Others do on the screen only where it is not the programme's.
        """
        if isinstance(start_at, datetime):
            span = Span(start_at, self.context.now)
            words = clock_text.zone_in_words(zone, span, self.texts.catalogue)
            return {"clock": words, "is_paper_clock": False}
        is_own = self.parts.zone_is_known and zone.key == self.parts.zone.key
        return {"clock": zone.key if self.session else "", "is_paper_clock": is_own}

    def _zone(self, contents: Mapping[str, object]) -> ZoneInfo:
        """Return the clock by which a page tells times: that of its record, or the programme's."""
        zone = contents.get("zone", getattr(contents.get("record"), "zone", None))
        return zone if isinstance(zone, ZoneInfo) else self.parts.zone

    def to(self, address: str) -> Response:
        """Send the browser on after something was done, so that nothing is done twice."""
        return RedirectResponse(address, SEE_OTHER)


def lasts_s(session: Session, now: datetime) -> str:
    """Return how many seconds a session lasts from now, if no other sign comes."""
    return str(int(session.time_left(now).total_seconds()))


Page = Callable[[PageVisit], Response]


@dataclass(frozen=True, slots=True)
class LoginDoor:
    """A door behind which work is dear: the crowd before it, and as whom somebody comes."""

    crowd: LoginQueue
    comer: Callable[[PageVisit], LoginCaller]


@dataclass(frozen=True, slots=True)
class PagePackage:
    """What makes the pages of one package: its templates, and who may open them."""

    parts: Dependencies
    pages: PageTemplates
    static: StaticFiles
    roles: Collection[Role]  # Empty: everybody, also a visitor.
    door: LoginDoor | None = None  # Before which the sender of a form waits; None: like any page.

    def route(self, path: str, shown: Page | None = None, sent: Page | None = None) -> Route:
        """Return the route of a page: how it is shown, and what its form does."""
        pages = {"GET": shown, "HEAD": shown, "POST": sent}
        methods = [method for method, page in pages.items() if page is not None]

        async def endpoint(request: Request) -> Response:
            if "prefetch" in request.headers.get("sec-purpose", ""):
                return Response(status_code=503)  # A look is somebody's, never a browser's guess.
            if self.roles:
                away = _sent_away(request, self.roles)
                if away is not None:
                    return away
            if not all(str(value).isprintable() for value in request.path_params.values()):
                raise HTTPException(404)  # Nothing that is kept has such a name.
            page = pages[request.method]
            assert page is not None, "the route has this method"
            visit = await self._visit(request)
            if visit.is_resumed:
                return await run_in_threadpool(_resumed, page, visit)
            if self.door is None or request.method != "POST":
                return await run_in_threadpool(page, visit)
            comer = await run_in_threadpool(self.door.comer, visit)
            async with self.door.crowd.turn(comer):
                return await run_in_threadpool(page, visit)

        return Route(path, endpoint, methods=methods)

    async def _visit(self, request: Request) -> PageVisit:
        values: Mapping[str, str] = {}
        uploads: Mapping[str, Upload] = {}
        if request.method == "POST":
            async with request.form(max_fields=FIELDS_MAX, max_files=FILES_MAX) as form:
                values = {
                    name: value.replace("\0", "")  # No keyboard writes it, and no store keeps it.
                    for name, value in form.items()
                    if isinstance(value, str)
                }
                uploads = {
                    name: Upload(value.filename, await value.read())
                    for name, value in form.items()
                    if isinstance(value, UploadFile) and value.filename
                }
        texts = self.pages.catalogue(request)
        assert isinstance(texts, PageTexts), "pages are made with texts for pages"
        context = signed_in.context_of(self.parts, request.scope)
        own = self.parts, self.pages, self.static
        return PageVisit(request, *own, texts, context, FormFields(values), uploads)


def _resumed(page: Page, visit: PageVisit) -> Response:
    """Return the page of a form as its sender had filled it in; nothing is done."""
    try:
        answer = page(visit)
    except ActionError:  # A form without a page of its own for what is wrong with it.
        back = visit.form.value(resumption.MARK)
        return visit.to(local(back, "/"))
    answer.status_code = 200 if answer.status_code == 422 else answer.status_code
    return answer


def pageful(
    package: str,
    parts: Dependencies,
    static: StaticFiles,
    roles: Collection[Role] = (),
    door: LoginDoor | None = None,
) -> PagePackage:
    """Return what makes the pages of a package."""
    texts = {tag: PageTexts(parts.catalogues(tag)) for tag in parts.languages}
    pages = PageTemplates(package, static, texts.__getitem__, parts.languages)
    return PagePackage(parts, pages, static, roles, door)


def _sent_away(request: Request, roles: Collection[Role]) -> Response | None:
    """Return where somebody is sent who may not open a page, or refuse them."""
    actor: Actor | None = request.scope["state"].get("actor")
    if actor is None:
        if request.method == "POST":
            door = resumption.to_door(request)
            if door is not None:
                return door
            raise NotAllowedError(AccessRefusal.SESSION)
        address = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"{SIGN_IN}?next={quote(address, safe='')}", SEE_OTHER)
    if actor.role not in roles:
        raise NotAllowedError(AccessRefusal.ROLE)
    return None


def local(address: str, otherwise: str) -> str:
    """Return an address of this service that came from outside; another place is never led to.

    >>> local("/console?day=2", "/"), local("//elsewhere.example", "/"), local("https:x", "/")
    ('/console?day=2', '/', '/')
    """
    return address if resumption.is_local(address) else otherwise
