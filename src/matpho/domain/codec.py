"""Frozen dataclasses to JSON and back, by their annotations; the type's name travels in ``"is"``.

Used at every process edge and for JSON columns, so that no dict or tuple crosses one.
"""

import dataclasses
import json
import types
import typing
from collections.abc import Mapping
from datetime import date
from datetime import time as TimeOfDay  # noqa: N812
from enum import Enum
from functools import cache
from typing import Any, get_args, get_origin

from matpho.errors import Corrupt


def to_plain(value: Any) -> Any:  # noqa: PLR0911 - one return per shape of value
    """A value as JSON-ready data; dataclasses become objects without their type's name."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: to_plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
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
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def from_plain(kind: Any, data: Any) -> Any:  # noqa: PLR0911 - one return per shape of type
    """Rebuild a value of the annotated type ``kind``.

    Unknown keys are ignored and missing ones take their default, so that an older or newer process can be read.
    Raises ValueError, TypeError or KeyError when the data does not fit.
    """
    if kind is Any:
        return data
    origin = get_origin(kind)
    if origin in (types.UnionType, typing.Union):
        if data is None:
            return None
        for option in get_args(kind):
            if option is type(None):
                continue
            try:
                return from_plain(option, data)
            except (ValueError, TypeError, KeyError):
                continue
        raise ValueError(f"{data!r} is no {kind}")
    if origin is tuple:
        return _tuple(get_args(kind), data)
    if origin in (dict, Mapping):
        key, item = get_args(kind)
        return {from_plain(key, k): from_plain(item, v) for k, v in data.items()}
    if origin is list:
        return [from_plain(get_args(kind)[0], v) for v in data]
    if hasattr(kind, "__supertype__"):
        return from_plain(kind.__supertype__, data)
    return _scalar(kind, data)


def _tuple(kinds: tuple[Any, ...], data: Any) -> Any:
    if not isinstance(data, (list, tuple)):
        raise TypeError(f"{data!r} is no list")
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        return tuple(from_plain(kinds[0], v) for v in data)
    return tuple(from_plain(k, v) for k, v in zip(kinds, data, strict=True))


def _scalar(kind: Any, data: Any) -> Any:
    if dataclasses.is_dataclass(kind):
        if not isinstance(data, Mapping):
            raise TypeError(f"{data!r} is no {kind}")
        hints = _hints(typing.cast("type", kind))
        fields = {f.name for f in dataclasses.fields(kind)}
        return typing.cast("type", kind)(**{k: from_plain(hints[k], v) for k, v in data.items() if k in fields})
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(data)
    if kind in (TimeOfDay, date):
        return kind.fromisoformat(data)
    if isinstance(kind, type) and issubclass(kind, tuple) and hasattr(kind, "_fields"):
        return kind(*data)
    if kind is float and isinstance(data, int) and not isinstance(data, bool):
        return float(data)
    if not isinstance(data, kind) or (isinstance(data, bool) and kind is not bool):
        raise TypeError(f"{data!r} is no {kind.__name__}")
    return data


def dumps(value: Any) -> bytes:
    """One message as a line of JSON (no newline inside), with its type's name."""
    return json.dumps(
        {"is": type(value).__name__, **to_plain(value)}, ensure_ascii=False, separators=(",", ":")
    ).encode()


def loads(union: Any, line: bytes) -> Any:
    """Read one message of the given union of dataclasses.

    Raises Corrupt when the bytes are no such message.
    """
    by_name = {option.__name__: option for option in (get_args(union) or (union,))}
    try:
        data = json.loads(line)
        return from_plain(by_name[data["is"]], data)
    except (ValueError, TypeError, KeyError) as e:
        raise Corrupt(f"not a message: {line[:80]!r} ({e})", f"không phải thông điệp: {line[:80]!r}") from e
