"""The duty over a real store: problems are raised, told, answered and ended; days add up."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from matpho.casework.health.alarms import Manners
from matpho.casework.health.commands import AnswerProblem, SetQuietHours
from matpho.casework.health.keeper import HealthKeeper, MachineDisk, MachineProcess
from matpho.casework.health.quiet import quiet_of
from matpho.casework.health.views import HealthViews
from matpho.casework.health.words import sentence, whose
from matpho.casework.records import Segment
from matpho.casework.retention import removal
from matpho.casework.states import States
from matpho.domain.camera import StreamRole
from matpho.domain.events import AlarmTold, ProblemChanged
from matpho.domain.ids import CameraId
from matpho.domain.messages import GapCause, GapSeen, Link, PictureSeen, RemovalWhy, StreamState
from matpho.domain.quiet import QuietHours
from matpho.domain.register import RegisterEntry
from matpho.domain.time import after
from matpho.domain.words import NOTHING_SAID
from matpho.errors import NotAllowed
from matpho.testing.builders import at

pytestmark = pytest.mark.unit

NAME = CameraId("nga-ba-cho")
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


class Computer:
    def __init__(self):
        self.free, self.running = 10**12, "running"
        self.analysed: tuple[float, float] | None = None

    def disk(self):
        return MachineDisk(total=2 * 10**12, free=self.free, reserve=2 * 10**9)

    def processes(self):
        analysis = MachineProcess(name="vision-0", state="running", restarts=0, analysed=self.analysed)
        return (MachineProcess(name="recorder", state=self.running, restarts=0), analysis)


class Ward:
    def __init__(self, office, wishes=lambda: Manners(zone=ZONE)):
        self.office, self.computer = office, Computer()
        self.states = States(office.clock)
        self.keeper = HealthKeeper(
            office.desk,
            office.store,
            self.states,
            self.computer,
            office.clock,
            wishes,
            wanted_days=30,
        )
        self.views = HealthViews(office.store, self.states, ZONE, QuietHours())

    def live(self, **changes):
        now = self.office.clock.now()
        values = {"link": Link.LIVE, "since": at(0), "last_packet": now, "fps": 25.0, "kbit_s": 4000.0, "codec": "h264"}
        more = {"width": 1920, "height": 1080, "clock_offset_ms": 10.0}
        self.states.hear(StreamState(camera_id=NAME, role=StreamRole.MAIN, **(values | more | changes)))
        self.states.hear(PictureSeen(NAME, now, 110.0, 40.0, 0.25, 0.0))

    def go(self, s, **changes):
        for _ in range(0, s, 5):
            self.office.clock.go(5)
            self.live(**changes)
            self.keeper.step()

    def problems(self):
        with self.office.store.read() as unit:
            return [(p.subject, p.trouble) for p in unit.health.open_problems()]


@pytest.fixture
def ward(office):
    return Ward(office)


def test_a_camera_that_goes_and_comes_back(ward):
    ward.go(120)
    assert ward.problems() == []
    ward.go(90, link=Link.LOST)
    assert ward.problems() == [("camera:nga-ba-cho", "offline")]
    told = [e for e in ward.office.told if isinstance(e, (ProblemChanged, AlarmTold))]
    assert [type(e).__name__ for e in told] == ["ProblemChanged", "AlarmTold"]
    ward.go(90)
    assert ward.problems() == []
    assert [e.why for e in ward.office.told if isinstance(e, AlarmTold)] == ["raised", "cleared"]
    health = ward.views.health(ward.office.actor("observer"), ward.office.clock.now())
    assert [p.trouble for p in health.recent] == ["offline"]


def test_a_dead_recorder_is_one_problem_and_not_one_for_each_camera(ward):
    ward.go(60)
    ward.computer.running = "stopped"
    ward.go(180, link=Link.LOST)
    assert ward.problems() == [("process:recorder", "process")]


def test_a_disk_that_is_full(ward):
    ward.computer.free = 10**9
    ward.go(60)
    assert ward.problems() == [("disk", "disk_full")]


def test_an_answer_is_kept_with_its_name_and_audited(ward):
    ward.go(90, link=Link.LOST)
    with ward.office.store.read() as unit:
        (problem,) = unit.health.open_problems()
    answer = AnswerProblem(problem_id=problem.id, note="Cúp điện tổ 3", assigned="Anh Bình, điện lực")
    with pytest.raises(NotAllowed):
        ward.office.desk.handle(answer, ward.office.actor("observer"))
    ward.office.desk.handle(answer, ward.office.actor("officer"))
    with ward.office.store.read() as unit:
        (problem,) = unit.health.open_problems()
    assert (problem.note, problem.assigned) == ("Cúp điện tổ 3", "Anh Bình, điện lực")
    assert problem.acknowledged_by == ward.office.actor("officer").id
    assert ward.office.trail()[-1].action == "answer_problem"
    ward.go(10, link=Link.LOST)
    with ward.office.store.read() as unit:
        assert unit.health.open_problems()[0].assigned == "Anh Bình, điện lực"


def test_quiet_hours_that_are_set_hold_from_the_next_look_and_what_waited_is_told_when_they_are_lifted(office):
    def wishes():
        with office.store.read() as unit:
            return Manners(zone=ZONE, quiet=quiet_of(unit, QuietHours()).now.hours)

    ward = Ward(office, wishes)
    ward.go(30)
    admin = office.actor("admin")
    office.desk.handle(SetQuietHours(hours="06:00-08:00"), admin)  # the builders' noon is 07:00 in the ward
    assert ward.views.health(admin, office.clock.now()).quiet_now
    ward.go(120, link=Link.LOST)
    assert ward.problems() == [("camera:nga-ba-cho", "offline")]
    assert not [e for e in office.told if isinstance(e, AlarmTold)]
    office.desk.handle(SetQuietHours(hours=""), admin)
    assert not ward.views.health(admin, office.clock.now()).quiet_now
    ward.go(5, link=Link.LOST)
    assert [e.why for e in office.told if isinstance(e, AlarmTold)] == ["digest"]


def test_a_restart_of_the_desk_keeps_what_was_raised(ward):
    ward.go(90, link=Link.LOST)
    again = Ward(ward.office)
    again.go(30, link=Link.LOST)
    assert again.problems() == [("camera:nga-ba-cho", "offline")]
    again.go(90)
    assert again.problems() == []


def test_the_day_in_figures_and_as_csv(ward):
    clock = ward.office.clock
    begun = clock.now()
    with ward.office.store.write() as unit:
        unit.recordings.put_segment(
            Segment(
                camera_id=NAME,
                role=StreamRole.MAIN,
                path="a.mp4",
                start=begun,
                end=after(begun, 3000),
                codec="h264",
                width=1,
                height=1,
                size_bytes=10**9,
            )
        )
        gap = GapSeen(NAME, StreamRole.MAIN, after(begun, 3000), after(begun, 6000), GapCause.NETWORK, NOTHING_SAID)
        unit.recordings.put_gap(gap)
    clock.go(6000)
    ward.live()
    ward.keeper.step()
    health = ward.views.health(ward.office.actor("observer"), clock.now())
    (day,) = health.cameras[0].days
    assert (day.recorded_s, day.gaps) == (3000, {"network": 3000})
    assert health.uptime[1] == pytest.approx(0.5, abs=0.01)
    assert health.cameras[0].camera.main is None  # no address leaves
    lines = ward.views.uptime_csv(ward.office.actor("observer"), clock.now(), 30).split("\r\n")
    assert lines[0] == "day,camera,name,expected_s,recorded_s,uptime_percent,gap_network_s"
    assert lines[1].startswith("2026-01-01,nga-ba-cho,Ngã ba chợ,60")
    clock.go(90)
    ward.live()
    ward.keeper.step()
    assert ("camera:nga-ba-cho", "gaps") in ward.problems()
    with ward.office.store.read() as unit:
        problem = next(p for p in unit.health.open_problems() if p.trouble == "gaps")
    assert sentence(problem).vi == "Bản ghi thiếu nhiều phút trong ngày: thiếu 50 phút."
    assert whose(problem, {"nga-ba-cho": "Ngã ba chợ"}).en == "Ngã ba chợ"


def test_what_was_removed_stays_counted_and_what_was_taken_back_does_not(ward):
    """A camera that keeps only incidents loses most of a day within the hour; it was recorded all the same."""
    clock = ward.office.clock
    begun = clock.now()

    def recorded(n):
        path, start = f"{n}{'-import.mp4' if n == 2 else '.mp4'}", after(begun, 1000 * n)
        file = Segment(
            camera_id=NAME,
            role=StreamRole.MAIN,
            path=path,
            start=start,
            end=after(start, 1000),
            codec="h264",
            width=1,
            height=1,
            size_bytes=10**9,
            frames=9,
        )
        with ward.office.store.write() as unit:
            unit.recordings.put_segment(file)
        return file

    def day():
        clock.go(600)
        ward.live()
        ward.keeper.step()
        (found,) = ward.views.health(ward.office.actor("observer"), clock.now()).cameras[0].days
        return found.recorded_s, found.gaps

    first, second = recorded(0), recorded(1)
    clock.go(2000)
    assert day()[0] == 2000
    with ward.office.store.write() as unit:
        for file in (first, second):
            unit.keeping.note_removed(removal(file, clock.now(), RemovalWhy.NOT_KEPT))
    assert day()[0] == 2000
    brought = recorded(2)
    clock.go(2000)
    recorded(3)
    assert day()[0] == 4000
    gap = GapSeen(NAME, StreamRole.MAIN, brought.start, brought.end, GapCause.CAMERA, NOTHING_SAID)
    with ward.office.store.write() as unit:
        unit.recordings.drop_segment(brought.path)
        unit.recordings.put_gap(gap)
    told = day()
    assert told[0] == 3000
    assert told[1]["camera"] == 1000


def test_an_entry_that_is_overdue_and_a_certificate_that_ran_out_are_told_until_they_are_put_right(ward):
    def enter(**entry):
        with ward.office.store.write() as unit:
            unit.register.put(NAME, RegisterEntry(**entry))
        ward.go(5)
        return [p for p in ward.problems() if p[1] in ("register", "certificate")]

    today = datetime.fromtimestamp(ward.office.clock.now() / 1e9, tz=ZONE).date()
    whole = {"sign_at": today, "purpose": "giữ vệ sinh", "retention_days": 15}
    assert enter(complete_by=today) == []
    assert enter(complete_by=today - timedelta(days=3)) == [("camera:nga-ba-cho", "register")]
    with ward.office.store.read() as unit:
        (told,) = [p for p in unit.health.open_problems() if p.trouble == "register"]
    assert sentence(told).vi == "Hồ sơ camera còn thiếu và đã quá hạn: quá 3 ngày."
    gone = today - timedelta(days=1)
    assert enter(**whole, certificate_until=gone) == [("camera:nga-ba-cho", "certificate")]
    assert enter(**whole, certificate_until=today) == []


def test_a_stream_that_is_slow_stays_so_over_a_restart_of_the_desk(ward):
    ward.go(300, fps=25.0)
    ward.go(300, fps=8.0)
    assert ("camera:nga-ba-cho", "low_fps") in ward.problems()
    again = Ward(ward.office)
    again.go(300, fps=8.0)
    assert ("camera:nga-ba-cho", "low_fps") in again.problems(), "eight is not its usual rate"
    again.go(300, fps=25.0)
    assert again.problems() == []


def test_a_clock_is_told_as_people_say_it_and_a_process_by_what_it_does(ward):
    ward.go(300, clock_offset_ms=-7_200_000.0)
    with ward.office.store.read() as unit:
        (problem,) = unit.health.open_problems()
    assert sentence(problem).vi == "Đồng hồ camera sai: chậm 2,0 giờ."
    assert whose(replace(problem, subject="process:vision-0"), {}).vi == "Phần phân tích hình (vision-0)"
    assert whose(replace(problem, subject="process:other"), {}).vi == "Tiến trình other"


def test_the_disk_s_forecast_is_on_the_page(ward):
    begun = ward.office.clock.now()
    assert ward.views.health(ward.office.actor("observer"), begun).disk is None
    with ward.office.store.write() as unit:
        names = {"camera_id": NAME, "role": StreamRole.MAIN, "codec": "h264", "width": 1, "height": 1}
        day = Segment(path="a.mp4", start=begun, end=after(begun, 86400), size_bytes=100 * 10**9, **names)
        unit.recordings.put_segment(day)
    ward.office.clock.go(86400)
    ward.go(5)
    disk = ward.views.health(ward.office.actor("observer"), ward.office.clock.now()).disk
    assert disk.days_left == pytest.approx(9.98, abs=0.01), "998 GB free but for the reserve, 100 GB a day"
    assert (disk.kept_days, disk.wanted_days) == (1.0, 30)


def test_the_rush_of_a_stream_that_came_up_is_not_its_usual_rate(ward):
    begun = ward.office.clock.now()
    ward.go(25, fps=24.0, since=begun)
    ward.go(600, fps=10.0, since=begun)
    assert ward.problems() == []
    ward.go(600, fps=4.0, since=begun)
    assert ("camera:nga-ba-cho", "low_fps") in ward.problems()


def test_an_analysis_that_does_not_keep_up_is_told_and_a_stall_is_not(ward):
    due, left_out = 0.0, 0.0
    for look in range(30):  # a stall of a quarter of a minute in the middle
        due, left_out = due + 750, left_out + (300 if 12 <= look < 15 else 0)
        ward.computer.analysed = due, left_out
        ward.go(5)
    assert ward.problems() == []
    for _ in range(40):
        due, left_out = due + 750, left_out + 300
        ward.computer.analysed = due, left_out
        ward.go(5)
    assert ward.problems() == [("process:vision-0", "analysis_late")]
    open_now = ward.views.health(ward.office.actor("observer"), ward.office.clock.now()).problems
    assert "40 %" in sentence(open_now[0]).vi
    for _ in range(90):
        due += 750
        ward.computer.analysed = due, left_out
        ward.go(5)
    assert ward.problems() == []
