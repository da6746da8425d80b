"""Shapes that all subjects share: times, boxes, sentences, errors."""

import re
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    PlainSerializer,
    WithJsonSchema,
    model_validator,
)

from matpho.domain.geometry import Box
from matpho.domain.time import Instant, from_iso, to_iso
from matpho.domain.words import Said

_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_DEEPEST = 12
_LATEST = (1 << 63) - 1  # what the database keeps; the year 2262


def _instant(value: Any) -> int:
    """Nanoseconds from an ISO 8601 text with offset, or as they are."""
    try:
        found = from_iso(value) if isinstance(value, str) else value
    except OverflowError as e:
        raise ValueError("a time out of range") from e
    if not isinstance(found, int) or isinstance(found, bool):
        raise ValueError("a time in ISO 8601 with an offset or Z")  # noqa: TRY004 - pydantic wants ValueError
    if not 0 <= found <= _LATEST:
        raise ValueError("a time between 1970 and 2262")
    return found


Time = Annotated[
    Instant,
    BeforeValidator(_instant),
    PlainSerializer(lambda at: to_iso(Instant(at)), return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-11-23T05:06:07.089Z"]}),
]
"""An instant: nanoseconds inside, ISO 8601 UTC outside."""


def _cursor(value: str | None) -> str | None:
    """A cursor that starts with a number the database can hold."""
    number = (value or "0").partition(".")[0]
    if not number.isascii() or not number.isdecimal() or len(number) > 19 or int(number) > _LATEST:
        raise ValueError("a cursor as the page before gave it")
    return value


Cursor = Annotated[str | None, AfterValidator(_cursor)]
"""Where a page of a list begins: what ``next`` of the page before said."""

BoxBody = tuple[float, float, float, float]
"""x, y, w, h in 0..1 of the frame."""

PointBody = tuple[float, float]
"""x, y in 0..1 of the frame."""


class Shape(BaseModel):
    """Base of all shapes: unknown fields are refused, so that a typing error never passes for success."""

    model_config = ConfigDict(extra="forbid")


class Form(Shape):
    """Base of what people send: their texts hold no control characters but line breaks, and no half characters."""

    @model_validator(mode="before")
    @classmethod
    def _plain_text(cls, data: Any) -> Any:
        _check_texts(data)
        return data


def _check_texts(data: Any, depth: int = 0) -> None:
    if depth > _DEEPEST:
        raise ValueError("nested too deeply")
    if isinstance(data, str) and _UNPRINTABLE.search(data):
        raise ValueError("text with control characters")
    if isinstance(data, dict):
        data = [*data.keys(), *data.values()]
    if isinstance(data, list):
        for item in data:
            _check_texts(item, depth + 1)


class SaidBody(Shape):
    """A sentence in both languages."""

    vi: str
    en: str


class ErrorDetail(SaidBody):
    """What went wrong. ``code`` is stable; the sentences are for people."""

    code: str


class ErrorBody(Shape):
    """Every answer that is no success."""

    error: ErrorDetail


def said(sentence: Said) -> SaidBody:
    """A sentence as the API gives it."""
    return SaidBody(vi=sentence.vi, en=sentence.en)


def box_body(box: Box) -> BoxBody:
    """A box as the API gives it; five decimals are a hundredth of a pixel."""
    return round(box.x, 5), round(box.y, 5), round(box.w, 5), round(box.h, 5)
