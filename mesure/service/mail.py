"""E-mail: handed to the mail server that the operator named and to no other.

The name of a letter (`Message-ID`) is made from what it reports, so a letter that is handed over
twice, because the service stopped between handing over and writing that down, is seen as one.
"""

import smtplib
import ssl
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256
from typing import Final

from mesure.actions.accounts import contact_addresses
from mesure.service.installation.settings import MailTls

TIMEOUT_S: Final = 20.0


class DeliveryError(Exception):
    """Something did not go out. `is_final`: trying again would not help."""

    def __init__(self, why: str, is_final: bool = False) -> None:
        super().__init__(why)
        self.why, self.is_final = why, is_final


@dataclass(frozen=True, slots=True)
class MailServer:
    """A mail server, and as whom letters are sent."""

    host: str
    port: int
    sender: str
    tls: MailTls = MailTls.STARTTLS
    login: str | None = None
    password: str | None = None
    ca_file: str | None = None  # What signs its certificate; None: what the system trusts.


@dataclass(frozen=True, slots=True)
class Email:
    """A letter to one address."""

    to: str
    subject: str
    text: str
    language: str
    key: str  # What it reports: the same key is the same letter.


def message(letter: Email, sender: str, at: datetime) -> EmailMessage:
    """Return the letter as it is sent; raises `DeliveryError` for an address that is none."""
    to = _plain(letter.to)
    email_message = EmailMessage(policy=SMTP.clone(max_line_length=200))
    domain = sender.rpartition("@")[2].rstrip(">")
    name = sha256(f"{letter.key}\n{letter.to}".encode()).hexdigest()[:32]
    email_message["From"], email_message["To"] = sender, to
    email_message["Subject"] = letter.subject
    email_message["Date"] = format_datetime(at)
    email_message["Message-ID"] = f"<{name}@{domain}>"
    email_message["Auto-Submitted"] = "auto-generated"  # So that no holiday message answers it.
    email_message.set_content(letter.text)
    email_message["Content-Language"] = letter.language
    return email_message


def _plain(address: str) -> str:
    """Return an address as a letter writes it, if it is one alone and nothing else."""
    plain = contact_addresses.email(address)
    if plain is None:
        raise DeliveryError("address", is_final=True)
    return plain


def send(server: MailServer, letter: Email, at: datetime) -> None:
    """Hand a letter to the mail server, or raise `DeliveryError`."""
    email_message = message(letter, server.sender, at)
    try:
        with closing(_connected(server)) as connection:
            if server.login is not None:
                connection.login(server.login, server.password or "")
            connection.send_message(email_message)
            with suppress(smtplib.SMTPException, OSError):  # It has the letter by now.
                connection.quit()
    except smtplib.SMTPRecipientsRefused as refused:
        codes = [code for code, _ in refused.recipients.values()]
        raise DeliveryError("recipient", all(code >= 500 for code in codes)) from None
    except (smtplib.SMTPException, OSError) as error:
        raise DeliveryError(type(error).__name__) from None


def _connected(server: MailServer) -> smtplib.SMTP:
    if server.tls is MailTls.NONE:
        return smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_S)
    trust = ssl.create_default_context(cafile=server.ca_file)
    if server.tls is MailTls.WHOLE:
        return smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT_S, context=trust)
    connection = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_S)
    try:
        connection.starttls(context=trust)
    except (smtplib.SMTPException, OSError):
        connection.close()
        raise
    return connection
