"""Every action has a page, or it is said here why it has none.

What pages perform is read out of the code (`pages_of_actions`), so this list can only be too long
or too short, and either fails.
"""

import pytest

from mesure.actions.registry import ACTIONS
from mesure.privacy.roles import Role
from tests.actions.house import Office
from tests.web import pages_of_actions
from tests.web.pages_of_actions import KINDS

pytestmark = pytest.mark.once

# What is done by a device or by another program, or what another page does as well.
WITHOUT_PAGE = {
    "audit_log.record": "Who recomputes the log reads the records behind it over the API.",
    "bundle.made": "The service does it when it has handed over the file of a bundle.",
    "bundle.make": "A page hands the wish on to the service, which makes the file.",
    "caseload.in_charge": "A person's page says it with everything else of the record.",
    "devices.introduce": "A device does this by its own protocol.",
    "incidents.follow": "Another program follows; an officer has the list of the day.",
    "orders.enter": "A page enters an order step by step; a program enters it whole.",
    "orders.waiting": "A person's orders stand on a page with all their versions.",
}
BY_ITSELF = {name for name, one in ACTIONS.items() if one.allows == {Role.PROGRAM}}


@pytest.fixture
def page_actions(office: Office) -> set[str]:
    return pages_of_actions.action_names(pages_of_actions.routes_of(office))


def test_every_action_has_a_page_or_a_reason(page_actions: set[str]) -> None:
    without = set(ACTIONS) - page_actions - BY_ITSELF - set(WITHOUT_PAGE)
    assert not without, "These can be done by no page. Make one, or say in WITHOUT_PAGE why not."


def test_what_has_a_page_stands_in_no_list(page_actions: set[str]) -> None:
    listed = set(WITHOUT_PAGE)
    assert not listed & page_actions, "These have a page now. Take them out of the list."
    assert listed <= set(ACTIONS), "These are no actions any more. Take them out of the list."
    assert not listed & BY_ITSELF


def test_no_page_does_what_the_service_does_by_itself(page_actions: set[str]) -> None:
    assert not page_actions & BY_ITSELF


# --- Shown to fail -------------------------------------------------------------------------------


def test_without_its_routes_an_action_has_no_page(office: Office, page_actions: set[str]) -> None:
    others = [kind for kind in KINDS if not kind.__name__.startswith("mesure.web.office")]
    left = pages_of_actions.action_names(pages_of_actions.routes_of(office, others))
    gone = {"accounts.open", "caseload.bar", "services.open", "webhooks.add", "webhooks.try"}
    assert gone <= page_actions - left


def test_a_form_that_no_route_sends_counts_for_nothing(office: Office) -> None:
    routes = pages_of_actions.routes_of(office)
    fewer = [one for one in routes if not str(getattr(one, "path", "")).endswith("/unbar")]
    assert "caseload.confirm_unbar" in pages_of_actions.action_names(routes)
    assert "caseload.confirm_unbar" not in pages_of_actions.action_names(fewer)
