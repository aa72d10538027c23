"""Field descriptions about what passes between officers, and what was left overdue."""

from typing import Any, Final

from mesure.web.api.descriptions.examples import ACCOUNT, INSTANT, NONE

FIELDS: Final[dict[str, tuple[str, Any]]] = {
    "WorkItem.brought_at": (
        "When supervisors were notified that it is overdue; null: they were not.",
        None,
    ),
    "is_readable": ("Whether the record can be read; if not, its key is lost.", True),
    "handover": ("A hand-over note, by its id.", "H-mfrggzdfmztwq2lk"),
    "WriteHandover.text": ("What the next officer should know.", "He starts work on Monday."),
    "CorrectHandover.text": ("What it says from now on.", "He starts work on Tuesday."),
    "CorrectHandover.versions": ("How many versions of it were read.", 1),
    "ConfirmHandover.versions": ("How many versions of it were read.", 1),
    "HandoverVersion.text": ("What it said from then on.", "He starts work on Monday."),
    "HandoverVersion.facts": ("What was open at that time, from the record.", NONE),
    "HandoverView.record": ("The note with its versions and receipts.", NONE),
    "HandoverRecord.versions": ("What it said, the latest last; empty: it was taken back.", []),
    "HandoverRecord.taken_back_at": ("When it was taken back; null: it was not.", None),
    "HandoverReceipt.at": ("When it was read.", INSTANT),
    "HandoverReceipt.versions": ("How many versions there were then.", 1),
    "receipts": ("Who confirmed reading it, and when.", NONE),
    "may_confirm": ("Whether the caller has the case now and has not confirmed it.", True),
    "may_unconfirm": ("Whether the caller confirmed it some minutes ago.", False),
    "may_correct": ("Whether the caller may correct it.", False),
    "waits_for": ("Who has the case now, by list or cover.", [ACCOUNT]),
    "HandoverFacts.at": ("The time of these facts.", INSTANT),
    "HandoverFacts.items": ("What waited.", NONE),
    "HandoverFacts.absences": ("Absences that were granted and not over.", NONE),
    "HandoverFacts.devices": ("What the person carried.", NONE),
    "HandoverFacts.next_edge": ("When set hours next begin or end; null: not soon.", None),
    "HandoverItem.what": ("What it was.", "incident"),
    "HandoverItem.item": ("What waited, by its id.", "I-5f1c9a"),
    "HandoverItem.kind": ("The kind of an incident, or how an absence was requested.", "silent"),
    "HandoverEdge.at": ("When the set hours begin or end.", INSTANT),
    "OverdueView.item": ("The id of the overdue item; for a contest, its incident.", "I-5f1c9a"),
    "OverdueView.kind": ("The kind of an incident, or how an absence was requested.", "silent"),
    "OverdueView.officer": ("On whose list of cases the person is; null: on nobody’s.", ACCOUNT),
    "OverdueView.due_at": ("By when it was to be decided or answered.", INSTANT),
    "OverdueView.brought_at": ("When supervisors were notified.", INSTANT),
}
