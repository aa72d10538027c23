"""Structure: how readable the code is for somebody new, in figures. `python -m tools.structure`.

Prints, for the product and for the laboratory beside it, the lines of each room, class names and
module names that exist twice, identifiers that say nothing, functions named by a participle, files
in one folder, floors of a room and rings of imports. The tests hold each figure to its bound.
"""

import ast
import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("mesure", "mesure_lab", "bench", "tools")
LAB = "mesure_lab"
JUDGE_PROCESS = "mesure.service.serve.judge_process"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Where files of the same role have the same name, and why.
SIBLINGS = {"mesure/store/": "a topic has one name in the interface, the values and each database"}
VAGUE = _words("one some found kept told said asked heard its given seen taken made had held")
# Verbs and nouns that end like a participle.
_NO_PARTICIPLES = _words(
    "need feed speed embed seed shed bleed exceed succeed proceed heed bed red deed heading string "
    "ring bring sing thing nothing everything king ping spring"
)
_IRREGULAR = _words(
    "found told kept said held made seen given taken written sent known lost shown drawn bound "
    "built left met heard brought thought caught chosen spoken begun gone done"
)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_FIELDS = _words("property cached_property setter")


@dataclass(frozen=True)
class Module:
    """A module of the project.

    `path` is relative to the root, with forward slashes; `name` is dotted; a `room` is a folder of
    the first rank in a package, or the package itself.
    """

    path: str
    source: str

    @cached_property
    def tree(self) -> ast.Module:
        """Return its syntax tree."""
        return ast.parse(self.source)

    @property
    def name(self) -> str:
        """Return its dotted name."""
        return self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    @property
    def basename(self) -> str:
        """Return the name of its file, without the ending."""
        return self.path.rsplit("/", 1)[-1].removesuffix(".py")

    @property
    def room(self) -> str:
        """Return the room it stands in."""
        parts = self.path.split("/")
        return "/".join(parts[:2]) if len(parts) > 2 else parts[0]

    @property
    def lines(self) -> int:
        """Return how many lines it has."""
        return self.source.count("\n")


def modules(root: Path = ROOT, packages: Iterable[str] = PACKAGES) -> list[Module]:
    """Return the modules of some packages, in the order of their paths."""
    paths = sorted(path for package in packages for path in (root / package).rglob("*.py"))
    return [
        Module(path.relative_to(root).as_posix(), path.read_text(encoding="utf-8"))
        for path in paths
        if "__pycache__" not in path.parts
    ]


# --- Names ---------------------------------------------------------------------------------------


def repeated_classes(project: Iterable[Module]) -> dict[str, list[str]]:
    """Return each public class name that more than one module defines, with the modules."""
    places: defaultdict[str, list[str]] = defaultdict(list)
    for module in project:
        for node in module.tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(module.path)
    return {name: paths for name, paths in sorted(places.items()) if len(paths) > 1}


def repeated_basenames(project: Iterable[Module]) -> dict[str, list[str]]:
    """Return each basename that more than one module has, with the modules; signs do not count."""
    places: defaultdict[str, list[str]] = defaultdict(list)
    for module in project:
        is_sibling = any(
            module.path.startswith(folder) and other.startswith(folder)
            for folder in SIBLINGS
            for other in places[module.basename]
        )
        if not module.basename.startswith("__") and not is_sibling:
            places[module.basename].append(module.path)
    return {name: paths for name, paths in sorted(places.items()) if len(paths) > 1}


def public_functions(module: Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield the functions and methods without an underscore; a property is read like a field."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            decorators = {ast.unparse(decorator) for decorator in node.decorator_list}
            is_field = any(name.rsplit(".", 1)[-1] in _FIELDS for name in decorators)
            if not node.name.startswith("_") and not is_field:
                yield node


def is_participle(word: str) -> bool:
    """Tell whether a word is a bare participle, as far as its letters say.

    >>> [word for word in ("closed", "need", "told", "judging", "read") if is_participle(word)]
    ['closed', 'told', 'judging']
    """
    if word in _NO_PARTICIPLES:
        return False
    return word in _IRREGULAR or bool(re.fullmatch(r"[a-z]{2,}(ed|ing)", word))


def participles(project: Iterable[Module]) -> Iterator[str]:
    """Yield where a public function is named by a participle: `path:line: name`."""
    for module in project:
        for node in public_functions(module):
            if is_participle(node.name.split("_")[0]):
                yield f"{module.path}:{node.lineno}: {node.name}"


def vague(module: Module) -> Iterator[tuple[str, int]]:
    """Yield (identifier, line) of what says nothing; a comprehension of one line may say `one`."""
    short = set()
    for node in ast.walk(module.tree):
        if isinstance(node, _COMPREHENSIONS) and node.lineno == node.end_lineno:
            short |= {id(inner) for inner in ast.walk(node)}
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Name) and node.id in VAGUE and id(node) not in short:
            yield node.id, node.lineno
        elif isinstance(node, ast.arg) and node.arg in VAGUE and id(node) not in short:
            yield node.arg, node.lineno


# --- Rooms ---------------------------------------------------------------------------------------


def files_in_folders(project: Iterable[Module]) -> Counter[str]:
    """Return how many modules lie in each folder, its sign not counted."""
    folders: Counter[str] = Counter()
    for module in project:
        if module.basename != "__init__":
            folders[module.path.rpartition("/")[0]] += 1
    return folders


def imports(project: Iterable[Module]) -> dict[str, set[str]]:
    """Return which modules of the project each one imports when it is imported itself."""
    known = {module.name: module for module in project}
    graph: dict[str, set[str]] = {}
    for name, module in known.items():
        graph[name] = {target for target in _imported(module.tree.body, known) if target != name}
    return graph


def _imported(body: Iterable[ast.stmt], known: Mapping[str, Module]) -> Iterator[str]:
    """Yield what statements import; of `from package import module` the module alone."""
    for node in body:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                names = (f"{node.module}.{alias.name}", node.module)
                yield from [name for name in names if name in known][:1]
        elif isinstance(node, ast.If) and "TYPE_CHECKING" not in ast.unparse(node.test):
            yield from _imported([*node.body, *node.orelse], known)
        elif isinstance(node, ast.Try):
            yield from _imported(node.body, known)


def rings(graph: Mapping[str, set[str]]) -> list[list[str]]:
    """Return the groups of modules that import each other in a ring (Tarjan 1972)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    groups: list[list[str]] = []

    def visit(name: str) -> None:
        index[name] = low[name] = len(index)
        stack.append(name)
        for target in sorted(graph.get(name, ())):
            if target not in index:
                visit(target)
                low[name] = min(low[name], low[target])
            elif target in stack:
                low[name] = min(low[name], index[target])
        if low[name] == index[name]:
            group = stack[stack.index(name) :]
            del stack[stack.index(name) :]
            groups.append(sorted(group))

    for name in sorted(graph):
        if name not in index:
            visit(name)
    return [group for group in groups if len(group) > 1]


def floors(graph: Mapping[str, set[str]], names: set[str]) -> int:
    """Return how many modules of a room stand on each other at most."""
    heights: dict[str, int] = {}

    def height(name: str, above: tuple[str, ...] = ()) -> int:
        if name in above:
            return 0
        if name not in heights:
            below = [height(t, (*above, name)) for t in graph.get(name, ()) if t in names]
            heights[name] = 1 + max(below, default=0)
        return heights[name]

    return max((height(name) for name in names), default=0)


# --- All of it -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Figures:
    """What is measured of the product, without tests and without the laboratory."""

    lines: int
    lab_lines: int
    class_homonyms: int
    basename_homonyms: int
    vague_per_1000_lines: float
    participle_functions: int
    files_in_a_folder: int
    floors_of_a_room: int
    rings: int
    judge_modules: int
    judge_lines: int


def measure(project: list[Module]) -> Figures:
    """Measure a project; the figures of a judge process ask a new interpreter."""
    product = [module for module in project if module.path.startswith("mesure/")]
    lab = [module for module in project if module.path.startswith(f"{LAB}/")]
    product_lines = sum(module.lines for module in product)
    graph = imports(project)
    rooms: defaultdict[str, set[str]] = defaultdict(set)
    for module in product:
        rooms[module.room].add(module.name)
    judged_by = judge_modules()
    judge = [module for module in product if module.name in judged_by]
    identifiers = sum(1 for module in product for _ in vague(module))
    return Figures(
        lines=product_lines,
        lab_lines=sum(module.lines for module in lab),
        class_homonyms=len(repeated_classes(product)),
        basename_homonyms=len(repeated_basenames(product)),
        vague_per_1000_lines=round(1_000 * identifiers / product_lines, 1),
        participle_functions=sum(1 for _ in participles(product)),
        files_in_a_folder=max(files_in_folders(product).values()),
        floors_of_a_room=max(floors(graph, names) for names in rooms.values()),
        rings=len(rings(graph)),
        judge_modules=len(judge),
        judge_lines=sum(module.lines for module in judge),
    )


def judge_modules() -> frozenset[str]:
    """Return the modules of the product that a process of a judge has imported when it begins."""
    program = (
        f"import sys, {JUDGE_PROCESS}; print(*(n for n in sys.modules if n.startswith('mesure')))"
    )
    printed = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    return frozenset(printed.split())


def rows(project: list[Module]) -> Iterator[tuple[str, int, int, int, int]]:
    """Yield for each room: its name, modules, lines, most files in a folder, floors."""
    graph = imports(project)
    rooms: defaultdict[str, list[Module]] = defaultdict(list)
    for module in project:
        rooms[module.room].append(module)
    for room, members in sorted(rooms.items()):
        flat = max(files_in_folders(members).values(), default=0)
        height = floors(graph, {module.name for module in members})
        yield room, len(members), sum(module.lines for module in members), flat, height


def main() -> int:
    """Print the figures, then the rooms."""
    project = modules()
    for name, value in vars(measure(project)).items():
        print(f"{name.replace('_', ' '):24} {value:>10,}")
    print(f"\n{'room':20} {'modules':>8} {'lines':>8} {'flat':>6} {'floors':>7}")
    for room, count, lines, flat, height in rows(project):
        print(f"{room:20} {count:8,} {lines:8,} {flat:6,} {height:7,}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
