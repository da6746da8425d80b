"""``--help`` in Vietnamese and English.

Decision: Vietnamese first and English below it, as every command prints; Vietnamese alone where the locale is
Vietnamese. An English locale shows both: installers set ``en_US`` on nearly every machine, and it says nothing of who
reads. The English stands beside the code, the Vietnamese of all commands in ``help.vi.toml``, in one hand. Neither the
commands nor their options know of it: :func:`speak` puts the words in when help is asked for.
"""

import inspect
import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

import click

PROGRAM = "matpho"
EVERYWHERE = "*"
_BETWEEN = "\x1f"  # parts the Vietnamese of a row from its English
_RAW = "\b"  # click's mark of a paragraph whose lines stay as they are
_HEADINGS = {"Options": "Tuỳ chọn", "Commands": "Các lệnh"}
_EXTRA = re.compile(r"  \[([^\[\]]*)\]$")  # what click adds to an option's help
_OF_EXTRA = (
    (re.compile(r"\brequired\b"), "bắt buộc"),
    (re.compile(r"\bdefault: "), "mặc định: "),
    (re.compile(r"\benv var: "), "biến môi trường: "),
    (re.compile(r" or "), " hoặc "),
)


@cache
def vietnamese() -> Mapping[str, Mapping[str, str]]:
    """Command → its ``text`` and its options' texts, by the option's first name."""
    with Path(__file__).with_name("help.vi.toml").open("rb") as file:
        return tomllib.load(file)


def only_vietnamese(environment: Mapping[str, str] | None = None) -> bool:
    """Whether the locale (``LC_ALL``, ``LC_MESSAGES``, ``LANG``: the first that is set) is Vietnamese."""
    environment = os.environ if environment is None else environment
    told = next((environment[n] for n in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(n)), "")
    return told.partition("_")[0].partition(".")[0].lower() == "vi"


def adopt(command: click.Command) -> None:
    """Let a command and its subcommands write their help here; cheap, whatever is run."""
    command.context_class = Context
    for inner in command.commands.values() if isinstance(command, click.Group) else ():
        adopt(inner)


def speak(command: click.Command, ctx: click.Context, path: str = "") -> None:
    """Give a command, its options and its subcommands their Vietnamese, as far as the table has it."""
    if _BETWEEN in (command.short_help or ""):
        return
    words, shared = vietnamese().get(path or PROGRAM, {}), vietnamese()[EVERYWHERE]
    text, english = words.get("text", "").strip(), inspect.cleandoc(command.help or "")
    command.short_help = _joined(_first_sentence(text), _first_sentence(english))
    command.help = _whole(text, english)
    for option in command.params:
        if isinstance(option, click.Option):
            option.help = _joined(words.get(option.opts[0]) or shared.get(option.opts[0], ""), option.help or "")
    if isinstance(command, click.Group):
        for name in command.list_commands(ctx):
            if (inner := command.get_command(ctx, name)) is not None:
                speak(inner, ctx, f"{path} {name}".strip())


def _joined(vi: str, en: str) -> str:
    return f"{vi}{_BETWEEN}{en}" if vi else en


def _whole(vi: str, en: str) -> str:
    """The text of a command's page. Examples are the same in both languages: they are told once."""
    if not vi or not only_vietnamese():
        return "\n\n".join(filter(None, (vi, en)))
    examples = [] if _RAW in vi else [p for p in re.split(r"\n\s*\n", en) if p.lstrip().startswith(_RAW)]
    return "\n\n".join([vi, *(re.sub(r"Examples?\b", "Ví dụ", p) for p in examples)])


def _first_sentence(text: str) -> str:
    """What a list of commands says of one."""
    paragraph = " ".join(text.split("\n\n", 1)[0].split())
    return re.split(r"(?<=\.)\s", paragraph, maxsplit=1)[0]


class Formatter(click.HelpFormatter):
    """Writes click's own words in both languages, and each row's Vietnamese above its English."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """The line of how a command is called."""
        super().write_usage(prog, args, prefix or ("Cách dùng: " if only_vietnamese() else "Cách dùng / Usage: "))

    def write_heading(self, heading: str) -> None:
        """The name of a section."""
        vi = _HEADINGS.get(heading, heading)
        super().write_heading(vi if only_vietnamese() or vi == heading else f"{vi} / {heading}")

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Options or commands."""
        told = [row for first, second in rows for row in _rows(first, second)]
        super().write_dl(told, col_max, col_spacing)


class Context(click.Context):
    """What a command runs in; its help is written by :class:`Formatter`."""

    formatter_class = Formatter

    def get_help(self) -> str:
        """The page of ``--help``."""
        speak(self.command, self, " ".join(_names(self)))
        return super().get_help()


def _names(ctx: click.Context) -> list[str]:
    """The words that lead to a command, without the program's."""
    return [*_names(ctx.parent), ctx.info_name or ""] if ctx.parent else []


def _rows(first: str, second: str) -> list[tuple[str, str]]:
    vi, parted, en = second.partition(_BETWEEN)
    if not parted:
        vi, en = {"Show this message and exit.": vietnamese()[EVERYWHERE]["--help"]}.get(second, second), second
    vi, en = vi.strip(), en.strip()
    if extra := _EXTRA.search(en):
        vi = f"{vi}  [{_in_vietnamese(extra[1])}]"
    return [(first, vi)] if only_vietnamese() or vi == en else [(first, vi), ("", en)]


def _in_vietnamese(extra: str) -> str:
    for pattern, vi in _OF_EXTRA:
        extra = pattern.sub(vi, extra)
    return extra
