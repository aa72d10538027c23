"""Contexts of the service's actions: the store, the keys, the moment, who asks."""

import secrets
from dataclasses import replace
from typing import Final

import httpx

from mesure.actions.framework.context import Actor, Context
from mesure.actions.framework.identity_provider import Directory
from mesure.actions.framework.public_address import Site
from mesure.actions.framework.waiting_incidents import WaitingIncidents
from mesure.actions.limits.unknown_callers import UnknownCallerCounter
from mesure.actions.records import case_deadlines
from mesure.actions.records.procedure import STANDARD
from mesure.evaluation.policy import PolicyFile
from mesure.formats.stored.message_reader import MessageReader
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
        self._reader = MessageReader(self._policy)
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
        self._waiting = WaitingIncidents()
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
            reader=self._reader,
            directory=self._directory,
            site=self._site,
            tally=self._strangers,
            waiting=self._waiting,
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


def _deadlines(settings: Settings) -> DeadlineFile:
    """Return until when things are looked at and decided here: by the programme, or by default."""
    if settings.deadlines is None:
        return case_deadlines.default()
    data = file_loading.read_file(settings.deadlines, "without it nobody knows what is late")
    return deadlines.read(settings.deadlines.name, data, case_deadlines.default())
