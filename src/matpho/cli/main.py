"""The command line. Each command is one file beside this one and is imported only when it is asked for."""

import codecs
import importlib
import io
import os
import signal
import sys
import traceback
from pathlib import Path
from typing import Any

import click

from matpho import __version__
from matpho.cli.help import adopt
from matpho.cli.usage import in_vietnamese
from matpho.domain.system_words import because
from matpho.errors import BadInput, MatphoError, NotFound, SetupProblem

COMMANDS = {
    "run": "run",
    "demo": "demo",
    "analyse": "analyse",
    "score": "score",
    "stage": "stage",
    "check": "check",
    "verify": "verify",
    "cameras": "cameras",
    "import": "import_footage",
    "imports": "imports",
    "backup": "backup",
    "restore": "restore",
    "drill": "drill",
    "service": "service",
    "uplink": "uplink",
    "doctor": "doctor",
    "models": "models",
    "bench": "bench",
    "worker": "worker",
}
"""Command → module in this package; the module's ``command`` is the click command."""


class Commands(click.Group):
    """Finds commands by :data:`COMMANDS`, so that ``--help`` does not import the detector."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The order of a ward's work, not of the alphabet."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, or None."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"matpho.cli.{COMMANDS[cmd_name]}")
        command: click.Command = module.command
        adopt(command)
        return command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="matpho")
def cli() -> None:
    """Mắt Phố: the street cameras of a ward, from streams to incidents that people review.

    \b
    Start here:
      matpho demo                      a ready ward on this machine, nothing to configure
      matpho doctor                    what this machine has, what is missing
      matpho analyse CLIP --camera F   what happened in a recording, e.g. from an SD card
      matpho run                       the ward's own system

    Exit codes: 0 done, 1 something is wrong with what was checked, 2 wrong usage,
    3 bad input, 4 something is missing on this machine, 5 any other failure,
    130 stopped half-way.
    """


adopt(cli)


def exit_code(error: MatphoError) -> int:
    """What the shell is told about an error."""
    if isinstance(error, (BadInput, NotFound)):
        return 3
    return 4 if isinstance(error, SetupProblem) else 5


def main(args: list[str] | None = None) -> Any:
    """Run the command line; whatever goes wrong becomes two sentences on stderr and an exit code."""
    if args is None:
        _at_the_terminal()
    try:
        code = cli.main(args=args, prog_name="matpho", standalone_mode=False)
    except MatphoError as e:
        _say(e.vi, e.en)
        sys.exit(exit_code(e))
    except click.exceptions.NoArgsIsHelpError as e:  # a group alone: its message is the help
        click.echo(e.format_message(), err=True)
        sys.exit(e.exit_code)
    except click.UsageError as e:
        asked = e.ctx.command_path if e.ctx else "matpho"
        _say(
            f"Câu lệnh chưa đúng: {in_vietnamese(e)}. Xem cách dùng: {asked} --help",
            f"{e.format_message()} See: {asked} --help",
        )
        sys.exit(e.exit_code)
    except (click.Abort, KeyboardInterrupt):
        _say("Đã dừng giữa chừng.", "Stopped half-way.")
        sys.exit(130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # who read our output has gone: say no more
        sys.exit(5)
    except Exception as e:  # the edge of the program: a person gets sentences, a developer the trace
        if os.environ.get("MATPHO_TRACEBACK"):
            raise
        _say(*unforeseen(e))
        sys.exit(5)
    sys.exit(code if isinstance(code, int) else 0)


def _at_the_terminal() -> None:
    """The real command line: whoever ends it gets its half-made files cleared away, as after Ctrl-C."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:  # nohup
            signal.signal(number, signal.default_int_handler)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and codecs.lookup(stream.encoding).name != "utf-8":
            stream.reconfigure(errors="replace")  # a terminal without our letters shows ? for them


def unforeseen(e: Exception) -> tuple[str, str]:
    """What to say of an error that nobody thought of, Vietnamese and English."""
    if isinstance(e, OSError) and e.strerror:
        why, at = because(e), f": {e.filename}" if e.filename else ""
        return f"Máy từ chối một thao tác ({why.vi}{at}).", f"The machine refused something ({why.en}{at})."
    frames = traceback.extract_tb(e.__traceback__)
    place = f", {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    what = f"{type(e).__name__}: {str(e).strip() or '–'}{place}"
    return (
        f"Chương trình gặp lỗi chưa lường trước ({what}). Đặt MATPHO_TRACEBACK=1 để xem chi tiết.",
        f"The program met an error that nobody foresaw ({what}). Set MATPHO_TRACEBACK=1 to see where.",
    )


def _say(vi: str, en: str) -> None:
    """Two sentences on stderr, also where a path in them is no text in UTF-8."""
    text = f"Lỗi: {vi}\nError: {en}"
    click.echo(text.encode("utf-8", "backslashreplace").decode(), err=True)


if __name__ == "__main__":
    main()
