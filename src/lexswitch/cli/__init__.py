"""The command line: ``lexswitch apply``, ``lexswitch lexicon``, ``lexswitch induce`` and ``lexswitch train``."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from ..version import VERSION
from . import apply, induce, lexicon, train

# What a shell reports of a program that a signal ended: 128 + its number.
_INTERRUPTED, _BROKEN_PIPE = 130, 141


class _Parser(argparse.ArgumentParser):
    """Tells a wrong command line in one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"lexswitch: error: {message}; see {self.prog} --help\n")


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command line and return its exit code."""
    args = _parser().parse_args(argv)
    try:
        code: int = args.run(args)
        sys.stdout.flush()
    except BrokenPipeError:
        # Nobody reads any more; without this Python complains when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _BROKEN_PIPE
    except KeyboardInterrupt:
        return _INTERRUPTED
    except (ImportError, OSError, TypeError, ValueError) as error:  # an extra may not be installed
        print(f"lexswitch: error: {_one_line(error)}", file=sys.stderr)
        return 2
    return code


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
