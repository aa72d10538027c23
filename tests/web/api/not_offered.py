"""Actions that the API does not offer to other programs, and why."""

from typing import Final

_AT_THE_DOOR: Final = "Signing in is for people at a browser; a program has a token."
_ON_PAPER: Final = "What is handed over on paper is made where it is printed."
_FOR_PAGES: Final = "Pages are made from it; a program reads the order itself."
_STEP_BY_STEP: Final = "A draft is made step by step on pages; a program enters an order whole."
_LOOKED_THROUGH: Final = "An officer looks through a list of venues, on pages, before it binds."
_HANDED_OVER: Final = "A bundle is made, signed and handed over as one file, from a page."
_AS_A_FILE: Final = "It is what `looks.trail` shows, handed over as a file from a page."
_AT_THE_MACHINE: Final = "The operator does this on the machine, with a command."
_ON_PAGES: Final = "The people who set up or watch over an office do this on its pages."
_BY_DEVICE: Final = "A device does this by its own protocol."
_BY_ITSELF: Final = "The program does this by itself, when it is due."

NOT_OFFERED: Final = {
    "absences.show": _FOR_PAGES,
    "accounts.begin_setup": _AT_THE_DOOR,
    "accounts.finish_setup": _AT_THE_DOOR,
    "accounts.let_in": _AT_THE_MACHINE,
    "accounts.open_first": _AT_THE_DOOR,
    "accounts.rename": _ON_PAGES,
    "accounts.set_language": _AT_THE_DOOR,
    "answers.forget": _BY_ITSELF,
    "assignments.end_due": _BY_ITSELF,
    "bundle.add_papers": _HANDED_OVER,
    "bundle.ask": _HANDED_OVER,
    "bundle.made": _HANDED_OVER,
    "bundle.make": _HANDED_OVER,
    "cards.give": _ON_PAPER,
    "contacts.own": _AT_THE_DOOR,
    "contacts.own_trial": _AT_THE_DOOR,
    "contacts.set_own": _AT_THE_DOOR,
    "contacts.try_own": _AT_THE_DOOR,
    "cards.show": _ON_PAPER,
    "counsel.end": _ON_PAPER,
    "counsel.invite": _ON_PAPER,
    "devices.introduce": _BY_DEVICE,
    "erasure.homes": _BY_ITSELF,
    "erasure.messages": _BY_ITSELF,
    "erasure.persons": _BY_ITSELF,
    "erasure.records": _BY_ITSELF,
    "erasure.refused": _BY_ITSELF,
    "erasure.sent": _BY_ITSELF,
    "looks.trail_file": _AS_A_FILE,
    "notify.escalate": _BY_ITSELF,
    "notify.follow": _BY_ITSELF,
    "notify.overdue": _BY_ITSELF,
    "office.first_week": _ON_PAGES,
    "office.record_drill": _ON_PAGES,
    "orders.attach_draft_paper": _STEP_BY_STEP,
    "orders.begin_draft": _STEP_BY_STEP,
    "orders.binding": _FOR_PAGES,
    "orders.drafts": _STEP_BY_STEP,
    "orders.drop_draft": _STEP_BY_STEP,
    "orders.enter_draft": _STEP_BY_STEP,
    "orders.keep_draft": _STEP_BY_STEP,
    "orders.pending": _FOR_PAGES,
    "orders.second_officers": _ON_PAGES,
    "orders.show_draft": _STEP_BY_STEP,
    "orders.undo_draft": _STEP_BY_STEP,
    "passkeys.add": _AT_THE_DOOR,
    "passkeys.begin": _AT_THE_DOOR,
    "passkeys.list": _AT_THE_DOOR,
    "passkeys.remove": _AT_THE_DOOR,
    "policies.enter": _BY_ITSELF,
    "programme.export": _AT_THE_MACHINE,
    "programme.import": _AT_THE_MACHINE,
    "sign_in.by_card": _AT_THE_DOOR,
    "sign_in.by_directory": _AT_THE_DOOR,
    "sign_in.by_passkey": _AT_THE_DOOR,
    "sign_in.by_password": _AT_THE_DOOR,
    "sign_in.change_password": _AT_THE_DOOR,
    "sign_in.forget_failures": _BY_ITSELF,
    "sign_in.out": _AT_THE_DOOR,
    "sign_in.out_everywhere": _AT_THE_DOOR,
    "statistics.count": _BY_ITSELF,
    "today.absences": _FOR_PAGES,
    "today.overdue_count": _FOR_PAGES,
    "venues.approve": _LOOKED_THROUGH,
    "venues.decide": _LOOKED_THROUGH,
    "venues.file": _LOOKED_THROUGH,
    "venues.import": _LOOKED_THROUGH,
    "venues.import_extract": _AT_THE_MACHINE,
    "venues.lists": _LOOKED_THROUGH,
    "venues.points": _FOR_PAGES,
    "venues.show": _LOOKED_THROUGH,
    "webhooks.deliveries": _ON_PAGES,
    "webhooks.try": _ON_PAGES,
}
