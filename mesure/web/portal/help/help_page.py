"""The help of the portal: the text of the printed page, and the way to where things are done."""

from starlette.responses import Response

from mesure.web.portal.help import help_words
from mesure.web.shared.visits import PageVisit


def show(visit: PageVisit) -> Response:
    """Show the help."""
    catalogue = visit.texts.catalogue
    return visit.page(
        "portal_help.html",
        title=help_words.title(catalogue),
        lead=help_words.lead(catalogue),
        sections=help_words.sections(catalogue),
    )
