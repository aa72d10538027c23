"""Program permissions: what a program may be allowed to do, each said as a right, not as a deed."""

from collections.abc import Mapping

from mesure.web.shared.words.page_texts import PageTexts


def words(catalogue: PageTexts) -> Mapping[str, str]:
    """Return what each action that a program may be given lets it do, by the action's name."""
    return {
        "audit_log.checkpoint": catalogue.text("Read the newest checkpoint of the log"),
        "audit_log.consistency": catalogue.text("Read proofs of the log: that it only grew"),
        "audit_log.inclusion": catalogue.text("Read proofs of the log: that an entry is in it"),
        "audit_log.lines": catalogue.text("Read the audit log"),
        "caseload.in_charge": catalogue.text("Read who is in charge of a case"),
        "devices.add": catalogue.text("Enter devices"),
        "devices.change_pilot": catalogue.text("Change how a phone reports"),
        "devices.enrol_pilot": catalogue.text("Let phones report"),
        "devices.give_code": catalogue.text("Give codes by which devices enrol"),
        "devices.list": catalogue.text("Read the list of devices"),
        "devices.retire": catalogue.text("Take devices out of use"),
        "devices.show": catalogue.text("Read about a device"),
        "incidents.follow": catalogue.text(
            "Read which possible breaches and silences are new or changed"
        ),
        "incidents.list": catalogue.text("Read the list of possible breaches and silences"),
        "judging.not_judged": catalogue.text("Read who cannot be judged at present"),
        "orders.enter": catalogue.text(
            "Enter orders, which bind when an officer has confirmed them"
        ),
        "persons.enter": catalogue.text("Enter people"),
    }
