"""Options that describe a table and the columns to switch: those of ``lexswitch apply`` and ``lexswitch preview``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from shlex import quote
from typing import Any

from ..errors import LexiconError
from ..switching.columns import ColumnSwitcher, switch_columns
from .lexicon import open_lexicon
from .lines import STANDARD_STREAM
from .switcher_options import languages, make_switcher
from .tables import FORMATS, format_of_name, is_pipe
from .tables.text_columns import TextColumns, find_text_columns, is_json

TEXT = "text"
"""The format of files whose lines are switched."""


def add_column_options(table: Any) -> None:
    """Add the options to a group of options."""
    table.add_argument(
        "--columns",
        nargs="+",
        action="extend",
        metavar="COLUMN[=LANGUAGES]",
        help="columns to switch, by name, or by number from 1 in TSV and CSV without a header; without languages, "
        "those of --to",
    )
    table.add_argument(
        "--header",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="the first row of TSV or CSV names the columns and is not switched (default: yes, unless all of --columns "
        "are numbers)",
    )
    table.add_argument(
        "--format",
        choices=(*FORMATS, TEXT),
        help=f"format of the input (default: by the ending of its name); {TEXT}: switch the lines of any file",
    )
    table.add_argument(
        "--separator", metavar="CHARACTER", help='what separates the cells of CSV, such as ";", or "tab" (default: ",")'
    )


def check_no_table_options(args: argparse.Namespace, names: Sequence[str]) -> None:
    """Raise LexiconError if one of the options is given that only tables have."""
    for name in names:
        if getattr(args, name) not in {args.parser.get_default(name), TEXT}:
            raise LexiconError(f"--{name.replace('_', '-')} is for tables; name the columns to switch with --columns")


def check_is_text(args: argparse.Namespace, files: Sequence[str], output: bool) -> None:
    """Raise LexiconError if a file whose lines would be switched has the name of a table; `output`: for -o, too."""
    for path in () if args.format == TEXT else (Path(file) for file in files if file != STANDARD_STREAM):
        remedy = f"or add --format {TEXT} to switch its lines"
        if is_json(path):
            raise LexiconError(
                f"{path} is JSON; make JSON lines of it, one object per line, in a .jsonl file, {remedy}"
            )
        format = format_of_name(path)
        if format is not None:
            to = f" -o {quote(f'switched.{format}')}" if output and not args.output else ""
            raise LexiconError(f"{path} is a table; name the columns to switch: {_columns(path, format)}{to}; {remedy}")


def _columns(path: Path, format: str) -> str:
    """Return the options that name the columns of a table that hold texts."""
    found = TextColumns([]) if is_pipe(path) else find_text_columns(path, format)
    separator = (
        f"--separator {quote('tab' if found.separator == chr(9) else found.separator)} " if found.separator else ""
    )
    return f"{separator}--columns {' '.join(map(quote, found.names)) or 'COLUMN'}"


def files_and_columns(args: argparse.Namespace) -> tuple[list[str], list[str]]:
    """Return the files, and the columns with their languages.

    The last word after --columns without "=" is the input if a file has this name.
    """
    if args.format == TEXT:
        raise LexiconError(
            f"--format {TEXT} switches whole lines; leave --columns out, or name the format of the table"
        )
    files = args.files or [word for word in args.columns if "=" not in word and _is_input(word)][-1:]
    return files, [word for word in args.columns if word not in files or args.files]


def _is_input(word: str) -> bool:
    return word == STANDARD_STREAM or (Path(word).exists() and not Path(word).is_dir())


def make_column_switcher(args: argparse.Namespace, columns: list[str]) -> ColumnSwitcher:
    """Return the switcher for ``query=de passage=ru,it``."""
    targets: dict[str, dict[str, float] | None] = {}
    for word in columns:
        name, equals, target = word.rpartition("=") if "=" in word else (word, "", "")
        if not name or name in targets:
            raise LexiconError(f"--columns {' '.join(columns)}: name each column once, as in query=de passage=ru,it")
        try:
            targets[name] = languages(target) if equals else args.to
        except argparse.ArgumentTypeError as error:
            raise LexiconError(f"--columns {word}: {error}") from None
    lexicon = open_lexicon(args.lexicon, dict.fromkeys(language for to in targets.values() for language in to or ()))
    return switch_columns({name: make_switcher(args, lexicon, to) for name, to in targets.items()}, epoch=args.epoch)
