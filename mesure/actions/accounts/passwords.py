"""Passwords and PINs, as Argon2id keeps them.

A password is judged by its length and not by its signs: rules about signs make people write
passwords down. A PIN is for a holder of a printed card as well; it is never alone.
Paper: RFC 9106, section 4, the second recommended choice of parameters
"""

import unicodedata
from itertools import pairwise
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from mesure.store.writing.audit_append import Salts

PASSWORD_CHARS_MIN: Final = 12
PASSWORD_CHARS_MAX: Final = 200
PIN_DIGITS_MIN: Final = 6
PIN_DIGITS_MAX: Final = 12
SALT_BYTES: Final = 16

_HASHER: Final = PasswordHasher(time_cost=3, memory_cost=65_536, parallelism=4)
# Checked where there is no account, so that the time says nothing about who has one. Written down:
# to hash "nobody" at each start of a program takes a third of a second.
NOBODYS: Final = (
    "$argon2id$v=19$m=65536,t=3,p=4$AAAAAAAAAAAAAAAAAAAAAA"
    "$XsTYOX9zZBUPSF/iJGQz0pYhGjJleLNYLdGPrNlEozk"
)


def is_good(password: str, login: str) -> bool:
    """Tell whether a password is long enough, and not the name itself."""
    same = password.casefold() in {login.casefold(), login.casefold() * 2}
    varied = len(set(password)) > 4
    return PASSWORD_CHARS_MIN <= len(password) <= PASSWORD_CHARS_MAX and varied and not same


def is_good_pin(pin: str) -> bool:
    """Tell whether a PIN has enough digits, and is not the first that anybody would try.

    >>> is_good_pin("804217"), is_good_pin("123456"), is_good_pin("777777")
    (True, False, False)
    """
    if not (pin.isascii() and pin.isdigit() and PIN_DIGITS_MIN <= len(pin) <= PIN_DIGITS_MAX):
        return False
    steps = {int(after) - int(before) for before, after in pairwise(pin)}
    return steps not in ({0}, {1}, {-1})


def hash_password(password: str, salts: Salts) -> str:
    """Return what is kept of a password."""
    return _HASHER.hash(_composed(password), salt=salts(SALT_BYTES))


def is_right(stored_hash: str | None, password: str) -> bool:
    """Tell whether this is the password; it takes as long where none is kept."""
    if len(password) > PASSWORD_CHARS_MAX:
        return False
    try:
        _HASHER.verify(stored_hash or NOBODYS, _composed(password))
    except (VerificationError, InvalidHashError):
        return False
    return stored_hash is not None


def _composed(password: str) -> str:
    """Return a password in one form, whichever keyboard wrote its accents."""
    return unicodedata.normalize("NFKC", password)
