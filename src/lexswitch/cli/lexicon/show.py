"""Actions that show a lexicon, measure it and write it as text."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from shlex import quote
from tempfile import TemporaryDirectory
from typing import Any

from ..._io.outputs import check_output, is_stream
from ...errors import LexiconError
from ...lexicon import Lexicon
from ..lines import STANDARD_STREAM, standard_output
from ..parser import did_you_mean
from . import coverage
from .corpora import read_frequencies, read_lines
from .options import (
    STARTER,
    Commands,
    add_action,
    add_lexicon,
    add_lexicon_option,
    add_quiet,
    count_pairs,
    format_counts,
    open_lexicon,
    print_lines,
    summary,
)

_SHOWN_OF_HASH = 16


def add_to(actions: Commands) -> None:
    """Add the actions."""
    _add_info(actions)
    _add_get(actions)
    _add_sources(actions)
    coverage.add_to(actions)
    _add_evaluate(actions)
    _add_export(actions)


# -- content ----------------------------------------------------------------------------------------------------------


def _add_info(actions: Commands) -> None:
    parser = add_action(
        actions,
        "info",
        _info,
        "show the content of a lexicon and its sources",
        ["info", "info en-xx.lexicon", "info en-xx.lexicon --texts queries.txt"],
        'With texts, the lines of "lexicon coverage" are added.',
    )
    add_lexicon(parser, nargs="?", default=STARTER)
    parser.add_argument(
        "--texts",
        nargs="+",
        action="extend",
        metavar="FILE",
        help='also measure the coverage of UTF-8 texts; "-" is standard input',
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def _info(args: argparse.Namespace) -> int:
    texts = None if args.texts is None else read_lines(args.texts, quiet=False)
    lexicon = open_lexicon(args.lexicon)
    found = None if texts is None else coverage.measure(lexicon, texts)
    if args.json:
        print_lines([_as_json(_about(lexicon) | ({} if found is None else {"coverage": found.as_dict()}))])
        return 0
    print_lines(summary(lexicon))
    for record in lexicon.provenance:
        print_lines(_provenance(record))
    if found is not None:
        print_lines(["coverage:", *(f"  {line}" for line in found.lines())])
    return 0


def _about(lexicon: Lexicon) -> dict[str, Any]:
    return {
        "source": lexicon.source,
        "languages": count_pairs(lexicon),
        "terms": len(lexicon),
        "pairs": lexicon.num_pairs,
        "signature": lexicon.signature,
        "content_hash": lexicon.content_hash,
        "provenance": lexicon.provenance,
    }


def _provenance(record: dict[str, Any]) -> Iterator[str]:
    """Yield a line with the name of a source, and a line for each of its other fields."""
    fields = {name: _field(record, name) for name in record}
    yield f"from {fields.pop('name', '') or fields.pop('file', '') or 'a source without a name'}:"
    yield from (f"  {name}: {value}" for name, value in fields.items() if value)


def _field(record: dict[str, Any], name: str) -> str:
    value = record[name]
    if name == "pairs" and isinstance(value, int):
        value = f"{value:,}"
    elif name == "sha256":
        value = str(value)[:_SHOWN_OF_HASH]
    elif isinstance(value, dict) and all(isinstance(count, int) for count in value.values()):
        value = format_counts(value)
    elif not isinstance(value, str):
        value = _as_json(value)
    # Names from other people must not contain control characters of terminals.
    return "".join(letter if letter.isprintable() else " " for letter in value).strip()


def _as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _add_get(actions: Commands) -> None:
    parser = add_action(
        actions,
        "get",
        _get,
        "print the translations of a term",
        ['get "credit card"', "get bank --lexicon en-xx.lexicon"],
        "Each line has language, translation and weight of a candidate, separated by tabs, the best first. The exit "
        "code is 1 if the lexicon does not have the term.",
    )
    parser.add_argument("term", metavar="TERM", nargs="+", help="a word, or a phrase in quotes, in any case")
    add_lexicon_option(parser)


def _get(args: argparse.Namespace) -> int:
    term, *others = args.term
    if others:
        phrase = quote(" ".join(args.term))
        raise LexiconError(f"get has {len(args.term)} terms; quote a phrase: lexswitch lexicon get {phrase}")
    lexicon = open_lexicon(args.lexicon)
    if term not in lexicon:
        print(f"lexswitch: the lexicon has no term {term!r}", file=sys.stderr)
        return 1
    print_lines(
        [
            f"{language}\t{candidate.translation}\t{candidate.weight:g}"
            for language, candidates in lexicon[term].items()
            for candidate in candidates
        ]
    )
    return 0


def _add_sources(actions: Commands) -> None:
    parser = add_action(
        actions,
        "sources",
        _sources,
        'list the public dictionaries that "lexicon build" can download',
        ["sources", "sources muse"],
        "Each line has name, title, licence, number of language pairs and home page, separated by tabs.",
    )
    parser.add_argument("name", nargs="?", metavar="NAME", help="list the dictionaries of this source")


def _sources(args: argparse.Namespace) -> int:
    from ...sources import available

    table = available()
    if args.name is None:
        lines = [
            f"{name}\t{source.title}\t{source.licence}\t{len(source.files)}\t{source.home}"
            for name, source in table.items()
        ]
    elif args.name in table:
        lines = [f"{args.name}:{source}-{target or 'LANGUAGES'}" for source, target in table[args.name].pairs]
    else:
        raise ValueError(
            f"{args.name!r} is not a source; the sources are {', '.join(table)}{did_you_mean(args.name, table)}"
        )
    print_lines(lines)
    return 0


# -- quality ----------------------------------------------------------------------------------------------------------


def _add_evaluate(actions: Commands) -> None:
    parser = add_action(
        actions,
        "evaluate",
        _evaluate,
        "evaluate a lexicon against a better one",
        [
            "evaluate en-de.lexicon muse-test.lexicon",
            "evaluate en-de.lexicon gold.lexicon --texts corpus.txt --plot en-de.png",
            "evaluate en-de.lexicon gold.lexicon -k 1,10 --frequencies en.tsv --json > scores.json",
        ],
        "The table has a row per target language, and per band of frequency with --texts or --frequencies. Its columns "
        "are the share of gold terms in the lexicon, precision and recall of the best candidates, and the share of "
        "words in the texts that the lexicon covers.",
    )
    add_lexicon(parser)
    add_lexicon(parser, "gold", "a lexicon of correct translations from the same language")
    parser.add_argument(
        "-k",
        type=_numbers,
        default=(1, 5),
        metavar="N,...",
        help="numbers of best candidates to evaluate (default: 1,5)",
    )
    parser.add_argument(
        "--texts", nargs="+", action="extend", metavar="FILE", help='UTF-8 texts, or "-" for standard input'
    )
    parser.add_argument(
        "--frequencies",
        metavar="FILE",
        help="lines of a word, a tab or blanks, and a number; may be compressed (default: the counts in the texts)",
    )
    parser.add_argument(
        "--plot", metavar="FILE", help="save a bar chart; the ending of the name chooses the format, such as .png"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of the table")
    add_quiet(parser)


def _evaluate(args: argparse.Namespace) -> int:
    if args.plot is not None:
        check_output(Path(args.plot))
    lexicon, gold = open_lexicon(args.lexicon), open_lexicon(args.gold)
    texts = None if args.texts is None else read_lines(args.texts, args.quiet)
    frequencies = None if args.frequencies is None else read_frequencies(args.frequencies, gold.source)
    evaluation = lexicon.evaluate(gold, args.k, texts, frequencies)
    if args.plot is not None:
        evaluation.plot(args.plot)
    print_lines([_as_json(evaluation.as_dict()) if args.json else str(evaluation)])
    return 0


def _numbers(value: str) -> tuple[int, ...]:
    try:
        return tuple(map(int, value.split(",")))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{value!r} must be whole numbers, as in 1,5") from None


# -- as text -----------------------------------------------------------------------------------------------------------


def _add_export(actions: Commands) -> None:
    parser = add_action(
        actions,
        "export",
        _export,
        "write the pairs of a lexicon as text",
        ["export en-xx.lexicon -o en-xx.tsv", "export en-de.lexicon --format muse | gzip > en-de.txt.gz"],
    )
    add_lexicon(parser)
    parser.add_argument(
        "-o",
        "--output",
        default=STANDARD_STREAM,
        metavar="FILE",
        help='output file, or "-" for standard output (default)',
    )
    parser.add_argument(
        "--format",
        metavar="FORMAT",
        help="tsv, jsonl or muse (default: by the ending of the name, where .txt is muse; tsv on standard output)",
    )


def _export(args: argparse.Namespace) -> int:
    path, format = Path(args.output), args.format
    if args.output != STANDARD_STREAM:
        check_output(path)
        stream_format = "tsv" if is_stream(path) and not path.suffix else None
        open_lexicon(args.lexicon).export(path, format or stream_format)
        return 0
    lexicon = open_lexicon(args.lexicon)
    with TemporaryDirectory() as folder:  # a lexicon that cannot be written is not printed in part
        path = Path(folder, "pairs")
        lexicon.export(path, format or "tsv")
        with path.open("rb") as file:
            shutil.copyfileobj(file, standard_output())
    return 0
