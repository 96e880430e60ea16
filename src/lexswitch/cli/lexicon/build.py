"""``lexswitch lexicon build``: make one lexicon from dictionary files and public dictionaries."""

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
from ..messages import warning_printer
from ..parser import Joined
from .corpora import add_ranking, chosen_texts
from .options import Commands, add_maker, format_counts, languages, print_dropped

# The canonical form of a language distinguishes the two languages of "en-pt" from the one of "pt-BR".
_LANGUAGES = r"(?:(?P<source>[a-z]{2,3})-(?=[a-z]{2,3}(?![A-Za-z0-9])))?(?P<targets>[A-Za-z0-9,-]+)"
_FILE = re.compile(rf"{_LANGUAGES}=(?P<path>.+)", re.DOTALL)
_PUBLISHED = re.compile(rf"(?P<name>[a-z][a-z-]+):{_LANGUAGES}")
_LIKE_PUBLISHED = re.compile(r"[a-z][a-z-]+:.*", re.DOTALL)  # not C:\ of Windows

# Errors of `Lexicon.read` for a file that names another source language.
_OTHER_SOURCE = re.compile(
    r"is a dictionary from '([^']+)'|has no entry in the source language '[^']*', only in ([\w-]+);"
)


class _DictionaryArgument(NamedTuple):
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
        "make a lexicon from dictionary files and public dictionaries",
        [
            "build en-de.txt --to de -o en-de.lexicon",
            "build de=en-de.txt.gz ru=mueller7.dict.dz -o en-xx.lexicon",
            "build muse:en-de,fr freedict:en-nl nl-en=nld-eng.index -o en-xx.lexicon",
            "build pairs.jsonl --from de --to en --strict -o de-en.lexicon",
        ],
        "The format of each file is detected from its content. Entries that cannot be used are skipped and counted. A "
        "dictionary into the source language is inverted. Translations that are spelled as their term are dropped.",
    )
    parser.add_argument(
        "dictionaries",
        nargs="+",
        metavar="DICTIONARY",
        type=_parse,
        help="FILE; or LANGUAGES=FILE with the target languages, as in de=en-de.txt; or SOURCE-LANGUAGES=FILE, as in "
        "nl-en=nld-eng.index; or NAME:SOURCE-LANGUAGES, as in muse:en-de,fr, to download (once) a dictionary that "
        '"lexicon sources" lists',
    )
    parser.add_argument(
        "--from",
        dest="source",
        metavar="LANGUAGE",
        help="source language (default: that of the first DICTIONARY, if it names one, else en)",
    )
    parser.add_argument(
        "--to",
        type=languages,
        action=Joined,
        metavar="LANGUAGES",
        help="target languages of files without LANGUAGES=, as in de,ru (default: all languages of a file)",
    )
    parser.add_argument(
        "--format", metavar="FORMAT", help="format of the files, if it cannot be detected: muse, table, ..."
    )
    add_ranking(parser)
    parser.add_argument(
        "--curated",
        action="store_true",
        help="the pairs are your own choice, as in a glossary: they come first if the lexicon is merged with others",
    )
    parser.add_argument("--strict", action="store_true", help="fail at the first line that would be skipped")


def _parse(argument: str) -> _DictionaryArgument:
    if Path(argument).exists():
        return _DictionaryArgument(argument, argument)
    if found := _FILE.fullmatch(argument):
        return _DictionaryArgument(argument, found["path"], "", found["source"], languages(found["targets"]))
    found = _PUBLISHED.fullmatch(argument)
    if found and found["source"]:
        return _DictionaryArgument(argument, "", found["name"], found["source"], languages(found["targets"]))
    if _LIKE_PUBLISHED.fullmatch(argument):
        raise argparse.ArgumentTypeError(
            f"{argument!r} is neither a file nor a dictionary to download: NAME:SOURCE-LANGUAGES, as in muse:en-de,fr"
        )
    return _DictionaryArgument(argument, argument)


def _build(args: argparse.Namespace) -> Lexicon:
    for dictionary in args.dictionaries:
        if args.curated and not dictionary.path:
            raise LexiconError(
                f"--curated is for files of your own, and {dictionary.argument} is downloaded; build two lexicons, and "
                "merge them: lexswitch lexicon merge MINE OTHER -o PATH"
            )
        if dictionary.path:
            Path(dictionary.path).stat()  # a missing file is an error before the first is read
    with warnings.catch_warnings():
        for kind in (LossyReadWarning, LexiconLanguageWarning):
            warnings.simplefilter("ignore" if args.quiet else "always", kind)
        warnings.showwarning = warning_printer(args)
        first, *others = _lexicons(args)
    merged = first.merge(*others, texts=chosen_texts((first, *others), args.frequencies))
    print_dropped(merged, args)
    return merged


def _lexicons(args: argparse.Namespace) -> Iterator[Lexicon]:
    """Yield the lexicon of each dictionary, from the source language of the first."""
    source = args.source or args.dictionaries[0].source
    for dictionary in args.dictionaries:
        lexicon = _read_first(dictionary, args) if source is None else _read(dictionary, source, args)
        source = source or lexicon.source
        if not args.quiet:
            for record in lexicon.provenance:
                print(_account(record), file=sys.stderr)
        yield lexicon if lexicon.source == source else lexicon.invert(source)


def _read_first(dictionary: _DictionaryArgument, args: argparse.Namespace) -> Lexicon:
    """Read a file from the source language that it names, or from English."""
    try:
        return _read(dictionary, "en", args)
    except LexiconError as error:
        named = _OTHER_SOURCE.search(str(error))
        if named is None:
            raise
    return _read(dictionary, named[1] or named[2], args)


def _read(dictionary: _DictionaryArgument, source: str, args: argparse.Namespace) -> Lexicon:
    start, targets = dictionary.source or source, dictionary.targets or args.to
    if start != source:
        if source not in targets:
            raise LexiconError(
                f"{dictionary.argument} is neither from {source!r} nor into it; name another language with --from"
            )
        targets = (source,)
    if dictionary.path:
        return Lexicon.read(
            dictionary.path, start, targets, args.format, args.strict, not args.quiet, curated=args.curated
        )
    return Lexicon.fetch(dictionary.name, start, targets, not args.quiet)


def _account(record: dict[str, Any]) -> str:
    """Return the summary of one dictionary in a line."""
    dropped = f"; dropped: {format_counts(record['dropped'])}" if record["dropped"] else ""
    return f"{record['file']} ({record['format']}): {record['languages']}: {record['pairs']:,} pairs{dropped}"
