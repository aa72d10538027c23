"""Contact addresses: what counts as one e-mail address or telephone number, and nothing else.

The person who is written to chose it. Mail servers and gateways read much more into an address:
names, groups, comments, further receivers, and words in another coding, in which a whole header may
hide. It is checked when somebody enters it, who sees the result, and again when something goes out.
"""

import re
from typing import Final

from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.actions.refusals.refusals import InvalidInputError

EMAIL_CHARS_MAX: Final = 254
_WORD: Final = r"[A-Za-z0-9!#$%&'*+/=^_`{|}~-]+"
_LABEL: Final = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_EMAIL: Final = re.compile(rf"{_WORD}(?:\.{_WORD})*@{_LABEL}(?:\.{_LABEL})*")
_PHONE: Final = re.compile(r"\+?[0-9](?:[ .()/-]{0,2}[0-9]){2,14}")


def email(address: str) -> str | None:
    """Return an e-mail address as a letter writes it; None where it is none.

    >>> email(" aigerim@poșta.example"), email("Aigerim <a@post.example>"), email("a@b, c@d")
    ('aigerim@xn--pota-rxb.example', None, None)
    """
    local, _, domain = address.strip().rpartition("@")
    if len(address) > EMAIL_CHARS_MAX:
        return None  # Before the slow coding of a domain of any length.
    try:
        coded = domain.encode("idna")  # As of 2003, which takes ß for ss: somebody else's domain.
        is_same = domain.isascii() or coded.decode("idna") == domain.lower()
        plain = f"{local}@{coded.decode()}" if is_same else ""
    except UnicodeError:
        return None
    return plain if len(plain) <= EMAIL_CHARS_MAX and _EMAIL.fullmatch(plain) else None


def phone(number: str) -> str | None:
    """Return the number of a phone in digits; None where it is none, or more than one.

    >>> phone("+7 (701) 000-00-00"), phone("7010000000, 7010000001"), phone("call me")
    ('+77010000000', None, None)
    """
    if not _PHONE.fullmatch(number):
        return None
    return "".join(sign for sign in number if sign in "+0123456789")


def check(phone_: str | None, email_: str | None) -> None:
    """Refuse what is entered and can be no number, or no address."""
    if email_ is not None and email(email_) is None:
        raise InvalidInputError(ActionRefusal.EMAIL)
    if phone_ is not None and phone(phone_) is None:
        raise InvalidInputError(ActionRefusal.PHONE)
