"""What is asked before something is kept; the same questions, and sentences, for both stores."""

from collections.abc import Mapping
from datetime import datetime

from mesure.devices.assignment import Assignment, Assignments
from mesure.devices.enrolment import Enrolment
from mesure.store.faults import ConflictError
from mesure.store.records import Version


def is_new(kept: object | None, new: object, what: str) -> bool:
    """Tell whether something is to be kept; it is not where its like is there already."""
    if kept is None:
        return True
    if kept != new:
        raise ConflictError(f"{what} is kept already, and is another; nothing was changed.")
    return False


def there(kept: object | None, what: str) -> None:
    """Refuse to refer to something that is not kept."""
    if kept is None:
        raise ConflictError(f"{what} is not kept here; enter it first.")


def is_next_version(kept: tuple[Version, ...], new: Version) -> bool:
    """Tell whether a version is the next of its order, and not one that is there already."""
    if new.number <= len(kept):
        return is_new(kept[new.number - 1], new, f"Version {new.number} of {new.order}")
    if new.number != len(kept) + 1:
        raise ConflictError(f"The next version of {new.order} is {len(kept) + 1}: none is missing.")
    return True


def is_to_confirm(
    kept: tuple[Version, ...], order: str, number: int, at: datetime, by: str
) -> bool:
    """Tell whether a version waits for this confirmation, or has it already."""
    if not 1 <= number <= len(kept):
        raise ConflictError(f"{order} has no version {number}; enter it first.")
    version = kept[number - 1]
    if version.confirmed_by is None:
        return True
    if (version.confirmed_at, version.confirmed_by) != (at, by):
        raise ConflictError(f"Version {number} of {order} was confirmed before, and only once.")
    return False


def new_keys(kept: Mapping[str, Enrolment], new: Enrolment) -> int:
    """Return how many keys are kept already; what follows them is new.

    `kept` are the enrolments with a key of the same name as one of these, and the device's own. A
    key that is kept may get its last counter, and no more.
    """
    if kept.keys() - {new.device}:
        raise ConflictError(f"A key of {new.device}, or its name, is another device's already.")
    old = kept.get(new.device)
    if old is None:
        return 0
    is_same = (old.device_class, old.enrolled_at) == (new.device_class, new.enrolled_at)
    begun = [(key.public_key, key.first) for key in old.keys]
    is_longer = begun == [(key.public_key, key.first) for key in new.keys[: len(begun)]]
    ended = zip(old.keys, new.keys, strict=False)
    if not (is_same and is_longer and all(key.last in (None, now.last) for key, now in ended)):
        raise ConflictError(f"{new.device} is enrolled otherwise; keys are added, never changed.")
    return len(old.keys)


def is_to_assign(kept: Assignments, new: Assignment) -> bool:
    """Tell whether an assignment is new; False where it ends one that is kept, or is that one."""
    if new.until is not None and new.until <= new.start:
        raise ConflictError(f"The assignment of {new.device} ends before it begins.")
    for one in kept:
        same = (one.device, one.person, one.order, one.start)
        if same == (new.device, new.person, new.order, new.start):
            if one.until not in (None, new.until):
                raise ConflictError(f"The assignment of {new.device} has ended, and not then.")
            return False
        if one.overlaps(new):
            raise ConflictError(f"{new.device} is with somebody else in that time.")
    return True
