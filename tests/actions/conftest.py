"""Every test of actions has an office of its own, in a temporary folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from mesure.actions.accounts import passwords
from mesure.actions.framework.context import Actor
from mesure.privacy.roles import Role
from tests.actions import house
from tests.actions import scene as scene_
from tests.actions.house import Office
from tests.actions.scene import OfficeScene


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with house.office(tmp_path) as office:
        yield office


@pytest.fixture
def ann(office: Office) -> Actor:
    return office.account("ann", Role.OFFICER)


@pytest.fixture
def chief(office: Office) -> Actor:
    return office.account("chief", Role.SUPERVISOR)


@pytest.fixture
def scene(office: Office) -> OfficeScene:
    return scene_.scene(office)


@pytest.fixture(autouse=True, scope="session")
def quick_hashes() -> Iterator[None]:
    """Hash passwords quickly; `test_passwords.py` asks how it is really done."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_HASHER", quick)
        patch.setattr(passwords, "NOBODYS", quick.hash("nobody", salt=bytes(16)))
        yield
