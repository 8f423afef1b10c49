"""Frozen dataclasses as JSON and back, exactly.

One reader and one writer for every noun that has tuples inside: the type hints of
:mod:`syndicate.model` are the format. Fields that a row does not have take their
default, fields that the model no longer has are passed over, so that an old row can
still be read after a field has come or gone.
"""

from __future__ import annotations

import json
import re
import types
from collections.abc import Hashable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from functools import lru_cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from syndicate.errors import StoreError

T = TypeVar("T")

# What PostgreSQL refuses in text: NUL, and halves of a UTF-16 pair.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def storable(text: str) -> str:
    """``text`` with U+FFFD for what no database keeps (NUL, lone surrogates).

    SQLite would keep a NUL and cut the text there in some of its functions,
    PostgreSQL refuses the row: one bad character must not lose an article.
    """
    return _UNSTORABLE.sub("\ufffd", text)


def dumps(value: object) -> str:
    """JSON text as the JSON columns hold it; Vietnamese stays legible."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    # JSON writes a NUL as six plain characters, which jsonb and ->> would refuse.
    return storable(re.sub(r"(?<!\\)((?:\\\\)*)\\u0000", "\\1\ufffd", text))


def to_json(value: Any) -> Any:
    """A dataclass, tuple, enum, date or span of time as plain JSON values."""
    if isinstance(value, (Enum, datetime, date, timedelta)):
        return _scalar(value)
    if isinstance(value, (tuple, list)):
        return [to_json(one) for one in value]
    if is_dataclass(value):
        return {one.name: to_json(getattr(value, one.name)) for one in fields(value)}
    return value


def _scalar(value: Enum | datetime | date | timedelta) -> Any:
    if isinstance(value, Enum):
        return value.value
    # Dates with their own offset: "local midnight" must still be one afterwards.
    return value.total_seconds() if isinstance(value, timedelta) else value.isoformat()


def from_json(kind: type[T] | Any, data: Any) -> Any:
    """The value of type ``kind`` that :func:`to_json` wrote as ``data``.

    :raises StoreError: ``data`` does not fit ``kind``
    """
    try:
        return _read(kind, data)
    except (TypeError, ValueError, AttributeError) as error:
        name = getattr(kind, "__name__", str(kind))
        raise StoreError(f"a stored {name} cannot be read: {error}") from error


def _read(kind: Any, data: Any) -> Any:
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return _read_optional(get_args(kind), data)
    if origin is tuple:
        return _read_tuple(get_args(kind), data)
    if kind in (datetime, date):
        return kind.fromisoformat(data)
    if kind is timedelta:
        return timedelta(seconds=data)
    return _read_class(kind, data) if isinstance(kind, type) else data


def _read_class(kind: type[Any], data: Any) -> Any:
    if is_dataclass(kind):
        return _read_record(kind, data)
    return kind(data) if issubclass(kind, Enum) else data


def _read_optional(options: tuple[Any, ...], data: Any) -> Any:
    if data is None:
        return None
    return _read(next(one for one in options if one is not types.NoneType), data)


def _read_tuple(members: tuple[Any, ...], data: Any) -> tuple[Any, ...]:
    if len(members) == 2 and members[1] is ...:
        return tuple(_read(members[0], one) for one in data)
    pairs = zip(members, data, strict=True)
    return tuple(_read(member, one) for member, one in pairs)


def _read_record(kind: Any, data: Mapping[str, Any]) -> Any:
    hints = _hints(kind)
    return kind(
        **{name: _read(hints[name], one) for name, one in data.items() if name in hints}
    )


@lru_cache(maxsize=64)
def _hints(kind: Hashable) -> dict[str, Any]:
    # Typed as a key of the cache; it is a dataclass.
    return get_type_hints(kind)
