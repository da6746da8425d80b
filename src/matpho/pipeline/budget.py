"""The detector budget: tokens of one worker, shared by its cameras so that none starves."""

import threading
from enum import Enum
from typing import Protocol

from matpho.domain.ids import CameraId

FORGET_S = 5.0  # a camera that has not asked again for this long no longer waits


class Urgency(Enum):
    """What a look is for; the value is the head start in the queue, in seconds of waiting.

    A head start and no rank: whoever waits long enough passes everybody, so nobody starves however much is urgent
    elsewhere (aging, as in operating systems' schedulers).
    """

    ROUTINE = 0.0  # to see whether what rests is still there
    MOVING = 0.5  # something moves
    TIMED = 1.0  # a rule of this camera measures movements: a look that comes late is worth little
    DECIDING = 3.0  # an incident waits to be opened


class Budget(Protocol):
    """Says whether a camera may spend an inference now."""

    def ask(self, camera: CameraId, at_s: float, price: float = 1.0, urgency: Urgency = Urgency.MOVING) -> bool:
        """Whether ``price`` inferences may be spent; ``at_s`` are seconds that never step back."""
        ...

    def spare(self, at_s: float, price: float) -> bool:
        """Whether so many have been left over by all others and nobody waits: then one may be spent.

        Who is refused does not wait.
        """
        ...


class Unlimited:
    """Every wish is granted: a file is analysed as well as it can be."""

    def ask(self, camera: CameraId, at_s: float, price: float = 1.0, urgency: Urgency = Urgency.MOVING) -> bool:
        """True."""
        del camera, at_s, price, urgency
        return True

    def spare(self, at_s: float, price: float) -> bool:
        """True."""
        del at_s, price
        return True


class TokenBudget:
    """A token bucket with a queue.

    A camera that is refused waits. A token is given to whoever asks only when there are also enough left for all that
    have waited longer (each with the head start of its urgency), so the camera that waits longest gets the next one
    whenever it asks: nobody starves, and nobody has to be woken. Several threads may ask.
    """

    def __init__(self, per_s: float, burst: float = 4.0) -> None:
        """``per_s`` inferences a second on average, ``burst`` saved up at most.

        Raises ValueError when either is not above zero.
        """
        if per_s <= 0 or burst <= 0:
            raise ValueError("a budget needs tokens")
        self._per_s, self._burst = per_s, burst
        self._tokens, self._left_over = burst, 0.0
        self._at_s: float | None = None
        self._lock = threading.Lock()
        self._waiting: dict[CameraId, tuple[float, float]] = {}  # since when (less the head start), when it last asked

    def ask(self, camera: CameraId, at_s: float, price: float = 1.0, urgency: Urgency = Urgency.MOVING) -> bool:
        """Whether ``camera`` may spend ``price`` tokens now; when not, it waits in the queue."""
        with self._lock:
            return self._ask(camera, at_s, price, urgency)

    def _ask(self, camera: CameraId, at_s: float, price: float, urgency: Urgency) -> bool:
        self._refill(at_s)
        began = at_s - urgency.value
        since = min(self._waiting.get(camera, (began, at_s))[0], began)
        price = min(price, self._burst)
        reserved = sum(
            1
            for other, (waits_since, _) in self._waiting.items()
            if other != camera and (waits_since, other) < (since, camera)
        )
        if self._tokens >= price and (not reserved or self._tokens - price >= min(reserved, self._burst - price)):
            self._tokens -= price
            self._waiting.pop(camera, None)
            return True
        self._waiting[camera] = (since, at_s)
        return False

    def spare(self, at_s: float, price: float) -> bool:
        """Whether so many tokens, or all that can be saved up, found no room and nobody waits; takes one.

        What is saved up stays for looks that cannot wait: emptied, the bucket refused them their closer looks.
        """
        with self._lock:
            self._refill(at_s)
            price = min(price, self._burst)
            if self._waiting or self._left_over < price or self._tokens < 1.0:
                return False
            self._left_over -= price
            self._tokens -= 1.0
            return True

    def _refill(self, at_s: float) -> None:
        before = self._at_s if self._at_s is not None else at_s
        self._at_s = max(before, at_s)
        come = self._tokens + (self._at_s - before) * self._per_s
        self._tokens = min(self._burst, come)
        self._left_over = min(self._burst, self._left_over + come - self._tokens)
        for camera, (_, asked) in list(self._waiting.items()):
            if self._at_s - asked > FORGET_S:
                del self._waiting[camera]
