"""House rules as code: what a reviewer would otherwise have to say again and again.

Every rule is a function from a module to its faults, and every rule is shown a module that breaks
it: a rule that cannot fail protects nothing.
"""

import ast
import re
import tomllib
from collections.abc import Callable, Iterator

import pytest
import yaml

from tests.house import (
    CORE,
    LAB,
    LAB_SIGN,
    ROOMS,
    ROOT,
    Module,
    imports,
    modules,
    names_defined,
    words,
)

pytestmark = pytest.mark.once

MODULE_LINES_MAX = 400
FUNCTION_LINES_MAX = 59

OURS = modules("mesure", "mesure_lab", "tests", "bench", "tools")
PACKAGE = [module for module in OURS if module.path.startswith(("mesure/", "mesure_lab/"))]

# --- Rules for every module ------------------------------------------------------------------


def sizes(module: Module) -> Iterator[str]:
    lines = module.source.count("\n")
    if lines > MODULE_LINES_MAX:
        yield f"{module.path}: {lines} lines; no module has more than {MODULE_LINES_MAX}. Split it."
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > FUNCTION_LINES_MAX:
                yield f"{module.path}:{node.lineno}: {node.name} has {length} lines: split it."


def decision_lines(module: Module) -> Iterator[str]:
    for line, target in _decisions(module.source):
        if not (ROOT / target).is_file():
            yield f"{module.path}:{line}: there is no {target}; name the file of the decision."


def _decisions(text: str) -> Iterator[tuple[int, str]]:
    for match in re.finditer(r"\bDecision:[\s#]*([^\s`\"']+)", text):
        yield text.count("\n", 0, match.start()) + 1, match[1].rstrip(".,;)")


INSTANTS = "mesure/instants.py"
UNITS_OF_TIME = re.compile(r"_?((US|S)_PER_(MS|S|H|DAY)|(MIN|MAX|NEVER)_US)")
A_TIME = re.compile(r"_u?s\b", re.IGNORECASE)


def one_time(module: Module) -> Iterator[str]:
    """Yield second definitions of how long a second is, and a million where one stands for it."""
    if module.path == INSTANTS:
        return
    for name, line in names_defined(module.tree):
        if UNITS_OF_TIME.fullmatch(name):
            yield f"{module.path}:{line}: {name} is defined in {INSTANTS}."
    for node in ast.walk(module.tree):
        if isinstance(node, ast.BinOp):
            for number, time in ((node.left, node.right), (node.right, node.left)):
                is_million = isinstance(number, ast.Constant) and number.value == 1_000_000
                if is_million and A_TIME.search(ast.unparse(time)):
                    yield f"{module.path}:{node.lineno}: write US_PER_S for a million ({INSTANTS})."


# --- Rules for the package -------------------------------------------------------------------

# The last column of docs/glossary.md, where the word makes sense as part of a name.
HOUSE_WORDS = {
    "offender": "person", "suspect": "person", "wearer": "person", "participant": "person",
    "user": "person or officer", "agent": "officer", "admin": "officer",
    "amendment": "variation", "perimeter": "boundary or zone", "geofence": "zone or boundary",
    "hotspot": "exclusion zone", "poi": "venue", "permission": "authorised absence, or access",
    "exemption": "authorised absence", "tracker": "device", "bracelet": "device",
    "packet": "message", "ping": "fix", "violation": "possible breach, or incident",
    "alert": "incident", "alarm": "incident", "triage": "review", "appeal": "contest",
    "dispute": "contest", "complaint": "contest", "cleanup": "erasure", "purge": "erasure",
    "golden": "precedent", "rival": "baseline", "util": "a name that says what it does",
    "helper": "a name that says what it does", "manager": "a name that says what it does",
}  # fmt: skip


def house_words(module: Module) -> Iterator[str]:
    for name, line in names_defined(module.tree):
        for word in words(name):
            if word in HOUSE_WORDS:
                yield f"{module.path}:{line}: {name}: for '{word}' say {HOUSE_WORDS[word]}."


RIDDLES = (
    "what|how|who|whose|whom|whoever|why|where|when|whether|which|whatever|"
    "from|in|is|may|was|nothing"
)


def riddles(module: Module) -> Iterator[str]:
    """Yield the first line of a module that does not say what it is; a room's sign may ask."""
    first = (ast.get_docstring(module.tree) or "").partition("\n")[0]
    if re.match(rf"({RIDDLES})\b", first, re.IGNORECASE) and "__init__" not in module.path:
        yield f"{module.path}:1: say what it is first, in a noun of the field: '{first}'"


# --- Rules for the core ----------------------------------------------------------------------

PURE = {
    "__future__", "abc", "base64", "bisect", "collections", "contextlib", "copy", "dataclasses",
    "datetime", "decimal", "enum", "fractions", "functools", "hashlib", "heapq", "hmac", "html",
    "io", "itertools", "json", "math", "operator", "re", "string", "struct", "textwrap", "types",
    "typing", "unicodedata", "zoneinfo", "numpy", "shapely",
}  # fmt: skip
# What one room may use beyond that, with the reason in docs/decisions/0020.
ALSO_PURE = {
    "orders": {"yaml", "holidays"},
    "geo": {"numba", "importlib"},
    "evaluation": {"numba", "importlib"},
}


def core_imports(module: Module) -> Iterator[str]:
    """Yield imports the core may not have; a list of what is allowed, since a deny-list leaks."""
    room = module.room or ""
    allowed = PURE | ALSO_PURE.get(room, set())
    for name, line in imports(module.tree):
        if name.split(".")[0] not in allowed | {"mesure"}:
            yield f"{module.path}:{line}: the core may not import {name}; hand the value in."


# Units stand last; a word of rank or choice may follow ("dwell_s_min", "p_outside_max").
UNIT = re.compile(
    r"(^|_)(m|m2|s|us|deg|rad|mps|px|ratio|per_[a-z0-9]+|llr|logit|odds)(_(min|max|median|total))*$"
    r"|^p(_|$)|^[xyz]$|(^|_)(sign|factor)$"  # Chances, coordinates of a drawing, pure numbers.
)
# Pure mathematics has no unit: its arguments are numbers.
WITHOUT_UNIT = {"mesure/geo/numeric/elementary.py"}
FLOATS = {"float", "F64", "NDArray[np.float64]"}


def units(module: Module) -> Iterator[str]:
    if module.path in WITHOUT_UNIT:
        return
    for name, annotation, line in _annotated(module.tree):
        kinds = {part.strip() for part in ast.unparse(annotation).split("|")}
        if kinds & FLOATS and not UNIT.search(name.lower().strip("_")):
            yield f"{module.path}:{line}: {name} is a number of what? End it with its unit."


def _annotated(tree: ast.Module) -> Iterator[tuple[str, ast.expr, int]]:
    """Yield (name, annotation, line) of every parameter, field and constant; no local variable."""
    classes = (node for node in ast.walk(tree) if isinstance(node, ast.ClassDef))
    for statement in [*tree.body, *(line for node in classes for line in node.body)]:
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            yield statement.target.id, statement.annotation, statement.lineno
    for node in ast.walk(tree):
        if isinstance(node, ast.arg) and node.annotation:
            yield node.arg, node.annotation, node.lineno


# numpy's exp and log give other last bits with other vector instructions, and sums and products of
# many numbers depend on the order of adding. Decision: docs/decisions/0003-the-core-is-pure.md
SAME_EVERYWHERE = {"geo", "evaluation"}
NOT_SAME = {
    "numpy": {
        "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sin", "cos", "tan", "arcsin",
        "arccos", "arctan", "arctan2", "hypot", "power", "float_power", "cbrt", "sum", "nansum",
        "mean", "nanmean", "average", "std", "var", "prod", "dot", "vdot", "inner", "matmul",
        "einsum", "cumsum", "cumprod", "convolve", "interp", "logaddexp", "trapezoid", "sinh",
        "cosh", "tanh", "random", "linalg", "fft",
    },
    "math": {
        "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sin", "cos", "tan", "asin",
        "acos", "atan", "atan2", "hypot", "pow", "cbrt", "fsum", "dist", "erf", "erfc", "gamma",
        "lgamma", "sinh", "cosh", "tanh", "prod", "sumprod", "fma",
    },
}  # fmt: skip


ELSEWHERE = (
    "may have other last bits on another machine; "
    "use mesure.geo.numeric.elementary, or add in a fixed order."
)


def same_everywhere(module: Module) -> Iterator[str]:
    if module.room not in SAME_EVERYWHERE:
        return
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            library = {"np": "numpy"}.get(node.value.id, node.value.id)
            if node.attr in NOT_SAME.get(library, set()):
                yield f"{module.path}:{node.lineno}: {library}.{node.attr} {ELSEWHERE}"
    for name, line in imports(module.tree):
        library, _, function = name.rpartition(".")
        if function in NOT_SAME.get(library, set()):
            yield f"{module.path}:{line}: {name} {ELSEWHERE}"


def closes(module: Module) -> Iterator[str]:
    """`with sqlite3.connect(...)` ends a transaction, and leaves the file open."""
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.With):
            continue
        for item in node.items:
            call = item.context_expr
            if isinstance(call, ast.Call) and ast.unparse(call.func) == "sqlite3.connect":
                yield (
                    f"{module.path}:{node.lineno}: nobody closes this connection; write"
                    " `with closing(sqlite3.connect(...)) as name, name:`."
                )


# --- The rules, applied ----------------------------------------------------------------------

Rule = Callable[[Module], Iterator[str]]
EVERYWHERE: tuple[Rule, ...] = (sizes, decision_lines, closes)
IN_PROGRAMS: tuple[Rule, ...] = (one_time,)
IN_PACKAGE: tuple[Rule, ...] = (house_words, riddles)
IN_CORE: tuple[Rule, ...] = (core_imports, units, same_everywhere)


def _rules_for(module: Module) -> tuple[Rule, ...]:
    rules = EVERYWHERE
    if not module.path.startswith("tests/"):
        rules += IN_PROGRAMS
    if module.path.startswith("mesure/"):
        rules += IN_PACKAGE
    if module.room in CORE:
        rules += IN_CORE
    return rules


@pytest.mark.parametrize("module", OURS, ids=lambda module: module.path)
def test_a_module_keeps_the_house_rules(module: Module) -> None:
    faults = [fault for rule in _rules_for(module) for fault in rule(module)]
    assert not faults, "\n" + "\n".join(faults)


BREAKS = [
    (sizes, "x = 1\n" * 401),
    (sizes, "def long() -> None:\n" + "    x = 1\n" * 59),
    (decision_lines, '"""Decision' + ': docs/decisions/9999-never-taken.md"""'),
    (closes, "with sqlite3.connect(path) as database: ..."),
    (one_time, "US_PER_S = 1_000_000.0"),
    (one_time, "at_s = clock.now_us() / 1e6"),
    (one_time, "at_us = 1_000_000 * self.begin_s"),
    (house_words, "class OffenderPing: ..."),
    (house_words, "def raise_alarm(level: int) -> None: ..."),
    (house_words, "for user in []: ..."),
    (riddles, '"""What came of it, and who was told."""'),
    (core_imports, "import httpx"),
    (core_imports, "from os import path"),
    (core_imports, "import yaml"),
    (units, "def near(accuracy: float) -> bool: ..."),
    (units, "class Fix:\n    radius: float | None"),
    (units, "def near(distances: F64) -> None: ..."),
    (same_everywhere, "import numpy as np\nx = np.exp(1.0)"),
    (same_everywhere, "from math import hypot"),
]


@pytest.mark.parametrize(("rule", "source"), BREAKS)
def test_each_rule_can_fail(rule: Rule, source: str) -> None:
    assert list(rule(Module("mesure/geo/broken.py", source)))


@pytest.mark.parametrize(
    "source",
    [
        "def near(radius95_m: float, dwell_s_min: float, p_outside_max: float) -> bool: ...",
        "def rate(leave_rate_per_h: float, share_ratio: float, evidence_max_llr: float): ...",
        "import numpy as np\nimport numba\nx = np.sqrt(np.maximum(1.0, 2.0))",
    ],
)
def test_good_names_pass(source: str) -> None:
    module = Module("mesure/geo/good.py", source)
    assert not [fault for rule in IN_CORE for fault in rule(module)]


def test_a_connection_that_is_closed_passes() -> None:
    source = "with closing(sqlite3.connect(path)) as database, database: ..."
    assert not list(closes(Module("mesure/geo/good.py", source)))


# --- Rules for the whole house ---------------------------------------------------------------


SIGNS = {**{f"mesure/{room}": question for room, question in ROOMS.items()}, LAB: LAB_SIGN}


@pytest.mark.parametrize("room", SIGNS)
def test_every_room_has_its_sign(room: str) -> None:
    sign = ast.get_docstring(ast.parse((ROOT / room / "__init__.py").read_text()))
    assert sign, f"{room}/__init__.py has no sign: write the room's question there."
    question, *answer = sign.splitlines()
    assert question == SIGNS[room]
    assert answer, f"{room}/__init__.py asks and does not say what stands inside."


OF_A_WHOLE_ROOM = {"tests/actions/test_who_may.py"}  # Every action of every module.


TOP = {
    name
    for module in PACKAGE
    if module.room in {"service", "live", "bundle", "record", "machine"}
    for name in module.path.removesuffix(".py").split("/")[1:]
}
STARTS = ("", "bundle_", "device_")


def _mirrored(path: str) -> bool:
    """Tell whether tests/<room>/test_<module>[_<aspect>].py has a module to mirror."""
    if path in OF_A_WHOLE_ROOM:
        return True
    folder, _, file = path.removeprefix("tests/").rpartition("/")
    name = file.removeprefix("test_").removesuffix(".py").split("_")
    stems = ["_".join(name[: length + 1]) for length in range(len(name))]
    if folder.split("/")[0] == "service":  # Those of the rooms above `actions` lie together.
        return any(stem.removeprefix(start) in TOP for stem in stems for start in STARTS)
    inside = ROOT / LAB if folder == "lab" else ROOT / "mesure" / folder
    below = {path.stem for path in inside.rglob("*") if path.suffix == ".py" or path.is_dir()}
    return not below.isdisjoint(stems)


def test_tests_mirror_the_package() -> None:
    strays = [
        module.path
        for module in OURS
        if re.match(rf"tests/({'|'.join(ROOMS)}|lab)/(.*/)?test_", module.path)
        and not _mirrored(module.path)
    ]
    assert not strays, f"These mirror no module of the package: {strays}"
    assert _mirrored("tests/orders/test_span_overlap.py")
    assert not _mirrored("tests/orders/test_nothing.py")


def policy_faults(text: str) -> Iterator[str]:
    """Yield thresholds without a reason, or with a reference to a page that is not here."""
    for name, entry in yaml.load(text, yaml.BaseLoader)["thresholds"].items():
        if not (entry.get("reason") and entry.get("reference") and entry.get("values")):
            yield f"{name}: needs a reason, a reference and dated values"
        for target in re.findall(r"[\w./-]+\.(?:md|csv|yaml)\b", entry.get("reference", "")):
            if not (ROOT / target).is_file():
                yield f"{name}: there is no {target} in this repository"
        for number in re.findall(r"decision (\d{4})", entry.get("reference", "")):
            if not list((ROOT / "docs" / "decisions").glob(f"{number}-*.md")):
                yield f"{name}: there is no decision {number}"


def test_every_threshold_has_a_reason_that_can_be_looked_up() -> None:
    policy = ROOT / "mesure" / "evaluation" / "policy.yaml"
    assert not list(policy_faults(policy.read_text(encoding="utf-8")))


@pytest.mark.parametrize("reference", ["''", "study.md, section 2", "decision 9999"])
def test_a_threshold_without_a_reason_is_found(reference: str) -> None:
    entry = f"{{reason: rare, reference: {reference}, values: [{{from: 2000-01-01, value: 1}}]}}"
    assert list(policy_faults(f"thresholds: {{p_met: {entry}}}"))


# A contract that names a missing module is an error to import-linter, so each waits for its module.
_ONE_STORE = "Only the service chooses a store"
_BY_A_PERSON = "A finding is made by a person: only the review action may make one"
_NEVER_MEET = "Pages of officers, persons, inspectors, counsel and machines never meet"
PROMISED = {
    "mesure/store/sqlite": _ONE_STORE,
    "mesure/store/postgres": _ONE_STORE,
    "mesure/incidents/review.py": _BY_A_PERSON,
    "mesure/web/console": _NEVER_MEET,
    "mesure/web/portal": _NEVER_MEET,
    "mesure/web/api": _NEVER_MEET,
    "mesure/web/counsel": _NEVER_MEET,
    "mesure/web/inspector": _NEVER_MEET,
}


@pytest.mark.parametrize("path", PROMISED)
def test_a_promised_contract_comes_with_its_module(path: str) -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    there = (ROOT / path).exists() or (ROOT / f"{path}.py").exists()
    named_contracts = [c for c in contracts if c["name"] == PROMISED[path]]
    module = path.removesuffix(".py").replace("/", ".")
    assert any(module in str(contract) for contract in named_contracts) == there, (
        f"{path} and the contract '{PROMISED[path]}' come and go together (CONTRIBUTING.md)"
    )
