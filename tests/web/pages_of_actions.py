"""Which actions pages perform, read out of the code: from each route to whatever it calls.

A page is a function that a route names. Its source is read, and that of each function and class of
`mesure.web` that it names, and so on; an action that is named on the way can be performed there. So
an action in a function to which no route leads has no page.
"""

import ast
import inspect
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from types import FunctionType, ModuleType
from typing import Any, Final

from starlette.routing import BaseRoute, Route

from mesure.actions.framework.action import Action
from mesure.web import static_files
from mesure.web.console import routes as console
from mesure.web.counsel import routes as counsel
from mesure.web.inspector import routes as inspector
from mesure.web.office import routes as office
from mesure.web.portal import routes as portal
from mesure.web.sign_in import routes as sign_in
from tests.actions.house import Office
from tests.web import browsing

KINDS: Final = (sign_in, console, portal, counsel, inspector, office)
ROOM: Final = "mesure.web."


def routes_of(house: Office, kinds: Iterable[ModuleType] = KINDS) -> list[BaseRoute]:
    """Return the routes of pages, as the website has them."""
    static = static_files.own()
    return [one for kind in kinds for one in kind.routes(browsing.parts_of(house), static)]


def action_names(routes: Iterable[BaseRoute]) -> set[str]:
    """Return the names of the actions that can be performed on pages of these routes."""
    known_objects: set[object] = set()
    actions: set[str] = set()
    waiting: list[object] = [page for route in routes for page in _pages(route)]
    while waiting:
        something = waiting.pop()
        if isinstance(something, Action):
            actions.add(something.name)
        elif isinstance(something, dict | list | tuple | set | frozenset):
            waiting += something
            waiting += something.values() if isinstance(something, dict) else ()
        elif _is_ours(something) and something not in known_objects:
            known_objects.add(something)
            waiting += _named(something)
    return actions


def _pages(route: BaseRoute) -> Iterator[Callable[..., Any]]:
    """Yield what a route shows, and what its form does."""
    assert isinstance(route, Route)
    cells = inspect.getclosurevars(route.endpoint).nonlocals
    yield from (page for page in cells["pages"].values() if page is not None)


def _is_ours(something: object) -> bool:
    unwrapped = inspect.unwrap(something) if callable(something) else something
    is_code = isinstance(unwrapped, FunctionType | type)
    return is_code and getattr(unwrapped, "__module__", "").startswith(ROOM)


def _named(code: Any) -> Iterator[object]:
    """Yield what the source of a function or a class names, as far as its module knows it."""
    unwrapped = inspect.unwrap(code)
    module = inspect.getmodule(unwrapped)
    assert module is not None, "what is ours stands in a module"
    for definition in _definitions(unwrapped, module):
        for node in _walk(definition):
            value = _value(node, module)
            if value is not None and not isinstance(value, ModuleType | str):
                yield value


def _definitions(code: Any, module: ModuleType) -> Iterator[ast.AST]:
    """Yield where a function or a class is defined; of a lambda every one on its line."""
    line = None if isinstance(code, type) else code.__code__.co_firstlineno
    kinds = ast.ClassDef if line is None else ast.FunctionDef | ast.Lambda
    for node in _by_name(module).get(code.__name__, ()):
        if isinstance(node, kinds):
            first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", ()))])
            if line in (None, first):
                yield node


@cache
def _by_name(module: ModuleType) -> dict[str, list[ast.AST]]:
    """Return the definitions of a module by their names; it is asked for each of them."""
    definitions: dict[str, list[ast.AST]] = defaultdict(list)
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.Lambda):
            definitions[getattr(node, "name", "<lambda>")].append(node)
    return definitions


@cache
def _walk(definition: ast.AST) -> list[ast.AST]:
    return list(ast.walk(definition))


def _value(node: ast.AST, module: ModuleType | None) -> Any:
    """Return what a name, or a name behind a full stop, stands for; None: a value of its own."""
    if isinstance(node, ast.Name):
        return getattr(module, node.id, None)
    if isinstance(node, ast.Attribute):
        within = _value(node.value, module)
        return getattr(within, node.attr, None) if isinstance(within, ModuleType) else None
    return None
