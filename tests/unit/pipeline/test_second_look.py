"""The second look: what it confirms, withholds, and lets pass where it cannot look."""

import numpy as np
import pytest

from matpho.domain.geometry import Box
from matpho.domain.ids import CameraId
from matpho.domain.observation import Group, Observation, Scene, Track, TrackPoint
from matpho.pipeline.second_look import AGAIN_S, LONGEST_S, LOOKS, QUESTIONS, InFilm, SecondLook
from matpho.rules.table import ZONE_RULES
from matpho.testing.builders import at, hit
from matpho.vision.frame import Frame

pytestmark = pytest.mark.unit

PLACE = Box(0.4, 0.5, 0.1, 0.2)
BLACK = np.zeros((360, 640), np.uint8)


class Look:
    """A second look whose detector sees, in the whole picture's coordinates, what ``seen`` says at the moment."""

    def __init__(self, seen=(), *, granted=True, pictures=None):
        self.seen, self.granted, self.sizes = list(seen), granted, []
        self.look = SecondLook(CameraId("c"), pictures or InFilm(), self._detect, lambda _at: self.granted)

    def _detect(self, image):
        """The crop is around PLACE; what is seen comes back in its coordinates."""
        height, width = image.shape[:2]
        self.sizes.append((width, height))
        w, h = width / 640, height / 360
        x, y = min(max(PLACE.centre.x - w / 2, 0), 1 - w), min(max(PLACE.centre.y - h / 2, 0), 1 - h)
        return [
            Observation(o.group, o.label, Box((o.box.x - x) / w, (o.box.y - y) / h, o.box.w / w, o.box.h / h), o.score)
            for o in self.seen
        ]

    def at(self, s, *hits, tracks=()):
        return self.look.judge(hits, Scene(CameraId("c"), at(s), tracks, ()), Frame(at(s), BLACK))


def seen(group, score=0.7, box=PLACE):
    return Observation(group, str(group), box, score)


def parked(**changes):
    return hit(**({"id": "p1", "kind": "illegal_parking", "box": PLACE, "score": 0.4, "thing": "static:1"} | changes))


def test_what_must_be_there_and_is_confirms_the_hit():
    look = Look([seen(Group.VEHICLE, 0.7)])
    (told,) = look.at(20, parked())
    assert told.figures["second_look_share"] == 0.7
    assert look.look.counts.confirmed == 1
    assert look.at(50, parked(at=at(50))) == [parked(at=at(50))], "told again without another look"
    assert len(look.sizes) == 1


def test_what_is_not_there_is_withheld_after_three_looks_and_counted():
    look = Look([seen(Group.PERSON)])
    told = look.at(20, parked())
    for step in range(1, 10):
        told += look.at(20 + step * AGAIN_S / 2)
    assert (told, len(look.sizes), look.look.counts.withheld) == ([], LOOKS, 1)
    assert look.at(40, parked(at=at(40), end=at(40))) == [], "what nobody was told of ends unheard"


def test_what_was_withheld_is_judged_anew_when_it_is_told_again():
    look = Look()
    for step in range(8):
        look.at(20 + step, *([parked()] if step == 0 else []))
    look.seen = [seen(Group.VEHICLE)]
    (told,) = look.at(50, parked(at=at(50)))
    assert told.at == at(50)
    assert (look.look.counts.withheld, look.look.counts.confirmed) == (1, 1)


def test_a_rule_that_is_sure_is_believed_although_nothing_is_seen():
    look = Look()
    told = look.at(20, parked(score=0.9)) + look.at(21) + look.at(22)
    assert [h.score for h in told] == [0.9]
    assert "second_look_share" not in told[0].figures
    assert look.look.counts.unverified == 1


class NoPicture:
    """A camera whose main stream is down."""

    def __init__(self):
        self.asked = 0

    def ask(self, _camera_id):
        self.asked += 1

    def take(self, _camera_id, _frame):
        return None


@pytest.mark.parametrize("blind", [{"pictures": NoPicture()}, {"granted": False}])
def test_where_nobody_can_look_the_rules_word_stands_after_some_seconds(blind):
    look = Look(**blind)
    assert look.at(20, parked()) == []
    assert look.at(20 + LONGEST_S) == []
    assert look.at(20.1 + LONGEST_S) == [parked()]
    assert look.look.counts.unverified == 1


def test_somebody_who_crouches_is_no_bag_and_a_passer_by_does_not_hide_one():
    person = Look([seen(Group.PERSON)])
    told = [h for s in range(20, 26) for h in person.at(s, *([hit(box=PLACE, score=0.4)] if s == 20 else []))]
    assert (told, person.look.counts.withheld) == ([], 1)
    beside = Look([seen(Group.PERSON, box=Box(0.52, 0.4, 0.08, 0.3))])
    assert [h.id for h in beside.at(20, hit(box=PLACE))] == [hit().id]


def test_a_track_is_looked_at_where_it_is_now():
    moved = Box(0.4, 0.5, 0.1, 0.2)
    track = Track(5, Group.PERSON, "person", 0.5, at(10), (TrackPoint(at(20), moved, seen=True),))
    look = Look([seen(Group.PERSON)])
    far = hit(id="i1", kind="intrusion", thing="track:5", track_ids=(5,), box=Box(0.0, 0.0, 0.05, 0.1))
    assert [h.id for h in look.at(20, far, tracks=(track,))] == ["i1"]


def test_kinds_that_do_not_wait_and_hits_of_the_whole_picture_pass_at_once():
    look = Look()
    whole, red = parked(box=None), hit(kind="red_light")
    assert look.at(20, whole, red) == [whole, red]
    assert look.sizes == []


def test_a_crop_shows_surroundings_and_the_newest_telling_is_passed_on():
    look = Look(granted=False)
    assert look.at(20, parked()) == []
    look.granted, look.seen = True, [seen(Group.VEHICLE)]
    (told,) = look.at(21, parked(at=at(21), end=at(21)))
    assert told.end == at(21)
    width, height = look.sizes[0]
    assert width >= (PLACE.w + 1.2 * PLACE.h) * 640 - 2
    assert 256 <= height < 360


def test_at_the_end_what_waits_is_told_and_what_was_withheld_is_not():
    look = Look()
    for step in range(5):
        look.at(20 + step, *([parked()] if step == 0 else []))
    look.at(26, parked(id="p2", at=at(26)))
    ends = [parked(end=at(27)), parked(id="p2", end=at(27))]
    assert [(h.id, h.end) for h in look.look.finish(ends)] == [("p2", None), ("p2", at(27))]


def test_every_question_is_about_a_kind_that_a_zone_can_have():
    from matpho.domain.camera import PURPOSE_RULES

    known = {kind for kinds in PURPOSE_RULES.values() for kind in kinds}
    assert set(QUESTIONS) <= known
    assert {"intrusion", "illegal_dumping"} <= set(ZONE_RULES) & set(QUESTIONS)
