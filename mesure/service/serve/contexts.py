"""Contexts of the service's actions: the store, the keys, the moment, who asks.

Trails are read as the judge reads them, by the thresholds of the order.
"""

import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import groupby
from operator import attrgetter
from typing import Final

import httpx

from mesure.actions.framework.context import Actor, Context
from mesure.actions.framework.identity_provider import Directory
from mesure.actions.framework.public_address import Site
from mesure.actions.judging import judge_store
from mesure.actions.limits.unknown_callers import UnknownCallerCounter
from mesure.actions.records import case_deadlines
from mesure.actions.records.procedure import STANDARD
from mesure.actions.records.record_types import RegisterReader
from mesure.evaluation.policy import DeviceClass, PolicyFile
from mesure.formats.stored import message_outlines, stored_trails
from mesure.formats.stored.message_outlines import MessageOutline
from mesure.formats.stored.trail_fix import TrailFix, TrailMessage, TrailRest
from mesure.incidents import deadlines
from mesure.incidents.deadlines import DeadlineFile
from mesure.machine import clock, file_loading
from mesure.record.policy_loading import read_policy
from mesure.service.installation.installation import Installation
from mesure.service.installation.settings import Settings
from mesure.service.maintenance import erase

DIRECTORY_TIMEOUT_S: Final = 10.0
BACK: Final = "/sign-in/directory/back"  # Where the directory sends people back to.


class ContextFactory:
    """Makes the context of each request."""

    def __init__(self, installation: Installation, origin: str) -> None:
        self._made = installation
        self._policy, _ = read_policy(installation.settings.policy)
        self._procedure = replace(
            STANDARD,
            retention=erase.rules(installation.settings),
            deadlines=_deadlines(installation.settings),
            zone=installation.settings.zone,
            has_mail=installation.settings.mail_host is not None,
            has_gateway=bool(installation.settings.gateways),
            documents_bytes_max=installation.settings.documents_mb << 20,
        )
        self._site = Site.at(origin, "Mesure")
        self._strangers = UnknownCallerCounter()
        self._http = httpx.Client(timeout=DIRECTORY_TIMEOUT_S)
        self._directory = self._made_directory(origin)

    def make(self, actor: Actor, request: str, address: str = "") -> Context:
        """Return a context for the present caller."""
        return Context(
            self._made.store,
            self._made.keyring,
            clock.now(),
            secrets.token_bytes,
            actor,
            request,
            procedure=self._procedure,
            address=address,
            read_trail=self._trail,
            read_told=stored_trails.device_reports,
            read_outlines=self._outlines,
            directory=self._directory,
            site=self._site,
            tally=self._strangers,
        )

    @property
    def thresholds(self) -> PolicyFile:
        """Return the programme's thresholds, by their dates."""
        return self._policy

    def close(self) -> None:
        """Let go of connections to the directory."""
        self._http.close()

    def _made_directory(self, origin: str) -> Directory | None:
        settings = self._made.settings
        if settings.directory is None:
            return None
        secret = settings.directory_secret
        return Directory(
            issuer=settings.directory,
            client_id=settings.directory_client,
            client_secret=None if secret is None else secret.get_secret_value(),
            redirect_uri=origin.rstrip("/") + BACK,
            http=self._http,
        )

    def _outlines(self, pieces: Sequence[TrailMessage]) -> Iterator[MessageOutline]:
        today = clock.now().date()
        for device, device_pieces in groupby(pieces, attrgetter("device")):
            with self._made.store.read() as reading:
                rows = RegisterReader(reading, self._made.keyring)
                device_class, _ = judge_store.class_of(rows, device)
            policy = self._policy.at(today, device_class)
            yield from message_outlines.outlines(list(device_pieces), device_class, policy)

    def _trail(self, trail_pieces: Sequence[TrailMessage]) -> Iterable[TrailFix | TrailRest]:
        devices = sorted({one.device for one in trail_pieces})
        with self._made.store.read() as reading:
            rows = RegisterReader(reading, self._made.keyring)
            classes = {device: judge_store.class_of(rows, device)[0] for device in devices}
        read_by: dict[tuple[date, DeviceClass], list[TrailMessage]] = {}
        for piece in trail_pieces:
            by, today = piece.judged_by, clock.now().date()
            which = (today, classes[piece.device])
            if by is not None:
                which = (by.day, DeviceClass(by.device_class))
            read_by.setdefault(which, []).append(piece)
        for which, pieces in read_by.items():
            yield from stored_trails.trail(pieces, classes, self._policy.at(*which))


def _deadlines(settings: Settings) -> DeadlineFile:
    """Return until when things are looked at and decided here: by the programme, or by default."""
    if settings.deadlines is None:
        return case_deadlines.default()
    data = file_loading.read_file(settings.deadlines, "without it nobody knows what is late")
    return deadlines.read(settings.deadlines.name, data, case_deadlines.default())
