"""The command line: ``lexswitch apply``, ``preview``, ``report``, ``stress``, ``lexicon``, ``induce``, ``train``."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache

from ..version import VERSION
from . import apply, induce, lexicon, preview, report, stress, train
from .messages import in_cli_terms
from .parser import CommandParser

# Shells report 128 + the number of the signal that ended a program.
_INTERRUPTED, _BROKEN_PIPE, _TERMINATED = 130, 141, 143


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command line and return its exit code."""
    _fill_closed_streams()
    args = _parser().parse_args(argv)
    try:
        with _end_on_sigterm():
            code: int = args.run(args)
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        if sys.stdout is not None:
            # The reader of standard output has gone; without this, Python reports an error when it flushes at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _BROKEN_PIPE
    except KeyboardInterrupt:
        return _INTERRUPTED
    except (ImportError, OSError, TypeError, ValueError) as error:  # ImportError: an extra is not installed
        print(f"lexswitch: error: {in_cli_terms(_message(error), args)}", file=sys.stderr)
        return 2
    return code


def _fill_closed_streams() -> None:
    """Open the null device for closed standard streams, so that no other file gets their numbers."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # gets the smallest free number
    if sys.stderr is None:
        # print(file=None) would print to standard output.
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - open as long as the process runs


@contextmanager
def _end_on_sigterm() -> Iterator[None]:
    """Exit on SIGTERM as after an error, so that temporary files are removed."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread can handle signals
        return
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(_TERMINATED))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@cache
def _parser() -> CommandParser:
    parser = CommandParser(prog="lexswitch", description="Code-switch text with bilingual lexicons.")
    parser.add_argument("--version", action="version", version=f"lexswitch {VERSION}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    apply.add_to(commands)
    preview.add_to(commands)
    report.add_to(commands)
    stress.add_to(commands)
    lexicon.add_to(commands)
    induce.add_to(commands)
    train.add_to(commands)
    return parser


def _message(error: Exception) -> str:
    return f"{error.filename}: {error.strerror}" if isinstance(error, OSError) and error.filename else str(error)
