"""Logs: one line per event on stderr, JSON where nobody reads along, secrets scrubbed."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

_SECRET = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]*://)(?P<user>[^\s:@/]*):[^\s@/]*@", re.IGNORECASE)
_TOKEN = re.compile(r"(?P<name>(?:token|password|cookie|setup)[\"']?[=:/]\s*[\"']?)[^\s\"'&]+", re.IGNORECASE)


def scrub(text: str) -> str:
    """The text without passwords in addresses and without tokens."""
    text = _SECRET.sub(r"\g<scheme>\g<user>:•••@", text)
    return _TOKEN.sub(r"\g<name>•••", text)


def _scrubbed(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = scrub(value)
    return event


def configure(name: str) -> None:
    """Send everything that is logged to stderr, marked with the process's name."""
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _scrubbed,
    ]
    if sys.stderr.isatty():
        last: Any = structlog.dev.ConsoleRenderer(pad_event_to=0)
    else:
        last = structlog.processors.JSONRenderer(ensure_ascii=False)
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _named(name), last],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)
    logging.getLogger("libav").setLevel(
        logging.CRITICAL
    )  # FFmpeg's own lines may hold addresses; ours say what matters
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
    )


def _named(name: str) -> Any:
    def add(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        event["process"] = name
        return event

    return add
