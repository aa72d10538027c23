"""Account holder: what somebody knows of their account, and what must result from each attempt.

What must be refused and what must be let in is written here once more, from decision 0032 and not
from the product. Where nobody was answered, it is not known what was kept: then neither is asked.
"""

from dataclasses import dataclass, field
from typing import Final

import pyotp

from mesure.actions.framework.context import Actor
from mesure_lab.whole.drawn.scenery import H, M, S
from mesure_lab.whole.lives.authenticator import Authenticator

CODE_S: Final = 30
FREE_TRIES: Final = 4
FREE_OF_ADDRESS: Final = 20
FIRST_WAIT_US: Final = 15 * S
WAIT_US_MAX: Final = 15 * M
FORGOTTEN_US: Final = 24 * H
IDLE_US: Final = 30 * M
WHOLE_US: Final = 12 * H
CLOCK_US: Final = 5 * S  # Clocks are set by seconds.
NEAR_US: Final = 70 * S  # A session is noted as seen once a minute.


@dataclass
class OpenSession:
    """A session that somebody was given, and when it was last seen to live."""

    token: str
    began_us: int
    seen_us: int

    def must_live(self, now_us: int) -> bool:
        """Tell whether it surely goes on."""
        is_seen = now_us < self.seen_us + IDLE_US - NEAR_US
        return is_seen and now_us < self.began_us + WHOLE_US - NEAR_US

    def must_be_over(self, now_us: int) -> bool:
        """Tell whether it surely ended by itself."""
        is_idle = now_us > self.seen_us + IDLE_US + NEAR_US
        return is_idle or now_us > self.began_us + WHOLE_US + NEAR_US


@dataclass
class FailedTries:
    """How often it failed in a row under a name, as far as it is known: at least, and at most."""

    least: int = 0
    most: int = 0
    last_us: int = 0
    free: int = FREE_TRIES

    def fail(self, now_us: int) -> None:
        """Count a failure."""
        if now_us - self.last_us >= FORGOTTEN_US + CLOCK_US:
            self.least = self.most = 0
        elif now_us - self.last_us >= FORGOTTEN_US - CLOCK_US:
            self.least = 0
        self.least, self.most, self.last_us = self.least + 1, self.most + 1, now_us

    def forget(self) -> None:
        """Count from nothing: somebody signed in."""
        self.least = self.most = 0

    def must_wait(self, now_us: int) -> bool:
        """Tell whether a try at this instant is surely refused unseen."""
        return self.last_us <= now_us < self.last_us + _wait_us(self.least - self.free) - CLOCK_US

    def may_wait(self, now_us: int) -> bool:
        """Tell whether a try at this instant may be refused unseen."""
        return (
            self.most > self.free
            and now_us <= self.last_us + _wait_us(self.most - self.free) + CLOCK_US
        )


def _wait_us(beyond: int) -> int:
    """Return how long somebody waits who failed this often beyond what is free."""
    return 0 if beyond <= 0 else min(FIRST_WAIT_US << min(beyond - 1, 16), WAIT_US_MAX)


def at_address() -> FailedTries:
    """Return a count of what comes from one address: nobody who signs in clears it."""
    return FailedTries(free=FREE_OF_ADDRESS)


@dataclass
class AccountHolder:
    """Somebody with an account: what they know, and what was taken from them."""

    actor: Actor
    name: str
    link: str  # Which sets the account up; it works once, and for three days.
    linked_us: int
    login: str = ""
    password: str = ""
    secret: str = ""  # Of the app that shows codes; empty: it was not set up.
    recovery: list[str] = field(default_factory=list)
    used: list[str] = field(default_factory=list)  # Codes that surely counted,
    unanswered: set[str] = field(default_factory=set)  # and those of which that is not known.
    last_step: int = 0  # Of the last code that counted, or may have.
    sessions: list[OpenSession] = field(default_factory=list)
    over: list[str] = field(default_factory=list)  # Tokens of sessions that surely ended.
    browser: str | None = None  # In which the holder has signed in before.
    former_browser: str | None = None  # Which is forgotten, and counts as any other.
    by_name: FailedTries = field(default_factory=FailedTries)
    by_browser: FailedTries = field(default_factory=FailedTries)
    keys: list[Authenticator] = field(default_factory=list)  # Passkeys that open the account.
    gone_keys: list[Authenticator] = field(default_factory=list)  # That surely do no more.
    is_bound: bool | None = False  # To the directory's name for them; None: it is not known.
    is_closed: bool = False
    is_unsure: bool = False  # Whether it is not known what opens the account.
    is_guessed_at: bool = False  # Somebody guessed their password at an open browser.

    def code(self, now_us: int) -> str:
        """Return what the app shows."""
        return pyotp.TOTP(self.secret).generate_otp(now_us // S // CODE_S)

    def is_fresh(self, now_us: int) -> bool:
        """Tell whether no code of this half-minute or a later one was used."""
        return now_us // S // CODE_S > self.last_step

    def use_code(self, now_us: int) -> None:
        """Note that the code of now counted."""
        self.last_step = now_us // S // CODE_S
        self.used.append(self.code(now_us))

    def tries(self, browser: str | None) -> FailedTries:
        """Return what a failure counts for: the holder's browser has a count of its own."""
        return self.by_name if browser is None or browser != self.browser else self.by_browser

    def forget_browser(self) -> None:
        """Note that the browser is known no more."""
        self.former_browser, self.browser = self.browser or self.former_browser, None

    def forget_ways_in(self, *, is_sure: bool = True) -> None:
        """Note that no passkey and no directory opens the account, or that it is not known."""
        if is_sure:
            self.gone_keys += self.keys
        self.keys = []
        if self.is_bound:  # What is left is the address, by which it is bound anew.
            self.is_bound = False if is_sure else None

    def end_sessions(self, *, is_sure: bool = True) -> None:
        """Note that every session ended, or that it is not known of any."""
        if is_sure:
            self.over += [one.token for one in self.sessions]
        self.sessions = []
