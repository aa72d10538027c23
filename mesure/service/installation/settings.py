"""Settings of an installation: each by its name in the environment or in one file.

What is given on the command line counts before the environment, that before files of secrets, and
those before the settings file. A name that is none is refused, not ignored: with a misspelt
`MESURE_DATABASE_URL` the service would quietly begin an empty store of its own.
The page docs/settings.md is made from this module.
"""

import ipaddress
import os
from datetime import time
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final, TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BeforeValidator, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from mesure.audit.signing import signer_keys as keys
from mesure.machine import timezones
from mesure.store.values.effects import JudgingPlace

PREFIX: Final = "MESURE_"
KEY_DIGITS: Final = 64

_Any: TypeAlias = Any  # What pydantic gives is checked by pydantic.


def _setting(default: object, says: str, write: str) -> _Any:
    """Return a field: what it is for, and what to write when its value is wrong."""
    return Field(default, description=says, json_schema_extra={"write": write})


def _number(default: float, says: str, least: float, most: float) -> _Any:
    write: _Any = {"write": f"a number from {least} to {most}"}
    return Field(default, description=says, ge=least, le=most, json_schema_extra=write)


def _words(value: object) -> object:
    """Return the items of a list that was written with commas."""
    if isinstance(value, str):
        return tuple(word.strip() for word in value.split(",") if word.strip())
    return value


Listed = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_words)]
_FILE: Final = "the path of a file"


class MailTls(StrEnum):
    """How the connection to a mail server is kept from being read."""

    STARTTLS = "starttls"
    WHOLE = "whole"  # From the first byte on.
    NONE = "none"  # For a server on this machine.


class Settings(BaseSettings):
    """Everything that can be set; each has a value with which a first try works."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        extra="ignore",
        frozen=True,
        env_ignore_empty=True,
        hide_input_in_errors=True,
    )

    # --- Where ---
    data: Path = _setting(
        Path("mesure-data"),
        "Folder of the installation: the embedded store and, unless `keys` is set, the keys.",
        "the path of a folder",
    )
    keys: Path | None = _setting(
        None,
        "Folder of the keys. Without it: `keys` in the data folder. Best on another disk.",
        "the path of a folder",
    )
    database_url: SecretStr | None = _setting(
        None,
        "PostgreSQL to use instead of the embedded store.",
        "postgresql://name@host/database, or host=... dbname=...",
    )
    standby: bool = _setting(
        False,
        "Wait until no other service uses the database, and take over then; with the same keys.",
        "true or false",
    )
    cluster: bool = _setting(
        False,
        "Serve at once beside other services over the same database, each a node of a cluster; "
        "one of them at a time judges. With the same settings and keys.",
        "true or false",
    )
    name: str = _setting(
        "mesure",
        "Name of the installation, which stands in every checkpoint of its audit log. Not to be "
        "changed later.",
        "a name without spaces and plus signs, best one of your domain: mesure.example.kz",
    )

    basemap: Path | None = _setting(
        None,
        "Map of streets behind zones and fixes, as `mesure basemap` makes it. Without it: "
        "`basemap.pmtiles` in the data folder, if it is there.",
        _FILE,
    )
    addresses: Path | None = _setting(
        None,
        "Address book that officers search while they enter an order, as `mesure addresses` makes "
        "it. Without it: `addresses.db` in the data folder, if it is there.",
        _FILE,
    )

    archive: Path | None = _setting(
        None,
        "Folder in which trails are archived daily, sealed, for judging a whole country again. "
        "Without it: none.",
        "the path of a folder",
    )

    # --- Listening ---
    host: str = _setting("127.0.0.1", "Address to listen on.", "an address of this machine")
    port: int = _number(8080, "Port to listen on; 0: any that is free.", 0, 65_535)
    public_url: str | None = _setting(
        None,
        "How people and devices reach the service. Without it: host and port.",
        "https://mesure.example.kz",
    )
    trusted_proxies: Listed = _setting(
        (),
        "Addresses or networks of proxies whose word on who asks is believed.",
        "addresses with commas between: 10.0.0.5, 10.1.0.0/16",
    )
    address_rate: int = _number(
        1_000,
        "Requests a second that one address may make for devices; many stand behind one in mobile "
        "networks.",
        1,
        1_000_000,
    )
    tls_certificate: Path | None = _setting(
        None, "Certificate with its chain, if the service itself speaks TLS.", _FILE
    )
    tls_key: Path | None = _setting(None, "Private key of the certificate.", _FILE)
    tls_self_signed: bool = _setting(
        False, "Make a certificate of its own, for a first try; nobody trusts it.", "true or false"
    )

    # --- Judging ---
    workers: int = _number(
        max(1, (os.cpu_count() or 2) // 2),
        "Processes that judge. Without it: one for two processors.",
        1,
        64,
    )
    persons_in_hand: int = _number(
        20_000,
        "Persons whom each process that judges holds in memory. Beyond that it lets go of those "
        "judged longest ago, and reads them again.",
        1,
        10_000_000,
    )
    judge: JudgingPlace = _setting(
        JudgingPlace.SERVICE,
        "Who judges: `service`, processes of the service that leads; or `country`, the executors "
        "of `mesure country judge`.",
        "service or country",
    )
    policy: Path | None = _setting(
        None, "Policy file with the thresholds in which the programme differs.", _FILE
    )
    retention: Path | None = _setting(
        None, "File with the times of keeping in which the programme differs.", _FILE
    )
    deadlines: Path | None = _setting(
        None, "File with the deadlines and office hours in which the programme differs.", _FILE
    )

    # --- Papers ---
    documents_mb: int = _number(
        200,
        "Documents that are kept of one person, in megabytes in all; more are refused.",
        10,
        10_000,
    )
    paper_seal: Path | None = _setting(
        None,
        "Certificate with its key (PKCS #12) by which the papers of evidence bundles are signed. "
        "Without it: they are not.",
        _FILE,
    )
    paper_seal_password: SecretStr | None = _setting(None, "Password of that file.", "a password")

    # --- Keys ---
    master_key: SecretStr | None = _setting(
        None,
        "Key that wraps every person's key. Without it: `master.key` in the folder of keys.",
        f"{KEY_DIGITS} hexadecimal digits",
    )

    # --- Signing in ---
    directory: str | None = _setting(
        None,
        "Directory (OpenID Connect) by which staff may sign in as well: its issuer.",
        "https://sso.example.kz/realms/probation",
    )
    directory_client: str = _setting("mesure", "Name by which the directory knows us.", "a name")
    directory_secret: SecretStr | None = _setting(
        None, "Secret that the directory gave us. Without it: PKCE alone.", "a secret"
    )

    # --- MQTT ---
    mqtt_host: str | None = _setting(
        None, "Broker from which messages are taken. Without it: none.", "a name or an address"
    )
    mqtt_port: int = _number(1883, "Port of the broker.", 1, 65_535)
    mqtt_name: str | None = _setting(None, "Name by which the broker knows us.", "a name")
    mqtt_password: SecretStr | None = _setting(None, "Password for the broker.", "a password")
    mqtt_tls: bool = _setting(False, "Speak TLS with the broker.", "true or false")
    mqtt_ca: Path | None = _setting(
        None, "Certificate that signs the broker's. Without it: those of the system.", _FILE
    )

    # --- Notices ---
    mail_host: str | None = _setting(
        None, "Mail server for notices. Without it: none are sent by e-mail.", "a name"
    )
    mail_port: int = _number(587, "Port of the mail server.", 1, 65_535)
    mail_from: str = _setting("", "Address from which notices come.", "an address of e-mail")
    mail_tls: MailTls = _setting(
        MailTls.STARTTLS, "How the mail server speaks TLS.", "starttls, whole or none"
    )
    mail_name: str | None = _setting(None, "Name by which the mail server knows us.", "a name")
    mail_password: SecretStr | None = _setting(None, "Password for the mail server.", "a password")
    mail_ca: Path | None = _setting(
        None, "Certificate that signs the mail server's. Without it: those of the system.", _FILE
    )
    gateways: Listed = _setting(
        (),
        "Other ways for notices, as names and addresses of Apprise with a place for the receiver.",
        "pairs with commas between: sms=sinch://plan:token@from/{address}",
    )

    webhooks_private: bool = _setting(
        False, "Webhooks may go to private networks; never to this machine.", "true or false"
    )
    time_zone: str | None = _setting(
        None,
        "Clock of the programme: of the night in which nobody is disturbed, and of pages that are "
        "about several people. Without it those go by UTC; officers entering an order are asked.",
        "a name such as Asia/Almaty",
    )
    quiet_from: time = _setting(
        time(21), "From then on nobody is disturbed by what can wait.", "a time of day: 21:00"
    )
    quiet_until: time = _setting(
        time(8), "Until then nobody is disturbed by what can wait.", "a time of day: 08:00"
    )

    # --- Watching ---
    metrics_networks: Listed = _setting(
        ("127.0.0.0/8", "::1/128"),
        "Networks that may read `/metrics`, directly and through no proxy.",
        "addresses with commas between: 127.0.0.0/8, 10.1.0.0/16",
    )

    # --- Clock and disk ---
    clock_step_s: float = _number(
        2.0, "A jump of the clock by more than this is logged, in seconds.", 0.1, 3_600
    )
    disk_warn_days: int = _number(30, "Warn when the disk is full in this many days.", 1, 3_650)
    disk_floor_mb: int = _number(
        256,
        "Take nothing new when less is free, in megabytes: what was acknowledged stays safe.",
        16,
        1_000_000,
    )

    @field_validator("name")
    @classmethod
    def _is_name(cls, name: str) -> str:
        if not keys.is_name(name):
            raise ValueError("cannot name a log")
        return name

    @field_validator("public_url")
    @classmethod
    def _is_url(cls, url: str | None) -> str | None:
        if url is not None and not url.startswith(("http://", "https://")):
            raise ValueError("is no address of a site")
        return url and url.rstrip("/")

    @field_validator("master_key")
    @classmethod
    def _is_key(cls, key: SecretStr | None) -> SecretStr | None:
        if key is not None:
            try:
                is_key = len(bytes.fromhex(key.get_secret_value())) == KEY_DIGITS // 2
            except ValueError:
                is_key = False
            if not is_key:
                raise ValueError("is no key")
        return key

    @field_validator("trusted_proxies", "metrics_networks")
    @classmethod
    def _are_networks(cls, networks: tuple[str, ...]) -> tuple[str, ...]:
        for network in networks:
            try:
                ipaddress.ip_network(network)
            except ValueError:
                raise ValueError("is no list of addresses") from None
        return networks

    @field_validator("time_zone")
    @classmethod
    def _is_zone(cls, name: str | None) -> str | None:
        if name is None:
            return None
        timezones.pin()
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError("is no time zone") from None
        return name

    @property
    def zone(self) -> ZoneInfo:
        """Return the clock of the programme; UTC as long as nobody named one."""
        return ZoneInfo(self.time_zone or "UTC")

    @field_validator("gateways")
    @classmethod
    def _are_pairs(cls, gateways: tuple[str, ...]) -> tuple[str, ...]:
        if not all(gateway.partition("=")[2] for gateway in gateways):
            raise ValueError("is no list of pairs")
        return gateways

    @model_validator(mode="after")
    def _go_together(self) -> "Settings":
        if (self.tls_certificate is None) != (self.tls_key is None):
            raise ValueError("tls_certificate and tls_key go together: name both, or neither")
        if self.tls_certificate is not None and self.tls_self_signed:
            raise ValueError("tls_self_signed is for who has no certificate: name one or the other")
        if self.standby and self.database_url is None:
            raise ValueError("standby is for PostgreSQL: an embedded store is one machine's own")
        if self.cluster and self.database_url is None:
            raise ValueError("cluster is for PostgreSQL: an embedded store is one service's own")
        if self.cluster and self.standby:
            raise ValueError("cluster and standby exclude each other: a node serves, nobody waits")
        if self.judge is JudgingPlace.COUNTRY and self.database_url is None:
            raise ValueError("judge = country is for PostgreSQL: executors reach no embedded store")
        if self.mail_host is not None and "@" not in self.mail_from:
            raise ValueError("mail_host goes with mail_from: name the address notices come from")
        return self

    def dump_for_child(self) -> dict[str, _Any]:
        """Return everything, secrets too, for a process of ours; `model_validate` takes it."""
        values: dict[str, _Any] = self.model_dump(mode="json")
        secrets = {name: value for name, value in self if isinstance(value, SecretStr)}
        return {**values, **{name: secret.get_secret_value() for name, secret in secrets.items()}}

    @property
    def key_folder(self) -> Path:
        """Return the folder of the keys."""
        return self.keys or self.data / "keys"
