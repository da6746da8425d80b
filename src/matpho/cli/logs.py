"""Logs: one line per event on stderr, JSON where nobody reads along, secrets scrubbed.

By the standard library alone: a library for logs, with all that it brings, was ten megabytes in each process.
"""

import json
import logging
import re
import sys
from datetime import UTC, datetime

# up to the last @ of the word: a password may hold @ and / of its own, and too much hidden harms nobody
_SECRET = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]*://)(?P<user>[^\s:@/]*):\S*@", re.IGNORECASE)
_NAMES = (
    r"token|passwd|password|pwd|cookie|setup|secret|api[-_]?key|private[-_]?key|preshared[-_]?key|authorization|csrf"
)
_TOKEN = re.compile(
    rf"(?P<name>(?:{_NAMES})[\"']?\s*[=:/]\s*[\"']?(?:(?:basic|bearer|digest)\s+)?)[^\s\"'&]+", re.IGNORECASE
)


def scrub(text: str) -> str:
    """The text without passwords in addresses and without tokens."""
    text = _SECRET.sub(r"\g<scheme>\g<user>:•••@", text)
    return _TOKEN.sub(r"\g<name>•••", text)


class _Lines(logging.Formatter):
    """A record as one line: for people where somebody reads along, else JSON."""

    def __init__(self, process: str, *, for_people: bool) -> None:
        super().__init__()
        self._process, self._for_people = process, for_people

    def format(self, record: logging.LogRecord) -> str:
        """What is said, how grave it is, when and by which process, and the trace where there is one."""
        said = scrub(record.getMessage())
        at = datetime.fromtimestamp(record.created, UTC).isoformat().replace("+00:00", "Z")
        trace = scrub(self.formatException(record.exc_info)) if record.exc_info else ""
        level = record.levelname.lower()
        if self._for_people:
            return f"{at} [{level}] {self._process}: {said}" + (f"\n{trace}" if trace else "")
        line = {"event": said, "level": level, "timestamp": at, "process": self._process}
        return json.dumps(line | ({"exception": trace} if trace else {}), ensure_ascii=False)


def configure(name: str) -> None:
    """Send everything that is logged to stderr, marked with the process's name."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Lines(name, for_people=sys.stderr.isatty()))
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)
    logging.getLogger("libav").setLevel(
        logging.CRITICAL
    )  # FFmpeg's own lines may hold addresses; ours say what matters
