"""The sheet for the carrier of a device: what it reports, when, whom to call; in their language.

It holds no secret: the settings of an app are shown once, elsewhere.
"""

from datetime import timedelta

from starlette.responses import Response

from mesure.actions.devices import enrolment_codes
from mesure.actions.devices.enrolment_codes import DeviceRef
from mesure.evaluation.policy import DeviceClass
from mesure.web.console.devices import person_devices
from mesure.web.shared import record_heading
from mesure.web.shared.visits import PageVisit
from mesure.web.shared.words import charge_words
from mesure.web.shared.words.page_texts import PageTexts


def show(visit: PageVisit) -> Response:
    """Show the sheet, to be printed."""
    record = record_heading.record(visit, visit.path("person"))
    is_known = record.shown.language in visit.parts.languages
    tag = record.shown.language if is_known else visit.texts.language
    words = PageTexts(visit.parts.catalogues(tag))
    shown = [
        visit.perform(enrolment_codes.show, DeviceRef(device)) for device in record.shown.devices
    ]
    ends = [version.in_force.end for version in record.now(visit)]
    # The end is the first moment that no longer counts.
    last_day = words.day(max(ends) - timedelta(seconds=1), record.zone) if ends else ""
    contents = {
        "record": record,
        "back": person_devices.address(record.person),
        "words": words,
        "device_names": [one.device for one in shown],
        "has_app": any(one.app is not None for one in shown),
        "is_worn": any(one.device_class == DeviceClass.GNSS_TAG for one in shown),
        "last_day": last_day,
        "charge": charge_words.rows(record.shown.in_charge, words),
        "origin": visit.parts.origin,
    }
    return visit.page("device_sheet.html", **contents)
