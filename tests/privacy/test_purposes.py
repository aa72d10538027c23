import pytest

from mesure.incidents.finding import FindingCause, FindingOutcome, ReviewStage
from mesure.incidents.review_refusal import ReviewRefusal
from mesure.machine import texts
from mesure.privacy.access_refusal import AccessRefusal
from mesure.privacy.purposes import Purpose


@pytest.mark.parametrize("language", texts.LANGUAGES)
@pytest.mark.parametrize(
    "kind", [Purpose, AccessRefusal, ReviewRefusal, FindingOutcome, FindingCause, ReviewStage]
)
def test_everything_of_a_closed_list_can_be_said(kind: type, language: str) -> None:
    catalogue = texts.catalogue(language)
    said = [one.in_words(catalogue) for one in kind]  # type: ignore[attr-defined]
    assert all(said)
    assert all(len(sentence.split()) <= 22 for sentence in said)
