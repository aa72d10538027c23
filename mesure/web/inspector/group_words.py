"""Group words: what groups of the statistics are called, and how shares and times are said."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from mesure.incidents.finding import FindingCause, FindingOutcome
from mesure.orders.text.catalogue import Catalogue
from mesure.reports.statistics.incident_counting import CHANCES, LOOKS_S, Breakdown
from mesure.reports.statistics.programme_statistics import DurationSummary, ShareEstimate
from mesure.web.shared.words import incident_phrases
from mesure.web.shared.words.page_texts import PageTexts

NONE: Final = "–"
MINUTE_S: Final = 60


def group_name(breakdown: Breakdown, group: str, texts: PageTexts) -> str:
    """Return what a group is called; a court stands for itself."""
    match breakdown:
        case Breakdown.ALL:
            return period(group, texts)
        case Breakdown.KIND:
            return incident_phrases.title(group, texts)
        case Breakdown.OUTCOME:
            return _outcome(group, texts)
        case Breakdown.DEVICE:
            return _devices(texts).get(group, group or texts.text("not known"))
        case Breakdown.CHANCE:
            return _chance(group, texts)
        case Breakdown.LOOK:
            return _look(group, texts)
    return group or texts.text("not known")


def period(name: str, catalogue: PageTexts) -> str:
    """Return what a year or a quarter is called."""
    year, _, quarter = name.partition("-")
    if not quarter:
        return year
    return catalogue.text("{year}, quarter {quarter}", year=year, quarter=quarter)


def share(value: ShareEstimate | None, catalogue: PageTexts) -> str:
    """Return a share with its interval."""
    if value is None:
        return NONE
    if value.low_ratio == value.high_ratio:
        return catalogue.text("{share} %", share=_percent(value.share_ratio))
    return catalogue.text(
        "{share} % (between {low} and {high})",
        share=_percent(value.share_ratio),
        low=_percent(value.low_ratio),
        high=_percent(value.high_ratio),
    )


def between(value: ShareEstimate, catalogue: PageTexts) -> str:
    """Return between what a share lies, where it is one of a sample."""
    low, high = _percent(value.low_ratio), _percent(value.high_ratio)
    if value.low_ratio == value.high_ratio:
        return ""
    return catalogue.text("between {low} and {high} in 100", low=low, high=high)


def within(length_s: int | None, catalogue: PageTexts) -> str:
    """Return within which time something was."""
    if length_s is None:
        return catalogue.text("longer than two weeks")
    return catalogue.text("within {length}", length=catalogue.length(timedelta(seconds=length_s)))


def length_class(from_s: int, until_s: int | None, catalogue: PageTexts) -> str:
    """Return a class of lengths: longer than one time, and no longer than another, if any."""
    shortest = catalogue.length(timedelta(seconds=from_s))
    if until_s is None:
        return catalogue.text("longer than {length}", length=shortest)
    longest = catalogue.length(timedelta(seconds=until_s))
    if not from_s or from_s < MINUTE_S <= until_s:  # A shorter one has no number to begin with.
        return catalogue.text("up to {length}", length=longest)
    return between_lengths(shortest, longest, catalogue)


def between_lengths(shortest: str, longest: str, catalogue: PageTexts) -> str:
    """Return a class of lengths of time, with the unit once where both have the same."""
    number, *unit = shortest.split()  # A no-break space stands between them.
    if unit and unit == longest.split()[1:]:
        shortest = number
    return catalogue.text("{shortest} to {longest}", shortest=shortest, longest=longest)


def half(length: DurationSummary | None, texts: PageTexts) -> str:
    """Return within which time half of something was."""
    return NONE if length is None else within(length.half_within_s, texts)


def most(length: DurationSummary | None, texts: PageTexts) -> str:
    """Return within which time nine in ten of something were."""
    return NONE if length is None else within(length.most_within_s, texts)


def _percent(share_ratio: float) -> str:
    return f"{100 * share_ratio:.0f}"


def _outcome(group: str, catalogue: PageTexts) -> str:
    if group == "open":
        return catalogue.text("no finding yet")
    if group == "withdrawn":
        return catalogue.text("withdrawn: later evidence refuted it")
    message_catalogue: Catalogue = catalogue.catalogue
    if group in set(FindingCause):
        return FindingCause(group).in_words(message_catalogue)
    return FindingOutcome(group).in_words(message_catalogue)


def _devices(catalogue: PageTexts) -> Mapping[str, str]:
    return {"phone": catalogue.text("phone"), "gnss_tag": catalogue.text("tag")}


def _chance(group: str, catalogue: PageTexts) -> str:
    if group == "0.0":
        return catalogue.text("less than 90 in 100")
    chance = float(group)
    above = min((one for one in CHANCES if one > chance), default=None)
    if above is None:
        return catalogue.text("at least {chance} in 100", chance=catalogue.decimal(100 * chance))
    return catalogue.text(
        "{chance} to {above} in 100",
        chance=catalogue.decimal(100 * chance),
        above=catalogue.decimal(100 * above),
    )


def _look(group: str, catalogue: PageTexts) -> str:
    if not group:
        return catalogue.text("no finding yet")
    if group == "longer":
        return catalogue.text("more than half an hour")
    shorter = (0, *LOOKS_S)[LOOKS_S.index(int(group))]
    return length_class(shorter, int(group), catalogue)
