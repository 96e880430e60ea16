"""The command line: ``lexswitch apply``, ``lexswitch lexicon``, ``lexswitch induce`` and ``lexswitch train``."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NoReturn

from ..version import VERSION
from . import apply, induce, lexicon, train

# What a shell reports of a program that a signal ended: 128 + its number.
_INTERRUPTED, _BROKEN_PIPE, _TERMINATED = 130, 141, 143


class _Parser(argparse.ArgumentParser):
    """Tells a wrong command line in one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"lexswitch: error: {message}; see {self.prog} --help\n")


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command line and return its exit code."""
    _fill_closed_streams()
    args = _parser().parse_args(argv)
    try:
        with _ended_by_signal():
            code: int = args.run(args)
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        if sys.stdout is not None:
            # Nobody reads any more; without this Python complains when it flushes at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _BROKEN_PIPE
    except KeyboardInterrupt:
        return _INTERRUPTED
    except (ImportError, OSError, TypeError, ValueError) as error:  # an extra may not be installed
        print(f"lexswitch: error: {_one_line(error)}", file=sys.stderr)
        return 2
    return code


def _fill_closed_streams() -> None:
    """See that no file that is opened later gets the number of a closed standard stream, and what is printed there."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # gets the smallest free number
    if sys.stderr is None:
        # print(file=None) would print to standard output.
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - for as long as the process


@contextmanager
def _ended_by_signal() -> Iterator[None]:
    """End as after an error if SIGTERM comes, so that temporary files are removed; the exit code is a shell's."""
    if threading.current_thread() is not threading.main_thread():
        yield  # signals can be handled in the main thread alone
        return
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(_TERMINATED))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="lexswitch", description="Code-switch text with bilingual lexicons.")
    parser.add_argument("--version", action="version", version=f"lexswitch {VERSION}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    apply.add_to(commands)
    lexicon.add_to(commands)
    induce.add_to(commands)
    train.add_to(commands)
    return parser


def _one_line(error: Exception) -> str:
    message = f"{error.filename}: {error.strerror}" if isinstance(error, OSError) and error.filename else str(error)
    return " ".join(message.split())
