"""The project as the house tests see it: its files, its modules, the names it defines."""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import typer

ROOT = Path(__file__).resolve().parent.parent

# Each room answers one question. The question is the first line of its sign (`__init__.py`).
ROOMS = {
    "orders": "What does the court order say?",
    "devices": "Which device, and who carried it when?",
    "geo": "Where was it, and how sure can one be?",
    "evaluation": "Was the condition met?",
    "incidents": "What happens to a possible breach?",
    "privacy": "Who may see it, and when is it erased?",
    "audit": "Could anyone have changed it quietly?",
    "reports": "What leaves the building?",
    "store": "Where is it kept?",
    "actions": "Who may change or look at what?",
    "formats": "What did a device or an app write?",
    "ingest": "How do devices talk to us?",
    "web": "What do people see?",
    "machine": "What does the machine lend us?",
    "record": "What does a record say?",
    "live": "Who judges now?",
    "bundle": "What may a court check?",
    "service": "How does it run?",
}
LAB = "mesure_lab"
LAB_SIGN = "How do we know it works?"
CORE = tuple(ROOMS)[:8]

# Made by machines, or not ours.
_SKIPPED = {"build", "dist", "demo", "node_modules", "__pycache__"}
_TEXT = {".py", ".md", ".toml", ".yaml", ".yml", ".lock", ".txt", ".html", ".css", ".js", ".sql"}


@dataclass(frozen=True)
class Module:
    """One Python file: where it is, what it says, and its syntax tree."""

    path: str  # Relative to the root, with forward slashes.
    source: str

    @property
    def tree(self) -> ast.Module:
        return _tree(self.source)

    @property
    def room(self) -> str | None:
        """Return the room it stands in; None outside the rooms."""
        parts = self.path.split("/")
        return parts[1] if parts[0] == "mesure" and len(parts) > 2 else None


class DefinedName(NamedTuple):
    """A name that the code defines, and the line on which it does."""

    name: str
    line: int


@cache
def _tree(source: str) -> ast.Module:
    return ast.parse(source)


def modules(*folders: str) -> list[Module]:
    """Return the Python files of these folders, in a stable order."""
    paths = (path for path in files() if path.suffix == ".py")
    named = ((path.relative_to(ROOT).as_posix(), path) for path in paths)
    return [
        Module(name, path.read_text(encoding="utf-8"))
        for name, path in named
        if name.split("/")[0] in folders
    ]


@cache
def files() -> tuple[Path, ...]:
    """Return every file of the project that a person wrote or that is kept with it."""
    return tuple(sorted(_walk(ROOT)))


def texts() -> Iterator[tuple[str, str]]:
    """Yield (path, text) of every text file of the project."""
    for path in files():
        if path.suffix in _TEXT or not path.suffix:
            yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


def _walk(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.name in _SKIPPED or (path.name.startswith(".") and path.name != ".ci"):
            continue
        if path.is_dir():
            yield from _walk(path)
        else:
            yield path


def commands() -> Mapping[str, Any]:
    """Return every command of `mesure` by its name, those of the device loaded too."""
    from mesure.cli import door  # Here, so that a command line under repair fails its tests alone.

    doors = typer.main.get_group(door.app)
    doors.resolve_command(typer.Context(doors), ["device"])
    return doors.commands


def names_defined(tree: ast.AST) -> Iterator[DefinedName]:
    """Yield what the code names itself: functions, classes, parameters, variables, fields."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield DefinedName(node.name, node.lineno)
        elif isinstance(node, ast.arg):
            yield DefinedName(node.arg, node.lineno)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield DefinedName(node.id, node.lineno)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield DefinedName(node.attr, node.lineno)


def words(name: str) -> list[str]:
    """Split a name into its words, in lower case and in the singular that house words use.

    >>> words("OffenderPings")
    ['offender', 'ping']
    """
    parts = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)
    return [re.sub(r"(?<=[a-z]{3})s$", "", part.lower()) for part in parts]


def imports(tree: ast.AST) -> Iterator[DefinedName]:
    """Yield the dotted name of every module or object that the code imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (DefinedName(alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            yield from (DefinedName(f"{module}.{alias.name}", node.lineno) for alias in node.names)
