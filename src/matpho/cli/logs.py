"""Logs: one line per event on stderr, JSON where nobody reads along, secrets scrubbed."""

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

# up to the last @ of the word: a password may hold @ and / of its own, and too much hidden harms nobody
_SECRET = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]*://)(?P<user>[^\s:@/]*):\S*@", re.IGNORECASE)
_NAMES = (
    r"token|passwd|password|pwd|cookie|setup|secret|api[-_]?key|private[-_]?key|preshared[-_]?key|authorization|csrf"
)
_TOKEN = re.compile(
    rf"(?P<name>(?:{_NAMES})[\"']?\s*[=:/]\s*[\"']?(?:(?:basic|bearer|digest)\s+)?)[^\s\"'&]+", re.IGNORECASE
)
_SECRET_KEY = re.compile(rf"(?:{_NAMES})", re.IGNORECASE)

HIDDEN = "•••"


def scrub(text: str) -> str:
    """The text without passwords in addresses and without tokens."""
    text = _SECRET.sub(r"\g<scheme>\g<user>:•••@", text)
    return _TOKEN.sub(r"\g<name>•••", text)


def _scrubbed(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key, value in event.items():
        event[key] = HIDDEN if _SECRET_KEY.search(key) and value else _clean(value)
    return event


def _clean(value: Any) -> Any:
    """A value without secrets, however deep they are; what is no plain data is said as text."""
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, Mapping):
        return {str(k): HIDDEN if _SECRET_KEY.search(str(k)) and v else _clean(v) for k, v in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_clean(v) for v in value]
    return scrub(value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value))


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
