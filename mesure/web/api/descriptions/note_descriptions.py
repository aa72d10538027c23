"""Field descriptions about notes, calls and visits."""

from typing import Any, Final

from mesure.web.api.descriptions.examples import ACCOUNT, INSTANT, NONE

FIELDS: Final[dict[str, tuple[str, Any]]] = {
    "notes": ("Notes, calls and visits, the latest first.", []),
    "note": ("A note, by its id.", "N-mfrggzdfmztwq2lk"),
    "happened_at": ("When what is noted happened.", INSTANT),
    "written_at": ("When it was written down.", INSTANT),
    "written_by": ("The account that wrote it down.", ACCOUNT),
    "may_take_back": ("Whether the caller wrote it some minutes ago.", False),
    "NotesPage.earlier": ("How many to leave out for those before; null: there are none.", None),
    "NoteRecord.versions": ("What it said, the latest last; empty: it was taken back.", []),
    "NoteRecord.taken_back_at": ("When it was taken back; null: it was not.", None),
    "WriteNote.kind": ("Whether it is a note, a call or a visit.", "call"),
    "CorrectNote.kind": ("Whether it is a note, a call or a visit.", "call"),
    "NoteVersion.kind": ("Whether it is a note, a call or a visit.", "call"),
    "WriteNote.text": ("What is to be kept; the person reads it.", "He called about his shift."),
    "CorrectNote.text": ("What it says from now on.", "He called about his new shift."),
    "NoteVersion.text": ("What it said from then on.", "He called about his shift."),
    "skip": ("How many of the latest are left out.", 0),
    "NoteView.record": ("The note with all its versions.", NONE),
    "CorrectNote.versions": ("How many versions of it were read.", 1),
}
