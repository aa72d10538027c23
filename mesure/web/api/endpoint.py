"""Endpoint: one address of the API, how it is asked, and the action that answers."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, get_type_hints

import msgspec
from msgspec import inspect
from msgspec.inspect import Field, StructType

from mesure.actions.framework.action import Action
from mesure.incidents.finding import ReviewStage

PREFIX: Final = "/api/v1"
# The fields that say where an action that pages by itself goes on, and how much it gives.
AFTER: Final = "after"
COUNT: Final = "count"
_PARAMETER: Final = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Endpoint:
    """An address, the method by which it is asked, and what answers."""

    method: str
    path: str  # Behind the prefix; what is in braces is a field of what the action asks for.
    action: Action[Any, Any]
    tag: str
    status: int = 200
    state: Action[Any, Any] | None = None  # The look that shows what is changed, if there is one.
    shape: Callable[[Any], Any] | None = None  # Another form of what the action gives.
    page: int | None = None  # How much the action gives at once, where it pages by itself.
    mark: Callable[[Any], str] | None = None  # By what its list goes on; None: an item's name.

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
        request_type = inspect.type_info(self.action.asks)
        assert isinstance(request_type, StructType), (
            f"{self.action.name} does not ask with a Struct"
        )
        return {field.encode_name: field for field in request_type.fields}

    @cached_property
    def types(self) -> dict[str, Any]:
        """Return the type of each field, by name."""
        return {one.encode_name: one.type for one in msgspec.structs.fields(self.action.asks)}

    @cached_property
    def in_path(self) -> tuple[str, ...]:
        """Return the names of the fields in the path."""
        return tuple(_PARAMETER.findall(self.path))

    @property
    def elsewhere(self) -> dict[str, Field]:
        """Return the fields that come in the query or in the body."""
        left_out = {*self.in_path, *([AFTER, COUNT] if self.page is not None else [])}
        return {name: one for name, one in self.fields.items() if name not in left_out}

    @property
    def has_body(self) -> bool:
        """Tell whether something is sent along."""
        return self.method in ("POST", "PUT", "PATCH") and bool(self.elsewhere)

    @property
    def takes_limit(self) -> bool:
        """Tell whether it may be said how long a page is."""
        return self.gives_list and (self.page is None or COUNT in self.fields)

    @cached_property
    def takes_mark(self) -> bool:
        """Tell whether it may be asked to change something only if it is still as it was read."""
        return self.state is not None

    @property
    def takes_key(self) -> bool:
        """Tell whether it may be asked again under the same key and done once only."""
        return self.method == "POST"

    @cached_property
    def gives(self) -> Any:  # noqa: ANN401
        """Return the type of what is answered."""
        if self.shape is None:
            return self.action.gives
        return get_type_hints(self.shape)["return"]

    @cached_property
    def gives_list(self) -> bool:
        """Tell whether the answer is a list, which is given page by page."""
        result_type = inspect.type_info(self.gives)
        return isinstance(result_type, inspect.VarTupleType | inspect.ListType)

    @cached_property
    def wraps(self) -> str | None:
        """Return the name of the one field of an answer that is a word alone."""
        if self.action.gives is str:
            return "id"  # Of what was made.
        return "stage" if self.action.gives is ReviewStage else None

    @property
    def gives_object(self) -> bool:
        """Tell whether what is answered has a type that is to be described."""
        return not self.gives_nothing and self.action.gives is not str

    @cached_property
    def gives_nothing(self) -> bool:
        """Tell whether there is nothing to answer but that it is done."""
        return self.action.gives is type(None) or self.action.gives is None


def is_many(field: Field) -> bool:
    """Tell whether a field takes several values."""
    many = inspect.VarTupleType | inspect.ListType | inspect.FrozenSetType | inspect.SetType
    return isinstance(field.type, many)
