"""The figures of the program in Prometheus' text format, put together at each reading.

Cameras are labelled by id; no name of a person or place, no address is in a label.
"""

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from prometheus_client import CollectorRegistry, Metric, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from matpho import __version__
from matpho.casework.health.days import local_day
from matpho.casework.health.records import CameraDay
from matpho.casework.health.signs import SILENT_S
from matpho.casework.ports import Unit
from matpho.domain.messages import Link
from matpho.domain.time import Instant, seconds
from matpho.web.parts import WebParts


def metrics_text(parts: WebParts) -> bytes:
    """Everything, as text."""
    registry = CollectorRegistry()
    registry.register(_Figures(parts))
    ProcessCollector(namespace="matpho_desk", registry=registry)
    return generate_latest(registry)


class _Figures(Collector):
    def __init__(self, parts: WebParts) -> None:
        self._parts = parts

    def collect(self) -> Iterable[Metric]:
        now = self._parts.clock.now()
        yield _labelled("matpho_build", "Always 1", ["version"], [((__version__,), 1.0)])
        with self._parts.store.read() as unit:
            yield from self._cameras(unit, now)
            yield from _outbox(unit, now)
            problems: dict[tuple[str, ...], float] = {}
            for problem in unit.health.open_problems():
                key = problem.trouble, problem.severity.value
                problems[key] = problems.get(key, 0.0) + 1
        yield _labelled("matpho_problems", "Open problems", ["trouble", "severity"], problems.items())
        yield from self._machine()

    def _cameras(self, unit: Unit, now: Instant) -> Iterable[Metric]:
        cameras = unit.cameras.all()
        today = local_day(now, ZoneInfo(self._parts.options.time_zone))
        days = {d.camera_id: d for d in unit.health.days(today, today)}
        up, fps, rate, age, offset = [], [], [], [], []
        for camera in cameras:
            label = (str(camera.id),)
            stream = self._parts.states.stream(camera.id, camera.recorded_role)
            silent_s = seconds(now - stream.last_packet) if stream and stream.last_packet is not None else None
            live = stream is not None and stream.link is Link.LIVE and silent_s is not None and silent_s < SILENT_S
            up.append((label, float(live)))
            if stream is not None and live:
                fps.append((label, stream.fps))
                rate.append((label, stream.kbit_s * 1000))
            if silent_s is not None:
                age.append((label, max(0.0, silent_s)))
            if stream is not None and stream.clock_offset_ms is not None:
                offset.append((label, stream.clock_offset_ms / 1000))
        yield _labelled("matpho_camera_up", "1 while the recorded stream flows", ["camera"], up)
        yield _labelled("matpho_camera_fps", "Pictures per second", ["camera"], fps)
        yield _labelled("matpho_camera_bits_per_second", "Bit rate of the recorded stream", ["camera"], rate)
        yield _labelled("matpho_camera_last_packet_age_seconds", "Since the last packet", ["camera"], age)
        yield _labelled("matpho_camera_clock_offset_seconds", "The camera's clock against ours", ["camera"], offset)
        yield from _days([days[c.id] for c in cameras if c.id in days])

    def _machine(self) -> Iterable[Metric]:
        machine = self._parts.machine
        if machine is None:
            return
        disk = machine.disk()
        sizes = [(("total",), float(disk.total)), (("free",), float(disk.free)), (("reserved",), float(disk.reserved))]
        yield _labelled("matpho_disk_bytes", "The disk of the recordings", ["what"], sizes)
        processes = machine.processes()
        running = [((p.name,), float(p.state == "running")) for p in processes]
        yield _labelled("matpho_process_up", "1 while a process runs and answers", ["process"], running)
        restarts = CounterMetricFamily("matpho_process_restarts", "Starts after the first", labels=["process"])
        figures = GaugeMetricFamily(
            "matpho_process_figure", "What a process tells of itself, such as cpu_cores", labels=["process", "figure"]
        )
        for process in processes:
            restarts.add_metric([process.name], float(process.restarts))
            for name, value in process.figures.items():
                figures.add_metric([process.name, name], value)
        yield restarts
        yield figures


def _labelled(name: str, says: str, labels: list[str], values: Iterable[tuple[tuple[str, ...], float]]) -> Metric:
    family = GaugeMetricFamily(name, says, labels=labels)
    for key, value in values:
        family.add_metric(list(key), value)
    return family


def _days(days: Iterable[CameraDay]) -> Iterable[Metric]:
    days = list(days)
    uptime = [((str(d.camera_id),), d.uptime) for d in days if d.uptime is not None]
    gaps = [((str(d.camera_id), cause), s) for d in days for cause, s in d.gaps.items()]
    yield _labelled("matpho_camera_uptime_ratio_today", "Share of today that was recorded", ["camera"], uptime)
    yield _labelled("matpho_camera_gap_seconds_today", "Seconds of today missing", ["camera", "cause"], gaps)


def _outbox(unit: Unit, now: Instant) -> Iterable[Metric]:
    counts = unit.outbox.counts()
    waiting = [((c.target,), float(c.waiting)) for c in counts]
    dead = [((c.target,), float(c.dead)) for c in counts]
    oldest = [((c.target,), seconds(now - c.oldest_waiting)) for c in counts if c.oldest_waiting is not None]
    yield _labelled("matpho_outbox_waiting", "Messages that wait for a target", ["target"], waiting)
    yield _labelled("matpho_outbox_dead", "Messages that were given up", ["target"], dead)
    yield _labelled("matpho_outbox_oldest_waiting_seconds", "How long the first has waited", ["target"], oldest)
