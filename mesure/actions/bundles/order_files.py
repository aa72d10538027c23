"""Order files: the texts that a court's order was entered as, and what was added since.

With the files anyone can put together the same order as the service did.
Specification: docs/specs/evidence_bundle.md
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

import msgspec

from mesure.actions.judging.judging_values import EvaluationBasis
from mesure.actions.orders import binding_order, court_orders
from mesure.actions.orders.binding_order import ABSENCE, GRANTED, AbsenceRecord
from mesure.actions.records.record_types import RegisterReader
from mesure.orders.model.order import OrderVersion
from mesure.orders.reading import read_order as reading_
from mesure.store.interface.store import ReadTransaction
from mesure.store.keyring.interface import Keyring

BINDING: Final = "order/binding.json"
FOLDER: Final = "order/"


class VersionFile(msgspec.Struct, frozen=True):
    """A version: where its text is, and each map that it names."""

    number: int
    text: str
    maps: dict[str, str]  # The path that the text writes -> the file.


class GrantedAbsence(msgspec.Struct, frozen=True):
    """An absence that was authorised after the order was entered."""

    id: str
    absence: AbsenceRecord


class BindingManifest(msgspec.Struct, frozen=True):
    """How what binds is put together from the files."""

    order: str
    person: str
    versions: tuple[VersionFile, ...]
    absences: tuple[GrantedAbsence, ...]
    end_at: datetime | None


def files(
    reading: ReadTransaction, rows: RegisterReader, keyring: Keyring, duty: EvaluationBasis
) -> dict[str, bytes]:
    """Return the files of an order: only versions that bind, each as it was entered."""
    binds = {one.sha256 for one in duty.versions}
    data_by_name: dict[str, bytes] = {}
    versions = []
    for version in reading.versions(duty.order):
        if version.confirmed_by is None or version.sha256.hex() not in binds:
            continue
        text, maps = court_orders.text_and_maps(version, duty.person, keyring)
        name = f"{FOLDER}{version.number}.yaml"
        named = {
            path: f"{FOLDER}{version.number}-map-{place}" for place, path in enumerate(sorted(maps))
        }
        data_by_name[name] = text
        data_by_name.update((named[path], data) for path, data in maps.items())
        versions.append(VersionFile(version.number, name, named))
    absences = sorted(
        (kept for kept in rows.about(ABSENCE, duty.person) if kept.value.order == duty.order),
        key=lambda absence: absence.id,
    )
    granted = tuple(
        GrantedAbsence(absence.id, absence.value)
        for absence in absences
        if absence.value.stage == GRANTED
    )
    end_at = binding_order.early_ends(rows, [duty.order]).get(duty.order)
    bound = BindingManifest(duty.order, duty.person, tuple(versions), granted, end_at)
    plain = msgspec.json.encode(bound, order="deterministic")
    data_by_name[BINDING] = msgspec.json.format(plain, indent=1) + b"\n"
    return data_by_name


def read_manifest(data_by_name: Mapping[str, bytes]) -> BindingManifest:
    """Return how what binds is put together; raises `ValueError` where the file is none."""
    return msgspec.json.decode(data_by_name[BINDING], type=BindingManifest)


def put_together(data_by_name: dict[str, bytes]) -> tuple[OrderVersion, ...]:
    """Return what binds, from its files; raises `KeyError` or `OrderError` where it cannot be."""
    bound = read_manifest(data_by_name)
    latest: dict[datetime, OrderVersion] = {}
    for version_file in bound.versions:
        maps = {path: data_by_name[file] for path, file in version_file.maps.items()}
        version = reading_.read(binding_order.FILE, data_by_name[version_file.text], maps)
        latest[version.in_force.start] = version
    granted = tuple((one.id, one.absence) for one in bound.absences)
    return binding_order.put_together(latest.values(), granted, bound.end_at)
