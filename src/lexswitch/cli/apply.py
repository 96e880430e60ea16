"""``lexswitch apply``: switch the lines of texts, or columns of a table."""

from __future__ import annotations

import argparse
import json
import math
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import LexiconError
from ..switching.columns import ColumnSwitcher, switch_columns
from ..switching.language_check import LowCoverageWarning
from ..switching.switcher import CodeSwitcher
from ..switching.trace import Switch, Switched
from .lexicon import add_lexicon_option, open_lexicon
from .lines import STANDARD_STREAM, LineBlock, read_blocks, standard_output, total_size
from .messages import warning_printer
from .table_switching import switch_table
from .tables import FORMATS, HeaderWarning

if TYPE_CHECKING:
    from .lexicon import Commands

_EXAMPLES = """\
examples:
  echo "what is an affinity credit card program?" | lexswitch apply --to de,ru
  lexswitch apply --to de:2,ru:1 -p 0.3 --seed 7 queries.txt > switched.txt
  lexswitch apply --per-text --trace passages-1.txt passages-2.txt > switches.jsonl
  zcat collection.gz | lexswitch apply --lexicon en-xx.lexicon | gzip > switched.gz
  lexswitch apply pairs.jsonl.gz -o switched.jsonl.gz --columns query=de passage=ru,it --workers 4
  lexswitch apply triples.train.small.tsv -o switched.tsv --columns 1=de 2=ru 3=ru --resume
"""


# What to do instead of options that the command does not have.
_REMEDIES = {
    **{
        f"--{name.replace('_', '-')}": f"the command has no such option; use Python: CodeSwitcher({name}=...)"
        for name in ("candidates", "missing", "skip", "protect", "case", "tokenizer")
    },
    **dict.fromkeys(["--lang", "--langs", "--language", "--languages", "--target", "--targets"], "did you mean --to?"),
    "--draw-language": "did you mean --per-text?",
}


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
    parser.add_argument(
        "--to",
        type=_languages,
        metavar="LANGUAGES",
        help='target languages: "de,ru", or with weights "de:2,ru:1" (default: all languages of the lexicon)',
    )
    parser.add_argument(
        "-p",
        "--probability",
        type=_probability,
        default=CodeSwitcher.p,
        metavar="P",
        help="probability that a unit is switched (default: %(default)s)",
    )
    add_lexicon_option(parser)
    parser.add_argument(
        "--seed", type=int, default=CodeSwitcher.seed, metavar="N", help="random seed (default: %(default)s)"
    )
    parser.add_argument("--per-text", action="store_true", help="choose one target language per line, not per unit")
    parser.add_argument(
        "--max-words",
        type=int,
        default=CodeSwitcher.max_words,
        metavar="N",
        help="maximum number of words per unit (default: %(default)s)",
    )
    parser.add_argument(
        "--runs",
        type=float,
        metavar="N",
        help="average number of switched units in a row (default: units are independent)",
    )
    parser.add_argument(
        "--trace",
        action="store_true",
        help="print JSON lines with the text and its switches, with offsets in characters",
    )
    table = parser.add_argument_group("tables")
    table.add_argument(
        "--columns",
        nargs="+",
        metavar="COLUMN[=LANGUAGES]",
        help="columns to switch, by name, or by number from 1 in TSV and CSV without a header; without languages, "
        "those of --to",
    )
    table.add_argument(
        "-o",
        "--output",
        metavar="PATH",
        help='output file, or "-" for standard output; compressed if it ends in .gz, .bz2, .xz or .zst',
    )
    table.add_argument(
        "--header",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="the first row of TSV or CSV names the columns and is not switched (default: yes, unless all of --columns "
        "are numbers)",
    )
    table.add_argument("--format", choices=FORMATS, help="format of the input (default: by the ending of its name)")
    table.add_argument("--workers", type=int, default=1, metavar="N", help="number of processes (default: %(default)s)")
    table.add_argument("--resume", action="store_true", help="resume a stopped run with the same output")
    parser.add_argument("--quiet", action="store_true", help="print no progress and no warnings")
    parser.remedies.update(_REMEDIES)
    parser.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> int:
    if args.columns:
        return _run_table(args)
    for name in ("output", "format", "resume", "header"):
        if getattr(args, name) is not None and getattr(args, name) is not False:
            raise LexiconError(f"--{name} is for tables; name the columns to switch with --columns")
    if args.workers != 1:
        raise LexiconError("--workers is for tables; name the columns to switch with --columns")
    return _run_lines(args)


def _run_table(args: argparse.Namespace) -> int:
    # The last word after --columns without "=" is the input if a file has this name.
    files = args.files or [word for word in args.columns if "=" not in word and _is_input(word)][-1:]
    columns = [word for word in args.columns if word not in files or args.files]
    if len(files) != 1 or not args.output or args.trace:
        raise LexiconError(
            '--columns needs one file ("-" for standard input) and -o PATH, and excludes --trace; write lexswitch '
            "apply FILE -o PATH --columns ..."
        )
    if args.workers < 1:
        raise LexiconError(f"--workers is {args.workers}; it must be 1 or more")
    with warnings.catch_warnings():
        for category in (HeaderWarning, LowCoverageWarning):
            warnings.simplefilter("ignore" if args.quiet else "always", category)
        warnings.showwarning = _first_warning_printer(args)
        switch_table(
            Path(files[0]),
            _column_switcher(args, columns),
            Path(args.output),
            format=args.format,
            header=args.header,
            workers=args.workers,
            resume=args.resume,
            quiet=args.quiet,
        )
    return 0


def _is_input(word: str) -> bool:
    return word == STANDARD_STREAM or (Path(word).exists() and not Path(word).is_dir())


def _column_switcher(args: argparse.Namespace, columns: list[str]) -> ColumnSwitcher:
    """Return the switcher for ``query=de passage=ru,it``."""
    switcher = _switcher(args)
    switchers = {}
    for word in columns:
        name, equals, languages = word.rpartition("=") if "=" in word else (word, "", "")
        if not name or name in switchers:
            raise LexiconError(f"--columns {' '.join(columns)}: name each column once, as in query=de passage=ru,it")
        try:
            switchers[name] = switcher.replace(languages=_languages(languages)) if equals else switcher
        except argparse.ArgumentTypeError as error:
            raise LexiconError(f"--columns {word}: {error}") from None
    return switch_columns(switchers)


def _switcher(args: argparse.Namespace) -> CodeSwitcher:
    return CodeSwitcher(
        open_lexicon(args.lexicon),
        args.to,
        args.probability,
        draw_language="text" if args.per_text else "unit",
        max_words=args.max_words,
        runs=args.runs,
        seed=args.seed,
    )


def _run_lines(args: argparse.Namespace) -> int:
    paths = args.files or [STANDARD_STREAM]
    total = total_size(paths)
    switcher = _switcher(args)
    switched = _trace if args.trace else _apply
    output = standard_output()
    with warnings.catch_warnings(), _progress(total, args.quiet) as progress:
        warnings.simplefilter("ignore" if args.quiet else "always", LowCoverageWarning)
        warnings.showwarning = _first_warning_printer(args)
        for path in paths:
            for block in read_blocks(path):
                output.write(switched(switcher, block).encode())
                output.flush()
                progress.update(block.size)
    return 0


def _apply(switcher: CodeSwitcher, block: LineBlock) -> str:
    texts = switcher.apply(block.lines)
    return "".join(part for line in zip(texts, block.ends, strict=True) for part in line)


def _trace(switcher: CodeSwitcher, block: LineBlock) -> str:
    return "".join(
        json.dumps({"text": text, "switches": switches}, ensure_ascii=False) + "\n"
        for text, switches in _by_text(switcher.trace(block.lines))
    )


def _by_text(switched: Switched) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Yield each text with its switches."""
    rows: list[list[dict[str, Any]]] = [[] for _ in switched.texts]
    for switch in switched.switches:
        rows[switch.row].append({name: getattr(switch, name) for name in Switch._fields if name != "row"})
    return zip(switched.texts, rows, strict=True)


def _probability(value: str) -> float:
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not 0 <= number <= 1:
        raise argparse.ArgumentTypeError(f"{value!r} is not a probability; pass a number from 0 to 1")
    return number


def _languages(value: str) -> dict[str, float]:
    """Parse ``de,ru`` or ``de:2,ru:1``."""
    weights: dict[str, float] = {}
    for part in value.split(","):
        language, colon, weight = part.strip().partition(":")
        if not language or language in weights:
            raise argparse.ArgumentTypeError(f"{value!r} must name each language once, as de,ru or de:2,ru:1")
        try:
            weights[language] = float(weight) if colon else 1.0
        except ValueError:
            raise argparse.ArgumentTypeError(f"{part!r} has no number after the colon; write {language}:2") from None
    return weights


def _progress(total: int | None, quiet: bool) -> Any:
    from tqdm import tqdm

    # On a terminal, a bar among the lines would make both unreadable.
    hidden = quiet or not sys.stderr.isatty() or sys.stdout.isatty()
    return tqdm(total=total, unit="B", unit_scale=True, unit_divisor=1024, disable=hidden)


def _first_warning_printer(args: argparse.Namespace) -> Callable[..., None]:
    """Return a function that prints warnings, but only the first about coverage."""
    print_warning = warning_printer(args)

    def show(message: Warning | str, *_: object, **__: object) -> None:
        print_warning(message)
        warnings.simplefilter("ignore", LowCoverageWarning)

    return show
