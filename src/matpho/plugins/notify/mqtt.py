"""MQTT: letters with acknowledgement (QoS 1), and the state of every camera retained at the broker.

A thread of its own keeps the connection; while the broker is away, letters wait in the outbox and states are put
together anew at the next connection. The last will says ``offline`` when we vanish.
"""

import asyncio
import contextlib
import json
import logging
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass

import aiomqtt

from matpho.casework.outgoing.post import DeliveryFailed
from matpho.casework.outgoing.records import Letter
from matpho.casework.outgoing.retained import Topics
from matpho.domain.system_words import because
from matpho.domain.time import to_iso
from matpho.errors import MatphoError

_log = logging.getLogger(__name__)

LIMIT_S = 10.0
LOOK_EVERY_S = 2.0
LONGEST_PAUSE_S = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Broker:
    """Where it is and who we are there. ``password`` is secret. ``tls`` None: in clear."""

    host: str
    port: int = 1883
    user: str = ""
    password: str = ""
    tls: ssl.SSLContext | None = None


class MqttLink:
    """``casework.outgoing.post.Deliver`` to a broker, and its retained topics; :meth:`start` it first."""

    def __init__(self, broker: Broker, topics: Topics, retained: Callable[[], dict[str, str]]) -> None:
        self._broker, self._topics, self._retained = broker, topics, retained
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="mqtt", daemon=True)
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._client: aiomqtt.Client | None = None
        self._why = "not connected yet"

    def start(self) -> None:
        """Begin to connect."""
        self._thread.start()

    def stop(self) -> None:
        """Say goodbye and end the connection."""
        self._stop.set()
        self._thread.join(LIMIT_S)

    @property
    def connected(self) -> bool:
        """Whether the broker hears us."""
        return self._client is not None

    def __call__(self, letter: Letter) -> None:
        """Publish the letter and wait for the broker's word; raises DeliveryFailed."""
        with self._lock:
            loop, client = self._loop, self._client
        if loop is None or client is None:
            raise DeliveryFailed(self._why)
        said = {"id": letter.id, "kind": letter.kind, "created": to_iso(letter.created), **letter.body}
        text = json.dumps(said, ensure_ascii=False)
        publishing = client.publish(self._topics.letter(letter.kind), text, qos=1, timeout=LIMIT_S)
        try:
            asyncio.run_coroutine_threadsafe(publishing, loop).result(LIMIT_S + 1)
        except (aiomqtt.MqttError, TimeoutError, RuntimeError) as e:
            publishing.close()
            raise DeliveryFailed(f"no connection: {because(e).en}"[:200]) from e

    def _run(self) -> None:
        asyncio.run(self._connections())

    async def _connections(self) -> None:
        pause_s = 1.0
        while not self._stop.is_set():
            try:
                await self._one_connection()
                pause_s = 1.0
            except (aiomqtt.MqttError, OSError, TimeoutError) as e:
                pause_s = 1.0 if self._why == "" else min(LONGEST_PAUSE_S, pause_s * 2)
                self._why = f"the broker cannot be reached: {e}"[:200]
                _log.warning("mqtt: %s", self._why)
            except Exception as e:  # noqa: BLE001 - this thread's edge: recorded, and tried again
                self._why = type(e).__name__
                _log.exception("mqtt failed")
            waited_s = 0.0
            while waited_s < pause_s and not self._stop.is_set():
                await asyncio.sleep(0.2)
                waited_s += 0.2

    async def _one_connection(self) -> None:
        topics, broker = self._topics, self._broker
        client = aiomqtt.Client(
            broker.host,
            broker.port,
            username=broker.user or None,
            password=broker.password or None,
            tls_context=broker.tls,
            identifier=f"{topics.prefix}-{topics.ward}"[:23],
            will=aiomqtt.Will(topics.status, "offline", qos=1, retain=True),
            keepalive=15,
            timeout=LIMIT_S,
        )
        async with client:
            await client.publish(topics.status, "online", qos=1, retain=True)
            with self._lock:
                self._loop, self._client, self._why = asyncio.get_running_loop(), client, ""
            try:
                await self._while_connected(client)
                await client.publish(topics.status, "offline", qos=1, retain=True)
            finally:
                with self._lock:
                    self._client = None

    async def _while_connected(self, client: aiomqtt.Client) -> None:
        """Publish what changed, until told to stop; raises MqttError when the connection ends."""
        told: dict[str, str] = {}
        hearing = asyncio.create_task(self._hear(client))
        try:
            while not self._stop.is_set():
                now = await asyncio.to_thread(self._states)
                if now is not None:
                    for topic in told.keys() - now.keys():
                        await client.publish(topic, "", qos=1, retain=True)
                    for topic, text in now.items():
                        if told.get(topic) != text:
                            await client.publish(topic, text, qos=1, retain=True)
                    told = now
                for _ in range(int(LOOK_EVERY_S / 0.2)):
                    if hearing.done():
                        await hearing
                    if self._stop.is_set():
                        return
                    await asyncio.sleep(0.2)
        finally:
            hearing.cancel()
            with contextlib.suppress(asyncio.CancelledError, aiomqtt.MqttError):
                await hearing

    def _states(self) -> dict[str, str] | None:
        try:
            return self._retained()
        except MatphoError as e:
            _log.warning("mqtt: the states cannot be read now: %s", e.en)
            return None

    @staticmethod
    async def _hear(client: aiomqtt.Client) -> None:
        """Nothing is subscribed to; this ends, with an error, when the connection does."""
        async for _ in client.messages:
            pass
