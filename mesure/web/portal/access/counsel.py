"""Counsel: whom the person invited to read their record, and inviting somebody."""

from datetime import timedelta
from typing import Final

from starlette.responses import Response

from mesure.actions.accounts import printed_cards
from mesure.actions.accounts.printed_cards import InviteCounsel, PersonAccountsRequest
from mesure.actions.accounts.staff_accounts import AccountRef
from mesure.actions.refusals.refusals import ActionConflictError, InvalidInputError
from mesure.web.shared import record_heading
from mesure.web.shared.visits import PageVisit

ADDRESS: Final = "/portal/counsel"
DAYS: Final = ("7", "30", "90")


def show(visit: PageVisit, status: int = 200) -> Response:
    """Show who is invited."""
    record = record_heading.own(visit)
    counsels = visit.perform(printed_cards.list_counsel, PersonAccountsRequest(record.person))
    spans = [(days, visit.texts.length(timedelta(days=int(days))), "") for days in DAYS]
    contents = {
        "invited": sorted(counsels, key=lambda counsel: counsel.invited_at, reverse=True),
        "spans": spans,
        "zone": record.zone,
    }
    return visit.page("counsel.html", status, **contents)


def invite(visit: PageVisit) -> Response:
    """Invite somebody, and show their card once, to be handed over."""
    form, catalogue = visit.form, visit.texts
    name = form.text("name", catalogue.text("Write who may read your record."))
    days = form.one_of("days", DAYS, catalogue.text("Choose for how long."))
    if form.faults:
        return show(visit, 422)
    person = record_heading.own(visit).person
    until_at = visit.context.now + timedelta(days=int(days))
    try:
        request = InviteCounsel(person, name, until_at, visit.texts.language)
        card = visit.perform(printed_cards.invite, request)
    except (InvalidInputError, ActionConflictError) as error:
        form.refuse("name", error.sentence(catalogue.catalogue))
        return show(visit, 422)
    contents = {"name": name, "card": card, "origin": visit.parts.origin}
    return visit.page("counsel_card.html", **contents)


def end(visit: PageVisit) -> Response:
    """End an invitation now."""
    visit.perform(printed_cards.end, AccountRef(visit.path("account")))
    return visit.to(ADDRESS)
