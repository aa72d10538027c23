"""Requests made up: some value of whatever an action asks for, naming nothing that is kept."""

from datetime import UTC, datetime
from typing import Any

import msgspec


def sample(form: type) -> Any:
    """Return some value of a form, none of which names anything that is kept."""
    return msgspec.convert(_plain(msgspec.inspect.type_info(form)), form, strict=False)


def _plain(info: Any) -> Any:
    known = msgspec.inspect
    match info:
        case known.StructType() | known.DataclassType():
            needed = [one for one in info.fields if one.required]
            return {
                field.encode_name if hasattr(field, "encode_name") else field.name: _plain(
                    field.type
                )
                for field in needed
            }
        case known.StrType():
            return "nothing"
        case known.BytesType():
            return "AAAA"
        case known.IntType() | known.FloatType():
            return info.ge or 0
        case known.BoolType():
            return False
        case known.DateTimeType():
            return datetime(2026, 2, 11, tzinfo=UTC).isoformat()
        case known.DateType():
            return "2026-01-11"
        case known.TimeType():
            return "08:00:00"
        case known.EnumType():
            return next(iter(info.cls)).value
        case known.LiteralType():
            return info.values[0]
        case known.UnionType():
            return None if info.includes_none else _plain(info.types[0])
        case known.DictType():
            return {}
    return []
