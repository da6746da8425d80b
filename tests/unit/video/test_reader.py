from dataclasses import replace

import pytest

from matpho.domain.address import parse
from matpho.domain.camera import StreamRole
from matpho.domain.ids import CameraId
from matpho.domain.messages import GapCause, Link
from matpho.domain.time import SECOND
from matpho.domain.words import Said
from matpho.errors import BadVideo, SourceLost, SourceRefused, SourceStalled, SourceUnreachable
from matpho.testing.clock import HandClock
from matpho.testing.footage import ScriptedSource, packets
from matpho.video.reader import StreamReader, paced, pause_s

pytestmark = pytest.mark.unit
SECRET = "rtsp://admin:hunter2@cam/1"


class Notes:
    def __init__(self):
        self.began_with, self.packets, self.losses = [], [], []

    def began(self, info):
        self.began_with.append(info)

    def packet(self, packet):
        self.packets.append(packet)

    def lost(self, cause, detail):
        self.losses.append((cause, detail))


class Bench:
    def __init__(self, open_source=None):
        self.clock, self.notes, self.states = HandClock(), Notes(), []
        self.reader = StreamReader(
            CameraId("c"),
            StreamRole.MAIN,
            parse(SECRET),
            open_source=open_source,
            listeners=(self.notes,),
            tell=self.states.append,
            clock=self.clock,
        )

    def play(self, info, script, then=None):
        self.source = ScriptedSource(info, script, self.clock, then)
        self.reader._open = lambda _: self.source
        return self.reader._one_connection()


def test_packets_arrive_anchored_to_the_wall_clock():
    bench = Bench()
    info, script = packets(pictures=60, first_pts=123_456)
    bench.play(info, script)
    assert bench.source.closed
    assert len(bench.notes.packets) == 60
    assert bench.notes.began_with == [info]
    last = bench.notes.packets[-1]
    assert last.at == bench.clock.now()
    steps = {b.at - a.at for a, b in zip(bench.notes.packets, bench.notes.packets[1:], strict=False)}
    assert steps == {SECOND // 10}
    live = [s for s in bench.states if s.link is Link.LIVE]
    assert live[-1].fps == pytest.approx(10, abs=0.1)
    assert (live[-1].codec, live[-1].width, live[-1].height) == ("h264", 160, 120)


def test_it_starts_with_a_key_frame():
    bench = Bench()
    info, script = packets(pictures=40, gop=10)
    bench.play(info, script[4:])
    assert bench.notes.packets[0].key
    assert len(bench.notes.packets) == 30


def test_changed_parameters_are_told_before_their_key_frame():
    bench = Bench()
    info, script = packets(pictures=20, gop=10)
    other, later = packets(pictures=20, gop=10, size=(320, 192), first_pts=20 * 9000)
    bench.play(info, [*script, *later])
    assert [(i.width, i.height) for i in bench.notes.began_with] == [(160, 120), (320, 192)]
    assert len(bench.notes.packets) == 40
    assert other.width == 320


@pytest.mark.parametrize("leap", [-500_000, 9_000_000])
def test_time_stamps_that_leap_begin_a_new_time_line_at_the_next_key_frame(leap):
    bench = Bench()
    info, script = packets(pictures=20, gop=10)
    _, later = packets(pictures=30, gop=10, first_pts=180_000 + leap)
    bench.play(info, [*script, *later[5:]])
    assert len(bench.notes.began_with) == 2
    assert len(bench.notes.packets) == 20 + 20
    assert bench.notes.packets[-1].at == bench.clock.now()


def test_a_wall_clock_that_is_set_is_followed_at_a_key_frame():
    bench = Bench()
    info, script = packets(pictures=60, gop=10)

    class Stepped(ScriptedSource):
        def __iter__(self):
            for n, packet in enumerate(super().__iter__()):
                if n == 35:
                    bench.clock.step(-3600)
                yield packet

    bench.source = Stepped(info, script, bench.clock)
    bench.reader._open = lambda _: bench.source
    bench.reader._one_connection()
    assert len(bench.notes.began_with) == 2
    assert bench.notes.packets[-1].at == bench.clock.now()


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (SourceRefused("no", "không"), (GapCause.CAMERA, Link.REFUSED)),
        (SourceStalled("no answer", "không trả lời"), (GapCause.CAMERA, Link.LOST)),
        (BadVideo("no video", "không có hình"), (GapCause.CAMERA, Link.LOST)),
        (SourceLost("no such stream", "không có luồng"), (GapCause.CAMERA, Link.LOST)),
        (SourceUnreachable("unreachable", "mất"), (GapCause.NETWORK, Link.LOST)),
        (RuntimeError(f"cannot read {SECRET}"), (GapCause.CAMERA, Link.LOST)),
    ],
)
def test_why_it_did_not_open(error, expected, caplog):
    bench = Bench()

    def refuse(_):
        raise error

    bench.reader._open = refuse
    cause, detail, link = bench.reader._one_connection()
    assert (cause, link) == expected
    assert "hunter2" not in detail.vi + detail.en + caplog.text


def test_a_connection_that_breaks_is_the_cameras_doing():
    bench = Bench()
    info, script = packets(pictures=20)
    assert bench.play(info, script, SourceLost("closed", "đóng")) == (
        GapCause.CAMERA,
        Said("đóng", "closed"),
        Link.LOST,
    )
    assert bench.play(info, script, SourceStalled("silent", "im")) == (
        GapCause.CAMERA,
        Said("im", "silent"),
        Link.LOST,
    )
    assert bench.play(info, script, SourceUnreachable("cut", "đứt")) == (
        GapCause.NETWORK,
        Said("đứt", "cut"),
        Link.LOST,
    )


@pytest.mark.errors_expected
def test_a_listener_that_fails_stops_nobody_else(caplog):
    bench = Bench()

    class Broken(Notes):
        def packet(self, packet):
            raise ValueError(f"viewer {packet.pts}")

    bench.reader._listeners = (Broken(), bench.notes)
    info, script = packets(pictures=20)
    bench.play(info, script)
    assert len(bench.notes.packets) == 20


def test_damaged_parameters_on_the_way_keep_the_stream(monkeypatch):
    bench = Bench()
    info, script = packets(pictures=20, gop=10)
    broken = replace(info, extradata=b"\x00\x00\x00\x01\x67other")

    def unreadable(*_):
        raise BadVideo("damaged", "hỏng")

    monkeypatch.setattr("matpho.video.reader.probed", unreadable)
    bench.play(broken, script)
    assert len(bench.notes.packets) == 20


def test_a_file_stands_in_for_a_camera_at_its_own_pace():
    clock = HandClock()
    _, script = packets(pictures=20)
    began = clock.monotonic_s()
    for count, _ in enumerate(paced(script, clock, clock.go)):
        assert clock.monotonic_s() - began == pytest.approx(count / 10)


def test_a_lost_camera_is_tried_every_few_seconds_and_one_that_refuses_is_not_hammered():
    assert [pause_s(Link.LOST, n) for n in (0, 1, 2, 3, 50)] == [1, 2, 4, 8, 8]
    assert [pause_s(Link.REFUSED, n) for n in (0, 1, 2, 50)] == [2, 8, 30, 30]


def test_the_rate_of_a_connection_is_its_own():
    """The minute without pictures is no part of it."""
    bench = Bench()
    info, script = packets(pictures=60)
    bench.play(info, script)
    bench.clock.go(3)
    bench.play(info, script)
    live = [s for s in bench.states if s.link is Link.LIVE]
    assert {round(s.fps) for s in live if s.fps} == {10}


def test_it_comes_back_and_stops():
    tries = []
    bench = Bench()

    def refuse(_):
        tries.append(1)
        raise SourceLost("unreachable", "không tới được")

    bench.reader._open = refuse
    bench.reader._stop.wait = lambda _: len(tries) > 3 and bench.reader._stop.set()
    bench.reader.start()
    bench.reader._thread.join(5)
    assert bench.reader.stop()
    assert len(tries) == 4
    assert bench.states[-1].link is Link.OFF
    assert {s.link for s in bench.states} == {Link.CONNECTING, Link.LOST, Link.OFF}
    assert not any("hunter2" in str(s) for s in bench.states)


class Buffered(ScriptedSource):
    """A camera whose packets come when they are due, ``late_s`` later from the second half on, and wait to be read."""

    late_s, waits, costs_s = 0.0, 0, 0.0

    def __iter__(self):
        began_s, first = self._clock.monotonic_s(), self._script[0].dts
        self.unread_s = []
        for n, packet in enumerate(self._script):
            self._clock.go(self.costs_s)
            self.unread_s.append(self._clock.monotonic_s() - began_s - float((packet.dts - first) * packet.time_base))
            due_s = began_s + float((packet.dts - first) * packet.time_base)
            due_s += self.late_s if n >= len(self._script) // 2 else 0.0
            if due_s > self._clock.monotonic_s():
                self.waits += 1
                self._clock.go(due_s - self._clock.monotonic_s())
            yield packet


def read_with_naps(nap_s, late_s=0.0, *, pictures=300, fps=10, costs_s=0.0):
    """Pictures, ten a second where nothing else is said; the bench, and when the reader napped."""
    bench, napped = Bench(), []

    def nap(length_s):
        napped.append(bench.clock.monotonic_s())
        bench.clock.go(length_s)

    bench.reader._nap_s, bench.reader._stop.wait = nap_s, nap
    info, script = packets(pictures=pictures, fps=fps, gop=2 * fps)
    bench.source = Buffered(info, script, bench.clock)
    bench.source.late_s, bench.source.costs_s = late_s, costs_s
    bench.reader._open = lambda _: bench.source
    bench.reader._one_connection()
    return bench, napped


def test_packets_gather_while_nobody_needs_them_and_none_is_lost_or_dated_otherwise():
    at_once, none = read_with_naps(lambda: 0.0)
    gathered, napped = read_with_naps(lambda: 0.4)
    assert none == []
    assert len(napped) > 35
    assert gathered.source.waits < at_once.source.waits / 2
    assert [p.dts for p in gathered.notes.packets] == [p.dts for p in at_once.notes.packets]
    assert {a.at - b.at for a, b in zip(gathered.notes.packets, at_once.notes.packets, strict=True)} == {
        gathered.notes.packets[0].at - at_once.notes.packets[0].at
    }


def test_a_reader_that_is_behind_does_not_nap():
    bench, napped = read_with_naps(lambda: 0.4, late_s=0.45)  # what is late for half a minute is the network's doing
    behind_s = bench.notes.packets[150].at / SECOND
    wall_less_monotonic = bench.clock.now() / SECOND - bench.clock.monotonic_s()
    assert napped
    assert max(napped) + wall_less_monotonic < behind_s + 1.0


@pytest.mark.parametrize("costs_s", [0.0, 0.004])  # as long as a thread may wait for its turn on a busy machine
def test_naps_never_leave_more_and_more_unread(costs_s):
    """Packets left in the buffer made pictures half a second late within two minutes, and the clock move after them."""
    bench, napped = read_with_naps(lambda: 0.3, pictures=25 * 150, fps=25, costs_s=costs_s)
    ends = bench.source.unread_s[-250:]
    assert napped
    assert min(ends) < 0.12
    assert max(ends) < 0.5
    assert len(bench.notes.began_with) == 1, "one time line"


def test_a_camera_that_sends_much_is_read_more_often(monkeypatch):
    lengths = []

    def read():
        _, napped = read_with_naps(lambda: 0.4)
        lengths.append(len(napped))

    read()
    monkeypatch.setattr("matpho.video.reader.GATHERED_KBIT", 1.0)
    read()
    assert lengths[1] > lengths[0]


def test_it_stops_napping_at_once_when_somebody_watches():
    asked = []

    def nap_s():
        asked.append(None)
        return 0.4 if len(asked) < 50 else 0.0

    _, napped = read_with_naps(nap_s)
    assert 0 < len(napped) < 50
