"""Bundle download: an incident's evidence bundle as one file, to be checked elsewhere.

The officer, the person and their counsel get the same content. Who asked, and for what, is in the
audit log. An officer needs a ground for what lies before the incident, and records it here.
"""

from collections.abc import Callable
from typing import Final

from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from mesure.actions.bundles import bundle_grounds, bundle_papers
from mesure.actions.bundles.bundle_grounds import RequestBundleGround
from mesure.actions.bundles.bundle_papers import AddPapers
from mesure.actions.incidents.contests import IncidentRequest
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.actions.refusals.refusals import ActionConflictError, NotAllowedError
from mesure.privacy.access_refusal import AccessRefusal
from mesure.privacy.purposes import Purpose, is_case_number
from mesure.privacy.roles import OWN_SIDE
from mesure.web.dependencies import FileDownload
from mesure.web.shared.visits import PageVisit

MEDIA_TYPE: Final = "application/zip"
PAPERS: Final = "papers"  # The field by which the court's papers are asked for.
PURPOSES: Final = (Purpose.COURT, Purpose.CONTEST)  # An officer's; the own side has its own.

Again = Callable[[PageVisit, int], Response]  # The page that the form was on.


def choices(visit: PageVisit) -> list[tuple[str, str, str]]:
    """Return what an officer may ask for; nothing where no bundle is made here."""
    if visit.parts.bundles is None:
        return []
    return [(one.value, one.in_words(visit.texts.catalogue), "") for one in PURPOSES]


def download(visit: PageVisit, again: Again) -> Response:
    """Hand over the bundle, or show the page again with what is missing."""
    if visit.actor.role in OWN_SIDE:
        return _made(visit, IncidentRequest(incident=visit.path("incident")))
    form, catalogue = visit.form, visit.texts
    allowed = {one.value for one in PURPOSES}
    purpose = form.one_of("purpose", allowed, catalogue.text("Choose for what."))
    number = form.text("case_number", catalogue.text("Enter the number of the case."))
    if number and not is_case_number(number):
        form.refuse("case_number", catalogue.text("This is too long for the number of a case."))
    if form.faults:
        return again(visit, 422)
    request = IncidentRequest(
        incident=visit.path("incident"), purpose=Purpose(purpose), case_number=number
    )
    if form.value(PAPERS) and not visit.try_action(
        bundle_papers.add, AddPapers(request.incident), PAPERS
    ):
        return again(visit, 422)
    try:
        return _made(visit, request)
    except NotAllowedError as refused:
        if refused.reason is not AccessRefusal.NO_GROUND:
            raise
    return _asked_for(visit, request, again)


def _asked_for(visit: PageVisit, request: IncidentRequest, again: Again) -> Response:
    """Record why the days before the incident are needed; a supervisor agrees to it first."""
    form, catalogue = visit.form, visit.texts
    reason = form.value("bundle_reason")
    if not reason:
        why = catalogue.text("Say why. It holds four days before, so a supervisor agrees first.")
        form.refuse("bundle_reason", why)
        return again(visit, 422)
    assert request.purpose is not None, "the form asks for what"
    ground = RequestBundleGround(request.incident, request.purpose, request.case_number, reason)
    if not visit.try_action(bundle_grounds.ask, ground, "bundle_reason"):
        return again(visit, 422)
    return visit.to(f"/console/incidents/{request.incident}?asked=1#bundle")


def _made(visit: PageVisit, request: IncidentRequest) -> Response:
    if visit.parts.bundles is None:
        raise ActionConflictError(ActionRefusal.NOT_HERE)
    if visit.is_resumed:  # It is made outside of the visit, which would refuse it.
        raise ActionConflictError(ActionRefusal.RESUMED)
    file = visit.parts.bundles(visit.context, request, visit.texts.language)
    return _File(file, f"evidence_{request.incident}.zip")


class _File(StreamingResponse):
    """A file that is handed over in pieces, and let go of however its connection ends."""

    def __init__(self, file: FileDownload, name: str) -> None:
        disposition = f'attachment; filename="{name}"'
        headers = {"Content-Disposition": disposition, "Content-Length": str(file.size)}
        super().__init__(file.pieces, media_type=MEDIA_TYPE, headers=headers)
        self._done = file.done

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand it over."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._done()
