import argon2
import pytest
from argon2.low_level import Type

from mesure.actions.accounts import passwords
from mesure.actions.records import tokens

# Before the tests of this room make hashing quick.
HASHER, NOBODYS = passwords._HASHER, passwords.NOBODYS


def test_the_hash_that_stands_for_none_is_one_that_is_made_like_all_others() -> None:
    """Else the time that it takes to refuse would tell who has an account."""
    assert HASHER.hash("nobody", salt=bytes(passwords.SALT_BYTES)) == NOBODYS


def test_passwords_are_kept_as_rfc_9106_recommends() -> None:
    parameters = argon2.extract_parameters(NOBODYS)
    assert (
        parameters.type,
        parameters.time_cost,
        parameters.memory_cost,
        parameters.parallelism,
    ) == (Type.ID, 3, 65_536, 4)


def test_a_password_is_known_again_and_no_other() -> None:
    password_hash = passwords.hash_password("p\u00e9 12 signs", bytes)
    assert passwords.is_right(password_hash, "pe\u0301 12 signs")  # However a keyboard writes it.
    assert not passwords.is_right(password_hash, "pe 12 signs")
    assert not passwords.is_right(None, "nobody")
    assert not passwords.is_right("no hash", "nobody")
    assert not passwords.is_right(password_hash, "x" * 201)


@pytest.mark.parametrize(
    ("password", "login", "good"),
    [
        ("correct horse battery", "aigerim", True),
        ("short", "aigerim", False),
        ("aaaaaaaaaaaaaaa", "aigerim", False),
        ("Aigerim Sadykova", "aigerim sadykova", False),
        ("x" * 201, "aigerim", False),
    ],
)
def test_a_password_is_long_and_not_the_name(password: str, login: str, good: bool) -> None:
    assert passwords.is_good(password, login) is good


def test_a_code_is_read_however_it_is_typed() -> None:
    code = tokens.code(bytes)
    assert tokens.normalise_code(code.lower().replace("-", "")) == code
    assert tokens.hash_secret(code) != tokens.hash_secret(code.lower())
    assert tokens.token(bytes) != tokens.token(lambda count: b"\1" * count)
