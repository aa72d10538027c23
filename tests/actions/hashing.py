"""Passwords of tests are hashed quickly; `test_passwords.py` asks how it is really done."""

from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher

from mesure.actions.accounts import passwords


@pytest.fixture(autouse=True, scope="session")
def quick_hashes() -> Iterator[None]:
    """Hash quickly: a filled office has a PIN, whose hash took a third of a second."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_HASHER", quick)
        patch.setattr(passwords, "NOBODYS", quick.hash("nobody", salt=bytes(16)))
        yield
