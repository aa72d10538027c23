"""A bundle holds what lies around its incident, and nothing that came long after."""

from dataclasses import replace

from mesure.actions.bundles import bundle_contents
from mesure.actions.bundles.bundle_contents import AROUND_US
from mesure.actions.incidents.contests import IncidentRequest
from mesure.instants import to_us
from mesure.privacy.purposes import Purpose
from tests.actions import raised
from tests.actions.scene import OfficeScene


def test_a_bundle_of_what_was_withdrawn_ends_soon_after(scene: OfficeScene) -> None:
    scene.order()
    scene.carries()
    lasting = replace(raised.incident("P-1", "I-1"), order="ALM-1")
    raised.judge(scene.office, lasting)
    scene.office.later(hours=1)
    request = IncidentRequest(purpose=Purpose.COURT, case_number="ALM-2026-1", incident="I-1")
    contents = scene.do(scene.ann, bundle_contents.make, request)
    assert contents.limits.until_us == to_us(scene.office.now)
    raised.judge(scene.office, raised.withdrawn(lasting))
    scene.office.later(days=5)
    contents = scene.do(scene.ann, bundle_contents.make, request)
    assert contents.limits.until_us == to_us(raised.OPENED) + AROUND_US


def test_a_bundle_never_ends_before_its_incident_though_a_clock_goes_wrong(
    scene: OfficeScene,
) -> None:
    scene.order()
    scene.carries()
    start_us = to_us(scene.office.now) + 1
    for number, over_us in enumerate((None, start_us, start_us + AROUND_US)):
        name = f"I-{number}"
        ahead = replace(raised.incident("P-1", name), order="ALM-1", start_us=start_us)
        raised.judge(scene.office, replace(ahead, end_us=over_us))
        request = IncidentRequest(purpose=Purpose.COURT, case_number="ALM-2026-1", incident=name)
        assert scene.do(scene.ann, bundle_contents.make, request).limits.until_us == start_us
