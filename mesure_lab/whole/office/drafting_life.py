"""Drafting: an order is entered step by step, given up or kept, and confirmed by another officer.

Decisions: docs/decisions/0006-orders-are-dated-versions-half-open.md,
docs/decisions/0037-orders-are-entered-as-their-file.md
"""

import re
from hashlib import sha256
from random import Random
from typing import Final

from mesure.actions.framework.action import EmptyRequest
from mesure.actions.framework.context import Actor
from mesure.actions.orders import (
    court_orders,
    court_papers,
    draft_papers,
    order_drafts,
    second_officers,
)
from mesure.actions.orders.court_orders import (
    OrderRequest,
    PendingVersionsRequest,
    TurnDownVersion,
    VersionEntryResult,
    VersionRef,
)
from mesure.actions.orders.court_papers import CourtPaperRef, CourtPapersRequest
from mesure.actions.orders.draft_papers import AttachDraftPaper
from mesure.actions.orders.order_drafts import (
    BeginDraft,
    DraftRef,
    DraftRequest,
    DraftsRequest,
    EnterDraft,
    SaveDraft,
)
from mesure.actions.orders.second_officers import SecondOfficersRequest
from mesure.instants import to_datetime
from mesure_lab.whole.acts import CASE, PDF
from mesure_lab.whole.drawn import scenery
from mesure_lab.whole.drawn.random_persons import DAY
from mesure_lab.whole.drawn.scenery import H
from mesure_lab.whole.lives.desk_memory import EnteredVersion, KnownDraft
from mesure_lab.whole.office import desk_steps
from mesure_lab.whole.world import World

KEPT: Final = "drafts_are_as_kept"
ALONE: Final = "no_version_binds_alone"
PAPERS: Final = "papers_go_with_the_order"
STEPS_MAX: Final = 5
TEXTS_MAX: Final = order_drafts.EARLIER_MAX + 1
IN_FORCE: Final = re.compile(r"in_force: \{from: [^,]+,")


def draft_order(world: World, dice: Random, person: str) -> str:
    """Go on with a draft about somebody, or begin one; now and then enter it."""
    actor = desk_steps.caseworker(world, dice, person)
    name = _begin(world, dice, actor, person)
    if name is None:
        return "no draft"
    words = []
    for _ in range(dice.randrange(1, STEPS_MAX)):
        if name not in world.desk.drafts:
            break
        step = dice.choice((_keep, _keep, _keep_stale, _undo, _attach, _look, _drop, _enter))
        words.append(f"{step.__name__} {step(world, dice, actor, name)}")
    return " ".join(words)


def _begin(world: World, dice: Random, actor: Actor, person: str) -> str | None:
    """Return a draft about somebody: one that was begun, or a new one."""
    known = [name for name, draft in world.desk.drafts.items() if draft.person == person]
    if known and dice.random() < 0.6:
        return dice.choice(known)
    text = b"order: \n" + dice.randbytes(4).hex().encode()
    answer = desk_steps.ask(world, actor, order_drafts.begin, BeginDraft(person, text), person)
    if not answer.is_done:
        return None
    world.desk.drafts[answer.answer] = KnownDraft(person, 1, [text])
    return str(answer.answer)


def _text(world: World, dice: Random, person: str) -> bytes:
    """Return what is drafted: the first text, binding from now or later, half with a new place."""
    text = world.life_of(person).texts[0].text
    start = to_datetime(world.time.now_us + dice.choice((H, 7 * H, DAY)) + dice.randrange(H))
    text = IN_FORCE.sub(f"in_force: {{from: {start:%Y-%m-%dT%H:%M},", text, count=1)
    if dice.random() < 0.6:
        lon_deg = scenery.HOME_LON_DEG + dice.randrange(20_000, 40_000) / scenery.LON_M
        lat_deg = scenery.HOME_LAT_DEG
        place = f"  shelter: {{lat_deg: {lat_deg}, lon_deg: {lon_deg:.6f}, radius_m: 40}}\n"
        text = text.replace("conditions:", f"{place}conditions:", 1)
    return text.encode()


def _keep(world: World, dice: Random, actor: Actor, name: str) -> str:
    draft = world.desk.drafts[name]
    is_finished = dice.random() < 0.7
    text = _text(world, dice, draft.person) if is_finished else dice.randbytes(6).hex().encode()
    request = SaveDraft(name, draft.revision, text)
    return _changed(world, actor, name, request, [*draft.texts, text])


def _keep_stale(world: World, dice: Random, actor: Actor, name: str) -> str:
    """Keep what somebody wrote who read the draft before its last step, or another one."""
    draft = world.desk.drafts[name]
    request = SaveDraft(name, draft.revision + dice.choice((-1, 1)), b"order: of another day")
    return desk_steps.ask_in_vain(world, actor, order_drafts.keep, request, draft.person, KEPT)


def _undo(world: World, _dice: Random, actor: Actor, name: str) -> str:
    draft = world.desk.drafts[name]
    request = DraftRef(name, draft.revision)
    if len(draft.texts) < 2:
        return desk_steps.ask_in_vain(world, actor, order_drafts.undo, request, draft.person, KEPT)
    return _changed(world, actor, name, request, draft.texts[:-1])


def _changed(
    world: World, actor: Actor, name: str, request: SaveDraft | DraftRef, texts: list[bytes]
) -> str:
    draft = world.desk.drafts[name]
    action = order_drafts.keep if isinstance(request, SaveDraft) else order_drafts.undo
    answer = desk_steps.ask(world, actor, action, request, draft.person)
    if answer.is_unsure:
        del world.desk.drafts[name]
    elif answer.is_done:
        if texts[-1:] == draft.texts[-1:]:
            texts = draft.texts  # What says the same is no step.
        draft.revision, draft.texts = answer.answer, texts[-TEXTS_MAX:]
    return answer.word


def _attach(world: World, dice: Random, actor: Actor, name: str) -> str:
    """Attach the court's paper; now and then take it back."""
    draft = world.desk.drafts[name]
    content = PDF + dice.randbytes(200)
    request = AttachDraftPaper(name, "decision.pdf", content)
    answer = desk_steps.ask(world, actor, draft_papers.attach, request, draft.person)
    if answer.is_unsure:
        del world.desk.drafts[name]
    elif answer.is_done:
        hashed = sha256(content).hexdigest()
        draft.papers.add(hashed)
        if dice.random() < 0.3:
            reference = CourtPaperRef(answer.answer)
            back = desk_steps.ask(world, actor, court_papers.take_back, reference, draft.person)
            if back.is_unsure:
                del world.desk.drafts[name]
            elif back.is_done:
                draft.papers.discard(hashed)
    return answer.word


def _look(world: World, dice: Random, actor: Actor, name: str) -> str:
    """Look at a draft, which is as it was kept; and at what else is unfinished."""
    draft = world.desk.drafts[name]
    request = DraftRequest(draft=name, **CASE)
    answer = desk_steps.ask(world, actor, order_drafts.show, request, draft.person)
    if answer.is_done:
        shown, known = answer.answer, (draft.texts[-1], draft.revision, len(draft.texts) - 1)
        if (shown.text, shown.revision, shown.steps_back) != known:
            world.broken(KEPT, f"{name} is shown at {shown.revision}, not {draft.revision}")
    desk_steps.ask(world, actor, order_drafts.of_person, DraftsRequest(draft.person), draft.person)
    desk_steps.ask(world, actor, order_drafts.list_unfinished, EmptyRequest())
    stranger = desk_steps.stranger_to(world, dice, draft.person)
    desk_steps.ask_in_vain(world, stranger, order_drafts.show, request, draft.person, KEPT)
    return answer.word


def _drop(world: World, _dice: Random, actor: Actor, name: str) -> str:
    draft = world.desk.drafts[name]
    request = DraftRef(name, draft.revision)
    answer = desk_steps.ask(world, actor, order_drafts.drop, request, draft.person)
    if answer.is_done:
        world.desk.ended_drafts[name] = draft.person
    if answer.is_done or answer.is_unsure:
        del world.desk.drafts[name]
    return answer.word


# --- Entering, and the second officer ------------------------------------------------------------


def _enter(world: World, dice: Random, actor: Actor, name: str) -> str:
    """Enter what was drafted; before that, something else than what was kept."""
    draft = world.desk.drafts[name]
    if draft.person in world.ended:
        return "ended"
    text = _text(world, dice, draft.person) + b"# Of another day.\n"
    other = EnterDraft(name, draft.revision, text)
    desk_steps.ask_in_vain(world, actor, order_drafts.enter, other, draft.person, KEPT)
    _keep_finished(world, dice, actor, name)
    if name not in world.desk.drafts:
        return "unanswered"
    world.desk.varied.add(draft.person)
    request = EnterDraft(name, draft.revision, draft.texts[-1])
    answer = desk_steps.ask(world, actor, order_drafts.enter, request, draft.person)
    if answer.is_unsure:
        del world.desk.drafts[name]
    if not answer.is_done:
        return answer.word
    del world.desk.drafts[name]
    world.desk.ended_drafts[name] = draft.person
    version: VersionEntryResult = answer.answer
    known = EnteredVersion(
        draft.person, actor.account, must_wait=b"shelter:" in draft.texts[-1],
        papers=frozenset(draft.papers),
    )  # fmt: skip
    world.desk.versions[version.order, version.number] = known
    if known.must_wait:
        return f"{answer.word}, {_answer(world, dice, actor, version, known)}"
    if not version.binds:
        world.broken(ALONE, f"{version.order} {version.number} waits, and has no new place")
    return answer.word


def _keep_finished(world: World, dice: Random, actor: Actor, name: str) -> None:
    draft = world.desk.drafts[name]
    text = _text(world, dice, draft.person)
    _changed(world, actor, name, SaveDraft(name, draft.revision, text), [*draft.texts, text])


def _answer(
    world: World, dice: Random, first: Actor, version: VersionEntryResult, known: EnteredVersion
) -> str:
    """Have a version with a new place answered; its writer tries to confirm it alone."""
    person = known.person
    if version.binds:
        world.broken(ALONE, f"{version.order} {version.number} binds with a new place")
    right = VersionRef(version.order, version.number, version.whole_sha256)
    _ask_who_may(world, first, version, person)
    desk_steps.ask_in_vain(world, first, court_orders.confirm, right, person, ALONE)
    second = desk_steps.another(world, dice, first)
    wrong = VersionRef(version.order, version.number, sha256(b"another text").hexdigest())
    desk_steps.ask_in_vain(world, second, court_orders.confirm, wrong, person, ALONE)
    bound = desk_steps.ask(
        world, second, court_orders.versions_in_force,
        OrderRequest(order=version.order, **CASE), person,
    )  # fmt: skip
    if bound.is_done and version.sha256 in {one.sha256 for one in bound.answer}:
        world.broken(ALONE, f"{version.order} {version.number} binds, and nobody confirmed it")
    chance = dice.random()
    if chance < 0.3:
        return "waits"
    if chance < 0.5:
        return _turn_down(world, second, right, known)
    shown = desk_steps.ask(
        world, second, court_orders.show, OrderRequest(order=version.order, **CASE), person
    )
    if not shown.is_done:
        return shown.word
    [whole] = [one for one in shown.answer.versions if one.number == version.number]
    _look_at_papers(world, second, known, {one.sha256 for one in whole.papers})
    right = VersionRef(version.order, version.number, whole.whole_sha256)  # With its papers.
    answer = desk_steps.ask(world, second, court_orders.confirm, right, person)
    known.is_unsure = answer.is_unsure
    known.answered_by = second.account if answer.is_done else None
    return answer.word


def _ask_who_may(world: World, actor: Actor, version: VersionEntryResult, person: str) -> None:
    who = SecondOfficersRequest(person, version.order, version.number)
    desk_steps.ask(world, actor, second_officers.second_officers, who, person)
    waiting = PendingVersionsRequest(person)
    desk_steps.ask(world, actor, court_orders.list_pending, waiting, person)


def _turn_down(world: World, second: Actor, right: VersionRef, known: EnteredVersion) -> str:
    request = TurnDownVersion(right.order, right.number, "It is another place.")
    answer = desk_steps.ask(world, second, court_orders.turn_down, request, known.person)
    known.is_unsure, known.is_turned_down = answer.is_unsure, answer.is_done
    if answer.is_done:
        desk_steps.ask_in_vain(world, second, court_orders.confirm, right, known.person, ALONE)
    return f"turned down {answer.word}"


def _look_at_papers(world: World, actor: Actor, known: EnteredVersion, shown: set[str]) -> None:
    """Hold the papers that a second officer is shown against those of the draft."""
    if not known.papers <= shown:
        world.broken(PAPERS, f"{len(known.papers - shown)} papers of a draft are not shown")
    request = CourtPapersRequest(person=known.person, **CASE)
    desk_steps.ask(world, actor, court_papers.list_papers, request, known.person)
