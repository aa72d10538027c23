"""Whom the person invited to read their record, and inviting somebody."""

from datetime import timedelta
from typing import Final

from starlette.responses import Response

from mesure.actions.accounts import printed_cards
from mesure.actions.accounts.printed_cards import Invite, OfPerson
from mesure.actions.accounts.staff_accounts import OfAccount
from mesure.actions.refusals.refusals import FaultyError, NotNowError
from mesure.web.shared import record_heading
from mesure.web.shared.visits import Visit

ADDRESS: Final = "/portal/counsel"
DAYS: Final = ("7", "30", "90")


def shown(visit: Visit) -> Response:
    """Show who is invited."""
    return _page(visit)


def invited(visit: Visit) -> Response:
    """Invite somebody, and show their card once, to be handed over."""
    form, catalogue = visit.form, visit.texts
    name = form.text("name", catalogue.text("Write who may read your record."))
    days = form.one_of("days", DAYS, catalogue.text("Choose for how long."))
    if form.faults:
        return _page(visit, 422)
    person = record_heading.own(visit).person
    until_at = visit.context.now + timedelta(days=int(days))
    try:
        request = Invite(person, name, until_at, visit.texts.language)
        card = visit.perform(printed_cards.invite, request)
    except (FaultyError, NotNowError) as error:
        form.refuse("name", error.sentence(catalogue.catalogue))
        return _page(visit, 422)
    contents = {"name": name, "card": card, "origin": visit.parts.origin}
    return visit.page("counsel_card.html", **contents)


def ended(visit: Visit) -> Response:
    """End an invitation now."""
    visit.perform(printed_cards.end, OfAccount(visit.path("account")))
    return visit.to(ADDRESS)


def _page(visit: Visit, status: int = 200) -> Response:
    record = record_heading.own(visit)
    counsels = visit.perform(printed_cards.listed, OfPerson(record.person))
    spans = [(days, visit.texts.length(timedelta(days=int(days))), "") for days in DAYS]
    contents = {
        "invited": sorted(counsels, key=lambda counsel: counsel.invited_at, reverse=True),
        "spans": spans,
        "now": visit.context.now,
        "zone": record.zone,
    }
    return visit.page("counsel.html", status, **contents)
