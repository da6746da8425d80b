"""Frozen dataclasses to JSON and back, by their annotations; the type's name travels in ``"is"``.

Used at every process edge and for JSON columns, so that no dict or tuple crosses one.
"""

import dataclasses
import json
import types
import typing
from collections.abc import Callable, Mapping
from datetime import date
from datetime import time as TimeOfDay  # noqa: N812
from enum import Enum
from functools import cache, partial
from typing import Any, get_args, get_origin

from matpho.domain.text_words import amiss
from matpho.domain.told_before import told_before
from matpho.domain.words import Said
from matpho.errors import Corrupt

_PLAIN = frozenset({int, float, str, bool, type(None)})


def to_plain(value: Any) -> Any:  # noqa: PLR0911 - one return per shape of type
    """A value as JSON-ready data; dataclasses become objects without their type's name."""
    kind = type(value)
    if kind in _PLAIN:
        return value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {name: to_plain(getattr(value, name)) for name in _names(typing.cast("Any", kind))}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, TimeOfDay):
        return value.isoformat(timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(k): to_plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [to_plain(v) for v in value]
    return value


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(f.name for f in dataclasses.fields(kind))


def from_plain(kind: Any, data: Any) -> Any:
    """Rebuild a value of the annotated type ``kind``.

    Unknown keys are ignored and missing ones take their default, so that an older or newer process can be read.
    Raises ValueError, TypeError or KeyError when the data does not fit.
    """
    return _reader(kind)(data)


@cache
def _reader(kind: Any) -> Callable[[Any], Any]:  # noqa: PLR0911 - one return per shape of type
    """What rebuilds values of this type; the type is looked into once, not with every message."""
    if kind is Any:
        return lambda data: data
    origin, inside = get_origin(kind), get_args(kind)
    if origin in (types.UnionType, typing.Union):
        return partial(_one_of, kind, tuple(_reader(o) for o in inside if o is not type(None)))
    if origin is tuple:
        if len(inside) == 2 and inside[1] is Ellipsis:
            return partial(_row, kind, _reader(inside[0]))
        return partial(_tuple, kind, tuple(map(_reader, inside)))
    if origin in (dict, Mapping):
        return partial(_mapping, _reader(inside[0]), _reader(inside[1]))
    if origin is list:
        return partial(_list, _reader(inside[0]))
    if hasattr(kind, "__supertype__"):
        return _reader(kind.__supertype__)
    if dataclasses.is_dataclass(kind):
        return partial(_dataclass, kind)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind
    if kind in (TimeOfDay, date):
        return kind.fromisoformat  # type: ignore[no-any-return]
    if isinstance(kind, type) and issubclass(kind, tuple) and hasattr(kind, "_fields"):
        return lambda data: kind(*data)
    return partial(_scalar, kind)


def _one_of(kind: Any, readers: tuple[Callable[[Any], Any], ...], data: Any) -> Any:
    if data is None:
        return None
    for read in readers:
        try:
            return read(data)
        except (ValueError, TypeError, KeyError):
            continue
    raise ValueError(f"{data!r} is no {kind}")


def _row(kind: Any, read: Callable[[Any], Any], data: Any) -> Any:
    if not isinstance(data, (list, tuple)):
        raise TypeError(f"{data!r} is no {kind}")
    return tuple([read(v) for v in data])


def _tuple(kind: Any, readers: tuple[Callable[[Any], Any], ...], data: Any) -> Any:
    if not isinstance(data, (list, tuple)):
        raise TypeError(f"{data!r} is no {kind}")
    return tuple(read(v) for read, v in zip(readers, data, strict=True))


def _list(read: Callable[[Any], Any], data: Any) -> Any:
    return [read(v) for v in data]


def _mapping(key: Callable[[Any], Any], item: Callable[[Any], Any], data: Any) -> Any:
    return {key(k): item(v) for k, v in data.items()}


@cache
def _fields(kind: Any) -> dict[str, Callable[[Any], Any]]:
    """How each field of a dataclass is rebuilt; asked only when one is, because a type may hold others of its own."""
    hints = typing.get_type_hints(kind)
    return {name: _reader(hints[name]) for name in _names(kind)}


def _dataclass(kind: Any, data: Any) -> Any:
    if kind is Said and isinstance(data, str):  # an earlier version kept some sentences in English only
        return told_before(data)
    if not isinstance(data, Mapping):
        raise TypeError(f"{data!r} is no {kind}")
    readers = _fields(kind)
    return kind(**{name: readers[name](v) for name, v in data.items() if name in readers})


def _scalar(kind: Any, data: Any) -> Any:
    if type(data) is kind:
        return data
    if kind is float and isinstance(data, int) and not isinstance(data, bool):
        return float(data)
    if not isinstance(data, kind) or (isinstance(data, bool) and kind is not bool):
        raise TypeError(f"{data!r} is no {kind.__name__}")
    return data


@cache
def _by_name(union: Any) -> dict[str, Any]:
    return {option.__name__: option for option in (get_args(union) or (union,))}


def dumps(value: Any) -> bytes:
    """One message as a line of JSON (no newline inside), with its type's name."""
    return json.dumps(
        {"is": type(value).__name__, **to_plain(value)}, ensure_ascii=False, separators=(",", ":")
    ).encode()


def loads(union: Any, line: bytes) -> Any:
    """Read one message of the given union of dataclasses.

    Raises Corrupt when the bytes are no such message.
    """
    try:
        data = json.loads(line)
        return from_plain(_by_name(union)[data["is"]], data)
    except (ValueError, TypeError, KeyError) as e:
        raise Corrupt(
            f"not a message: {line[:80]!r} ({e})", f"không phải thông điệp: {line[:80]!r} ({amiss(e).vi})"
        ) from e
