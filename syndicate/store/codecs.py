"""Frozen dataclasses as JSON and back, exactly.

One reader and one writer for every noun that has tuples inside: the type hints of
:mod:`syndicate.model` are the format. Fields that a row does not have take their
default, fields that the model no longer has are passed over, so that an old row can
still be read after a field has come or gone.

How a type is read is worked out once for each type, how it is written once for each
class: a desk reads and writes them by the ten thousand.
"""

from __future__ import annotations

import json
import re
import types
from collections.abc import Callable, Hashable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from functools import lru_cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from syndicate.errors import StoreError

T = TypeVar("T")

Step = Callable[[Any], Any]
"""Makes one value of another."""

# What PostgreSQL refuses in text: NUL, and halves of a UTF-16 pair.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_ESCAPED_NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def storable(text: str) -> str:
    """``text`` with U+FFFD for what no database keeps (NUL, lone surrogates).

    SQLite would keep a NUL and cut the text there in some of its functions,
    PostgreSQL refuses the row: one bad character must not lose an article.
    """
    if "\x00" not in text:
        try:  # five times as fast as to search for it
            text.encode()
        except UnicodeEncodeError:
            pass
        else:
            return text
    return _UNSTORABLE.sub("\ufffd", text)


def all_storable(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Each text as :func:`storable` gives it; one look for all that need nothing."""
    together = "".join(texts)
    if storable(together) is together:
        return texts
    return tuple(map(storable, texts))


def dumps(value: object) -> str:
    """JSON text as the JSON columns hold it; Vietnamese stays legible."""
    text = _encode(value)
    if "\\u0000" in text:
        # JSON writes a NUL as six plain characters, which jsonb and ->> would refuse.
        text = _ESCAPED_NUL.sub("\\1\ufffd", text)
    return storable(text)


# ── Writing ──────────────────────────────────────────────────────────────────


def to_json(value: Any) -> Any:
    """A dataclass, tuple, enum, date or span of time as plain JSON values."""
    kind: Any = type(value)
    return _writer(kind)(value)


def sparse_json(value: Any) -> dict[str, Any]:
    """A dataclass as :func:`to_json`, without the fields that have their default."""
    kind: Any = type(value)
    return {
        name: to_json(one)
        for name, default in _defaults(kind)
        if (one := getattr(value, name)) != default
    }


@lru_cache(maxsize=128)
def _writer(kind: Any) -> Step:
    if issubclass(kind, Enum):
        return _value_of
    if issubclass(kind, (datetime, date)):
        # Dates with their own offset: "local midnight" must still be one afterwards.
        step: Step = kind.isoformat
        return step
    if issubclass(kind, timedelta):
        return timedelta.total_seconds
    if issubclass(kind, (tuple, list)):
        return _list_of
    return _record_writer(kind) if is_dataclass(kind) else _same


def _record_writer(kind: Any) -> Step:
    names = tuple(one.name for one in fields(kind))

    def write(value: Any) -> dict[str, Any]:
        return {name: to_json(getattr(value, name)) for name in names}

    return write


def _value_of(value: Enum) -> Any:
    return value.value


def _list_of(values: Any) -> list[Any]:
    return [to_json(one) for one in values]


def _same(value: Any) -> Any:
    return value


@lru_cache(maxsize=64)
def _defaults(kind: Any) -> tuple[tuple[str, Any], ...]:
    return tuple(
        (
            one.name,
            one.default if one.default_factory is MISSING else one.default_factory(),
        )
        for one in fields(kind)
    )


# ── Reading ──────────────────────────────────────────────────────────────────


def from_json(kind: type[T] | Any, data: Any) -> Any:
    """The value of type ``kind`` that :func:`to_json` wrote as ``data``.

    :raises StoreError: ``data`` does not fit ``kind``
    """
    try:
        wanted: Any = kind
        return reader(wanted)(data)
    except (TypeError, ValueError, AttributeError) as error:
        name = getattr(kind, "__name__", str(kind))
        raise StoreError(f"a stored {name} cannot be read: {error}") from error


@lru_cache(maxsize=128)
def reader(kind: Hashable) -> Step:
    """What reads values of type ``kind``; it raises what Python raises."""
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return _optional_reader(get_args(kind))
    if origin is tuple:
        return _tuple_reader(get_args(kind))
    return _plain_reader(kind)


def _plain_reader(kind: Any) -> Step:
    if kind in (datetime, date):
        step: Step = kind.fromisoformat
        return step
    if kind is timedelta:
        return _seconds
    if is_dataclass(kind):
        return _record_reader(kind)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _enum_reader(kind)
    return _same


def _seconds(data: Any) -> timedelta:
    return timedelta(seconds=data)


def _enum_reader(kind: type[Enum]) -> Step:
    known = {one.value: one for one in kind}

    def read(data: Any) -> Enum:
        try:
            return known[data]
        except KeyError:
            return kind(data)

    return read


def _optional_reader(options: tuple[Any, ...]) -> Step:
    inner = reader(next(one for one in options if one is not types.NoneType))

    def read(data: Any) -> Any:
        return None if data is None else inner(data)

    return read


def _tuple_reader(members: tuple[Any, ...]) -> Step:
    if len(members) == 2 and members[1] is ...:
        each = reader(members[0])
        if each is _same:
            return tuple
        return lambda data: tuple(map(each, data))
    steps = tuple(map(reader, members))
    return lambda data: tuple(step(one) for step, one in zip(steps, data, strict=True))


def _record_reader(kind: Any) -> Step:
    hints = get_type_hints(kind)
    steps = {name: reader(hint) for name, hint in hints.items()}

    def read(data: Mapping[str, Any]) -> Any:
        return kind(
            **{name: steps[name](one) for name, one in data.items() if name in steps}
        )

    return read
