"""``lexswitch preview``: look at switched texts in a browser or in a terminal."""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from .._io.progress import progress_bar
from ..errors import LexiconError
from ..switching.markup import FIRST_TEXTS
from ..switching.preview.preview import MOST_TEXTS, Preview
from ..switching.preview.sampling import ColumnSample, TextSample
from .column_options import (
    add_column_options,
    check_is_text,
    check_no_table_options,
    files_and_columns,
    make_column_switcher,
)
from .lexicon import open_lexicon
from .lexicon.options import print_lines
from .lines import STANDARD_STREAM, input_name, read_blocks, total_size
from .messages import print_notes, shown_warnings
from .report_output import add_force, check_new
from .switcher_options import REMEDIES, add_switcher_options, make_switcher
from .tables import TablePosition, open_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..switching.preview.page_data import ExplainingSwitcher
    from .lexicon import Commands

_EXAMPLES = """\
examples:
  lexswitch preview queries.txt --to de,ru -o preview.html
  lexswitch preview queries.txt --to de,ru --text
  lexswitch preview pairs.jsonl --columns query=de passage=ru,it -o preview.html
"""


def add_to(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = commands.add_parser(
        "preview",
        help="look at switched texts in a browser or in a terminal",
        description="Show texts before and after switching, and why each word was switched or stayed. Texts are lines, "
        f"or cells of --columns, and are switched as by lexswitch apply. The page has at most {MOST_TEXTS:,} texts; of "
        "a larger file, it has a random sample.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "files", nargs="*", metavar="FILE", help='a UTF-8 text file or a table, or "-" for standard input (default)'
    )
    output = parser.add_mutually_exclusive_group(required=True)
    output.add_argument("-o", "--output", metavar="PATH", help="output file for the page, such as preview.html")
    output.add_argument("--text", action="store_true", help=f"print the first {FIRST_TEXTS} texts instead")
    add_force(parser)
    add_switcher_options(parser)
    add_column_options(parser.add_argument_group("tables"))
    parser.add_argument("--quiet", action="store_true", help="print no progress, no summary and no warnings")
    parser.remedies.update(REMEDIES)
    parser.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> int:
    if args.output:
        check_new(Path(args.output), args.force)
    sample = TextSample(FIRST_TEXTS, first=True) if args.text else TextSample(MOST_TEXTS)
    with shown_warnings(args, []):
        path, switchers = _read_table(args, sample) if args.columns else _read_lines(args, sample)
        preview = Preview(_title(path), sample, switchers, epoch=args.epoch)
        print_notes(preview.notes, args)
        if args.text and not sample.rows and not args.quiet:
            print(f"{input_name(path)}: there is no text", file=sys.stderr)
        elif args.text:
            print_lines([preview.to_text(color=_has_colors())])
        else:
            preview.save(args.output, progress=not args.quiet)
    if args.output and not args.quiet:
        print(f"{args.output}: {preview.scope}", file=sys.stderr)
    return 0


def _read_lines(args: argparse.Namespace, sample: TextSample) -> tuple[str, Mapping[str, ExplainingSwitcher]]:
    """Add the lines of a file to the sample; return its path and the switcher."""
    check_no_table_options(args, ("format", "header", "separator"))
    path = _only(args.files or [STANDARD_STREAM])
    check_is_text(args, [path], output=False)
    switcher = make_switcher(args, open_lexicon(args.lexicon, args.to), args.to)
    with progress_bar(total_size([path]), "reading", "B", not args.quiet) as progress:
        for block in read_blocks(path):
            sample.add_texts(block.lines)
            progress.update(block.size)
            if args.text and sample.is_full:
                break
    return path, {"": switcher}


def _read_table(args: argparse.Namespace, sample: TextSample) -> tuple[str, Mapping[str, ExplainingSwitcher]]:
    """Add the columns of a table to the sample; return its path and the switcher of each column."""
    files, columns = files_and_columns(args)
    path = _only(files)
    switchers = make_column_switcher(args, columns).switchers
    collect = ColumnSample(switchers, sample)
    with (
        progress_bar(total_size([path]), "reading", "B", not args.quiet) as progress,
        closing(
            open_table(Path(path), args.format, list(switchers), args.header, progress.update, args.separator)
        ) as table,
    ):
        for block in table.blocks(TablePosition()):
            table.switch(block, collect)
            if args.text and sample.is_full:
                break
    return path, switchers  # type: ignore[return-value]  # all of them are made by make_switcher


def _only(files: list[str]) -> str:
    if len(files) != 1:
        raise LexiconError(f'{len(files)} files; preview reads one file, or "-" for standard input')
    return files[0]


def _title(path: str) -> str:
    """Return the name of the input without its folder; bytes that are not UTF-8 are replaced."""
    return os.fsencode(Path(input_name(path)).name).decode("utf-8", "replace")


def _has_colors() -> bool:
    """Return whether standard output is a terminal with colours; see https://no-color.org."""
    is_modern = os.name != "nt" or "WT_SESSION" in os.environ  # older terminals of Windows print the codes
    return sys.stdout is not None and sys.stdout.isatty() and "NO_COLOR" not in os.environ and is_modern
