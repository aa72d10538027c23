"""Forms of a bundle's JSON: whatever is not of its form is refused by name.

A bundle comes from a stranger, and may say anything. Numbers are as large as a column of
a store; times are those that a calendar has.
Specification: docs/specs/evidence_bundle.md
"""

from base64 import b64decode
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta

T = TypeVar("T")

Number = Annotated[int, Meta(ge=-(1 << 63), le=(1 << 63) - 1)]
Count = Annotated[int, Meta(ge=0, le=(1 << 63) - 1)]
# From the year 1000 to 9998: with days added, each is still a date.
Instant = Annotated[int, Meta(ge=-30_610_224_000_000_000, le=253_370_764_800_000_000)]
Name = Annotated[str, Meta(min_length=1, max_length=256)]
Digest = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]


class BundleFormError(ValueError):
    """A file of a bundle that is not of its form."""

    def __init__(self, path: str, what: str) -> None:
        self.path, self.what = path, what
        super().__init__(f"{path}: {what}")


class MessageLine(msgspec.Struct, frozen=True):
    """A message as a bundle holds it."""

    sequence: Annotated[int, Meta(ge=1, le=(1 << 47) - 1)]  # With its row it is one number.
    device: Name
    counter: Count | None
    form: Name
    received_us: Instant
    digest: str
    body: str

    @property
    def data(self) -> bytes:
        """Return the bytes."""
        return b64decode(self.body, validate=True)


class KeyLine(msgspec.Struct, frozen=True):
    """A key of a device, and the counters that it signs."""

    public_key: Digest
    first: Number
    last: Number | None


class DeviceLine(msgspec.Struct, frozen=True, rename={"device_class": "class"}):
    """A device as a bundle holds it."""

    device: Name
    device_class: str
    is_judged_by: bool
    carried: list[tuple[Number, Number]]
    keys: list[KeyLine]


class IncidentFile(msgspec.Struct, frozen=True):
    """An incident as it was explained, as far as it is compared with anything."""

    id: Name
    order: Name
    condition: Name
    kind: Name
    start_us: Instant
    end_us: Instant | None
    withdrawn_us: Instant | None
    person: str | None = None  # None: of a bundle from before it was named.


class AssessmentLine(msgspec.Struct, frozen=True):
    """An assessment as the service said it, as far as it is compared with anything."""

    condition: str
    status: str
    start_us: Number
    end_us: Number


def read(path: str, data: bytes, kind: Any) -> Any:  # noqa: ANN401  Of the kind that is named.
    """Return the contents of a file; raises `BundleFormError` where it is of another form."""
    try:
        return msgspec.json.decode(data, type=kind)
    except RecursionError:
        raise BundleFormError(path, "it is nested too deeply") from None
    except (msgspec.DecodeError, ValueError) as error:
        raise BundleFormError(path, str(error)) from None


def read_lines(path: str, data: bytes, kind: type[T]) -> list[T]:
    """Return the contents of the lines of a file."""
    return [read(f"{path}, line {n}", line, kind) for n, line in enumerate(data.splitlines(), 1)]
