"""Carriers: which person of one's cases has which device now; an operator opens no case."""

from collections.abc import Iterable
from dataclasses import dataclass

from mesure.actions.cases import case_overview
from mesure.actions.cases.case_overview import OverviewRequest
from mesure.actions.devices.enrolment_codes import DeviceView
from mesure.privacy.roles import CASEWORK, Role
from mesure.web.shared.visits import PageVisit
from mesure.web.shared.words import work_words


@dataclass(frozen=True, slots=True)
class Carrier:
    """Somebody who carries a device now."""

    person: str
    name: str
    lost: str  # That the record cannot be read, where it is so.


def by_device(visit: PageVisit, devices: Iterable[DeviceView]) -> dict[str, Carrier]:
    """Return who carries which of some devices: of one's own cases; a supervisor, of all.

    Nobody else's case is opened for it.
    """
    role = visit.actor.role
    names = tuple(device.device for device in devices if device.is_carried)
    if role not in CASEWORK or not names:
        return {}
    request = OverviewRequest(everybody=role is Role.SUPERVISOR, devices=names)
    return {
        device.device: Carrier(
            case.person, case.name, work_words.unreadable(visit.texts, is_readable=case.is_readable)
        )
        for case in visit.perform(case_overview.overview, request)
        for device in case.devices
    }
