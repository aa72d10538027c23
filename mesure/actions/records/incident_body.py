"""Incident body: what is kept sealed of an incident; the judge seals it, a look opens it.

The bytes are JSON of the judge's own making: the explanation in four languages, the facts, the
places of the evidence, the terms.
"""

from mesure.store.keyring import sealing
from mesure.store.keyring.interface import Keyring
from mesure.store.values.effects import StoredIncident
from mesure.store.writing.audit_append import Salts


def seal(
    keyring: Keyring, person: str, incident: str, revision: int, plain: bytes, salts: Salts
) -> bytes:
    """Return the body of an incident, sealed under the person's key and bound to its place."""
    return sealing.seal(
        keyring.key_of(person), plain, seal_context(person, incident, revision), salts
    )


def unseal(keyring: Keyring, incident: StoredIncident) -> bytes:
    """Return what the judge kept of an incident."""
    where = seal_context(incident.person, incident.id, incident.revision)
    return sealing.unseal(keyring.find_key(incident.person), incident.body, where)


def seal_context(person: str, incident: str, revision: int) -> bytes:
    """Return where the body of an incident belongs."""
    return sealing.seal_context("incident", person, incident, revision)
