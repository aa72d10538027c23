"""One address of the API: how it is asked, and the action that answers."""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import msgspec
from msgspec import inspect
from msgspec.inspect import Field, StructType

from mesure.actions.acting import Action

PREFIX: Final = "/api/v1"
_PARAMETER: Final = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Endpoint:
    """An address, the method by which it is asked, and what answers."""

    method: str
    path: str  # Behind the prefix; what stands in braces is a field of what the action asks for.
    action: Action[Any, Any]
    tag: str
    status: int = 200

    @property
    def address(self) -> str:
        """Return the whole path."""
        return PREFIX + self.path

    @property
    def name(self) -> str:
        """Return the name by which the description knows it."""
        return self.action.name.replace(".", "_")

    @cached_property
    def fields(self) -> dict[str, Field]:
        """Return the fields of what the action asks for, by name."""
        asked = inspect.type_info(self.action.asks)
        assert isinstance(asked, StructType), f"{self.action.name} does not ask with a Struct"
        return {field.encode_name: field for field in asked.fields}

    @cached_property
    def types(self) -> dict[str, Any]:
        """Return the type of each field, by name."""
        return {one.encode_name: one.type for one in msgspec.structs.fields(self.action.asks)}

    @cached_property
    def in_path(self) -> tuple[str, ...]:
        """Return the names of the fields that stand in the path."""
        return tuple(_PARAMETER.findall(self.path))

    @property
    def elsewhere(self) -> dict[str, Field]:
        """Return the fields that come in the query or in the body."""
        return {name: one for name, one in self.fields.items() if name not in self.in_path}

    @property
    def has_body(self) -> bool:
        """Tell whether something is sent along."""
        return self.method in ("POST", "PUT", "PATCH") and bool(self.elsewhere)

    @property
    def takes_key(self) -> bool:
        """Tell whether it may be asked again under the same key and done once only."""
        return self.method == "POST"

    @cached_property
    def gives_list(self) -> bool:
        """Tell whether the answer is a list, which is given page by page."""
        given = inspect.type_info(self.action.gives)
        return isinstance(given, inspect.VarTupleType | inspect.ListType)

    @cached_property
    def gives_nothing(self) -> bool:
        """Tell whether there is nothing to answer but that it is done."""
        return self.action.gives is type(None) or self.action.gives is None


def is_many(field: Field) -> bool:
    """Tell whether a field takes several values."""
    many = inspect.VarTupleType | inspect.ListType | inspect.FrozenSetType | inspect.SetType
    return isinstance(field.type, many)
