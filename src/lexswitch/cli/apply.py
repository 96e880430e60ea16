"""``lexswitch apply``: switch the lines of texts, or columns of a table."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from .._io.atomic import replace_file
from .._io.outputs import is_stream, open_stream
from ..checks import check_workers
from ..errors import LexiconError
from ..switching.report import Report
from ..switching.switcher import CodeSwitcher
from ..switching.trace import Switch, Switched
from .column_options import (
    add_column_options,
    check_is_text,
    check_no_table_options,
    files_and_columns,
    make_column_switcher,
)
from .lexicon import open_lexicon
from .lines import STANDARD_STREAM, LineBlock, read_blocks, standard_output, total_size
from .messages import shown_warnings
from .report_output import PRINTED, add_force, add_report_option, check_new, check_report, print_summary, write_report
from .switcher_options import REMEDIES, add_switcher_options, make_switcher
from .table_switching import Record, TableJob, switch_table
from .tables import compressor

if TYPE_CHECKING:
    from .lexicon import Commands

_EXAMPLES = """\
examples:
  echo "what is an affinity credit card program?" | lexswitch apply --to de,ru
  lexswitch apply --to de:2,ru:1 -p 0.3 --seed 7 queries.txt > switched.txt
  lexswitch apply --per-text --trace passages-1.txt passages-2.txt > switches.jsonl
  zcat collection.gz | lexswitch apply --lexicon en-xx.lexicon | gzip > switched.gz
  lexswitch apply pairs.jsonl.gz -o switched.jsonl.gz --columns query=de passage=ru,it --workers 4
  lexswitch apply pairs.csv --separator ";" -o switched.csv --columns query=de --report report.html
  lexswitch apply triples.train.small.tsv -o switched.tsv --columns 1=de 2=ru 3=ru --resume
"""


def add_to(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = commands.add_parser(
        "apply",
        help="switch lines of text, or columns of a table",
        description="Switch words in each line of UTF-8 text, from files or standard input to standard output. "
        "Everything that is not switched is preserved byte for byte, line ends included. With --columns, switch "
        "columns of one TSV, CSV, JSON lines or Parquet file; the number of a row determines its random choices.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "files", nargs="*", metavar="FILE", help='UTF-8 text files, or "-" for standard input (default)'
    )
    add_switcher_options(parser)
    parser.add_argument(
        "--trace",
        action="store_true",
        help="print JSON lines with the text and its switches, with offsets in characters",
    )
    add_report_option(parser)
    add_force(parser)
    parser.add_argument(
        "-o",
        "--output",
        metavar="PATH",
        help='output file, or "-" for standard output (default for text); compressed if it ends in .gz, .bz2, .xz or '
        ".zst",
    )
    table = parser.add_argument_group("tables")
    add_column_options(table)
    table.add_argument("--trace-to", metavar="FILE", help="write the switches to FILE, one JSON object per line")
    table.add_argument("--workers", type=int, default=1, metavar="N", help="number of processes (default: %(default)s)")
    table.add_argument("--resume", action="store_true", help="resume a stopped run with the same output")
    parser.add_argument("--quiet", action="store_true", help="print no progress, no warnings and no summary")
    parser.remedies.update(REMEDIES)
    parser.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> int:
    check_report(args.report, args.force)
    if args.columns:
        return _run_table(args)
    check_is_text(args, args.files, output=True)
    check_no_table_options(args, ("format", "resume", "header", "separator", "trace_to", "workers"))
    return _run_lines(args)


def _run_table(args: argparse.Namespace) -> int:
    files, columns = files_and_columns(args)
    if len(files) != 1 or not args.output or args.trace:
        raise LexiconError(
            '--columns needs one file ("-" for standard input) and -o PATH, and excludes --trace; write lexswitch '
            "apply FILE -o PATH --columns ..., and --trace-to FILE.jsonl for the switches"
        )
    job = TableJob(
        Path(files[0]),
        Path(args.output),
        format=args.format,
        header=args.header,
        separator=args.separator,
        trace=None if args.trace_to is None else Path(args.trace_to),
        workers=check_workers("--workers", args.workers),
        resume=args.resume,
        force=args.force,
        quiet=args.quiet,
    )
    notes: list[str] = []
    with shown_warnings(args, notes):
        report = switch_table(job, make_column_switcher(args, columns), _record(args))
    _finish(args, report, notes)
    return 0


def _record(args: argparse.Namespace) -> Record:
    """Return what must be recorded for the summary and the report."""
    return "details" if args.report else "nothing" if args.quiet else "totals"


def _finish(args: argparse.Namespace, report: Report | None, notes: list[str]) -> None:
    """Print the summary, and print or write the report."""
    if report is None:
        return
    if args.report:
        report = replace(report, notes=(*report.notes, *notes))
        write_report(report, args, "What was switched")
    if not args.quiet and args.report != PRINTED:
        print_summary(report)


def _run_lines(args: argparse.Namespace) -> int:
    paths = args.files or [STANDARD_STREAM]
    output = args.output or STANDARD_STREAM
    if output != STANDARD_STREAM:
        check_new(Path(output), args.force)
    total = total_size(paths)
    switcher, report = make_switcher(args, open_lexicon(args.lexicon, args.to), args.to), None
    if (record := _record(args)) != "nothing":
        switcher, report = switcher.recording(details=record == "details")
    switched = _trace if args.trace else _apply
    with shown_warnings(args, []), _progress(total, args) as progress, _opened(output) as write:
        for path in paths:
            for block in read_blocks(path):
                write(switched(switcher, block, args.epoch).encode())
                progress.update(block.size)
    _finish(args, report and report(), [])
    return 0


def _apply(switcher: CodeSwitcher, block: LineBlock, epoch: int) -> str:
    texts = switcher.apply(block.lines, epoch=epoch)
    return "".join(part for line in zip(texts, block.ends, strict=True) for part in line)


def _trace(switcher: CodeSwitcher, block: LineBlock, epoch: int) -> str:
    return "".join(
        json.dumps({"text": text, "switches": switches}, ensure_ascii=False) + "\n"
        for text, switches in _by_text(switcher.trace(block.lines, epoch=epoch))
    )


def _by_text(switched: Switched) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Yield each text with its switches."""
    rows: list[list[dict[str, Any]]] = [[] for _ in switched.texts]
    for switch in switched.switches:
        rows[switch.row].append({name: getattr(switch, name) for name in Switch._fields if name != "row"})
    return zip(switched.texts, rows, strict=True)


@contextmanager
def _opened(output: str) -> Iterator[Callable[[bytes], None]]:
    """Yield a function that writes to standard output, or to a file, which is replaced when the new one is complete."""
    path = Path(output)
    compress = compressor(path)
    if output == STANDARD_STREAM:
        opened: AbstractContextManager[BinaryIO] = nullcontext(standard_output())
    elif is_stream(path):
        opened = open_stream(path)
    else:
        opened = _replaced(path, compress)
    with opened as stream:

        def write(data: bytes) -> None:
            stream.write(compress(data))
            stream.flush()

        yield write


@contextmanager
def _replaced(path: Path, compress: Callable[[bytes], bytes]) -> Iterator[BinaryIO]:
    with replace_file(path) as temporary, temporary.open("wb") as stream:
        yield stream
        if not stream.tell():
            stream.write(compress(b""))  # an empty file is not a compressed one


def _progress(total: int | None, args: argparse.Namespace) -> Any:
    from tqdm import tqdm

    # On a terminal, a bar among the lines would make both unreadable.
    hidden = args.quiet or not sys.stderr.isatty() or (args.output is None and sys.stdout.isatty())
    return tqdm(total=total, unit="B", unit_scale=True, unit_divisor=1024, disable=hidden)
