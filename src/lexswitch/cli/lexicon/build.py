"""``lexswitch lexicon build``: dictionaries of any format, from files and from the net, into one lexicon."""

from __future__ import annotations

import argparse
import re
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from ...errors import LexiconError, LexiconLanguageWarning, LossyReadWarning
from ...lexicon import Lexicon
from .options import Commands, add_maker, languages, show_warning, tell_counts

# Languages are written in their canonical form, which tells the two in "en-pt" from the one in "pt-BR".
_LANGUAGES = r"(?:(?P<source>[a-z]{2,3})-(?=[a-z]{2,3}(?![A-Za-z0-9])))?(?P<targets>[A-Za-z0-9,-]+)"
_FILE = re.compile(rf"{_LANGUAGES}=(?P<path>.+)", re.DOTALL)
_PUBLISHED = re.compile(rf"(?P<name>[a-z][a-z-]+):{_LANGUAGES}")
_LIKE_PUBLISHED = re.compile(r"[a-z][a-z-]+:.*", re.DOTALL)  # not C:\ of Windows


class _Dictionary(NamedTuple):
    """A file, or a public dictionary."""

    argument: str
    path: str = ""
    name: str = ""
    source: str | None = None
    targets: tuple[str, ...] | None = None


def add_to(actions: Commands) -> None:
    """Add the action."""
    parser = add_maker(
        actions,
        "build",
        _build,
        "make a lexicon of dictionary files and of public dictionaries",
        [
            "build en-de.txt --to de -o en-de.lexicon",
            "build de=en-de.txt.gz ru=mueller7.dict.dz -o en-xx.lexicon",
            "build muse:en-de,fr freedict:en-nl nl-en=nld-eng.index -o en-xx.lexicon",
            "build pairs.jsonl --from de --to en --strict -o de-en.lexicon",
        ],
        "The format of each file is found out from its content. What cannot be used is skipped and counted. A "
        "dictionary that is said to lead into the source language is turned round.",
    )
    parser.add_argument(
        "dictionaries",
        nargs="+",
        metavar="DICTIONARY",
        type=_parse,
        help="FILE; or LANGUAGES=FILE, as in de=en-de.txt, with the target languages of this file; or "
        "SOURCE-LANGUAGES=FILE, as in nl-en=nld-eng.index; or NAME:SOURCE-LANGUAGES, as in muse:en-de,fr, to download "
        '(once) what "lexicon sources" lists',
    )
    parser.add_argument(
        "--from",
        dest="source",
        metavar="LANGUAGE",
        help="source language (default: that of the first DICTIONARY, if it is given there, or en)",
    )
    parser.add_argument(
        "--to",
        type=languages,
        metavar="LANGUAGES",
        help="target languages, as de,ru, of files without LANGUAGES= (default: all that a file names)",
    )
    parser.add_argument(
        "--format", metavar="FORMAT", help="format of the files, if they do not show it: muse, table, ..."
    )
    parser.add_argument("--strict", action="store_true", help="stop at the first line of a file that would be skipped")


def _parse(argument: str) -> _Dictionary:
    if Path(argument).exists():
        return _Dictionary(argument, argument)
    if found := _FILE.fullmatch(argument):
        return _Dictionary(argument, found["path"], "", found["source"], languages(found["targets"]))
    found = _PUBLISHED.fullmatch(argument)
    if found and found["source"]:
        return _Dictionary(argument, "", found["name"], found["source"], languages(found["targets"]))
    if _LIKE_PUBLISHED.fullmatch(argument):
        raise argparse.ArgumentTypeError(
            f"{argument!r} is no file, and no dictionary to download: NAME:SOURCE-LANGUAGES, as in muse:en-de,fr"
        )
    return _Dictionary(argument, argument)


def _build(args: argparse.Namespace) -> Lexicon:
    for one in args.dictionaries:
        if one.path:
            Path(one.path).stat()  # a missing one is told before the first is read
    source = args.source or args.dictionaries[0].source or "en"
    with warnings.catch_warnings():
        for kind in (LossyReadWarning, LexiconLanguageWarning):
            warnings.simplefilter("ignore" if args.quiet else "always", kind)
        warnings.showwarning = show_warning
        first, *others = _lexicons(args, source)
    return first.merge(*others) if others else first


def _lexicons(args: argparse.Namespace, source: str) -> Iterator[Lexicon]:
    for one in args.dictionaries:
        lexicon = _read(one, source, args)
        if not args.quiet:
            for record in lexicon.provenance:
                print(_account(record), file=sys.stderr)
        yield lexicon if lexicon.source == source else lexicon.invert(source)


def _read(one: _Dictionary, source: str, args: argparse.Namespace) -> Lexicon:
    start, targets, progress = one.source or source, one.targets or args.to, not args.quiet
    if start != source:
        if source not in targets:
            raise LexiconError(f"{one.argument} leads neither from {source!r} nor into it; see --from")
        targets = (source,)
    if one.path:
        return Lexicon.read(one.path, start, targets, args.format, args.strict, progress)
    return Lexicon.fetch(one.name, start, targets, progress)


def _account(record: dict[str, Any]) -> str:
    """What was read of one dictionary, in a line."""
    dropped = f"; dropped: {tell_counts(record['dropped'])}" if record["dropped"] else ""
    return f"{record['file']} ({record['format']}): {record['languages']}: {record['pairs']:,} pairs{dropped}"
