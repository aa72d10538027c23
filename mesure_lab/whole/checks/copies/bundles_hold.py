"""Bundles hold: they are judged alike from their own bytes, and an officer needs a ground."""

from collections.abc import Iterator
from functools import partial
from typing import Any, Final

import msgspec

from mesure.actions.bundles import bundle_grounds
from mesure.actions.bundles.bundle_grounds import RequestBundleGround
from mesure.actions.framework.context import Actor
from mesure.actions.incidents import contests
from mesure.actions.incidents.contests import IncidentRequest, IncidentStatement
from mesure.actions.records.incident_records import ATTACHMENT, CONTEST
from mesure.actions.refusals.refusals import NotAllowedError
from mesure.actions.trails import grounds, trail_access
from mesure.actions.trails.grounds import GROUND, AnswerGround
from mesure.actions.trails.trail_access import TrailRequest
from mesure.bundle import make as bundle_make
from mesure.bundle import verify as bundle_verify
from mesure.bundle.make import Bundle, BundleConfig
from mesure.bundle.verify import BundleDifference
from mesure.incidents.device_problems import CONDITION
from mesure.instants import MAX_US
from mesure.privacy.access_refusal import AccessRefusal
from mesure.privacy.purposes import Purpose
from mesure.reports.bundle.bundle_manifest import CONTENT, MANIFEST, BundleError
from mesure.service.installation import log_signing
from mesure.store.values.effects import StoredIncident
from mesure_lab.whole import acts, office_people
from mesure_lab.whole.checks.named_checks import invariant
from mesure_lab.whole.drawn import narrow_limits
from mesure_lab.whole.drawn.random_persons import DAY
from mesure_lab.whole.drawn.scenery import H
from mesure_lab.whole.office import case_lives, desk_steps
from mesure_lab.whole.world import World

BUNDLES_MAX: Final = 1
RUN_UP_US: Final = 4 * DAY  # Decision 0036.
KEYS: Final = "SELECT count(*) FROM device_key WHERE device = ?"
AROUND_US: Final = 2 * H
FOR_COURT: Final[dict[str, Any]] = {
    "purpose": Purpose.COURT,
    "case_number": str(acts.CASE["case_number"]),
}


@invariant("bundles_judge_alike", "decision 0036")
def bundles_judge_alike(world: World) -> Iterator[str]:
    """Yield bundles that do not hold, or are judged otherwise from their own bytes."""
    instance = world.machine.made
    key = instance.signing.log_key(instance.settings.name)
    config = _config(world)
    for person in world.names:
        context = world.machine.context(office_people.own(person))  # Who needs no ground.
        for incident in world.incidents_of(person)[-BUNDLES_MAX:]:
            bundle = bundle_make.make(context, IncidentRequest(incident=incident.id), config)
            yield from _left_out(world, incident, bundle)
            yield from _lacking_beside(world, incident, bundle)
            again = bundle_make.make(context, IncidentRequest(incident=incident.id), config)
            if again.sha256 != bundle.sha256:
                yield f"{incident.id}: the bundle that is made again is another one"
            review = msgspec.json.decode(bundle.files[f"{CONTENT}review.json"])
            if len(review["statements"]) < world.people.said_of[incident.id]:
                yield f"{incident.id}: the bundle lacks what was said about it"
            with world.read_register() as rows:
                if len(review["contests"]) != sum(
                    1 for _ in rows.find(CONTEST, "incident", incident.id)
                ):
                    yield f"{incident.id}: the bundle lacks how it was contested"
            try:
                report = bundle_verify.verify(bundle.data, key, bundle.sha256)
            except BundleError as error:
                yield f"{incident.id}: {error}"
                continue
            differs = set(report.differs)
            if incident.condition == CONDITION:  # No judging says anything of a device.
                differs.discard(BundleDifference.NOT_JUDGED)
            if differs and not world.is_varied(world.life_of(person)):
                yield f"{incident.id}: {differs}"
            yield from _stale_bundle(world, incident, bundle)


def _stale_bundle(world: World, incident: StoredIncident, before: Bundle) -> Iterator[str]:
    """Yield that a bundle made after something was said knows no more than the one before."""
    own, request = office_people.own(incident.person), IncidentStatement(incident.id, "See there.")
    word, _ = acts.do(world, own, contests.say, request, incident.person)
    if word != "done":
        return
    world.people.said_of[incident.id] += 1
    world.wait(1)
    context, config = world.machine.context(own), _config(world)
    after = bundle_make.make(context, IncidentRequest(incident=incident.id), config)
    until_us = [_manifest(bundle)["received_until_us"] for bundle in (before, after)]
    if until_us[0] >= until_us[1]:
        yield f"{incident.id}: its later bundle has nothing that came after {until_us[0]}"


def _manifest(bundle: Bundle) -> dict[str, Any]:
    return dict(msgspec.json.decode(bundle.files[MANIFEST]))


def _left_out(world: World, incident: StoredIncident, bundle: Bundle) -> Iterator[str]:
    """Yield messages of four days before an incident to two hours after it that a bundle lacks."""
    named = _sequences(bundle)
    start_us = incident.start_us - RUN_UP_US
    end_us = (incident.end_us or MAX_US - AROUND_US) + AROUND_US
    carried = {name for name, *_ in world.life_of(incident.person).carried}
    assessments = bundle.files[f"{CONTENT}assessments.jsonl"].splitlines()
    judged_lines = {
        (line["condition"], line["start_us"]) for line in map(msgspec.json.decode, assessments)
    }
    near_us = incident.start_us - AROUND_US, min(end_us, world.time.now_us)
    with world.read_undisturbed() as reading:
        for row in reading.assessments(incident.person, *near_us):
            if row.order == incident.order and (row.condition, row.start_us) not in judged_lines:
                yield f"{incident.id}: the bundle lacks what {row.condition} was at {row.start_us}"
        for record in reading.messages(incident.person, start_us, min(end_us, world.time.now_us)):
            if record.device in carried and record.place.sequence not in named:
                yield f"{incident.id}: the bundle lacks what came as {record.place.sequence}"


def _lacking_beside(world: World, incident: StoredIncident, bundle: Bundle) -> Iterator[str]:
    """Yield keys by which messages were signed, and documents, that a bundle lacks."""
    for device in msgspec.json.decode(bundle.files[f"{CONTENT}devices.json"]):
        [(keys,)] = world.machine.rows(KEYS, device["device"])
        if len(device["keys"]) != keys:
            yield f"{incident.id}: of {keys} keys its bundle has {device['keys']}"
    review = msgspec.json.decode(bundle.files[f"{CONTENT}review.json"])
    with world.read_register() as rows:
        attached = {row.id for row in rows.find(ATTACHMENT, "incident", incident.id)}
    if attached != {document["attachment"] for document in review["documents"]}:
        yield f"{incident.id}: the bundle names other documents than {attached}"


def _config(world: World) -> BundleConfig:
    instance = world.machine.made
    key = str(instance.signing.log_key(instance.settings.name))
    sign_log = partial(log_signing.checkpoint, instance)
    return BundleConfig(key, sign_log, instance.settings.policy, bundle_make.no_papers)


@invariant("bundles_need_a_ground", "decision 0036; Directive (EU) 2016/680, Article 4")
def bundles_need_a_ground(world: World) -> Iterator[str]:
    """Yield bundles with the days before an incident that an officer gets though nobody agreed.

    Once somebody else agreed, the officer gets the very bytes that the person gets.
    """
    for person in world.names:
        officer = world.people.officer(person)
        for incident in world.incidents_of(person)[-BUNDLES_MAX:]:
            own = world.machine.context(office_people.own(person))
            bundle = bundle_make.make(own, IncidentRequest(incident=incident.id), _config(world))
            if not _has_days_before(world, bundle):
                continue
            refusal = _made_by(world, officer, incident)
            if isinstance(refusal, Bundle):
                yield f"{officer.account} gets the days before {incident.id} without a ground"
            elif refusal is AccessRefusal.NO_GROUND and _is_agreed(world, officer, incident):
                theirs = _made_by(world, officer, incident)
                if not isinstance(theirs, Bundle) or theirs.sha256 != bundle.sha256:
                    yield f"{officer.account} gets another bundle of {incident.id}: {theirs}"


def _sequences(bundle: Bundle) -> set[int]:
    """Return the places in the log of the messages in a bundle."""
    lines = bundle.files[f"{CONTENT}messages.jsonl"].splitlines()
    return {msgspec.json.decode(line)["sequence"] for line in lines}


def _has_days_before(world: World, bundle: Bundle) -> bool:
    """Tell whether a bundle has messages from long before its incident."""
    incident = msgspec.json.decode(bundle.files[f"{CONTENT}incident.json"])
    start_us, person = incident["start_us"], incident["person"]
    named = _sequences(bundle)
    with world.read_undisturbed() as reading:
        before = reading.messages(person, start_us - RUN_UP_US, start_us - AROUND_US)
        return any(
            record.place.sequence in named and record.share.last_us < start_us - AROUND_US
            for record in before
        )


def _made_by(world: World, officer: Actor, incident: StoredIncident) -> object:
    """Return the bundle that an officer gets, or why they get none."""
    request = IncidentRequest(incident=incident.id, **FOR_COURT)
    try:
        return bundle_make.make(world.machine.context(officer), request, _config(world))
    except NotAllowedError as refusal:
        return refusal.reason


def _is_agreed(world: World, officer: Actor, incident: StoredIncident) -> bool:
    """Have an officer ask for the days before an incident, and a supervisor agree."""
    number = str(acts.CASE["case_number"])
    request = RequestBundleGround(incident.id, Purpose.COURT, number, "The court asks.")
    acts.do(world, officer, bundle_grounds.ask, request, incident.person)  # Or it was asked for.
    with world.read_register() as rows:
        waiting = [
            ground.id
            for ground in rows.about(GROUND, incident.person)
            if ground.value.incident == incident.id and ground.value.waits
        ]
    supervisor, agrees = world.people.supervisor, AnswerGround(waiting[-1], agrees=True)
    is_agreed = acts.do(world, supervisor, grounds.answer, agrees, incident.person)[0] == "done"
    if is_agreed and narrow_limits.is_narrow(world.seed):  # Nor does it show more than that.
        look, person = trail_access.trail, incident.person
        part = TrailRequest(person=person, ground=waiting[-1], **acts.CASE)
        desk_steps.ask_in_vain(world, officer, look, part, person, case_lives.GROUND)
    return is_agreed


BUNDLES: Final = (bundles_judge_alike, bundles_need_a_ground)
