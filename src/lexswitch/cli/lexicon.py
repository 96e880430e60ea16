"""``lexswitch lexicon info`` and ``lexswitch lexicon get``."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any

from ..lexicon import Lexicon

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[Any]

_EXAMPLES = """\
examples:
  lexswitch lexicon info
  lexswitch lexicon info en-xx.lexicon
  lexswitch lexicon get "credit card"
"""


def add_to(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = commands.add_parser(
        "lexicon",
        help="look into a lexicon",
        description="Look into a lexicon.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = parser.add_subparsers(metavar="ACTION", required=True)

    info = actions.add_parser("info", help="tell what a lexicon holds", description="Tell what a lexicon holds.")
    info.add_argument("path", nargs="?", help="folder that Lexicon.save wrote (default: the built-in starter lexicon)")
    info.set_defaults(run=_info)

    get = actions.add_parser(
        "get",
        help="print the translations of a term",
        description="Print language, translation and weight of each candidate of a term, tab-separated, best first. "
        "The exit code is 1 if the lexicon does not have the term.",
    )
    get.add_argument("term", help="a word or phrase, in any case")
    add_lexicon_option(get)
    get.set_defaults(run=_get)


def add_lexicon_option(parser: argparse.ArgumentParser) -> None:
    """Add the option that `open_lexicon` takes."""
    parser.add_argument(
        "--lexicon", metavar="PATH", help="folder that Lexicon.save wrote (default: the built-in starter lexicon)"
    )


def open_lexicon(path: str | None) -> Lexicon:
    """The lexicon at a path, or the built-in one."""
    return Lexicon.starter() if path is None else Lexicon.load(path)


def _info(args: argparse.Namespace) -> int:
    lexicon = open_lexicon(args.path)
    counts = Counter(language for _, language, _, _ in lexicon.pairs())
    _print(f"source: {lexicon.source}")
    _print(f"terms: {len(lexicon):,}")
    _print(f"pairs: {lexicon.num_pairs:,}")
    for language in lexicon.languages:
        _print(f"  {language}: {counts[language]:,}")
    _print(f"signature: {lexicon.signature}")
    for entry in lexicon.provenance:
        _print("provenance: " + ", ".join(f"{name}: {value}" for name, value in entry.items()))
    return 0


def _get(args: argparse.Namespace) -> int:
    lexicon = open_lexicon(args.lexicon)
    if args.term not in lexicon:
        print(f"lexswitch: the lexicon has no term {args.term!r}", file=sys.stderr)
        return 1
    for language, candidates in lexicon[args.term].items():
        for candidate in candidates:
            _print(f"{language}\t{candidate.translation}\t{candidate.weight:g}")
    return 0


def _print(line: str) -> None:
    """Print in UTF-8, whatever the locale."""
    sys.stdout.buffer.write(f"{line}\n".encode())
