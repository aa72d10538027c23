"""A possible breach in few words, where its place is not at hand, and how far its review is."""

from typing import Final

from mesure.incidents import device_problems
from mesure.incidents.finding import (
    Finding,
    FindingCause,
    FindingEndKind,
    FindingOutcome,
    ReviewStage,
)
from mesure.incidents.incident import Incident, IncidentKind
from mesure.incidents.words import health_words
from mesure.reports.replay import report_words as words
from mesure.web.shared.words.page_texts import PageTexts

Tag = tuple[str, str]  # Words, and the kind of the tag.
_OF_DEVICES: Final = {one.value: one for one in device_problems.DeviceProblemKind}


def title(kind: str, texts: PageTexts) -> str:
    """Return what an incident is called; a kind that is not of a place is about the device."""
    catalogue = texts.catalogue
    title_by_kind = {
        IncidentKind.ABSENT.value: catalogue.text("Possible breach: absent in the set hours"),
        IncidentKind.LEFT.value: catalogue.text("Possible breach: outside the place to stay in"),
        IncidentKind.ENTERED.value: catalogue.text("Possible breach: in an exclusion zone"),
        IncidentKind.MISSED.value: catalogue.text("Possible breach: appointment missed"),
        IncidentKind.SILENT.value: catalogue.text("Silence: the device reported nothing"),
    }
    if kind in _OF_DEVICES:
        return health_words.of(_OF_DEVICES[kind], catalogue).title
    return title_by_kind.get(kind, catalogue.text("Something about the device"))


def title_by_facts(kind: str, incident: Incident | None, texts: PageTexts) -> str:
    """Return what an incident is called, by its facts where it has some."""
    return title(kind, texts) if incident is None else words.title(texts.catalogue, incident)


def advice(kind: str, catalogue: PageTexts) -> str:
    """Return what the person can do about an incident now."""
    paper = catalogue.text("Say what happened, and attach a paper if you have one.")
    advice_by_kind: dict[str, str] = {
        IncidentKind.ABSENT.value: paper,
        IncidentKind.LEFT.value: paper,
        IncidentKind.ENTERED.value: paper,
        IncidentKind.MISSED.value: catalogue.text("If you came, say who saw you there."),
        IncidentKind.SILENT.value: catalogue.text(
            "Charge the device, and carry it outdoors for a while."
        ),
    }
    if kind in _OF_DEVICES:
        return health_words.of(_OF_DEVICES[kind], catalogue.catalogue).advice
    return advice_by_kind.get(kind, paper)


def title_in_list(condition: str, kind: str, texts: PageTexts) -> str:
    """Return what an incident is called in a list that names the condition, where it is of one."""
    called = title(kind, texts)
    return called if condition == device_problems.CONDITION else f"{condition} · {called}"


def condition(name: str, catalogue: PageTexts) -> str:
    """Return which condition an incident is of, or that it is of the device."""
    if name == device_problems.CONDITION:
        return catalogue.text("about the device")
    return catalogue.text("condition {condition}", condition=name)


def state(
    stage: ReviewStage,
    finding: tuple[FindingOutcome, FindingCause | None] | None,
    catalogue: PageTexts,
    returned: FindingEndKind | None = None,
) -> Tag:
    """Return how far a review has come, as a tag; `returned`: by what the last finding ended."""
    if returned is FindingEndKind.TURNED_DOWN:
        return catalogue.text("not agreed"), "amiss"
    if returned is FindingEndKind.TAKEN_BACK:
        return catalogue.text("finding taken back"), "wait"
    if stage is ReviewStage.FOUND and finding is not None:
        return tag_of_finding(*finding, catalogue)
    if stage is ReviewStage.PROPOSED:
        return catalogue.text("waits for a second officer"), "wait"
    if stage is ReviewStage.SEEN:
        return catalogue.text("being looked at"), "wait"
    return catalogue.text("not looked at yet"), "wait"


def tag_of_finding(outcome: FindingOutcome, cause: FindingCause | None, texts: PageTexts) -> Tag:
    """Return a conclusion as a tag, with its cause."""
    catalogue = texts.catalogue
    kinds = {
        FindingOutcome.BREACH: "amiss",
        FindingOutcome.EXCUSED: "met",
        FindingOutcome.NO_BREACH: "met",
        FindingOutcome.CANNOT_TELL: "",
        FindingOutcome.BATTERY: "met",
        FindingOutcome.NETWORK: "met",
        FindingOutcome.DEVICE_FAULT: "met",
        FindingOutcome.TAMPERING_REFERRED: "amiss",
    }
    words = outcome.in_words(catalogue)
    if cause is not None:
        words = texts.under_head(words, cause.in_words(catalogue))
    return words, kinds[outcome]


def of(finding: Finding, texts: PageTexts) -> Tag:
    """Return a finding as a tag."""
    return tag_of_finding(finding.outcome, finding.cause, texts)


def end_phrase(finding: Finding, texts: PageTexts) -> str:
    """Return how a finding came to hold no longer; nothing where that was not kept."""
    return "" if finding.end is None else finding.end.how.in_words(texts.catalogue)


def meant(finding: Finding, catalogue: PageTexts) -> tuple[str, str]:
    """Return what a finding means for the person, and what they can do now."""
    means, then = explain_conclusion(finding.outcome, finding.cause, catalogue)
    if finding.outcome.is_against and finding.on_contest:
        return means, catalogue.text("It was decided again. Ask your lawyer what else you can do.")
    return means, then


def explain_conclusion(
    outcome: FindingOutcome, cause: FindingCause | None, catalogue: PageTexts
) -> tuple[str, str]:
    """Return what a conclusion means for the person, and what they can do now."""
    nothing = catalogue.text("You do not have to do anything.")
    match outcome, cause:
        case FindingOutcome.BREACH, _:
            return (
                catalogue.text("The officer concludes that you did not keep the condition."),
                catalogue.text("If that is wrong, contest it. Somebody else then decides again."),
            )
        case FindingOutcome.EXCUSED, FindingCause.AUTHORISED_ABSENCE:
            return catalogue.text("You were allowed to be away. It is no breach."), nothing
        case FindingOutcome.EXCUSED, _:
            return (
                catalogue.text("You had a good reason. It is no breach."),
                catalogue.text("Keep any paper that shows the reason."),
            )
        case FindingOutcome.NO_BREACH, FindingCause.EQUIPMENT:
            return (
                catalogue.text("The device or its network was at fault. It is no breach."),
                catalogue.text("If it happens again, tell your officer."),
            )
        case FindingOutcome.NO_BREACH, _:
            return catalogue.text("The device showed a wrong place. It is no breach."), nothing
        case FindingOutcome.CANNOT_TELL, _:
            return (
                catalogue.text("Nobody can tell what happened. It is not held against you."),
                nothing,
            )
        case _:
            return _meaning_of_device(outcome, catalogue)


def _meaning_of_device(outcome: FindingOutcome, catalogue: PageTexts) -> tuple[str, str]:
    """Return what a conclusion about a silence or a device means for the person."""
    if outcome is FindingOutcome.BATTERY:
        return (
            catalogue.text("The battery of the device was empty. It is no breach."),
            catalogue.text("Please charge it once a day, and now if you can."),
        )
    if outcome is FindingOutcome.NETWORK:
        return (
            catalogue.text("The device had no network. It is no breach."),
            catalogue.text("You do not have to do anything."),
        )
    if outcome is FindingOutcome.DEVICE_FAULT:
        return (
            catalogue.text("The device did not work as it should. It is no breach."),
            catalogue.text("If it happens again, tell your officer."),
        )
    return (
        catalogue.text("Somebody else will look at whether the device was tampered with."),
        catalogue.text("It is no breach of a condition. You can contest it."),
    )
