"""An open installation: its folder, store, keyring and signing keys, which fit each other.

A new one is made where nothing is. Where there is data, nothing is made anew: a key that is missing
is said to be missing. What the keys are is written down in the store when it is new, so that the
keys of another installation are recognised before anything is sealed with them.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import msgspec

from mesure.machine import clock
from mesure.machine.service_error import ServiceError
from mesure.service.installation import data_folder, key_files, stores
from mesure.service.installation.data_folder import DataFolder
from mesure.service.installation.key_files import SigningKeys
from mesure.service.installation.settings import Settings
from mesure.store.interface.store import Store
from mesure.store.keyring import file as keyring_file
from mesure.store.keyring import master_key
from mesure.store.keyring.file import FileKeyring
from mesure.store.values.register import RegisterRow

KIND: Final = "installation"
KEYS: Final = "keys"
WHY: Final = "nothing was started"
EXAMPLE_NAME: Final = "mesure.example.kz"  # As deploy/mesure.toml.example has it.
NAME_SETTINGS: Final = "name the settings of the service with --settings FILE or MESURE_SETTINGS"


class KeyFingerprints(msgspec.Struct, frozen=True):
    """Identifies the keys of an installation; nothing of them can be derived from it."""

    keyring: str
    devices: str
    log: str


@dataclass(frozen=True, slots=True)
class Installation:
    """Everything that is kept, open."""

    settings: Settings
    folder: DataFolder
    store: Store
    keyring: FileKeyring
    signing: SigningKeys


def folder_of(settings: Settings) -> DataFolder:
    """Return the folders of an installation."""
    return DataFolder(settings.data, settings.key_folder)


@contextmanager
def open_installation(settings: Settings, *, is_restoring: bool = False) -> Iterator[Installation]:
    """Open an installation that was begun before, and not left while it was being restored."""
    folder = folder_of(settings)
    if not is_restoring:
        refuse_unfinished(folder)
    data_folder.refuse_root_of_another(folder.path)
    data_folder.refuse_unusable(folder)
    if stores.is_embedded(settings) and not stores.is_there(folder.database):
        raise no_data(folder)
    with _open(settings, folder) as installation:
        _check(installation)
        yield installation


def no_data(folder: DataFolder) -> ServiceError:
    """Return that no embedded store is here, and what to name instead."""
    what = "there is no data here"
    remedy = "name the folder that a service used, with --data"
    if folder.keyring.exists():
        what = "there are keys here and no embedded store"
        remedy = f"the data may lie in PostgreSQL: {NAME_SETTINGS}"
    return ServiceError(folder.path, what, "nothing was done", remedy)


@contextmanager
def begin_installation(settings: Settings) -> Iterator[Installation]:
    """Open an installation, and make what a new one needs.

    The folder is held by the caller, and the store is prepared.
    """
    folder = folder_of(settings)
    refuse_unfinished(folder)
    store = stores.open_store(settings, folder)
    try:
        is_new = _is_new(store)
    finally:
        store.close()
    if is_new:
        _refuse_example(settings)
        _make_keys(settings, folder)
    with _open(settings, folder) as installation:
        if is_new:
            _write_down(installation)
        _check(installation)
        yield installation


@contextmanager
def _open(settings: Settings, folder: DataFolder) -> Iterator[Installation]:
    keyring = open_keyring(settings, folder)
    try:
        signing = key_files.read(folder.keys)
        store = stores.open_store(settings, folder)
        try:
            yield Installation(settings, folder, store, keyring, signing)
        finally:
            store.close()
    finally:
        keyring.close()


def open_keyring(settings: Settings, folder: DataFolder) -> FileKeyring:
    """Open the keyring of an installation."""
    if settings.master_key is None:
        return master_key.open_keyring(folder.keyring, folder.master_key)
    return FileKeyring(folder.keyring, _given(settings))


def _given(settings: Settings) -> bytes:
    assert settings.master_key is not None
    return bytes.fromhex(settings.master_key.get_secret_value())


def refuse_unfinished(folder: DataFolder) -> None:
    """Refuse a folder in which a restore was broken off: somebody erased may be there again."""
    if folder.unfinished.exists():
        what, why = "a restore was broken off here", "erased persons could be read again"
        raise ServiceError(folder.path, what, why, "empty the folder, and restore again")


def _refuse_example(settings: Settings) -> None:
    """Refuse to begin a log under the name of the example: it can never be changed."""
    if settings.name == EXAMPLE_NAME:
        what = f"the name is still {EXAMPLE_NAME}, that of the example"
        why = "it would stand in every checkpoint of the audit log for ever"
        raise ServiceError("name", what, why, "write the name of your own service there")


# --- What a new one needs ------------------------------------------------------------------------


def _is_new(store: Store) -> bool:
    with store.read() as reading:
        return reading.entry(KIND, KEYS) is None and reading.frontier().size == 0


def _make_keys(settings: Settings, folder: DataFolder) -> None:
    """Make the keys that are not there yet: a start that was broken off may have made some."""
    for name in (key_files.DEVICES, key_files.LOG):
        if not (folder.keys / name).exists():
            key_files.make_one(folder.keys / name, secrets.token_bytes)
    if settings.master_key is not None:
        master = _given(settings)
    elif folder.master_key.exists():
        master = master_key.read(folder.master_key)
    else:
        master = master_key.make(folder.master_key)
    if not folder.keyring.exists():
        keyring_file.make(folder.keyring, master)


def _write_down(installation: Installation) -> None:
    body = msgspec.json.encode(_fingerprints(installation))
    entry = RegisterRow(KIND, KEYS, 1, None, body, clock.now_us())
    installation.store.write(lambda work: work.put(entry))


def _fingerprints(installation: Installation) -> KeyFingerprints:
    return KeyFingerprints(
        installation.keyring.blind(KIND),
        installation.signing.devices.key.hex(),
        str(installation.signing.log_key(installation.settings.name)),
    )


_WHAT: Final = {
    "keyring": "the keyring is not the one that this data was sealed with",
    "devices": "devices.key is not the key that this installation's devices know",
    "log": "log.key is not that of this installation's audit log",
}


def _check(installation: Installation) -> None:
    with installation.store.read() as reading:
        entry = reading.entry(KIND, KEYS)
    where = installation.folder.keys
    if entry is None:
        what = "the data was not begun by a service, or is being begun now"
        raise ServiceError(where, what, WHY, "start the service once: mesure serve")
    known = msgspec.json.decode(entry.body, type=KeyFingerprints)
    fingerprints = _fingerprints(installation)
    _refuse_other_name(installation, known)
    for name, what in _WHAT.items():
        if getattr(known, name) != getattr(fingerprints, name):
            remedy = "restore the keys that belong to this data; see docs/for_operators.md"
            raise ServiceError(where, what, WHY, remedy)


def _refuse_other_name(installation: Installation, known: KeyFingerprints) -> None:
    """Refuse another name than that under which the log was begun; the keys may be right."""
    name, began_as = installation.settings.name, known.log.partition("+")[0]
    if name == began_as or str(installation.signing.log_key(began_as)) != known.log:
        return
    what = f"the log of this data is called {began_as!r}, and the setting “name” says {name!r}"
    raise ServiceError("name", what, WHY, f"the keys fit; {NAME_SETTINGS}")
