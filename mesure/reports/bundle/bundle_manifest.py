"""Bundle manifest: what a court and the defence are given, and by which hash.

A bundle has a content, of which every byte is fixed by the record, and a manifest, which names each
file of it with its hash. The hash of the manifest is the hash of the bundle, no matter who made
it and when. Signatures, proofs and papers to read lie beside the content and not in it.

Invariant: there is one way to write a manifest, and to lay a bundle out.
Specification: docs/specs/evidence_bundle.md
Decision: docs/decisions/0036-one-bundle-for-both-sides.md
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final, get_type_hints

from mesure.audit import commitments
from mesure.audit.commitments import Value
from mesure.orders.text.sayings import TranslatableEnum

FORMAT: Final = "mesure bundle 1"
MANIFEST: Final = "manifest.json"
CONTENT: Final = "content/"
PROOFS: Final = "proofs/"
READABLE: Final = "readable/"
FIRST: Final = ("README.html", "README.pdf")  # The page with which a bundle begins.

Files = Mapping[str, bytes]  # By path.


class MalformedBundleError(ValueError):
    """A manifest that is not written as the specification says."""


@dataclass(frozen=True, slots=True)
class BundleHead:
    """What a bundle is about, and what made it."""

    person: str
    order: str
    incident: str
    from_us: int  # Messages with anything from here on are in it,
    until_us: int  # up to here, which is the moment of looking.
    received_until_us: int  # Of what had been received by then.
    engine_version: str
    engine_sha256: str
    tzdata_version: str


_KINDS: Final[Mapping[str, type]] = get_type_hints(BundleHead)


def manifest(head: BundleHead, content: Files) -> bytes:
    """Return the manifest of a content."""
    files: dict[str, Value] = {
        path: {"bytes": len(data), "sha256": sha256(data).hexdigest()}
        for path, data in content.items()
    }
    return commitments.canonical({"format": FORMAT, **_fields(head), "files": files})


def _fields(head: BundleHead) -> dict[str, Value]:
    return {name: getattr(head, name) for name in BundleHead.__slots__}


def hash_of(written: bytes) -> str:
    """Return the hash by which a bundle is known: that of its manifest.

    >>> hash_of(b"{}")[:16]
    '44136fa355b3678a'
    """
    return sha256(written).hexdigest()


@dataclass(frozen=True, slots=True)
class Manifest:
    """A manifest as it was read."""

    head: BundleHead
    files: Mapping[str, tuple[int, str]]  # By path: how many bytes, and their hash.


def read_manifest(written: bytes) -> Manifest:
    """Return a manifest; raises `MalformedBundleError` where it is written otherwise."""
    try:
        document: Any = json.loads(written)
        head = BundleHead(**{name: document[name] for name in BundleHead.__slots__})
        is_typed = all(type(getattr(head, name)) is kind for name, kind in _KINDS.items())
        files = {path: (one["bytes"], one["sha256"]) for path, one in document["files"].items()}
        again: dict[str, Value] = {
            "format": FORMAT,
            **_fields(head),
            "files": {path: {"bytes": size, "sha256": of} for path, (size, of) in files.items()},
        }
        is_same = is_typed and commitments.canonical(again) == written
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        is_same = False
    if not is_same:
        raise MalformedBundleError("it is no manifest, or is written otherwise than one is")
    return Manifest(head, files)


# --- Checking ----------------------------------------------------------------------------------


class BundleCheck(TranslatableEnum):
    """What is checked of a bundle, in this order."""

    CONTAINER = "container", "the layout of the file"  # The file is laid out as a bundle is.
    MANIFEST = "manifest", "the manifest"
    # Every file is the one that the manifest names.
    FILES = "files", "the files that the manifest names"
    READABLE = "readable", "the papers beside the content"  # So are the papers beside it.
    # The audit log has this bundle, and the records in it.
    PROOF = "proof", "the proofs of the audit log"
    # What was attached is what the review names.
    DOCUMENTS = "documents", "the documents that were attached"
    # Devices signed what they are said to have sent.
    MESSAGES = "messages", "the signatures of the devices"
    REPLAY = "replay", "judging it again"  # Judging it again gives the same bytes.
    # The incident as explained is what judging it again says.
    KEPT = "kept", "what was told of the incident"


class BundleError(Exception):
    """A bundle that does not hold: at which step, in which file, and what is wrong."""

    def __init__(self, step: BundleCheck, path: str, what: str) -> None:
        self.step, self.path, self.what = step, path, what
        self.other_engine = ""  # Which program made it, where judging again by this one differs.
        super().__init__(f"{step.value}: {path}: {what}")


def check_files(expected: Manifest, content: Files) -> None:
    """Refuse a content that is not the one of a manifest; the first fault is named."""
    for path in sorted({*expected.files, *content}):
        if path not in content:
            raise BundleError(BundleCheck.FILES, path, "it is named and not there")
        if path not in expected.files:
            raise BundleError(BundleCheck.FILES, path, "it is there and not named")
        data = content[path]
        if (len(data), sha256(data).hexdigest()) != expected.files[path]:
            raise BundleError(BundleCheck.FILES, path, "it is not the one that was named")


def sort_paths(paths: Iterable[str]) -> Iterator[str]:
    """Yield paths in the order in which a bundle holds them: what says most comes first.

    >>> list(sort_paths(["readable/en.pdf", "proofs/b", "manifest.json", "README.html"]))
    ['README.html', 'manifest.json', 'proofs/b', 'readable/en.pdf']
    """
    places = (*FIRST, MANIFEST, CONTENT, PROOFS, READABLE)

    def place(path: str) -> tuple[int, str]:
        at = next((n for n, start in enumerate(places) if path.startswith(start)), len(places))
        return at, path

    return iter(sorted(paths, key=place))


def first_difference(text: bytes, other: bytes) -> int:
    r"""Return the line, counted from 1, in which two texts begin to differ.

    >>> first_difference(b"a\nb\n", b"a\nc\n")
    2
    """
    pairs = zip(text.split(b"\n"), other.split(b"\n"), strict=False)
    same = 0
    for first, second in pairs:
        if first != second:
            break
        same += 1
    return same + 1
