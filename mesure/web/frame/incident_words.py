"""A possible breach in few words, where its place is not at hand, and how far its review is."""

from typing import Final

from mesure.incidents.finding import Cause, Finding, Outcome, Stage
from mesure.incidents.incident import Incident, Kind
from mesure.reports import words
from mesure.web.frame.texts import PageTexts

OF_PLACE: Final = frozenset({Kind.ABSENT, Kind.LEFT, Kind.ENTERED, Kind.MISSED})

Tag = tuple[str, str]  # Words, and the kind of the tag.


def title(kind: str, texts: PageTexts) -> str:
    """Return what an incident is called; a kind that is not of a place is about the device."""
    catalogue = texts
    found = {
        Kind.ABSENT.value: catalogue.text("Possible breach: not there in the set time"),
        Kind.LEFT.value: catalogue.text("Possible breach: outside the place to stay in"),
        Kind.ENTERED.value: catalogue.text("Possible breach: inside a place to keep out of"),
        Kind.MISSED.value: catalogue.text("Possible breach: appointment missed"),
        Kind.SILENT.value: catalogue.text("Silence: the device reported nothing"),
        "strap": catalogue.text("Device: the strap was open"),
        "battery": catalogue.text("Device: the battery was empty"),
        "charging": catalogue.text("Device: it was not charged"),
        "locating": catalogue.text("Device: it may not tell its position"),
    }
    return found.get(kind, catalogue.text("Something about the device"))


def titled(kind: str, incident: Incident | None, texts: PageTexts) -> str:
    """Return what an incident is called, by its facts where it has some."""
    return title(kind, texts) if incident is None else words.title(texts.catalogue, incident)


def is_of_place(kind: str) -> bool:
    """Tell whether an incident is about where somebody was, or only about a device."""
    return kind in {one.value for one in OF_PLACE}


def state(stage: Stage, finding: tuple[Outcome, Cause | None] | None, texts: PageTexts) -> Tag:
    """Return how far a review has come, as a tag."""
    catalogue = texts
    if stage is Stage.FOUND and finding is not None:
        return found(*finding, texts)
    if stage is Stage.PROPOSED:
        return catalogue.text("waits for a second officer"), "wait"
    if stage is Stage.SEEN:
        return catalogue.text("being looked at"), "wait"
    return catalogue.text("not looked at yet"), "wait"


def found(outcome: Outcome, cause: Cause | None, texts: PageTexts) -> Tag:
    """Return a conclusion as a tag, with its cause."""
    catalogue = texts.catalogue
    kinds = {
        Outcome.BREACH: "amiss",
        Outcome.EXCUSED: "met",
        Outcome.NO_BREACH: "met",
        Outcome.CANNOT_TELL: "",
    }
    words = outcome.said(catalogue)
    if cause is not None:
        words = f"{words}: {cause.said(catalogue)}"
    return words, kinds[outcome]


def of(finding: Finding, texts: PageTexts) -> Tag:
    """Return a finding as a tag."""
    return found(finding.outcome, finding.cause, texts)
