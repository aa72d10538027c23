"""Desk kept: what must hold in the end for the work of the office, by what is stored.

Answers given during the work are checked in `mesure_lab/whole/office`.
"""

from collections.abc import Iterator
from hashlib import sha256
from typing import Final

from mesure.actions.cases.case_notes import NOTE
from mesure.actions.orders.binding_order import ABSENCE
from mesure.actions.orders.order_drafts import DRAFT
from mesure.actions.records.continuity_records import HANDOVER
from mesure_lab.whole.checks.named_checks import invariant
from mesure_lab.whole.office import program_lives
from mesure_lab.whole.world import World

PIECES: Final = "SELECT id FROM register WHERE kind = 'order_draft_piece' AND id LIKE ?"


@invariant("no_version_binds_alone", "decision 0006")
def no_version_binds_alone(world: World) -> Iterator[str]:
    """Yield versions with a new place that bind, and nobody but who entered them confirmed it."""
    with world.read_undisturbed() as reading:
        for (order, number), known in world.desk.versions.items():
            if known.is_unsure or known.person in world.erased:
                continue
            [version] = [one for one in reading.versions(order) if one.number == number]
            expected = known.answered_by if known.must_wait else known.entered_by
            if version.confirmed_by != expected:
                yield f"{order} {number}: confirmed by {version.confirmed_by}, not {expected}"


@invariant("drafts_are_as_kept", "decision 0037")
def drafts_are_as_kept(world: World) -> Iterator[str]:
    """Yield drafts that are not as they were kept last, or are there and were given up."""
    with world.read_register() as rows:
        for name, known in world.desk.drafts.items():
            if known.person in world.erased:
                continue
            draft = rows.get(DRAFT, name)
            hashes = [sha256(text).hexdigest() for text in known.texts]
            if draft is None or [*draft.value.earlier, draft.value.text] != hashes:
                yield f"{name} is not as it was kept: {draft}"
            pieces = "".join(_pieces(world, name))
            yield from (f"{name} lacks the text {one}" for one in hashes if one not in pieces)
        for name, person in world.desk.ended_drafts.items():
            if person not in world.erased and rows.get(DRAFT, name) is not None:
                yield f"{name} is there, and was given up or entered"
            if _pieces(world, name):
                yield f"texts of {name} are there, which was given up or entered"


def _pieces(world: World, draft: str) -> list[str]:
    """Return the names of the pieces in which texts of a draft are kept."""
    return [name for (name,) in world.machine.rows(PIECES, f"{draft}.%")]


@invariant("notes_stay_as_written", "decision 0059; docs/for_officers.md")
def notes_stay_as_written(world: World) -> Iterator[str]:
    """Yield notes that say something else than was written, or are gone."""
    with world.read_register() as rows:
        for name, known in world.desk.notes.items():
            if known.person not in world.erased:
                texts = [version.text for version in rows.need(NOTE, name).value.versions]
                if texts != known.texts:
                    yield f"{name} says {texts}, and {known.texts} were written"


@invariant("handovers_read_as_they_are", "decision 0059")
def handovers_read_as_they_are(world: World) -> Iterator[str]:
    """Yield hand-over notes that say something else, or were read by somebody else."""
    with world.read_register() as rows:
        for name, known in world.desk.handovers.items():
            if known.person in world.erased:
                continue
            record = rows.need(HANDOVER, name).value
            receipts = {(receipt.by, receipt.versions) for receipt in record.receipts}
            texts = [version.text for version in record.versions]
            if texts != known.texts or receipts != known.receipts:
                yield f"{name}: {texts} read by {receipts}, not {known}"


@invariant("asked_is_not_granted", "decision 0006; docs/for_officers.md")
def asked_is_not_granted(world: World) -> Iterator[str]:
    """Yield notices of leaving that are not as they were answered."""
    with world.read_register() as rows:
        for name, (person, stage) in world.desk.departures.items():
            if person not in world.erased:
                stage_now = rows.need(ABSENCE, name).value.stage
                if stage_now != stage:
                    yield f"{name} is {stage_now}, and was left as {stage}"


@invariant("written_where_one_said", "decision 0033")
def written_where_one_said(world: World) -> Iterator[str]:
    """Yield letters to an address that its holder had given up before."""
    for former in world.desk.former:
        later = [to for to, *_ in world.mail.texts[former.letters :] if to == former.address]
        if later:
            yield f"{len(later)} letters went to {former.address}, which was given up"


@invariant("removed_hook_is_told_nothing", "decision 0033")
def removed_hook_is_told_nothing(world: World) -> Iterator[str]:
    """Yield webhooks that were sent something after they were removed."""
    for hook, times in world.desk.removed_hooks.items():
        now = program_lives.times_told(world, hook)
        if now != times:
            yield f"{hook} was told {times} times, then removed, and now {now} times"


DAILY: Final = (
    no_version_binds_alone,
    drafts_are_as_kept,
    notes_stay_as_written,
    handovers_read_as_they_are,
    asked_is_not_granted,
    written_where_one_said,
    removed_hook_is_told_nothing,
)
