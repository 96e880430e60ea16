"""Options that say how to switch, and which columns of a table: those of ``lexswitch apply`` and ``preview``."""

from __future__ import annotations

import argparse
import math
from pathlib import Path
from typing import Any

from ..errors import LexiconError
from ..switching.columns import ColumnSwitcher, switch_columns
from ..switching.switcher import CodeSwitcher
from .lexicon import add_lexicon_option, open_lexicon
from .lines import STANDARD_STREAM
from .parser import CommandParser
from .tables import FORMATS

# What to do instead of options that the command does not have.
_REMEDIES = {
    **{
        f"--{name.replace('_', '-')}": f"the command has no such option; use Python: CodeSwitcher({name}=...)"
        for name in ("candidates", "missing", "skip", "protect", "case", "tokenizer")
    },
    **dict.fromkeys(["--lang", "--langs", "--language", "--languages", "--target", "--targets"], "did you mean --to?"),
    "--draw-language": "did you mean --per-text?",
}


def add_switcher_options(parser: CommandParser) -> None:
    """Add the options of a switcher."""
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
    parser.remedies.update(_REMEDIES)


def add_table_options(table: Any) -> None:
    """Add the options that describe a table and its columns to a group of options."""
    table.add_argument(
        "--columns",
        nargs="+",
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
    table.add_argument("--format", choices=FORMATS, help="format of the input (default: by the ending of its name)")


def files_and_columns(args: argparse.Namespace) -> tuple[list[str], list[str]]:
    """Return the files, and the columns with their languages.

    The last word after --columns without "=" is the input if a file has this name.
    """
    files = args.files or [word for word in args.columns if "=" not in word and _is_input(word)][-1:]
    return files, [word for word in args.columns if word not in files or args.files]


def _is_input(word: str) -> bool:
    return word == STANDARD_STREAM or (Path(word).exists() and not Path(word).is_dir())


def make_column_switcher(args: argparse.Namespace, columns: list[str]) -> ColumnSwitcher:
    """Return the switcher for ``query=de passage=ru,it``."""
    switcher = make_switcher(args)
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


def make_switcher(args: argparse.Namespace) -> CodeSwitcher:
    """Return the switcher that the options describe."""
    return CodeSwitcher(
        open_lexicon(args.lexicon),
        args.to,
        args.probability,
        draw_language="text" if args.per_text else "unit",
        max_words=args.max_words,
        runs=args.runs,
        seed=args.seed,
    )


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
