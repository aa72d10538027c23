"""Sign-ins to the person's record, when and how; and which cards were printed for it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from starlette.responses import Response

from mesure.actions.accounts import printed_cards, sign_in
from mesure.actions.accounts.printed_cards import CardView, PersonAccountsRequest
from mesure.actions.trails import trail_access
from mesure.actions.trails.trail_access import LooksRequest, LookView
from mesure.web.shared import record_heading
from mesure.web.shared.visits import PageVisit
from mesure.web.shared.words.page_texts import PageTexts

ADDRESS: Final = "/portal/sign-ins"
LINES_MAX: Final = 100
NEW_FOR: Final = timedelta(days=14)  # The first page shows a new card for this long.
BY_CARD: Final = sign_in.by_card.name
ACTIONS: Final = frozenset({BY_CARD, sign_in.change_password.name, printed_cards.give.name})


@dataclass(frozen=True, slots=True)
class SignInRow:
    """One thing that was done with a card."""

    at: datetime
    what: str
    how: str
    is_amiss: bool


def show(visit: PageVisit) -> Response:
    """Show the sign-ins, the latest first."""
    record = record_heading.own(visit)
    looks: list[LookView] = []
    for action in sorted(ACTIONS):
        request = LooksRequest(person=record.person, action=action)
        looks += visit.perform(trail_access.list_looks, request).looks
    looks.sort(key=lambda look: look.entry, reverse=True)
    lines = [_line(one, visit.actor.account, visit.texts) for one in looks[:LINES_MAX]]
    now, zone = visit.context.now, record.zone
    return visit.page("sign_ins.html", lines=lines, now=now, zone=zone)


def new_card(visit: PageVisit, person: str) -> CardView | None:
    """Return the person's card, if it was printed lately."""
    card = visit.perform(printed_cards.show, PersonAccountsRequest(person))
    return card if card is not None and visit.context.now - card.given_at < NEW_FOR else None


def _line(look: LookView, own: str, catalogue: PageTexts) -> SignInRow:
    if look.action == printed_cards.give.name:
        by = look.by_name or look.by
        return SignInRow(look.at, catalogue.text("A card was printed"), by, is_amiss=False)
    if look.action != BY_CARD:
        wrong = look.refused is not None
        what = catalogue.text("The PIN was not changed") if wrong else catalogue.text("New PIN")
        return SignInRow(look.at, what, "", is_amiss=wrong)
    if look.refused is not None:
        return SignInRow(look.at, catalogue.text("A try with a wrong PIN"), "", is_amiss=True)
    if look.facts.get("account") != own:
        return SignInRow(look.at, catalogue.text("Signed in with another card"), "", is_amiss=False)
    first = look.facts.get("pin_chosen")
    what = catalogue.text("First use; the PIN was chosen") if first else catalogue.text("Signed in")
    known = look.facts.get("browser") == "known"
    how = catalogue.text("in a browser used before") if known else catalogue.text("new browser")
    return SignInRow(look.at, what, how, is_amiss=False)
