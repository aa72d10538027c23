"""Whatever anybody may do through the door, drawn by chance from the registry of actions.

What an action asks for is made up from what the office holds: ids of persons, orders, incidents,
accounts, devices and rows. Much of it is refused, as it should be; that too is entered.
"""

import random
from collections import Counter
from datetime import timedelta
from typing import Any

import msgspec

from mesure.actions.framework.context import VISITOR, Actor
from mesure.actions.incidents import incident_review
from mesure.actions.incidents.contests import IncidentRequest
from mesure.actions.incidents.incident_review import RecordFinding
from mesure.actions.refusals.refusals import ActionError
from mesure.actions.registry import ACTIONS
from mesure.audit import checkpoints
from mesure.audit.checkpoints import LogCheckpoint
from mesure.audit.proofs import TreeHead
from mesure.incidents.finding import FindingCause, FindingOutcome
from mesure.privacy import purposes
from mesure.privacy.purposes import Purpose
from mesure.privacy.roles import Role
from tests.actions import erasing
from tests.actions.house import Office
from tests.service.lawful import NAME, SECRET
from tests.web.filled import DEVICE, ORDER_ID, PERSON, Filled

OFTEN = ("absences", "assignments", "caseload", "contests", "grounds", "incidents", "looks",
         "orders", "outside", "persons", "cards", "counsel", "accounts", "today")  # fmt: skip
WORDS = "A reason that somebody who reads it later can follow, with a date and a place in it."


class Drawn:
    """Somebody who does whatever there is to do in an office."""

    def __init__(self, office: Office, people: Filled, seed: int) -> None:
        self.office, self.chance = office, random.Random(seed)
        self._role = Role.OFFICER
        self.done: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.actors = {
            Role.OFFICER: [people.officer, people.second],
            Role.SUPERVISOR: [people.supervisor],
            Role.PERSON: [people.person],
            Role.COUNSEL: [people.counsel],
            Role.INSPECTOR: [people.inspector],
            Role.OPERATOR: [office.account("Timur Operator", Role.OPERATOR)],
            Role.SERVICE: [Actor("A-service", Role.SERVICE, scopes=frozenset(ACTIONS))],
            Role.VISITOR: [VISITOR],
        }
        office.store.write(lambda work: work.bind_whole())

    def take_step(self) -> str:
        """Do one thing, and return what it was."""
        self.office.later(minutes=self.chance.randint(1, 300))
        match self.chance.randrange(12):
            case 0:
                return self.sign()
            case 1 if self.chance.random() < 0.1:
                erasing.run(self.office)
                self.done["erase"] += 1
                return "erase"
            case 2:
                return self._decide()
            case _:
                return self._act()

    def _decide(self) -> str:
        """Look at the evidence of a possible breach, and say what it was, or take that back."""
        officer = self.chance.choice(self.actors[Role.OFFICER])
        name, purpose = self._incident(), Purpose.POSSIBLE_BREACH
        outcome = self.chance.choice(
            [FindingOutcome.EXCUSED, FindingOutcome.CANNOT_TELL, FindingOutcome.BREACH]
        )
        cause = FindingCause.REASONABLE_EXCUSE if outcome is FindingOutcome.EXCUSED else None
        try:
            request = IncidentRequest(incident=name, purpose=purpose, case_number="ALM-2026-1")
            self.office.do(officer, incident_review.show, request)
            self.office.do(
                officer, incident_review.find, RecordFinding(name, outcome, WORDS, cause)
            )
        except ActionError:
            self.refused["decide"] += 1
            return "decide refused"
        self.done["decide"] += 1
        return "decide"

    def _act(self) -> str:
        names = [name for name in ACTIONS if Role.PROGRAM not in ACTIONS[name].allows]
        often = [name for name in names if name.startswith(OFTEN)]
        action = ACTIONS[self.chance.choice(often if self.chance.random() < 0.8 else names)]
        allowed = sorted(action.allows) if self.chance.random() < 0.95 else list(self.actors)
        actor = self.chance.choice(self.actors[Role(self.chance.choice(allowed))])
        self._role = actor.role
        raw_request = self._value(msgspec.inspect.type_info(action.asks), "")
        try:
            request = msgspec.convert(raw_request, action.asks, strict=False)
            self.office.do(actor, action, request)
        except (ActionError, ValueError, TypeError):
            self.refused[action.name] += 1
            return f"{action.name} refused"
        self.done[action.name] += 1
        return action.name

    def sign(self) -> str:
        """Sign the log, as the service does every minute."""
        store = self.office.store
        store.write(lambda work: work.pin(self.office.now.isoformat()))
        with store.read() as reading:
            edge = reading.frontier()
        note = checkpoints.sign(LogCheckpoint(NAME, TreeHead(edge.size, edge.root())), SECRET)
        store.write(lambda work: work.keep_checkpoint(edge.size, str(note).encode()))
        return "sign"

    # --- What is asked for ---------------------------------------------------------------------

    def _value(self, info: Any, name: str) -> Any:
        known = msgspec.inspect
        match info:
            case known.StructType() | known.DataclassType():
                return {
                    getattr(field, "encode_name", field.name): self._value(field.type, field.name)
                    for field in info.fields
                    if field.required
                    or field.name in {"purpose", "case_number"}
                    or self.chance.random() < 0.7
                }
            case known.StrType():
                return self._text(name)
            case known.BytesType():
                return "AAAA"
            case known.IntType() | known.FloatType():
                return (info.ge or 0) + self.chance.randint(0, 3)
            case known.BoolType():
                return self.chance.random() < 0.5
            case known.DateTimeType():
                return (self.office.now + timedelta(days=self.chance.randint(-2, 9))).isoformat()
            case known.DateType():
                return self.office.now.date().isoformat()
            case known.TimeType():
                return "08:00:00"
            case known.EnumType():
                may_be = purposes.FOR_ROLE[self._role] if info.cls is Purpose else info.cls
                values = sorted(str(one.value) for one in may_be)
                return self.chance.choice(values) if values else None
            case known.LiteralType():
                return self.chance.choice(info.values)
            case known.UnionType():
                types = [one for one in info.types if not isinstance(one, known.NoneType)]
                is_none = info.includes_none and name != "purpose" and self.chance.random() < 0.3
                return None if is_none else self._value(self.chance.choice(types), name)
            case known.ListType() | known.VarTupleType() | known.SetType():
                return [self._value(info.item_type, name)]
            case _:
                return None

    def _text(self, name: str) -> str:
        if name in {"person", "persons"}:
            return self.chance.choice([PERSON] * 6 + ["P-0107", "P-new"])
        if name in {"reason", "why", "text", "words", "said"}:
            return WORDS
        fixed = {"case_number": "ALM-2026-1", "order": ORDER_ID, "device": DEVICE, "login": "new"}
        if name in fixed:
            return fixed[name]
        if name == "incident" or (name in {"name", "id"} and self.chance.random() < 0.5):
            return self._incident()
        return self._row()

    def _incident(self) -> str:
        with self.office.store.read() as reading:
            return self.chance.choice([one.id for one in reading.incidents_of(PERSON)] or ["none"])

    def _row(self) -> str:
        with self.office.store.read() as reading:
            names = [row[1] for row in reading.rows("register") if row[0] != "deed"]
        return str(self.chance.choice(names))
