"""The tests of the log are tested: each check is taken out of the code in turn, and is missed.

A mutant is the code with one thing changed that matters. The battery must fail on each of them, or
the check could be lost one day and nobody would know.
"""

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from types import ModuleType
from typing import Any

import pytest

from tests.house import ROOT

AFRESH = (
    "mesure.audit",
    "mesure.machine.signatures",
    "tests.audit.samples",
    "tests.audit.battery",
    "tools.faults.tree_nodes",
)

PARENTS = ("mesure", "mesure.machine", "tests.audit", "tools.faults")

# (module, what stands there, what is put in its place).
MUTANTS = [
    ("tree", 'return sha256(b"\\x00" + entry)', "return sha256(entry)"),
    ("tree", 'return sha256(b"\\x01" + left + right)', "return sha256(left + right)"),
    ("tree", 'sha256(b"\\x01" + peaks.pop() + leaf)', 'sha256(b"\\x01" + leaf + peaks.pop())'),
    ("tree", "node_hash(peak, root)", "node_hash(root, peak)"),
    ("tree", "            return EMPTY_ROOT", "            return bytes(32)"),
    ("proofs", "1 << ((count - 1).bit_length() - 1)", "1 << (count.bit_length() - 1)"),
    ("proofs", "return last == 0 and root == head.root", "return root == head.root"),
    ("proofs", "return last == 0 and root == head.root", "return last == 0"),
    (
        "proofs",
        "last == 0 and earlier_root == earlier.root and",
        "earlier_root == earlier.root and",
    ),
    ("proofs", "and earlier_root == earlier.root and", "and"),
    ("proofs", " and later_root == later.root", ""),
    ("proofs", "return not proof and earlier.root == EMPTY_ROOT", "return not proof"),
    ("proofs", "return not proof and earlier.root == later.root", "return not proof"),
    ("proofs", "0 <= earlier.size <= later.size", "0 <= earlier.size"),
    ("proofs", "or not _are_hashes((leaf, head.root, *proof))", ""),
    (
        "proofs",
        "if index & 1 or index == last:\n            root",
        "if index & 1:\n            root",
    ),
    ("commitments", "sha256(DOMAIN + salt + record)", "sha256(salt + record)"),
    ("commitments", "sha256(DOMAIN + salt + record)", "sha256(DOMAIN + record)"),
    ("commitments", "if len(salt) != SALT_BYTES", "if not salt"),
    ("commitments", ", sort_keys=True", ""),
    ("commitments", "or not name.isascii()", ""),
    ("commitments", "abs(value) > INTEGER_MAX", "value > INTEGER_MAX"),
    ("commitments", "abs(value) > INTEGER_MAX", "abs(value) > INTEGER_MAX + 1"),
    ("entries", "[AEIMQUYcgkosw048]", "[A-Za-z0-9+/]"),
    ("entries", "before + 1 < span.first", "before < span.first"),
    ("entries", "span.first <= span.last <=", "0 <= span.last <="),
    ("entries", "<= span.last <= SIZE_MAX", "<= span.last"),
    ("entries", "<= len(self.erased) <= SPANS_MAX", "<= len(self.erased)"),
    ("entries", "or match[1] == match[2]", ""),
    ("entries", "(0|[1-9]\\d{0,15})", "(\\d{1,16})"),
    ("signing.signer_keys", "if str(key) != text", "if False"),
    ("signing.signer_keys", "if not signatures.is_sound(key.key)", "if False"),
    ("signing.signer_keys", "bytes([self.purpose]) + self.key).digest", "self.key).digest"),
    ("signing.signer_keys", ' and "+" not in text', ""),
    ("signing.signer_keys", "text.isprintable() and", ""),
    ("signing.notes", "if _CONTROL.search(written)", "if False"),
    ("signing.notes", "> NOTE_BYTES_MAX", "> 2 * NOTE_BYTES_MAX"),
    ("signing.notes", "if len(lines) > SIGNATURES_MAX", "if False"),
    ("signing.notes", "or b64encode(data).decode() != match[2]", ""),
    ("signing.notes", "len(data) <= ID_BYTES or", ""),
    ("signing.notes", "or not signer_keys.is_name(match[1])", ""),
    ("signing.notes", "if not parted or not text", "if not parted"),
    ("signing.notes", "self.name == key.name and", ""),
    (
        "signing.notes",
        "tuple(dict.fromkeys((*self.signatures, *added)))",
        "(*self.signatures, *added)",
    ),
    ("checkpoints", " if key.name == checkpoint.origin)", ")"),
    ("checkpoints", "if not any(signed)", "if False"),
    (
        "checkpoints",
        "raise UntrustedCheckpointError(DistrustReason.SIGNATURE, key.name)",
        "return False",
    ),
    (
        "checkpoints",
        "raise UntrustedCheckpointError(DistrustReason.COSIGNATURE, witness.name)",
        "continue",
    ),
    ("checkpoints", "if at > TIME_MAX or not", "if not"),
    ("checkpoints", "time {at}\\n{text}", "{text}"),
    ("log_file", 'if next(self._lines, b"") != HEADING', 'if not next(self._lines, b"")'),
    ("log_file", 'if not name.endswith("\\n") or not', "if not"),
    ("log_file", "len(note) > NOTE_BYTES_MAX or", ""),
    ("log_file", "if opening.entry <= before", "if opening.entry < before"),
    ("log_file", "if opening.entry <= before", "if False"),
    ("log_file", "if encode_opening(opening) != line", "if False"),
    (
        "log_verification",
        "self.tree.add(leaf_hash(line))",
        'self.tree.add(leaf_hash(line + b"\\n"))',
    ),
    ("log_verification", "if checkpoint.head.size != self.tree.size", "if False"),
    ("log_verification", "if checkpoint.head.root != self.tree.root()", "if False"),
    ("log_verification", "if self._since() is not None", "if False"),
    ("log_verification", "if longest > self.tree.size", "if False"),
    ("log_verification", "if self.roots.get(size, set()) - {self.tree.root()}", "if False"),
    ("log_verification", "setdefault(earlier.head.size, set()).add", "setdefault(0, set()).add"),
    ("log_verification", "if earlier.origin != self.log.origin", "if False"),
    ("log_verification", "if witness.name not in self.sightings", "if False"),
    ("log_verification", "or _ERASURE in marked", ""),
    ("log_verification", "len(marked) < span.last - span.first + 1 or", ""),
    ("log_verification", "if _ERASED in marked or", "if"),
    ("log_verification", "marked.translate(_ERASE)", "marked"),
    ("log_verification", "self._refuse_record_here()\n", "pass\n"),
    ("log_verification", "if entry >= 0", "if False"),
    ("log_verification", "if missing >= 0 and", "if False and"),
    ("log_verification", " and not self.evidence.is_selection", ""),
    ("log_verification", "commitment(opening.salt, opening.record)) != line", "bytes(32)) == line"),
    (
        "log_verification",
        "if self.opening is not None:\n            place",
        "if False:\n            place",
    ),
    (
        "log_verification",
        "if self.last is None:\n            raise",
        "if False:\n            raise",
    ),
    ("proof_file", "if shown.entry != opening.entry", "if False"),
    ("proof_file", "if not proofs.includes", "if False and proofs.includes"),
    ("proof_file", "or heading != HEADING", ""),
    ("proof_lines", "if len(lines) > PROOF_HASHES_MAX or", "if"),
    ("proof_file", "or int(match[1]) > SIZE_MAX", ""),
    ("witness", " if any(it.is_by(witness) for witness in trust.witnesses)", ""),
    ("witness", "checkpoints.believe(cosigned, trust)", "pass"),
    ("witness", "checkpoint.origin != origin or", ""),
    ("witness", "or (last is not None and last.origin != origin)", ""),
    ("witness", "if request.size != before.size", "if False"),
    ("witness", "if not proofs.extends(checkpoint.head, before, request.proof)", "if False"),
    (
        "witness",
        "checkpoints.believe(request.note, trust)",
        "(checkpoints.read(request.note.text), ())",
    ),
]


class _Mutating(MetaPathFinder, Loader):
    """Find one module, and give it other source."""

    def __init__(self, name: str, source: str) -> None:
        self._name, self._source = name, source

    def find_spec(self, fullname: str, path: object, target: object = None) -> ModuleSpec | None:
        return spec_from_loader(fullname, self) if fullname == self._name else None

    def create_module(self, spec: ModuleSpec) -> None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        code = compile(self._source, f"mutant of {self._name}", "exec")
        exec(code, module.__dict__)  # Our own source.


@contextmanager
def _battery(name: str, source: str) -> Iterator[Any]:
    """Import all of the log and its battery once more, with one module changed."""
    importlib.import_module("tests.audit.battery")
    modules = {it: module for it, module in sys.modules.items() if it.startswith(AFRESH)}
    parents = {
        it: vars(sys.modules[it]).copy()
        for it in ("mesure", "mesure.machine", "tests.audit", "tools.faults")
    }
    finder = _Mutating(f"mesure.audit.{name}", source)
    for module in modules:
        del sys.modules[module]
        parent, _, name_there = module.rpartition(".")
        if parent in parents:  # Or `from parent import name` would find the old one.
            vars(sys.modules[parent]).pop(name_there, None)
    sys.meta_path.insert(0, finder)
    try:
        yield importlib.import_module("tests.audit.battery")
    finally:
        sys.meta_path.remove(finder)
        for module in [it for it in sys.modules if it.startswith(AFRESH)]:
            del sys.modules[module]
        sys.modules.update(modules)
        for parent, attributes in parents.items():
            vars(sys.modules[parent]).update(attributes)


def _source(name: str) -> str:
    path = f"mesure/audit/{name.replace('.', '/')}.py"
    return (ROOT / path).read_text(encoding="utf-8")


def test_the_battery_finds_nothing_wrong_with_the_code_as_it_is() -> None:
    with _battery("tree", _source("tree")) as battery:
        battery.run()


@pytest.mark.parametrize(("name", "there", "instead"), MUTANTS)
def test_what_is_taken_out_is_missed(name: str, there: str, instead: str) -> None:
    source = _source(name)
    assert source.count(there) == 1, f"{name} does not have this once: {there}"
    broken = source.replace(there, instead)
    with _battery(name, broken) as battery, pytest.raises(Exception):  # noqa: B017, PT011
        battery.run()
