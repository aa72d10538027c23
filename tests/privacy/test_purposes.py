import pytest

from mesure.incidents.finding import FindingCause, FindingOutcome, ReviewStage
from mesure.incidents.review_refusal import ReviewRefusal
from mesure.machine import texts
from mesure.privacy import purposes
from mesure.privacy.access_refusal import AccessRefusal
from mesure.privacy.purposes import Purpose
from mesure.privacy.roles import CASEWORK, Role


def test_each_role_looks_for_its_own_purposes_only() -> None:
    """Inspectors inspect, people see and defend what is theirs, and nobody else has a purpose."""
    may = {role: {one for one in Purpose if purposes.may_name(role, one)} for role in Role}
    own = {Purpose.INSPECTION, Purpose.OWN_DATA, Purpose.DEFENCE}
    assert all(may[role] == set(Purpose) - own for role in CASEWORK)
    assert may[Role.INSPECTOR] == {Purpose.INSPECTION}
    assert may[Role.PERSON] == {Purpose.OWN_DATA}
    assert may[Role.COUNSEL] == {Purpose.DEFENCE}
    assert may[Role.SERVICE] == {Purpose.SUPERVISION}
    assert not may[Role.OPERATOR] | may[Role.PROGRAM] | may[Role.VISITOR]


@pytest.mark.parametrize("language", texts.LANGUAGES)
@pytest.mark.parametrize(
    "kind", [Purpose, AccessRefusal, ReviewRefusal, FindingOutcome, FindingCause, ReviewStage]
)
def test_everything_of_a_closed_list_can_be_said(kind: type, language: str) -> None:
    catalogue = texts.catalogue(language)
    sentences = [one.in_words(catalogue) for one in kind]  # type: ignore[attr-defined]
    assert all(sentences)
    assert all(len(sentence.split()) <= 22 for sentence in sentences)
