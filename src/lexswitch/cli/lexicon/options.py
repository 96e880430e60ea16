"""Common parts of the actions: their parsers, input and output of lexicons, and arguments that name languages."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from shlex import quote
from textwrap import fill
from typing import Any, TypeAlias

import numpy as np

from ...errors import LexiconError
from ...lexicon import Lexicon
from ...lexicon.store import check_path
from ..lines import standard_output

Commands: TypeAlias = "argparse._SubParsersAction[Any]"
Run: TypeAlias = Callable[[argparse.Namespace], int]

STARTER = "starter"
"""The name of the built-in lexicon in arguments."""

_LEXICON = f'a folder that "lexicon build" or Lexicon.save wrote, or "{STARTER}" for the built-in lexicon'


def add_action(actions: Commands, name: str, run: Run, about: str, examples: Sequence[str], more: str = "") -> Any:
    """Add an action to the command line, and return its parser."""
    parser = actions.add_parser(
        name,
        help=about,
        description=fill(f"{about[0].upper()}{about[1:]}. {more}".strip(), 100),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command = parser.prog.removesuffix(name)
    parser.epilog = "\n  ".join(["examples:", *(f"{command}{example}" for example in examples)])
    parser.set_defaults(run=run)
    return parser


def add_lexicon(parser: argparse.ArgumentParser, name: str = "lexicon", about: str = _LEXICON, **options: Any) -> None:
    """Add an argument for `open_lexicon`."""
    parser.add_argument(name, metavar=name.upper().rstrip("S"), help=about, **options)


def add_lexicon_option(parser: argparse.ArgumentParser) -> None:
    """Add an option for `open_lexicon`."""
    parser.add_argument("--lexicon", metavar="PATH", default=STARTER, help=f"{_LEXICON} (default)")


def open_lexicon(path: str, to: Iterable[str] | None = None) -> Lexicon:
    """Return the lexicon at a path, or the built-in one.

    Parameters
    ----------
    path : str
    to : iterable of str, optional
        Target languages of the command, for the remedy if the path is that of a dictionary file.
    """
    if path == STARTER:
        return Lexicon.starter()
    if Path(path).is_file():
        dictionary, lexicon = quote(f"{','.join(to or ()) or 'LANGUAGE'}={path}"), quote(f"{Path(path).stem}.lexicon")
        hint = "" if to else ", with the target language for LANGUAGE"
        raise LexiconError(
            f"{path} is a file, not the folder of a lexicon; build a lexicon from it: lexswitch lexicon build "
            f"{dictionary} -o {lexicon}{hint}"
        )
    return Lexicon.load(path)


def add_maker(
    actions: Commands,
    name: str,
    make: Callable[[argparse.Namespace], Lexicon],
    about: str,
    examples: Sequence[str],
    more: str = "",
    clean_up: Callable[[argparse.Namespace], None] | None = None,
) -> Any:
    """Add an action that makes a lexicon, saves it and prints a summary; `clean_up` is called once it is saved."""

    def run(args: argparse.Namespace) -> int:
        path = Path(args.output)
        check_path(path)  # before the work, not after
        if args.output == STARTER:
            raise LexiconError(f"{STARTER!r} is the name of the built-in lexicon; choose another path, or ./{STARTER}")
        if not args.quiet:
            standard_output()  # also fails if it is closed
        lexicon = make(args)
        lexicon.save(path)
        if clean_up is not None:
            clean_up(args)
        if not args.quiet:
            print_lines(summary(lexicon))
        return 0

    parser = add_action(actions, name, run, about, examples, more)
    parser.add_argument(
        "-o", "--output", metavar="PATH", required=True, help="folder for the lexicon; an existing lexicon is replaced"
    )
    add_quiet(parser)
    return parser


def add_quiet(parser: argparse.ArgumentParser) -> None:
    """Add the option that suppresses everything except errors and results."""
    parser.add_argument("--quiet", action="store_true", help="print no progress and no summary")


def print_dropped(merged: Lexicon, args: argparse.Namespace) -> None:
    """Print to standard error how many pairs merging dropped."""
    record = merged.provenance[-1] if merged.provenance else {}
    if not args.quiet and record.get("name") == "merge" and record.get("dropped"):
        print(f"merge: dropped: {format_counts(record['dropped'])}", file=sys.stderr)


def summary(lexicon: Lexicon) -> list[str]:
    """Return the summary of a lexicon in lines."""
    counts = count_pairs(lexicon)
    return [
        f"source: {lexicon.source}",
        f"terms: {len(lexicon):,}",
        f"pairs: {lexicon.num_pairs:,}",
        *(f"  {language}: {counts[language]:,}" for language in lexicon.languages),
        f"signature: {lexicon.signature}",
    ]


def count_pairs(lexicon: Lexicon) -> dict[str, int]:
    """Return the number of pairs in each language."""
    columns = lexicon.columns
    counts = np.bincount(columns.languages, np.diff(columns.candidates), len(lexicon.languages))
    return dict(zip(lexicon.languages, counts.astype(int).tolist(), strict=True))


def format_counts(counts: Mapping[str, int]) -> str:
    """Return names and numbers in one line."""
    return ", ".join(f"{name} {count:,}" for name, count in counts.items())


def print_lines(lines: Iterable[str]) -> None:
    """Print in UTF-8 in every locale. The bytes of file names that are not UTF-8 are printed unchanged."""
    standard_output().write("".join(f"{line}\n" for line in lines).encode("utf-8", "surrogateescape"))


def languages(value: str) -> tuple[str, ...]:
    """Parse ``de,ru``; the library checks the language codes."""
    return tuple(part.strip() for part in value.split(","))


def language_file(value: str) -> tuple[str, str]:
    """Parse ``de=FILE``."""
    language, sign, path = value.partition("=")
    if not (language and sign and path):
        raise argparse.ArgumentTypeError(f"{value!r} must be LANGUAGE=FILE, as in de={path or value or 'texts.txt'}")
    return language, path
