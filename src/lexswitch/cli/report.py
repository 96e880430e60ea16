"""``lexswitch report``: compare a file with its switched copy."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from itertools import chain, islice

from ..errors import LexiconError
from ..switching.report import Comparison, compare
from ..text.tokenizers import WordTokenizer
from .lexicon import Commands, add_lexicon_option, open_lexicon
from .lexicon.options import add_action, print_lines
from .lines import STANDARD_STREAM, input_name, read_blocks

_LINES = 1000
"""Number of lines that are compared at a time."""


def add_to(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = add_action(
        commands,
        "report",
        _report,
        "compare the lines of a file with those of its switched copy",
        ["report queries.txt switched.txt", "report queries.txt switched.txt --lexicon en-xx.lexicon --json"],
        "For files that were switched before, without a record of the switches: their words are compared. For more "
        "figures, use the option --report of lexswitch apply.",
    )
    parser.add_argument("source", metavar="SOURCE", help="UTF-8 text file")
    parser.add_argument("switched", metavar="SWITCHED", help="the switched file, with as many lines")
    add_lexicon_option(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def _report(args: argparse.Namespace) -> int:
    lexicon, tokenizer = open_lexicon(args.lexicon), WordTokenizer()
    total = Comparison()
    for source, switched in _pairs(args.source, args.switched):
        total += compare(source, switched, lexicon, tokenizer)
    if args.json:
        print_lines([json.dumps(total.to_dict() | total.mixing.indices, ensure_ascii=False)])
    else:
        print_lines(total.lines())
    return 0


def _pairs(source: str, switched: str) -> Iterator[tuple[list[str], list[str]]]:
    """Yield lines of both files, some at a time.

    Raises
    ------
    LexiconError
        If the files have different numbers of lines, or both are standard input.
    """
    if source == switched == STANDARD_STREAM:
        raise LexiconError("SOURCE and SWITCHED are both -; name a file for one of them")
    lines = _lines(source), _lines(switched)
    done = 0
    while True:
        old, new = (list(islice(one, _LINES)) for one in lines)
        if len(old) != len(new):
            counts = [done + len(part) + sum(1 for _ in rest) for part, rest in zip((old, new), lines, strict=True)]
            raise LexiconError(
                f"{input_name(source)} has {counts[0]:,} lines, but {input_name(switched)} has {counts[1]:,}; name a "
                "file and its switched copy"
            )
        if not old:
            return
        yield old, new
        done += len(old)


def _lines(path: str) -> Iterator[str]:
    return chain.from_iterable(block.lines for block in read_blocks(path))
