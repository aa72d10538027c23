"""Messages of apps: from a request's pieces to what is handed in, by each phone's enrolment."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from mesure.actions.limits.token_buckets import DeviceRateLimiter
from mesure.actions.receiving.receive_apps import (
    StaleEnrolmentError,
    UnsignedAppMessage,
    UnsignedAppReceiver,
    WaitingAppMessage,
)
from mesure.actions.records import app_records
from mesure.actions.records.app_records import AppFamily, UnsignedApp
from mesure.actions.records.record_types import Stored
from mesure.devices.message.downlink import Configuration, Down, FixBurst
from mesure.devices.message.packed import I64
from mesure.formats.apps import app_message, message_pieces
from mesure.formats.apps import owntracks_commands as commands
from mesure.formats.apps.app_message import AppMessageKind
from mesure.formats.apps.app_request import AppMessageFate
from mesure.formats.apps.message_pieces import MessagePiece, PieceContent
from mesure.formats.apps.osmand import OsmandDialect, SpeedUnit
from mesure.formats.apps.owntracks_commands import Command, ReportLocation, SetConfiguration
from mesure.formats.apps.owntracks_secret import DeviceSecretBox
from mesure.formats.stored import assemble_fixes
from mesure.instants import US_PER_DAY

Boxes = Callable[[str], DeviceSecretBox]  # By passphrase.

_USABLE: Final = frozenset({AppMessageKind.FIX, AppMessageKind.HEARTBEAT, AppMessageKind.EVENT})
FAR_US: Final = US_PER_DAY  # Ahead: a fix of such a time counts for nothing.
NAMES_MAX: Final = 16  # Looked up of one request whose sender is to wait.


class TooOftenError(Exception):
    """Too much has come from this sender."""

    def __init__(self, wait_s: float) -> None:
        super().__init__()
        self.wait_s = wait_s


@dataclass(frozen=True, slots=True)
class AppCredentials:
    """What somebody signs in with; None: the transport has seen to it."""

    login: str
    password: str


@dataclass(frozen=True, slots=True)
class AppRequestOutcome:
    """What became of a request, and what the phone is asked."""

    fate: AppMessageFate
    commands: tuple[Command, ...] = ()
    messages: dict[str, int] = field(default_factory=dict)  # How many pieces each phone sent.
    box: DeviceSecretBox | None = None  # Seals the answer to a phone that is enrolled with a key.


class AppMessageIntake:
    """Hands in what phones say."""

    def __init__(self, receiver: UnsignedAppReceiver, boxes: Boxes) -> None:
        self._receiver, self._boxes = receiver, boxes
        self.rates = DeviceRateLimiter()  # A listener may set others.

    async def hand_in(
        self,
        family: AppFamily,
        pieces: Sequence[MessagePiece],
        address: str,
        credentials: AppCredentials | None = None,
        *,
        comes_again: bool = True,
    ) -> AppRequestOutcome:
        """Return what became of the pieces of one request, once it is on the disk.

        `comes_again`: whether the phone sends it again where it cannot be kept now.
        """
        request = family, pieces, address, credentials, comes_again
        try:
            return await self._hand_in(*request)
        except StaleEnrolmentError:  # Enrolled otherwise a moment ago; now it is known how.
            return await self._hand_in(*request)

    async def _hand_in(
        self,
        family: AppFamily,
        pieces: Sequence[MessagePiece],
        address: str,
        credentials: AppCredentials | None,
        comes_again: bool,
    ) -> AppRequestOutcome:
        letters: list[UnsignedAppMessage] = []
        enrolled: list[UnsignedApp] = []
        names = dict.fromkeys(piece.claimed for piece in pieces)
        by_name = {name: await self._receiver.find_app(family, name) for name in names}
        apps = [by_name[piece.claimed] for piece in pieces]
        apps = [app if app and _lets_in(app.value, credentials) else None for app in apps]
        self._charge(pieces, apps)
        for piece, pilot in zip(pieces, apps, strict=True):
            if pilot is None:
                letters.append(_stranger(piece))
                continue
            enrolled.append(pilot.value)
            content = message_pieces.read_piece(
                piece,
                OsmandDialect(SpeedUnit[pilot.value.speed_unit], pilot.value.hdop_is_m),
                self._box(pilot.value),
            )
            faults = tuple(
                message.why
                for message in content.messages
                if message.why and message.kind is AppMessageKind.REFUSED
            )
            # An event outlives a refusal: a call for help counts beside a place that is none.
            events = [event for message in content.messages for event in message.events]
            is_kept = bool(events) or any(one.kind in _USABLE for one in content.messages)
            if is_kept or faults:
                form, now_us = piece.form.value, self._receiver.now_us
                times, fix_us = _times_us(content, now_us), _fix_us(content, now_us)
                how = app_message.health_events(content.messages, now_us)
                letter = UnsignedAppMessage(pilot, form, content.kept, times, is_kept, faults)
                calls_us = [event.observed_us for event in events if app_message.calls(event)]
                is_apart = None in calls_us and not len(times)  # Another call each time.
                occasion = str(now_us).encode() if is_apart else b""
                letters.append(replace(letter, how=how, fix_us=fix_us, occasion=occasion))
        if pieces and not enrolled:
            await self._receiver.hand_in(letters, address)
            return AppRequestOutcome(AppMessageFate.NOT_ENROLLED)
        hand_in = self._receiver.hand_in
        downlinks = await hand_in(letters, address, comes_again=comes_again) if letters else ()
        box = self._box(enrolled[0]) if enrolled else None
        sent = dict(Counter(one.device for one in enrolled))
        return AppRequestOutcome(AppMessageFate.KEPT, tuple(map(_command, downlinks)), sent, box)

    def take_waiting(self) -> tuple[int, int]:
        """Receive what waited for a key that is here again; return how much, and how much waits on.

        What nobody would send again is set aside while its carrier's key is lost. It is opened and
        read here as it was then.
        """
        done = left = after = 0
        while page := self._receiver.list_waiting(after):
            received = self._receiver.receive_again([(one, _times_of(one)) for one in page])
            done, left = done + received, left + len(page) - received
            after = page[-1].number
        return done, left

    async def is_known(self, family: AppFamily, pieces: Sequence[MessagePiece]) -> bool:
        """Tell whether a piece says to be from a phone that is enrolled, of the first names."""
        names = list(dict.fromkeys(piece.claimed for piece in pieces))[:NAMES_MAX]
        return any([await self._receiver.find_app(family, name) for name in names])

    async def poll(self, family: AppFamily, claimed: str) -> AppRequestOutcome:
        """Return what a listening phone is asked, without its having said anything."""
        pilot = await self._receiver.find_app(family, claimed)
        if pilot is None:
            return AppRequestOutcome(AppMessageFate.NOT_ENROLLED)
        downlinks = await self._receiver.tell(pilot)
        return AppRequestOutcome(
            AppMessageFate.KEPT, tuple(map(_command, downlinks)), box=self._box(pilot.value)
        )

    def _charge(
        self, pieces: Sequence[MessagePiece], apps: Sequence[Stored[UnsignedApp] | None]
    ) -> None:
        """Count all of a request, or nothing where a phone has to wait: it is answered once."""
        now_s, sizes = asyncio.get_running_loop().time(), dict[str, list[int]]()
        for piece, app in zip(pieces, apps, strict=True):
            if app:
                sizes.setdefault(app.id, []).append(len(piece.text))
        if late_s := max((self.rates.wait_s(one, now_s) for one in sizes), default=0.0):
            raise TooOftenError(late_s)
        for device, own in sizes.items():
            self.rates.take(device, now_s, sum(own), len(own))

    def _box(self, pilot: UnsignedApp) -> DeviceSecretBox | None:
        return self._boxes(pilot.passphrase) if pilot.passphrase else None


def _lets_in(pilot: UnsignedApp, credentials: AppCredentials | None) -> bool:
    return not credentials or app_records.lets_in(pilot, credentials.login, credentials.password)


def _stranger(piece: MessagePiece) -> UnsignedAppMessage:
    form, no_times = piece.form.value, np.empty(0, np.int64)
    return UnsignedAppMessage(None, form, piece.text, no_times, False, claimed=piece.claimed)


def _times_us(content: PieceContent, received_us: int) -> I64:
    """Return when things were; a clock that is 1,024 weeks behind is set right, as in judging.

    A call by a clock that is far ahead was made when it was received, whenever an order ends.
    """
    timed = [message for message in content.messages if message.observed_us is not None]
    observed_us = np.array([message.observed_us for message in timed], np.int64)
    times_us = assemble_fixes.correct_rollover(observed_us, received_us)
    calls = np.array([bool(message.events) for message in timed], np.bool_)
    return np.where(calls & (times_us > received_us + FAR_US), received_us, times_us)


def _times_of(waiting: WaitingAppMessage) -> I64:
    messages = message_pieces.read(waiting.refused.form, waiting.data)
    return _times_us(PieceContent(messages, waiting.data), waiting.refused.received_us)


def _fix_us(content: PieceContent, received_us: int) -> int | None:
    """Return when the latest fix was taken, unless its clock runs ahead of its receipt."""
    fixes = tuple(message for message in content.messages if message.fix)
    times_us = _times_us(replace(content, messages=fixes), received_us).tolist()
    return min(max(times_us), received_us) if times_us else None


def _command(downlink: Down) -> Command:
    """Return the command to a phone that corresponds to one to a device."""
    if isinstance(downlink, FixBurst):
        return ReportLocation()
    assert isinstance(downlink, Configuration), "nothing else is told to a phone"
    every_s = round(downlink.report_every_ms / 1_000.0)
    return SetConfiguration(min(max(every_s, commands.EVERY_S_MIN), commands.EVERY_S_MAX))
