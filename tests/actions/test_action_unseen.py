"""Nobody asks unseen who is under an order: what is tried is entered, whatever comes of it."""

import contextlib

import msgspec
import pytest

from mesure.actions.framework.action import ReadRequest
from mesure.actions.refusals.refusals import ActionError
from mesure.actions.registry import ACTIONS
from mesure.privacy.purposes import Purpose
from mesure.privacy.roles import Role
from tests.actions.requests_made_up import sample
from tests.actions.scene import OfficeScene
from tests.actions.test_who_may import BEGINS_A_CASE

ABOUT_A_PERSON = [
    name
    for name, action in ACTIONS.items()
    if "person" in getattr(action.asks, "__struct_fields__", ())
    and Role.SUPERVISOR in action.allows
    and name not in BEGINS_A_CASE
]


@pytest.mark.parametrize("name", ABOUT_A_PERSON)
def test_whoever_asks_about_a_person_is_entered_whatever_comes_of_it(
    name: str, scene: OfficeScene
) -> None:
    """Else one could ask by how it fails, and nobody would know."""
    for person in ("P-1", "P-unknown"):
        request = msgspec.structs.replace(sample(ACTIONS[name].asks), person=person)
        if isinstance(request, ReadRequest):
            purpose = Purpose.SUPERVISION
            request = msgspec.structs.replace(request, purpose=purpose, case_number="ALM-1")
        before = scene.office.size()
        with contextlib.suppress(ActionError):
            scene.do(scene.chief, ACTIONS[name], request)
        [entered] = scene.office.log(before)
        assert (entered["action"], entered["by"]) == (name, "chief")
        assert entered["persons"] == (["P-1"] if person == "P-1" else [])
