"""The pages keep up with the code: what exists is documented, what is documented exists."""

import ast
import builtins
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from mesure.actions.notifications import webhooks
from mesure.privacy.roles import SIGNED_IN
from mesure.version import VERSION
from tests import house
from tests.house import LAB, LAB_SIGN, ROOMS, ROOT, files, imports, modules
from tests.test_tidy import HOUSE_WORDS
from tools import who_may

PAGES = [path for path in files() if path.suffix == ".md"]
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("0*.md"))
DECISION_PARTS = [
    "Context",
    "Decision",
    "Consequences",
    "Alternatives",
    "What would change our mind",
    "Known limits and do-nots",
]


def _text(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


# --- Rooms and commands ----------------------------------------------------------------------


SIGNS = {**ROOMS, LAB: LAB_SIGN}


@pytest.mark.parametrize("room", SIGNS)
def test_architecture_shows_every_room_and_its_question(room: str) -> None:
    shown = re.search(rf"^ *{room}/ +(.+)$", _text("ARCHITECTURE.md"), re.MULTILINE)
    assert shown, f"ARCHITECTURE.md does not show {room}/"
    assert shown[1].startswith(SIGNS[room])


def _options() -> Iterator[tuple[str, str]]:
    """Yield (command, option) of everything that `mesure` understands, also within a command."""
    for name, command in house.commands().items():
        yield name, ""
        inner = getattr(command, "commands", {})
        yield from ((name, f"`{one}") for one in inner)
        for parameter in (p for one in (command, *inner.values()) for p in one.params):
            if parameter.param_type_name == "option":
                yield name, max(parameter.opts, key=len)


def test_every_command_and_option_is_documented() -> None:
    page = _text("docs/commands.md")
    sections = dict(
        re.findall(r"^## `mesure ([\w-]+)`\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL)
    )
    missing = [
        f"mesure {command} {option}".strip()
        for command, option in _options()
        if command not in sections or option not in sections[command]
    ]
    assert not missing, f"docs/commands.md says nothing of: {missing}"
    gone = set(sections) - {command for command, _ in _options()}
    assert not gone, f"docs/commands.md describes commands that do not exist: {gone}"


def test_every_target_of_make_says_what_it_is_for() -> None:
    makefile = _text("Makefile")
    asked_for = {"help", "demo", "test", "check", "bench", "clean"}
    explained = set(re.findall(r"^([a-z-]+):.*## \S", makefile, re.MULTILINE))
    assert asked_for <= explained
    mentioned = set(re.findall(r"`make ([a-z]+)", "".join(_text(_name(page)) for page in PAGES)))
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    assert mentioned <= targets, (
        f"Pages name targets that make does not have: {mentioned - targets}"
    )


def test_the_page_of_who_may_do_what_has_a_column_for_every_role_that_signs_in() -> None:
    assert set(who_may.COLUMNS) == SIGNED_IN


def test_every_event_of_a_webhook_is_documented() -> None:
    page = _text("docs/api.md")
    types = [webhooks.TYPE.format(event=event.value) for event in webhooks.WebhookEventType]
    missing = [event for event in types if f"`{event}`" not in page]
    assert not missing, f"docs/api.md says nothing of: {missing}"


# --- Links -----------------------------------------------------------------------------------


def broken_links(page: Path, text: str) -> Iterator[str]:
    """Yield the links of a page that lead to no file or no heading; other sites are not asked."""
    prose = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", prose):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        there = (page.parent / path) if path else page
        if not there.exists():
            yield f"{_name(page)}: {target}: there is no such file"
        elif anchor and anchor not in _anchors(there.read_text(encoding="utf-8")):
            yield f"{_name(page)}: {target}: there is no such heading"


def _anchors(text: str) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


FILE = re.compile(r"`((?:[\w.-]+/)+[\w.-]*|\w+\.toml)`")
NEWCOMERS = ROOT / "docs" / "newcomers.md"


def absent_files(text: str) -> list[str]:
    """Return the files and folders named in code spans that are not there."""
    return [path for path in FILE.findall(text) if not (ROOT / path).exists()]


def test_every_file_that_the_page_for_newcomers_names_exists() -> None:
    text = NEWCOMERS.read_text(encoding="utf-8")
    assert len(FILE.findall(text)) > 30
    assert not absent_files(text)
    for page in ("ARCHITECTURE.md", "CONTRIBUTING.md"):
        assert "(docs/newcomers.md)" in _text(page), f"{page} does not lead newcomers there"


def test_every_name_of_code_on_the_page_for_newcomers_is_there() -> None:
    text = NEWCOMERS.read_text(encoding="utf-8")
    code = "".join(_text(path) for path in FILE.findall(text) if path.endswith((".py", ".yaml")))
    names = re.findall(r"`@?([A-Za-z_]\w+)`", text)
    assert names
    assert not [name for name in names if name not in code]


def test_a_missing_file_is_found() -> None:
    assert absent_files("see `mesure/no_such.py` and `mesure/api.py`") == ["mesure/no_such.py"]


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_links_lead_somewhere(page: Path) -> None:
    assert not list(broken_links(page, page.read_text(encoding="utf-8")))


def uneven_rows(text: str) -> Iterator[int]:
    """Yield the numbers of the lines of tables that have more or fewer cells than their heading."""
    cells = 0
    for number, line in enumerate(text.splitlines(), 1):
        count = len(re.findall(r"(?<!\\)\|", line)) if line.startswith("|") else 0
        if cells and count and count != cells:
            yield number
        cells = (cells or count) if count else 0


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_rows_of_tables_have_a_cell_under_each_heading(page: Path) -> None:
    assert not list(uneven_rows(page.read_text(encoding="utf-8")))


def test_a_row_with_a_cell_too_many_is_found() -> None:
    assert list(uneven_rows("| a |\n|---|---|\n| 1 | 2 |\n\n| b |\n|---|\n")) == [2, 3]


def test_a_broken_link_is_found() -> None:
    page = ROOT / "README.md"
    assert list(broken_links(page, "[gone](docs/gone.md)"))
    assert list(broken_links(page, "[gone](docs/glossary.md#no-such-heading)"))
    assert not list(broken_links(page, "[there](docs/glossary.md#the-order)"))


# --- Names in signs --------------------------------------------------------------------------


CODE = ROOT / "mesure"
TELLS_OF_CODE = [ROOT / "ARCHITECTURE.md", ROOT / "CONTRIBUTING.md", *CODE.rglob("__init__.py")]
_A_FILE = re.compile(r"/|\.(py|yaml|toml|md)$")


def names_gone(page: Path, text: str) -> Iterator[str]:
    """Yield each file, module or name in code that a sign or page has in backticks and is gone.

    A call is its function. `<kind>` and `*` stand for anything. Plain words of a page that are no
    class or constant may be words of a file or of the law, and are not asked about.
    """
    quoted = re.findall(r"`([A-Za-z_][\w./*]*)(?:\([^`\n]*\))?`", re.sub(r"<\w+>", "*", text))
    for name in dict.fromkeys(word.strip(".") for word in quoted):
        if _A_FILE.search(name):
            is_there = any(any(base.glob(name.rstrip("/"))) for base in _bases(page))
        elif "." in name:
            is_there = any(_is_in(base, name.split(".")) for base in _bases(page))
        elif page.suffix == ".py" or re.match(r"_?[A-Z][A-Za-z]", name):
            is_there = any(_is_in(base, [name]) for base in _bases(page)) or _is_named(page, name)
        else:
            continue
        if not is_there:
            yield f"{_name(page)}: `{name}`: the code has nothing of this name"


def _bases(page: Path) -> tuple[Path, ...]:
    """Return the folders from which a page may name something."""
    above = [folder for folder in page.parents if folder.is_relative_to(ROOT)]
    return (*above, CODE)


def _is_in(base: Path, parts: list[str]) -> bool:
    """Return whether there is such a package or module, or such a name in one."""
    target, module = base.joinpath(*parts), base.joinpath(*parts[:-1])
    if target.is_dir() or target.with_name(f"{target.name}.py").is_file():
        return True
    if len(parts) == 1:
        return False
    alone = CODE.rglob(f"{parts[0]}.py") if len(parts) == 2 else ()
    places = [module.with_name(f"{module.name}.py"), module / "__init__.py", *alone]
    return any(parts[-1] in _names().get(_name(place), ()) for place in places)


def _is_named(page: Path, name: str) -> bool:
    """Return whether the code below a sign, or any code, defines or imports such a name."""
    below = f"{_name(page.parent)}/" if page.suffix == ".py" else ""
    named = any(name in names for path, names in _names().items() if path.startswith(below))
    return named or (page.suffix == ".md" and hasattr(builtins, name))


@cache
def _names() -> dict[str, frozenset[str]]:
    """Return by module what it and its classes define, and what it imports."""
    return {
        module.path: frozenset(
            {imported.name.rpartition(".")[2] for imported in imports(module.tree)}
            | {name for body in _bodies(module.tree) for name in _defined(body)}
        )
        for module in modules("mesure")
    }


def _bodies(tree: ast.AST) -> Iterator[ast.stmt]:
    """Yield the statements of a module and of its classes; what is local to a function is not."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef):
            yield from node.body


def _defined(statement: ast.stmt) -> Iterator[str]:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield statement.name
    elif isinstance(statement, ast.Assign | ast.AnnAssign):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        yield from (target.id for target in targets if isinstance(target, ast.Name))


@pytest.mark.parametrize("page", TELLS_OF_CODE, ids=_name)
def test_what_a_sign_names_is_in_the_code(page: Path) -> None:
    assert not list(names_gone(page, page.read_text(encoding="utf-8")))


def test_a_name_that_is_gone_is_found() -> None:
    page, sign = ROOT / "CONTRIBUTING.md", CODE / "evaluation" / "__init__.py"
    gone = [
        "evaluation/lanes.py",
        "ingest/wire/",
        "evaluation.lanes",
        "rules.no_such_name",
        "Spell",
    ]
    assert len(list(names_gone(page, " ".join(f"`{name}`" for name in gone)))) == len(gone)
    assert list(names_gone(sign, "`tracks` follow"))
    there = "`evaluation/rules.py` `evaluation.rules` `kinds.curfew` `episodes` `kinds/<kind>.py`"
    assert not list(names_gone(sign, there))
    assert not list(names_gone(page, "`mesure.replay(...)` `schedule.bounds(...)` `None` `kind`"))


# --- Decisions and words ---------------------------------------------------------------------


def test_words_that_only_the_code_has_are_fewer_than_twenty() -> None:
    words = _text("docs/glossary.md").partition("\n## Words of the code\n")[2]
    rows = re.findall(r"^\| (?!Word|-)", words, re.MULTILINE)
    assert 0 < len(rows) < 20


@pytest.mark.parametrize("page", DECISIONS, ids=_name)
def test_a_decision_has_its_seven_parts(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert text.startswith(f"# {page.name[:4]}. ")
    assert re.search(r"^\*\*Status:\*\* (proposed|accepted|replaced by)", text, re.MULTILINE)
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == DECISION_PARTS
    assert text.rstrip().splitlines()[-1].startswith(("-", "  "))  # Limits are a list.


def test_decisions_are_numbered_without_gaps_and_listed() -> None:
    numbers = [int(page.name[:4]) for page in DECISIONS]
    assert numbers == list(range(1, len(numbers) + 1))
    index = _text("docs/decisions/README.md")
    assert not [page.name for page in DECISIONS if f"({page.name})" not in index]


def test_the_glossary_names_each_word_that_is_held_against_a_name() -> None:
    avoided = " ".join(re.findall(r"\| ([^|]*) \|$", _text("docs/glossary.md"), re.MULTILINE))
    by_custom = {"util", "helper", "manager", "hotspot", "poi", "golden"}
    missing = [word for word in HOUSE_WORDS if word not in avoided and word not in by_custom]
    assert not missing, f"The glossary does not say what to write instead of: {missing}"


FRAGMENTS = sorted(p for p in (ROOT / "changelog.d").glob("*.md") if p.name != "README.md")


KINDS = ("added", "changed", "mended", "removed")


def test_the_changelog_has_a_place_for_fragments() -> None:
    for fragment in FRAGMENTS:
        text = fragment.read_text(encoding="utf-8")
        for question in ("Kind:", "Assessments change:", "Rooms:", "Operator:"):
            assert question in text, f"{_name(fragment)} does not answer '{question}'"
        kind = text.partition("\n")[0].removeprefix("Kind: ")
        assert kind in KINDS, f"{_name(fragment)} is of none of the kinds {KINDS}"


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def test_each_change_of_assessments_names_an_engine_of_its_own_that_is_there() -> None:
    """Decision: docs/decisions/0015-engine-version-in-every-assessment.md."""
    engines: dict[str, str] = {}
    for fragment in FRAGMENTS:
        answer = re.search(r"^Assessments change: yes(.*)", _text(_name(fragment)), re.MULTILINE)
        if answer is None:
            continue
        engine = re.match(r", by engine (\d+\.\d+\.\d+), ", answer[1])
        assert engine, f"{_name(fragment)} says that assessments change, and not by which engine"
        named = engine[1]
        assert _numbers(named) <= _numbers(VERSION), f"{_name(fragment)}: raise VERSION to {named}"
        assert named not in engines, f"{_name(fragment)} and {engines[named]} name one engine"
        assert f"engine {named}," not in _text("CHANGELOG.md"), f"{named} was released before"
        engines[named] = _name(fragment)
