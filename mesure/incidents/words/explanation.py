"""Explanation of a possible breach in words, to the person and to other readers.

Both read the same facts, sentence by sentence; it speaks to the person, and about them to others.
It says what the device showed and how sure one can be, what was left out and why, what else could
explain it, and what would change the conclusion. It never says that there was a breach: that is a
finding, and findings are made by people.

Invariant: a sentence has at most 20 words in English, Russian and Kazakh (22 in French) where the
names it is given are one word; the reader may be frightened, tired, and holding a phone.
Law: Directive (EU) 2016/680, articles 11 (automated decisions) and 13 (what a person must be told)
Decision: docs/decisions/0005-a-finding-is-made-by-a-person.md
"""

from collections.abc import Iterator
from typing import Final, assert_never
from zoneinfo import ZoneInfo

from mesure.evaluation.breakdown.evidence_breakdown import TermSource
from mesure.incidents.incident import Incident, IncidentFacts, IncidentKind
from mesure.incidents.words import doubts, phrases, top_evidence
from mesure.incidents.words.reader import Reader
from mesure.orders.clock import durations
from mesure.orders.text.catalogue import Catalogue
from mesure.orders.values.span import Span

ABSENCES_NAMED_MAX: Final = 3  # More are counted, so that the sentence stays short.


def explain(incident: Incident, zone: ZoneInfo, catalogue: Catalogue, reader: Reader) -> str:
    """Return the explanation of a possible breach; paragraphs are parted by a line feed."""
    paragraphs = [
        _what(incident, zone, catalogue, reader),
        _shown(incident, zone, catalogue, reader),
        _left_out(incident.facts, catalogue, reader),
    ]
    if incident.withdrawn_at is None:
        paragraphs.append(doubts.sentences(incident.kind, catalogue, reader))
    # A name from the order may hold a line feed; it must not look like a paragraph of ours.
    texts = (" ".join(sentences).replace("\n", " ") for sentences in paragraphs)
    return "\n".join(filter(None, texts))


# --- What it is about ------------------------------------------------------------------------


def _what(
    incident: Incident, zone: ZoneInfo, catalogue: Catalogue, reader: Reader
) -> Iterator[str]:
    if incident.kind is IncidentKind.SILENT:
        heading = reader.choose(
            catalogue.text(
                "Your device was not heard while condition {condition} ({duty}) applied."
            ),
            catalogue.text(
                "The device was not heard while condition {condition} ({duty}) applied."
            ),
        )
        caution = reader.choose(
            catalogue.text("This says nothing about where you were, and is not a breach."),
            catalogue.text("This says nothing about where the person was, and is not a breach."),
        )
    else:
        heading = catalogue.text("This is a possible breach of condition {condition} ({duty}).")
        caution = catalogue.text("It is not a finding: only a person can make one.")
    duty = phrases.duty_name(incident.facts.duty, catalogue)
    yield heading.format(condition=incident.condition, duty=duty)
    yield caution
    if incident.withdrawn_at is not None:
        yield catalogue.text(
            "This notice was withdrawn on {moment}: later evidence does not support it."
        ).format(moment=catalogue.moment(incident.withdrawn_at, zone))
        yield reader.choose(
            catalogue.text("It stays on the record, but is not held against you."),
            catalogue.text("It stays on the record, but is not held against the person."),
        )
    yield from _asked(incident, zone, catalogue, reader)


def _asked(
    incident: Incident, zone: ZoneInfo, catalogue: Catalogue, reader: Reader
) -> Iterator[str]:
    facts = incident.facts
    match incident.kind:
        case IncidentKind.ABSENT:
            sentence = reader.choose(
                catalogue.text("You had to be {at_place} {when}."),
                catalogue.text("The person had to be {at_place} {when}."),
            )
        case IncidentKind.LEFT:
            sentence = reader.choose(
                catalogue.text("You had to stay inside “{place}” {when}."),
                catalogue.text("The person had to stay inside “{place}” {when}."),
            )
        case IncidentKind.ENTERED:
            sentence = reader.choose(
                catalogue.text("You had to keep out of “{place}” {when}."),
                catalogue.text("The person had to keep out of “{place}” {when}."),
            )
        case IncidentKind.MISSED:
            sentence = reader.choose(
                catalogue.text("You had an appointment {at_place} {when}."),
                catalogue.text("The person had an appointment {at_place} {when}."),
            )
        case IncidentKind.SILENT:
            sentence = catalogue.text("The condition applied {when}.")
        case _:
            assert_never(incident.kind)
    yield sentence.format(
        at_place=phrases.at(facts.place, catalogue, reader),
        place=facts.place,
        when=phrases.span_with_date(facts.window, zone, catalogue),
    )
    if incident.kind is IncidentKind.MISSED:
        yield reader.choose(
            catalogue.text("You were asked to stay for {duration} in all."),
            catalogue.text("The person was asked to stay for {duration} in all."),
        ).format(duration=durations.exact(facts.present_s_min, catalogue))
    if phrases.is_short(facts.window) and phrases.clocks_change(facts.window, zone):
        yield catalogue.text("The clocks were changed in that time.")


# --- What the device showed ------------------------------------------------------------------


def _shown(
    incident: Incident, zone: ZoneInfo, catalogue: Catalogue, reader: Reader
) -> Iterator[str]:
    if incident.withdrawn_at is not None:
        yield catalogue.text("This is what it said until then.")
    match incident.kind:
        case IncidentKind.SILENT:
            yield from _silence(incident, zone, catalogue)
        case IncidentKind.MISSED:
            yield from _presence(incident.facts, catalogue, reader)
            yield from _used(incident, catalogue)
        case IncidentKind.ABSENT | IncidentKind.LEFT | IncidentKind.ENTERED:
            yield from _whereabouts(incident, zone, catalogue, reader)
            yield from _used(incident, catalogue)
            yield from _certainty(incident, zone, catalogue, reader)
        case _:
            assert_never(incident.kind)
    yield catalogue.text("An officer could see this from {moment} on.").format(
        moment=catalogue.moment(incident.opened_at, zone)
    )


def _whereabouts(
    incident: Incident, zone: ZoneInfo, catalogue: Catalogue, reader: Reader
) -> Iterator[str]:
    facts = incident.facts
    match incident.kind:
        case IncidentKind.ABSENT:
            seems = reader.choose(
                catalogue.text("Your device seems to have been {away} {when}."),
                catalogue.text("The device seems to have been {away} {when}."),
            )
        case IncidentKind.LEFT:
            seems = reader.choose(
                catalogue.text("Your device seems to have been outside “{place}” {when}."),
                catalogue.text("The device seems to have been outside “{place}” {when}."),
            )
        case _:
            seems = reader.choose(
                catalogue.text("Your device seems to have been inside “{place}” {when}."),
                catalogue.text("The device seems to have been inside “{place}” {when}."),
            )
    yield seems.format(
        away=phrases.away(facts.place, catalogue, reader),
        place=facts.place,
        when=_when(incident, zone, catalogue),
    )
    yield from _ending(incident, catalogue)


def _silence(incident: Incident, zone: ZoneInfo, catalogue: Catalogue) -> Iterator[str]:
    if incident.end is None:
        silent = catalogue.text("Nothing has been heard from it {when}.")
    else:
        silent = catalogue.text("Nothing was heard from it {when}.")
    yield silent.format(when=_when(incident, zone, catalogue))
    yield from _ending(incident, catalogue)
    limit = durations.in_sentence(incident.facts.silence_s, catalogue)
    yield catalogue.text("An officer is told after {duration} of silence.").format(duration=limit)


def _when(incident: Incident, zone: ZoneInfo, catalogue: Catalogue) -> str:
    window = incident.facts.window
    if incident.end is None:
        return phrases.since(incident.start, window, zone, catalogue)
    return phrases.within(Span(incident.start, incident.end), window, zone, catalogue)


def _ending(incident: Incident, catalogue: Catalogue) -> Iterator[str]:
    if incident.end is None and incident.withdrawn_at is None:
        yield catalogue.text("When this was written, it had not ended.")
    elif incident.end is not None and incident.end >= incident.facts.window.end:
        yield catalogue.text("The set time ended then, so nothing later is counted.")


def _presence(facts: IncidentFacts, catalogue: Catalogue, reader: Reader) -> Iterator[str]:
    if facts.present_s > 0:
        yield reader.choose(
            catalogue.text("The readings show you there for {duration}."),
            catalogue.text("The readings show the device there for {duration}."),
        ).format(duration=durations.in_sentence(facts.present_s, catalogue))
    else:
        yield reader.choose(
            catalogue.text("No reading shows you there."),
            catalogue.text("No reading shows the device there."),
        )


def _used(incident: Incident, catalogue: Catalogue) -> Iterator[str]:
    facts = incident.facts
    if facts.fixes_used <= 0:
        yield catalogue.text("No reading of that time was used.")
        return
    yield catalogue.plural(
        "{count} reading of that time was used.",
        "{count} readings of that time were used.",
        facts.fixes_used,
    ).format(count=facts.fixes_used)
    yield from _wrong_side(incident, catalogue)


def _wrong_side(incident: Incident, catalogue: Catalogue) -> Iterator[str]:
    is_inside, count = incident.kind is IncidentKind.ENTERED, incident.facts.fixes_on_wrong_side
    if count <= 0:
        inside = catalogue.text("Taken alone, none of them lies inside the boundary.")
        outside = catalogue.text("Taken alone, none of them lies outside the boundary.")
        yield inside if is_inside else outside
        return
    inside = catalogue.plural(
        "Taken alone, {count} of them lies inside the boundary.",
        "Taken alone, {count} of them lie inside the boundary.",
        count,
    )
    outside = catalogue.plural(
        "Taken alone, {count} of them lies outside the boundary.",
        "Taken alone, {count} of them lie outside the boundary.",
        count,
    )
    yield (inside if is_inside else outside).format(count=count)
    distance = phrases.distance(incident.facts.distance_max_m, catalogue)
    if distance is not None:
        inside = catalogue.text("The farthest lies about {distance} inside.")
        outside = catalogue.text("The farthest lies about {distance} outside.")
        yield (inside if is_inside else outside).format(distance=distance)
    yield from _circle(incident.facts, catalogue)


def _circle(facts: IncidentFacts, catalogue: Catalogue) -> Iterator[str]:
    radius = phrases.distance(facts.radius95_median_m, catalogue, is_limit=True)
    if radius is None:
        yield catalogue.text("The device did not say how exact these readings are.")
        return
    usual = catalogue.text("The radius of the confidence circle is usually {radius} or less.")
    yield usual.format(radius=radius)
    yield catalogue.text("By the device’s own claim, the true place lies in it 95 times in 100.")


def _certainty(
    incident: Incident, zone: ZoneInfo, catalogue: Catalogue, reader: Reader
) -> Iterator[str]:
    facts = incident.facts
    yield catalogue.text("Readings taken soon after each other can share the same error.")
    yield from top_evidence.sentences(incident, zone, catalogue, reader)
    sources = {term.source for term in top_evidence.strongest(incident.account)}
    if sources.isdisjoint(top_evidence.WAYS):
        on_its_way = catalogue.text(
            "Speed, or the way from reading to reading, also shows that the device was on its way."
        )
        still = catalogue.text(
            "Neither speed nor the way from reading to reading shows the device on its way."
        )
        yield on_its_way if facts.moving else still
    if facts.beacon_lost and TermSource.BEACON_MISSED not in sources:
        yield catalogue.text("The device did not hear the beacon at home in that time.")
    chance = phrases.chance(incident.p_outside_max, catalogue)
    if chance is None:
        return
    if incident.kind is IncidentKind.ENTERED:
        rose = catalogue.text("The chance that it was inside rose to {chance}.")
    else:
        rose = catalogue.text("The chance that it was outside rose to {chance}.")
    yield rose.format(chance=chance)
    yield catalogue.text("No reading can make this certain.")


# --- What was left out -----------------------------------------------------------------------


def _left_out(facts: IncidentFacts, catalogue: Catalogue, reader: Reader) -> Iterator[str]:
    for reason, count in facts.fixes_unused:
        if count > 0:
            yield _unused(reason, count, catalogue).format(count=count, reason=reason)
    yield from _absences(facts, catalogue, reader)
    if facts.unsigned:
        yield catalogue.text(
            "The readings are not signed by the device, so nothing proves that they come from it."
        )


def _unused(reason: str, count: int, catalogue: Catalogue) -> str:
    match reason:
        case "stale":
            return catalogue.plural(
                "{count} reading was not used: it arrived long after it was taken.",
                "{count} readings were not used: they arrived long after they were taken.",
                count,
            )
        case "duplicate":
            return catalogue.plural(
                "{count} reading was not used: it repeats another one.",
                "{count} readings were not used: they repeat other ones.",
                count,
            )
        case "future":
            return catalogue.plural(
                "{count} reading was not used: it arrived before the time it claims.",
                "{count} readings were not used: they arrived before the time they claim.",
                count,
            )
        case "out_of_range":
            return catalogue.plural(
                "{count} reading was not used: what it says is impossible or cannot be read.",
                "{count} readings were not used: what they say is impossible or cannot be read.",
                count,
            )
        case "heartbeat":
            return catalogue.plural(
                "{count} reading was not used: it only repeats an old position.",
                "{count} readings were not used: they only repeat an old position.",
                count,
            )
        case "not_a_track":
            return catalogue.plural(
                "{count} point was not used: it is a saved place or part of a planned route.",
                "{count} points were not used: they are saved places or parts of planned routes.",
                count,
            )
        case "after_until":
            return catalogue.plural(
                "{count} reading was not used: it arrived after the end of this record.",
                "{count} readings were not used: they arrived after the end of this record.",
                count,
            )
        case "other_trace":
            return catalogue.plural(
                "{count} reading was not used: it belongs to another trace.",
                "{count} readings were not used: they belong to another trace.",
                count,
            )
        case _:
            return catalogue.plural(
                "{count} reading was not used, for this reason: {reason}.",
                "{count} readings were not used, for this reason: {reason}.",
                count,
            )


def _absences(facts: IncidentFacts, catalogue: Catalogue, reader: Reader) -> Iterator[str]:
    count = len(facts.absences)
    if count == 0:
        return
    if count > ABSENCES_NAMED_MAX:
        yield catalogue.plural(
            "{count} authorised absence covers part of the set time.",
            "{count} authorised absences cover part of the set time.",
            count,
        ).format(count=count)
    else:
        yield catalogue.plural(
            "Authorised absence {names} covers part of the set time.",
            "Authorised absences {names} cover part of the set time.",
            count,
        ).format(names=catalogue.items(list(facts.absences)))
    if facts.also_at:
        named = facts.also_at[:ABSENCES_NAMED_MAX]
        places = catalogue.items([phrases.at(place, catalogue, reader) for place in named])
        yield reader.choose(
            catalogue.text("In that time you could also be {at_place}."),
            catalogue.text("In that time the person could also be {at_place}."),
        ).format(at_place=places)
    yield reader.choose(
        catalogue.text("What an authorised absence allows is not held against you."),
        catalogue.text("What an authorised absence allows is not held against the person."),
    )
