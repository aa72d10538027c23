"""Ways into the demo: its viewers sign in as the town's officer and as its supervisor."""

import secrets
from datetime import timedelta
from pathlib import Path

from mesure.actions.accounts import sign_in
from mesure.actions.accounts.sign_in import PasswordSignIn
from mesure.actions.framework import action, context
from mesure.service.serve import startup_banner
from mesure_lab.demonstration import demo_doors, moving_in
from mesure_lab.simulation import towns
from mesure_lab.simulation.towns import Town
from tests.service import installations
from tests.service.nights import START


def test_officer_and_supervisor_sign_in_with_what_is_printed(tmp_path: Path) -> None:
    people = list(towns.people(Town(1, persons=2, days=2)))
    with installations.begin(tmp_path) as instance:
        moved_in = moving_in.move_in(instance, people, lambda: START)
        staff = demo_doors.set_up(instance, moved_in, START)
        # The service prints a link to a first account only where nobody can sign in.
        assert (
            startup_banner.first_link(instance, "http://127.0.0.1:8080", secrets.token_bytes)
            is None
        )
        visitor = moving_in.context_of(instance, context.VISITOR, START + timedelta(hours=20))
        roles = [
            action.perform(
                visitor,
                sign_in.by_password,
                PasswordSignIn(door.login, door.password, door.codes[0], None, None),
            ).role.value
            for door in staff
        ]
    assert roles == [door.login for door in staff] == ["officer", "supervisor"]
