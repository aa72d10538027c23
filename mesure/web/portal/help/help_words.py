"""The help for the person under an order: one text, for the portal and for the printed page.

docs/for_supervised_persons.md, and the same in the other languages, are made from it (`make docs`).
What a section is called in an address never changes: other pages lead there.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from mesure.orders.text.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class HelpSection:
    """A part of the help: first what holds, then a list, and where in the portal it is done."""

    name: str
    heading: str
    sentences: tuple[str, ...]
    items: tuple[str, ...] = ()
    are_steps: bool = False
    leads_to: tuple[tuple[str, str], ...] = ()  # Words, and an address of the portal.


def title(catalogue: Catalogue) -> str:
    """Return what the help is called."""
    return catalogue.text("For people under an order")


def lead(catalogue: Catalogue) -> tuple[str, ...]:
    """Return the text above all sections."""
    return (
        catalogue.text(
            "What this system knows about you, what it says about you, and what you can do."
        ),
        catalogue.text("Every page exists in English, French, Russian and Kazakh."),
        catalogue.text("It works on an old phone. Each page can be printed."),
        catalogue.text("If you have no phone, your office prints them for you."),
    )


def sections(catalogue: Catalogue) -> tuple[HelpSection, ...]:
    """Return the help, part by part."""
    return tuple(_sections(catalogue))


def _sections(catalogue: Catalogue) -> Iterator[HelpSection]:
    yield _what(catalogue)
    yield _never(catalogue)
    yield _come_in(catalogue)
    yield _find(catalogue)
    yield _absence(catalogue)
    yield _breach(catalogue)
    yield _contest(catalogue)
    yield _counsel(catalogue)
    yield _device(catalogue)
    yield _kept(catalogue)
    yield _wrong(catalogue)


def _what(catalogue: Catalogue) -> HelpSection:
    return HelpSection(
        "what",
        catalogue.text("What it is"),
        (
            catalogue.text("A court said what you must do."),
            catalogue.text("For example, be home at night, or keep out of some places."),
            catalogue.text("A device that was given to you says where it is."),
            catalogue.text("This system compares that with the order."),
            catalogue.text("For each condition it says: met, not met or unknown."),
            catalogue.text("It never decides anything."),
            catalogue.text("It only says that something looks like a breach: a possible breach."),
            catalogue.text("An officer looks at it and makes a finding."),
            catalogue.text("For a breach, two people must agree."),
        ),
        leads_to=((catalogue.text("What is asked of you"), "/portal"),),
    )


def _never(catalogue: Catalogue) -> HelpSection:
    return HelpSection(
        "never",
        catalogue.text("What it never does"),
        (),
        (
            catalogue.text("It uses no camera, no face and no voice."),
            catalogue.text("It follows no device but the one you were given."),
            catalogue.text("It gives you no points and compares you with nobody."),
            catalogue.text("It predicts nothing about you."),
            catalogue.text("It never asks who was near a place."),
            catalogue.text("A dead battery or a lost signal is unknown, never a breach."),
            catalogue.text("No program sends anything about you to the court or the police."),
            catalogue.text("Nobody looks at you secretly. You see who looked, when and why."),
        ),
        leads_to=((catalogue.text("Who looked at my data"), "/portal/looks"),),
    )


def _come_in(catalogue: Catalogue) -> HelpSection:
    return HelpSection(
        "come-in",
        catalogue.text("How to sign in"),
        (),
        (
            catalogue.text("Your officer gives you a printed card."),
            catalogue.text("Open the address on it, and type the code."),
            catalogue.text("Choose a PIN of six digits or more."),
            catalogue.text("Keep the card and the PIN apart."),
            catalogue.text("If you lost the card, ask for a new one. The old one stops at once."),
        ),
        are_steps=True,
    )


def _find(catalogue: Catalogue) -> HelpSection:
    return HelpSection(
        "find",
        catalogue.text("What you find here"),
        (
            catalogue.text("Pages that you have opened stay readable without a network."),
            catalogue.text("To send something you need a network."),
        ),
        (
            catalogue.text("Today: what is asked of you this week, your order, the court’s paper."),
            catalogue.text("Map: where you must be, and where you must not be."),
            catalogue.text("Absences: ask to be away, or say that you were."),
            catalogue.text("Notices: possible breaches, what was seen, and how sure that is."),
            catalogue.text(
                "More: how your order was kept, your device, who looked, what is kept, your lawyer."
            ),
        ),
        leads_to=(
            (catalogue.text("Map"), "/portal/map"),
            (catalogue.text("Is a place on my list?"), "/portal/venues"),
        ),
    )


def _absence(catalogue: Catalogue) -> HelpSection:
    return HelpSection(
        "absence",
        catalogue.text("When you need to be away"),
        (
            catalogue.text("Ask before. Say from when to when, and why."),
            catalogue.text("Add a place if you will be at one."),
            catalogue.text("Your officer answers, as a rule within three days, with a reason."),
            catalogue.text("Until the answer says yes, your order stays as it is."),
            catalogue.text("In an emergency go first, and say afterwards what happened."),
        ),
        leads_to=((catalogue.text("Absences"), "/portal/absences"),),
    )


def _breach(catalogue: Catalogue) -> HelpSection:
    return HelpSection(
        "breach",
        catalogue.text("When something looks like a breach"),
        (
            catalogue.text("You are told before your officer is."),
            catalogue.text("The page shows what the device reported, and how sure that is."),
            catalogue.text("It also says what else could explain it."),
            catalogue.text("Every reading is uncertain, and the doubt counts in your favour."),
            catalogue.text("One reading alone is never enough."),
        ),
        (
            catalogue.text("Say what happened. The officer who decides must read it first."),
            catalogue.text("A good reason counts, also when you came home late."),
            catalogue.text("Add a document if you have one: a PDF or a photo, up to 10 MB.")
            + " "
            + catalogue.text("It is kept sealed. No machine reads it."),
        ),
        leads_to=((catalogue.text("Notices"), "/portal/notices"),),
    )


def _contest(catalogue: Catalogue) -> HelpSection:
    return HelpSection(
        "contest",
        catalogue.text("When you do not agree"),
        (
            catalogue.text("You can contest a possible breach, and also a finding."),
            catalogue.text("Open it under Notices, write what happened, and press the button."),
            catalogue.text("Somebody who had no part in it then decides again."),
            catalogue.text("You get an answer, as a rule within 14 days."),
            catalogue.text("It never gets worse for you because you contested it."),
        ),
        leads_to=((catalogue.text("Notices"), "/portal/notices"),),
    )


def _counsel(catalogue: Catalogue) -> HelpSection:
    return HelpSection(
        "counsel",
        catalogue.text("Your lawyer"),
        (
            catalogue.text("You can let a lawyer read your record for a time."),
            catalogue.text("They read the same evidence as the officer, and change nothing."),
            catalogue.text("You can both have the evidence as one file."),
            catalogue.text("The file proves by itself that nothing in it was changed."),
            catalogue.text("It gives the same answer on another computer."),
        ),
        leads_to=((catalogue.text("My counsel"), "/portal/counsel"),),
    )


def _device(catalogue: Catalogue) -> HelpSection:
    return HelpSection(
        "device",
        catalogue.text("Your device"),
        (
            catalogue.text("Charge it every day."),
            catalogue.text("Silence is not held against you."),
            catalogue.text("But then nobody can show that you were where you had to be."),
            catalogue.text("A device that lies still and says so is not silent."),
            catalogue.text("What was met there stays met."),
            catalogue.text("Allow a phone its precise location."),
            catalogue.text("If you do not, it says only roughly where it is."),
            catalogue.text("If a page says that nothing is heard from it, do this:"),
        ),
        (
            catalogue.text("Charge it."),
            catalogue.text("Carry it outdoors for some minutes, and look again."),
            catalogue.text("If it stays silent, call your office."),
        ),
        are_steps=True,
        leads_to=((catalogue.text("My device"), "/portal/device"),),
    )


def _kept(catalogue: Catalogue) -> HelpSection:
    return HelpSection(
        "kept",
        catalogue.text("How long things are kept"),
        (
            catalogue.text("These are the rules. Your own page has the dates for you."),
            catalogue.text("You can download everything that is kept about you."),
        ),
        (
            catalogue.text("Where you were: 59 days."),
            catalogue.text("Inside your home: after six days only that you were present."),
            catalogue.text("A possible breach: while it is open or contested, and for a time."),
            catalogue.text("Who looked at your data: a year."),
            catalogue.text("All the rest: up to a year after your order has ended.")
            + " "
            + catalogue.text("Then the key to your record is erased as well."),
        ),
        leads_to=((catalogue.text("What is kept, and until when"), "/portal/kept"),),
    )


def _wrong(catalogue: Catalogue) -> HelpSection:
    return HelpSection(
        "wrong",
        catalogue.text("When you think that something is wrong here"),
        (
            catalogue.text("Tell your officer, or ask your lawyer."),
            catalogue.text("The first page says who is in charge now."),
            catalogue.text("If that does not help, ask for the supervisor or the inspectorate."),
            catalogue.text("You can also ask the authority for data protection."),
            catalogue.text("Your office must give you their addresses."),
            catalogue.text("How often this system is wrong is measured and published."),
        ),
        leads_to=((catalogue.text("Who is in charge"), "/portal"),),
    )
