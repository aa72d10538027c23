"""Who is in charge of a person now, and by what: there is always somebody."""

from mesure.actions.cases.persons import InChargeShown
from mesure.privacy.charge import How
from mesure.web.shared.words.page_texts import PageTexts


def rows(shown: InChargeShown, texts: PageTexts) -> list[tuple[str, str]]:
    """Return it as lines of a list: what they are, and their name."""
    catalogue = texts
    words = {
        How.OWN: catalogue.text("Officer"),
        How.COVER: catalogue.text("Stands in for the officer"),
        How.ON_CALL: catalogue.text("Officer on call"),
        How.SUPERVISOR: catalogue.text("Supervisor"),
    }
    return [(words[shown.how], shown.name)]
