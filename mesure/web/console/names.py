"""Names of colleagues, in the place of the ids of their accounts."""

from mesure.actions.cases import colleagues
from mesure.actions.cases.colleagues import ColleaguesRequest
from mesure.web.shared.visits import PageVisit


def names_of(visit: PageVisit) -> dict[str, str]:
    """Return the names of those who work or worked on cases, by account."""
    staff = visit.perform(colleagues.list_colleagues, ColleaguesRequest(with_former=True))
    return {colleague.account: colleague.name for colleague in staff}
