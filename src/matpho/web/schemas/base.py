"""Shapes that all subjects share: times, boxes, sentences, errors."""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainSerializer, WithJsonSchema

from matpho.domain.geometry import Box
from matpho.domain.time import Instant, from_iso, to_iso
from matpho.domain.words import Said


def _instant(value: Any) -> int:
    """Nanoseconds from an ISO 8601 text with offset, or as they are."""
    if isinstance(value, str):
        return from_iso(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise ValueError("a time in ISO 8601 with an offset or Z")


Time = Annotated[
    Instant,
    BeforeValidator(_instant),
    PlainSerializer(lambda at: to_iso(Instant(at)), return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-11-23T05:06:07.089Z"]}),
]
"""An instant: nanoseconds inside, ISO 8601 UTC outside."""

BoxBody = tuple[float, float, float, float]
"""x, y, w, h in 0..1 of the frame."""

PointBody = tuple[float, float]
"""x, y in 0..1 of the frame."""


class Shape(BaseModel):
    """Base of all shapes: unknown fields are refused, so that a typing error never passes for success."""

    model_config = ConfigDict(extra="forbid")


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
