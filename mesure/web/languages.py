"""Languages: which one a page speaks: as chosen, else as the browser asks, else the first."""

from collections.abc import Iterable, Sequence
from typing import Final

from starlette.requests import Request

COOKIE: Final = "mesure_language"
ASKED_CHARS_MAX: Final = 500
LANGUAGE_NAMES: Final = (
    ("en", "English"), ("fr", "Français"), ("ru", "Русский"), ("kk", "Қазақша")
)  # fmt: skip
"""What each language calls itself, to choose from."""


def of_request(request: Request, offered: Sequence[str]) -> str:
    """Return the language in which a request is answered: that of the account goes first."""
    session = request.scope["state"].get("signed_in")
    chosen = request.cookies.get(COOKIE) or (session.language if session else None)
    return negotiate(chosen, request.headers.get("accept-language", ""), offered)


def negotiate(chosen: str | None, accept_language: str, offered: Sequence[str]) -> str:
    """Return the language of a page; the first offered one where nothing else is known.

    `accept_language` is the `Accept-Language` of a browser (RFC 9110, section 12.5.4).

    >>> negotiate(None, "de, kk;q=0.9, ru;q=0.5", ["en", "fr", "ru", "kk"])
    'kk'
    >>> negotiate("fr", "ru", ["en", "fr", "ru", "kk"])
    'fr'
    """
    if chosen in offered:
        return str(chosen)
    for language in _in_order(accept_language[:ASKED_CHARS_MAX]):
        if language in offered:
            return language
    return offered[0]


def _in_order(accept_language: str) -> Iterable[str]:
    weighed: list[tuple[float, str]] = []
    for part in accept_language.split(","):
        tag, _, weight = part.strip().partition(";")
        try:
            quality = float(weight.strip().removeprefix("q=")) if weight else 1.0
        except ValueError:
            continue
        if 0 < quality <= 1:  # What is not a number is no weight either.
            weighed.append((-quality, tag.strip().partition("-")[0].lower()))
    return [tag for _, tag in sorted(weighed, key=lambda pair: pair[0])]
