"""Structure: how readable the code is for somebody new, in figures. `python -m tools.structure`.

Prints the lines of each room, class names and module names that exist twice, identifiers that say
nothing, functions named by a participle, files in one folder, floors of a room and rings of
imports. Names are counted in the tests, too. The tests hold each figure to its bound.
"""

import ast
import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from tests.house import ROOT, Module, modules

PACKAGES = ("mesure", "mesure_lab", "bench", "tools")
# An invariant is called by what it holds, a test by what it shows: both are sentences.
SENTENCES = "mesure_lab/whole/checks/"
PRODUCT, LAB, TESTS = "mesure", "mesure_lab", "tests"
JUDGE_PROCESS = "mesure.service.children.judge_process"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Where files of the same role have the same name, and why.
SIBLINGS = {"mesure/store/": "a topic has one name in the interface, the values and each database"}
ROLES = {"routes": "each room of pages has its table of addresses"}
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


def project() -> list[Module]:
    """Return the modules that are measured, in the order of their paths."""
    return modules(*PACKAGES)


def import_name(module: Module) -> str:
    """Return the name under which a module is imported."""
    return module.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def basename(module: Module) -> str:
    """Return the name of a module's file, without the ending."""
    return module.path.rsplit("/", 1)[-1].removesuffix(".py")


def package(module: Module) -> str:
    """Return the package in which a module lies."""
    return module.path.split("/")[0]


def room(module: Module) -> str:
    """Return a folder of the first rank in a package, or the package itself."""
    parts = module.path.split("/")
    return "/".join(parts[:2]) if len(parts) > 2 else parts[0]


def folder(module: Module) -> str:
    """Return the folder in which a module lies."""
    return module.path.rpartition("/")[0]


def by(place: Callable[[Module], str], members: Iterable[Module]) -> dict[str, list[Module]]:
    """Return modules by the room or the folder they stand in."""
    places: defaultdict[str, list[Module]] = defaultdict(list)
    for module in members:
        places[place(module)].append(module)
    return places


def lines(members: Iterable[Module]) -> int:
    """Return how many lines modules have together."""
    return sum(module.source.count("\n") for module in members)


# --- Names ---------------------------------------------------------------------------------------


def class_homonyms(members: Iterable[Module]) -> dict[str, list[str]]:
    """Return each public class name that more than one module defines, with the modules."""
    return _repeated(
        (node.name, module.path)
        for module in members
        for node in module.tree.body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )


def basename_homonyms(members: Iterable[Module]) -> dict[str, list[str]]:
    """Return each basename that more than one module has, with the modules; signs do not count.

    Siblings count as one, by the folder that holds them; a role has its name in every room.
    """
    return _repeated(
        (basename(module), next(filter(module.path.startswith, SIBLINGS), module.path))
        for module in members
        if not basename(module).startswith("__") and basename(module) not in ROLES
    )


def _repeated(places: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Return the names that stand in more than one place, sorted, each with its places."""
    by_name: defaultdict[str, set[str]] = defaultdict(set)
    for name, place in places:
        by_name[name].add(place)
    return {name: sorted(where) for name, where in sorted(by_name.items()) if len(where) > 1}


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


def participles(members: Iterable[Module]) -> Iterator[str]:
    """Yield where a public function is named by a participle: `path:line: name`."""
    for module in members:
        for node in public_functions(module):
            if is_participle(node.name.split("_")[0]) and not module.path.startswith(SENTENCES):
                yield f"{module.path}:{node.lineno}: {node.name}"


def vague(module: Module) -> Iterator[tuple[str, int]]:
    """Yield (identifier, line) of what says nothing; a comprehension of one line may say `one`.

    What is imported has the name that its library gave it.
    """
    short = set()
    imported = {
        alias.asname or alias.name
        for node in module.tree.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    for node in ast.walk(module.tree):
        if isinstance(node, _COMPREHENSIONS) and node.lineno == node.end_lineno:
            short |= {id(inner) for inner in ast.walk(node)}
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Name) and node.id in VAGUE - imported and id(node) not in short:
            yield node.id, node.lineno
        elif isinstance(node, ast.arg) and node.arg in VAGUE and id(node) not in short:
            yield node.arg, node.lineno


# --- Rooms ---------------------------------------------------------------------------------------


def with_code(members: Iterable[Module]) -> list[Module]:
    """Return modules without the signs of their folders."""
    return [module for module in members if basename(module) != "__init__"]


def files_in_folders(members: Iterable[Module]) -> Counter[str]:
    """Return how many modules lie in each folder, its sign not counted."""
    folders: Counter[str] = Counter()
    for module in with_code(members):
        folders[folder(module)] += 1
    return folders


def imports(members: Iterable[Module]) -> dict[str, set[str]]:
    """Return which of these modules each one imports when it is imported itself."""
    known = {import_name(module): module for module in members}
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
    """What is measured of the product; of folders also those of lab, bench and tools.

    Classes and functions are counted in these and in the tests, modules in all but the tests.
    """

    lines: int
    lab_lines: int
    class_homonyms: int
    basename_homonyms: int
    vague_per_1000_lines: float
    vague_per_1000_lines_beside: float  # In that one of lab, bench, tools and tests that has most.
    participle_functions: int
    files_in_a_folder: int
    floors_of_a_folder: int
    floors_of_a_room: int
    rings: int
    judge_modules: int
    judge_lines: int


def measure(members: list[Module]) -> Figures:
    """Measure modules; the figures of a judge process ask a new interpreter."""
    everything = [*members, *modules(TESTS)]
    packages = by(package, everything)
    product = packages[PRODUCT]
    graph = imports(members)
    judged_by = judge_modules()
    judge = [module for module in with_code(product) if import_name(module) in judged_by]
    vague_lines = {name: _vague_per_1000_lines(inside) for name, inside in packages.items()}
    return Figures(
        lines=lines(product),
        lab_lines=lines(packages[LAB]),
        class_homonyms=len(class_homonyms(everything)),
        basename_homonyms=len(basename_homonyms(members)),
        vague_per_1000_lines=vague_lines.pop(PRODUCT),
        vague_per_1000_lines_beside=max(vague_lines.values()),
        participle_functions=sum(1 for _ in participles(everything)),
        files_in_a_folder=max(files_in_folders(members).values()),
        floors_of_a_folder=_highest(graph, by(folder, members)),
        floors_of_a_room=_highest(graph, by(room, product)),
        rings=len(rings(graph)),
        judge_modules=len(judge),
        judge_lines=lines(judge),
    )


def _vague_per_1000_lines(members: list[Module]) -> float:
    identifiers = sum(1 for module in members for _ in vague(module))
    return round(1_000 * identifiers / lines(members), 1)


def _highest(graph: Mapping[str, set[str]], places: Mapping[str, list[Module]]) -> int:
    return max(floors(graph, set(map(import_name, inside))) for inside in places.values())


def judge_modules() -> frozenset[str]:
    """Return the modules of the product that a process of a judge has imported when it begins."""
    program = (
        f"import sys, {JUDGE_PROCESS}; print(*(n for n in sys.modules if n.startswith('mesure')))"
    )
    printed = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    return frozenset(printed.split())


def rows(members: list[Module]) -> Iterator[tuple[str, int, int, int, int]]:
    """Yield for each room: its name, modules, lines, most files in a folder, floors."""
    graph = imports(members)
    for name, inside in sorted(by(room, members).items()):
        flat = max(files_in_folders(inside).values(), default=0)
        yield name, len(inside), lines(inside), flat, floors(graph, set(map(import_name, inside)))


def main() -> int:
    """Print the figures, then the rooms."""
    measured = project()
    for name, value in vars(measure(measured)).items():
        print(f"{name.replace('_', ' '):30} {value:>10,}")
    print(f"\n{'room':20} {'modules':>8} {'lines':>8} {'flat':>6} {'floors':>7}")
    for name, count, long, flat, height in rows(measured):
        print(f"{name:20} {count:8,} {long:8,} {flat:6,} {height:7,}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
