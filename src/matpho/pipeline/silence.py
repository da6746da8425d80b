"""No picture comes, or only this process was late: an outage of the camera is not told of a busy machine."""

from matpho.domain.time import Clock, Instant, seconds

SILENT_S = 2.0  # without a picture for so long the rules are told that time goes on
LATE_S = 3.0  # who looks once a second and was kept from it for so long has kept the pictures waiting too


class Silence:
    """Of one camera, looked at about once a second by the thread that analyses."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._began, self._looked_s, self._excused = clock.now(), clock.monotonic_s(), False

    def lasts(self, seen: Instant) -> bool:
        """Whether no picture has come since ``seen``, when the newest one was taken (0: none ever was).

        After a look that came late the pictures get a second to catch up; a thread that is always late looks anyway.
        """
        now_s = self._clock.monotonic_s()
        late = now_s - self._looked_s > LATE_S and not self._excused
        self._looked_s, self._excused = now_s, late
        return not late and seconds(self._clock.now() - max(self._began, seen)) > SILENT_S
