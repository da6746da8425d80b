"""The text messages of ``/api/cameras/{id}/live``. Binary ones are fMP4: the header after ``init``, then fragments."""

from typing import Literal

from matpho.domain.observation import Group
from matpho.web.schemas.base import BoxBody, Shape, Time


class LiveInitMessage(Shape):
    """The picture begins, or begins anew. ``codec`` is for ``MediaSource.isTypeSupported``; empty: cannot be played."""

    type: Literal["init"] = "init"
    codec: str
    width: int
    height: int
    masked: bool


class LiveAgeMessage(Shape):
    """When the newest fragment was captured and how old it was when it was sent; comes only while pictures flow."""

    type: Literal["age"] = "age"
    captured: Time
    age_ms: int


class LiveBox(Shape):
    """One thing on the picture; ``id`` is its track's."""

    id: int
    group: Group
    box: BoxBody


class LiveBoxesMessage(Shape):
    """What is on the picture, to draw over it."""

    type: Literal["boxes"] = "boxes"
    at: Time
    boxes: list[LiveBox]


class LiveLostMessage(Shape):
    """There is no picture now, and why; ``init`` follows when it is back."""

    type: Literal["lost"] = "lost"
    detail_vi: str
    detail_en: str


class LiveMessages(Shape):
    """All of them, by type. Never sent as a whole."""

    init: LiveInitMessage
    age: LiveAgeMessage
    boxes: LiveBoxesMessage
    lost: LiveLostMessage
