import pytest

from matpho.domain.geometry import Box
from matpho.domain.messages import TrackEnded
from matpho.domain.observation import Group
from matpho.domain.time import after
from matpho.errors import NotFound

pytestmark = pytest.mark.unit

JPEG = b"\xff\xd8picture\xff\xd9"


class Pictures:
    """Remembers what was asked; a track that nothing was recorded of has no picture."""

    def __init__(self):
        self.asked = []

    def of(self, camera, track, at, *, masked, whole):  # noqa: ARG002 - a picture like any other
        self.asked.append((camera.id, track.track_id, masked, whole))
        if track.track_id == 9:
            raise NotFound("no picture", "không có hình")
        return JPEG


@pytest.fixture
def ward(office):
    office.pictures = Pictures()
    office.build(track_pictures=office.pictures)
    office.add_camera("cong-cho")
    office.add_camera("che", masked=True)
    now = office.clock.now()
    with office.store.write() as unit:
        for camera in ("cong-cho", "che"):
            for number in range(1, 10):
                start = after(now, -3600 * number)
                group = Group.PERSON if number % 2 else Group.TWO_WHEELER
                boxes = tuple(
                    (after(start, 2 * k), Box(0.05 + 0.1 * k, 0.1 * number - 0.05, 0.04, 0.04)) for k in range(9)
                )
                unit.recordings.put_track(TrackEnded(camera, number, group, start, boxes[-1][0], boxes))
    return office


def search(browser, **query):
    return browser.get("/api/search", params=query)


def test_what_entered_the_box_and_when(ward):
    officer = ward.as_role_again("officer")
    answer = search(officer, camera="cong-cho", box="0.44,0.25,0.02,0.02").json()
    assert [item["track"].split("-")[1] for item in answer["items"]] == ["3"]
    (item,) = answer["items"]
    assert item["camera_name"] == "Cổng cong-cho"
    assert item["group"] == "person"
    assert item["start"] < item["at"] < item["end"]
    assert item["inside_s"] == pytest.approx(1.2, abs=0.02)
    assert answer["next"] is None


def test_groups_hours_and_pages(ward):
    officer = ward.as_role_again("officer")
    riders = search(officer, camera="cong-cho", group="two_wheeler").json()["items"]
    assert [i["track"].split("-")[1] for i in riders] == ["2", "4", "6", "8"]
    first = search(officer, limit=5).json()
    rest = search(officer, limit=200, cursor=first["next"]).json()
    assert len(first["items"]) == 5
    assert len(rest["items"]) == 13
    assert rest["next"] is None
    # noon UTC is 13:00 … in Hanoi; the tracks began 1 to 9 hours before
    in_hour = search(officer, camera="cong-cho", hours="09:00-11:00").json()["items"]
    assert 0 < len(in_hour) < 9


def test_every_search_is_in_the_trail_with_what_was_asked(ward):
    officer = ward.as_role_again("officer")
    search(officer, camera="cong-cho", box="0.4,0.2,0.1,0.1", group="person", hours="22:00-05:00", day=5)
    action, thing, detail = ward.trail()[-1]
    assert (action, thing) == ("search", "camera:cong-cho")
    assert detail["box"] == "0.4,0.2,0.1,0.1"
    assert (detail["groups"], detail["hours"], detail["days"], detail["found"]) == ("person", "22:00-05:00", "5", 0)
    search(officer)
    action, thing, detail = ward.trail()[-1]
    assert (action, thing, detail["cameras"], detail["found"]) == ("search", "tracks", "cong-cho che", 18)


def test_thumbnails_of_a_search_are_audited_with_it_and_others_by_themselves(ward):
    officer = ward.as_role_again("officer")
    items = search(officer, camera="cong-cho", limit=3).json()["items"]
    rows = len(ward.trail())
    assert officer.get(items[0]["thumb_url"]).content == JPEG
    assert officer.get(items[0]["thumb_url"]).content == JPEG
    assert len(ward.trail()) == rows
    assert len(ward.pictures.asked) == 1
    assert officer.get(items[0]["picture_url"]).content == JPEG
    assert ward.trail()[-1][:2] == ("view_track", "camera:cong-cho")
    colleague = ward.as_role_again("supervisor")
    assert colleague.get(items[0]["thumb_url"]).status_code == 200
    assert [row[0] for row in ward.trail()].count("view_track") == 2


def test_private_areas_are_covered_below_supervisor(ward):
    url = search(ward.as_role_again("officer"), camera="che", limit=1).json()["items"][0]["thumb_url"]
    ward.as_role_again("officer").get(url)
    ward.as_role_again("supervisor").get(url)
    assert [masked for _, _, masked, _ in ward.pictures.asked] == [True, False]


def test_what_cannot_be_asked_is_refused(ward):
    observer = ward.as_role_again("observer")
    assert search(observer).status_code == 403
    officer = ward.as_role_again("officer")
    for wrong in ("1,2,3", "0.9,0.9,0.5,0.5", "a,b,c,d", "nan,0,1,1", "0,0,0,0"):
        assert search(officer, box=wrong).status_code == 422, wrong
    assert search(officer, hours="25:00-26:00").status_code == 422
    assert search(officer, **{"from": "2020-01-01T00:00:00Z"}).status_code == 422
    assert search(officer, camera="khong-co").status_code == 404
    assert search(officer, cursor="1.x").status_code == 422
    assert search(officer, cursor=f"{ward.clock.now()}.khong-co.1").status_code == 200
    assert officer.get("/api/cameras/cong-cho/tracks/1-1/picture").status_code == 404
    assert officer.get("/api/cameras/cong-cho/tracks/x/picture").status_code == 422
    ninth = search(officer, camera="cong-cho", limit=200).json()["items"][-1]
    assert officer.get(ninth["thumb_url"]).status_code == 404
    assert "view_track" not in [row[0] for row in ward.trail()]
