"""A person under an order, the officers round them, and what each asks for."""

from dataclasses import dataclass
from typing import Any

import pytest

from mesure.actions.devices import assignments
from mesure.actions.devices.assignments import AssignDevice
from mesure.actions.framework.context import Actor
from mesure.actions.orders import court_orders
from mesure.actions.orders.court_orders import EnterVersion, VersionRef
from mesure.actions.refusals.refusals import ActionError
from mesure.privacy.purposes import Purpose
from mesure.privacy.roles import Role
from mesure.store.values.records import Device
from tests.actions.house import Office

ORDER = """\
order: ALM-1
person: P-1
time_zone: Asia/Almaty
in_force: {from: 2026-01-05, until: 2027-01-05}
places:
  home: {lat_deg: 43.25654, lon_deg: 76.92848, radius_m: 60}
  office: {lat_deg: 43.26000, lon_deg: 76.93000, radius_m: 80}
conditions:
  C1: {curfew: {at: home, from: 22:00, until: 06:00, every: day}}
  C2: {appointment: {at: office, every: mon, from: 10:00, until: 10:30, present_min: 10}}
absences:
  A1: {allows: C1, from: 2026-03-10T22:00, until: 2026-03-11T02:00, at: office, by: O-7}
"""
CASE: dict[str, Any] = {"purpose": Purpose.SUPERVISION, "case_number": "ALM-2026-1"}


@dataclass
class OfficeScene:
    """Everybody there is."""

    office: Office
    chief: Actor
    ann: Actor  # The person's officer.
    bob: Actor  # Another one.
    person: Actor
    counsel: Actor
    inspector: Actor
    operator: Actor

    def do(self, actor: Actor, action: Any, request: Any) -> Any:
        return self.office.do(actor, action, request)

    def refusal_reason(self, actor: Actor, action: Any, request: Any) -> Any:
        """Return why something is refused."""
        with pytest.raises(ActionError) as refused:
            self.office.do(actor, action, request)
        return refused.value.reason

    def order(self, text: str = ORDER) -> None:
        """Enter an order, and have it confirmed by a second person."""
        entered = self.do(self.ann, court_orders.enter, EnterVersion(text.encode()))
        if not entered.binds:
            request = VersionRef(entered.order, entered.number, entered.whole_sha256)
            self.do(self.chief, court_orders.confirm, request)

    def device(self, device: str = "D-1") -> None:
        """Enter a device."""
        new = Device(device, self.office.now, "test")
        self.office.store.write(lambda work: work.add_device(new))

    def carries(self, device: str = "D-1") -> None:
        """Give the person a device."""
        self.device(device)
        self.do(self.ann, assignments.give, AssignDevice(device, "P-1", "ALM-1"))


def scene(office: Office) -> OfficeScene:
    ann = office.account("ann", Role.OFFICER)
    office.person("P-1", ann)
    return OfficeScene(
        office,
        chief=office.account("chief", Role.SUPERVISOR),
        ann=ann,
        bob=office.account("bob", Role.OFFICER),
        person=office.account("A-person", Role.PERSON, "P-1"),
        counsel=office.account("A-counsel", Role.COUNSEL, "P-1"),
        inspector=office.account("A-inspector", Role.INSPECTOR),
        operator=office.account("A-operator", Role.OPERATOR),
    )
