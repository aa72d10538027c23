"""Checks before a write; the same questions, and sentences, for both stores."""

from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime

from mesure.devices.assignment import Assignment, Assignments
from mesure.devices.enrolment import Enrolment
from mesure.store.values import bounds, partitions
from mesure.store.values.effects import JudgingResult, PartitionOwner
from mesure.store.values.faults import ConflictError, FencedError
from mesure.store.values.outgoing import SendStatus
from mesure.store.values.records import Person, StoredOrderVersion
from mesure.store.values.register import RegisterRow


def is_new(old: object | None, new: object, what: str) -> bool:
    """Tell whether something is to be kept; it is not where its like is there already."""
    if old is None:
        return True
    if old != new:
        raise ConflictError(f"{what} is kept already, and is another; nothing was changed.")
    return False


def there(value: object | None, what: str) -> None:
    """Refuse to refer to something that is not kept."""
    if value is None:
        raise ConflictError(f"{what} is not kept here; enter it first.")


def is_next_version(versions: tuple[StoredOrderVersion, ...], new: StoredOrderVersion) -> bool:
    """Tell whether a version is the next of its order, and not one that is there already."""
    if new.number <= len(versions):
        return is_new(versions[new.number - 1], new, f"Version {new.number} of {new.order}")
    if new.number != len(versions) + 1:
        raise ConflictError(
            f"The next version of {new.order} is {len(versions) + 1}: none is missing."
        )
    return True


def is_to_confirm(
    versions: tuple[StoredOrderVersion, ...], order: str, number: int, at: datetime, by: str
) -> bool:
    """Tell whether a version waits for this confirmation, or has it already."""
    if not 1 <= number <= len(versions):
        raise ConflictError(f"{order} has no version {number}; enter it first.")
    version = versions[number - 1]
    if version.confirmed_by is None:
        return True
    if (version.confirmed_at, version.confirmed_by) != (at, by):
        raise ConflictError(f"Version {number} of {order} was confirmed before, and only once.")
    return False


def new_keys(known: Mapping[str, Enrolment], new: Enrolment) -> int:
    """Return how many keys are kept already; what follows them is new.

    `known` are the enrolments with a key of the same name as one of these, and the device's own. A
    key that is kept may get its last counter, and no more.
    """
    if known.keys() - {new.device}:
        raise ConflictError(f"A key of {new.device}, or its name, is another device's already.")
    old = known.get(new.device)
    if old is None:
        return 0
    is_same = (old.device_class, old.enrolled_at) == (new.device_class, new.enrolled_at)
    begun = [(key.public_key, key.first) for key in old.keys]
    is_longer = begun == [(key.public_key, key.first) for key in new.keys[: len(begun)]]
    ended = zip(old.keys, new.keys, strict=False)
    if not (is_same and is_longer and all(key.last in (None, now.last) for key, now in ended)):
        raise ConflictError(f"{new.device} is enrolled otherwise; keys are added, never changed.")
    return len(old.keys)


def is_to_assign(assignments: Assignments, new: Assignment) -> bool:
    """Tell whether an assignment is new; False where it ends one that is kept, or is that one."""
    if new.until is not None and new.until <= new.start:
        raise ConflictError(f"The assignment of {new.device} ends before it begins.")
    for assignment in assignments:
        same = (assignment.device, assignment.person, assignment.order, assignment.start)
        if same == (new.device, new.person, new.order, new.start):
            if assignment.until not in (None, new.until):
                raise ConflictError(f"The assignment of {new.device} has ended, and not then.")
            return False
        if assignment.overlaps(new):
            raise ConflictError(f"{new.device} is with somebody else in that time.")
    return True


def is_to_put(old: RegisterRow | None, new: RegisterRow) -> None:
    """Refuse a row of the register that does not follow the one that is kept."""
    revision = old.revision if old else 0
    if new.revision != revision + 1:
        raise ConflictError(
            f"{new.kind} {new.id} is at revision {revision}, and {new.revision} does not follow "
            "it: it was changed in between. Read it again, and decide again."
        )
    if old and old.person != new.person:
        raise ConflictError(f"{new.kind} {new.id} is not about {new.person}, and never will be.")


def require_living(stored_person: Person | None, person: str) -> None:
    """Refuse to keep anything about somebody who is not kept here, or was erased."""
    there(stored_person, person)
    if stored_person and stored_person.erased_at is not None:
        raise ConflictError(f"{person} was erased; nothing more is kept about {person}.")


def is_to_send(send_status: SendStatus | None, kind: str, key: str) -> bool:
    """Tell whether something waits to be sent; False where it was done with before."""
    there(send_status, f"{kind} {key}")
    return send_status is not None and not send_status.is_done


def owner(epoch: int, holder: str, parts: Collection[int]) -> PartitionOwner:
    """Return the owner of partitions under a new epoch; refuse numbers that are none."""
    bounds.check_names(holder)
    if not all(0 <= part < partitions.PARTITIONS for part in parts):
        raise ValueError(f"Partitions are numbered from 0 to {partitions.PARTITIONS - 1}.")
    return PartitionOwner(epoch, holder, frozenset(parts))


def owns(
    owned_partitions: set[int], judgings: Sequence[JudgingResult], owner: PartitionOwner
) -> None:
    """Refuse judging by somebody who does not hold each person's partition any more."""
    if len({one.person for one in judgings}) != len(judgings):
        raise ValueError("A person is judged once in a change.")
    _refuse_lost({one.judged.partition for one in judgings} - owned_partitions, owner)


def owns_all(owned_partitions: set[int], owner: PartitionOwner) -> None:
    """Refuse somebody who does not hold each of their partitions any more."""
    _refuse_lost(owner.partitions - owned_partitions, owner)


def _refuse_lost(lost: AbstractSet[int], owner: PartitionOwner) -> None:
    if lost:
        raise FencedError(
            f"{owner.holder} does not own partition {min(lost)} any more (epoch {owner.epoch}); "
            "nothing was kept. Claim it again, and judge again."
        )


def judgeable(stored_person: object | None, person: str) -> None:
    """Refuse to judge somebody who is not kept here, or was erased."""
    if stored_person is None:
        raise ConflictError(f"{person} is not kept here, or was erased; nothing was kept.")
