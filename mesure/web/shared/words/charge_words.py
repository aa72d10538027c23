"""Charge words: who is in charge of a person now, and why."""

from mesure.actions.cases.persons import InChargeView
from mesure.privacy.charge import ChargeBasis
from mesure.web.shared.words.page_texts import PageTexts


def rows(shown: InChargeView, catalogue: PageTexts) -> list[tuple[str, str]]:
    """Return it as lines of a list: what they are, and their name."""
    words = {
        ChargeBasis.OWN: catalogue.text("Officer"),
        ChargeBasis.COVER: catalogue.text("Covering for the officer"),
        ChargeBasis.ON_CALL: catalogue.text("Officer on call"),
        ChargeBasis.SUPERVISOR: catalogue.text("Supervisor"),
    }
    return [(words[shown.how], shown.name)]
