"""Whatever a test of this room provokes: it must be sayable in every language, to the last word."""

import string
from collections.abc import Callable

import pytest

from mesure.machine import texts
from mesure.orders.text.order_faults import OrderError, RefusedValueError
from mesure.orders.text.sayings import TranslatableText
from mesure.orders.wording import fault_sentences

OWN_WORDS = ("test_order_faults", "test_fault_sentences")  # They say words that are no sayings.
LANGUAGES = ("fr", "ru", "kk")
SAME_IN_FRENCH = {"minutes"}
SEEN: set[str] = set()


@pytest.fixture(autouse=True)
def _sayable(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.module.__name__.rpartition(".")[2] not in OWN_WORDS:
        monkeypatch.setattr(RefusedValueError, "__init__", _refused(RefusedValueError.__init__))
        monkeypatch.setattr(OrderError, "__init__", _order_error(OrderError.__init__))


def _refused(init: Callable[..., None]) -> Callable[..., None]:
    def init_and_check(self: RefusedValueError, what: str, why: str, remedy: str) -> None:
        init(self, what, why, remedy)
        for words in (what, why, remedy):
            check(words)

    return init_and_check


def _order_error(init: Callable[..., None]) -> Callable[..., None]:
    def init_and_check(self: OrderError, *arguments: object) -> None:
        init(self, *arguments)
        for fault in self.faults:
            for words in (fault.what, fault.why, fault.remedy):
                check(words)
        assert fault_sentences.lines(self, texts.catalogue("en")) == str(self)

    return init_and_check


def check(words: str) -> None:
    """Fail where words, or words inside them, would be shown in English to everybody."""
    assert isinstance(words, TranslatableText), f"{words!r} is said in English only"
    for value in words.values.values():
        if isinstance(value, TranslatableText):
            check(value)
    if words.source not in SEEN:
        SEEN.add(words.source)
        assert not leftover(words.source), f"{words.source!r} stays English"


def leftover(source: str) -> list[str]:
    """Return the languages that say a text as English does; placeholders alone are no text."""
    parts = [literal for literal, *_ in string.Formatter().parse(source)]
    if not any(char.isalpha() for char in "".join(parts)):
        return []
    same = [one for one in LANGUAGES if texts.catalogue(one).text(source) == source]
    return [] if same == ["fr"] and source in SAME_IN_FRENCH else same
