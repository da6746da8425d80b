"""Looking back: what entered a region of the picture."""

from matpho.domain.observation import Group
from matpho.web.schemas.base import BoxBody, Shape, Time


class VisitBody(Shape):
    """One track that was in the region.

    ``start`` and ``end`` are its first and last moment there within the hours asked for; ``at`` is the middle of its
    longest stay, ``box`` where it was then, ``thumb_url`` a small picture of about that moment, ``picture_url`` the
    whole one.
    """

    camera_id: str
    camera_name: str
    track: str
    group: Group
    start: Time
    end: Time
    inside_s: float
    at: Time
    box: BoxBody
    thumb_url: str
    picture_url: str


class SearchBody(Shape):
    """A page of visits, newest first. ``next`` is the cursor of the page after, null at the end."""

    items: list[VisitBody]
    next: str | None
