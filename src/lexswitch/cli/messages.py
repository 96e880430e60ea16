"""Messages of the library in the terms of the command line: options instead of Python arguments."""

from __future__ import annotations

import argparse
import re
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from shlex import quote

from ..switching.language_check import LowCoverageWarning
from .parser import CommandParser
from .tables import HeaderWarning

# The destinations of options, by the names of arguments of the library that they set.
_DESTINATIONS = {
    "languages": "to",
    "target": "to",
    "targets": "to",
    "p": "probability",
    "retrieval": "retrieve",
    "k": "k",
    "draw_language": "per_text",
}
_FIXED = {
    r"(?<=invert it first: )lexicon\.invert\('([^']*)'\)": r"lexswitch lexicon invert LEXICON \1 -o PATH",
    r"draw_language='text'": "--per-text",
    r"as in languages=\[\['([^']+)', '([^']+)'\]\]": r"as in --to \1+\2",
    r"\bpass a set of words, or 'stopwords' for the built-in English list": "write words, as in --skip the,a, or "
    "--skip @FILE",
    r"\bpass a set of words": "write words, as in --skip the,a, or --skip @FILE",
    r"see what was dropped in Lexicon\.provenance": "lexswitch lexicon info prints what was dropped",
    r"unpickle it yourself and pass its pairs to Lexicon\.from_pairs": "unpickle it yourself and write its pairs to a "
    "TSV file",
    r"open its folder with Lexicon\.load": "name its folder",
    r"read a dictionary file with Lexicon\.read\([^)]*\)": "build one from a dictionary file: lexswitch lexicon build",
    r"(, but source is '[^']+') and target (?:None|\([^)]*\))": r"\1",
    r", and target is None;": ";",
    r"Lexicon\.load \((lexswitch lexicon [a-z]+)\)": r"\1",
    r"pass one: target='\w+' \(command line: ([^)]*)\)": r"write \1",
    r"\b[Ll]exicon\.invert\('?([^')]*)'?\)": r"lexswitch lexicon invert {lexicon} \1 -o PATH",
    r"\blexicon\.filter\(identical=False\)": "lexswitch lexicon filter {lexicon} --no-identical -o PATH",
    r"\bRaise p\b": "Raise --probability",
    r", or None for independent units": ", or leave --runs out",
    r"\ba smaller min_count": "a smaller --min-count",
    r"if this is a dictionary, use Lexicon\.read\b": "if this is a dictionary, use lexswitch lexicon build",
    r"texts has no target language; choose among (\['([^']+)'.*\])": r"no text has a target language; pass texts, as "
    r"in \2=FILE, or --frequencies \2=FILE, for languages among \1",
    r", or pass forms=\.\.\. so that inflected forms match": "",  # a function of Python
    r"pass the language of its terms as source and that of its translations as target$": "pass the language of its "
    "terms with --from and that of its translations with --to",
    r"\blexicon\.compose\(other\)": "lexswitch lexicon compose LEXICON OTHER -o PATH",
    r"\bLexicon\.save writes one": "lexswitch lexicon build writes one",
    r"; select one$": "; choose one with lexswitch lexicon filter --to",
}
_SWAPPED = re.compile(
    r"Lexicon\.(?:read\((?P<quote>['\"])(?P<file>.*?)(?P=quote), |from_pairs\(\{'[^']+': pairs\}, )"
    r"source='(?P<from>[^']+)'"
    r"(?:, target='[^']+')?(?:, format='(?P<format>\w+)')?\)\.invert\('(?P<to>[^']+)'\)"
)
_FORMATS = re.compile(r"format=('\w+'(?: or '\w+')+)")
_SWITCH = re.compile(r"\b([a-z_]+)=(True|False)\b")
_ARGUMENT = re.compile(r"\b([a-z_]+)=(?:'([^']*)'|\.\.\.|([\d.]+\b))?")
_SUBJECT = re.compile(r"([a-z_]+)(?= is |: | has )")


def in_cli_terms(message: str, args: argparse.Namespace) -> str:
    """Return a message of the library for users of a command, in one line."""
    message = " ".join(message.split())
    parser = getattr(args, "parser", None)
    if not isinstance(parser, CommandParser):
        return message
    options = {destination: option for option, destination in parser.options().items()}

    def option_of(name: str) -> str | None:
        return options.get(name) or options.get(_DESTINATIONS.get(name, ""))

    def switch(found: re.Match[str]) -> str:
        name, value = found.groups()
        option = (
            options.get(name) if value == "True" else f"--no-{name}" if f"--no-{name}" in parser.options() else None
        )
        return option or found[0]

    def argument(found: re.Match[str]) -> str:
        option = option_of(found[1])
        value = found[2] or found[3]
        return found[0] if option is None else f"{option} {value}" if value else option

    def subject(found: re.Match[str]) -> str:
        option = option_of(found[1])
        destination = parser.options().get(option or "", "")
        was_given = getattr(args, destination, None) != parser.get_default(destination)
        return option if option and was_given else found[0]

    message = _SWAPPED.sub(_swapped, message)
    for pattern, replacement in _FIXED.items():
        message = re.sub(pattern, replacement.replace("{lexicon}", own_lexicon(args)), message)
    message = _FORMATS.sub(lambda found: "--format " + found[1].replace("'", "").replace(" or ", "|"), message)
    message = _SWITCH.sub(switch, message)
    message = _ARGUMENT.sub(argument, message)
    return _SUBJECT.sub(subject, message, count=1) if _SUBJECT.match(message) else message


def own_lexicon(args: argparse.Namespace) -> str:
    """Return the lexicon of a command as an argument."""
    lexicon = getattr(args, "lexicon", None)
    return quote(lexicon) if isinstance(lexicon, str) else "LEXICON"


def _swapped(found: re.Match[str]) -> str:
    """Return the command that reads a file whose columns are swapped."""
    file = quote(f"{found['from']}-{found['to']}={found['file'] or 'FILE'}")
    format = f" --format {found['format']}" if found["format"] else ""
    return f"lexswitch lexicon build --from {found['to']} {file}{format} -o PATH"


def warning_printer(args: argparse.Namespace) -> Callable[..., None]:
    """Return a function that prints a warning in one line, to replace `warnings.showwarning`."""

    def show(message: Warning | str, *_: object, **__: object) -> None:
        print(f"lexswitch: warning: {in_cli_terms(str(message), args)}", file=sys.stderr)

    return show


def print_notes(notes: Iterable[str], args: argparse.Namespace) -> None:
    """Print notes about the texts as warnings, unless the command is quiet."""
    for note in () if args.quiet else notes:
        warning_printer(args)(note)


@contextmanager
def shown_warnings(args: argparse.Namespace, notes: list[str]) -> Iterator[None]:
    """Print warnings, but only the first about coverage; add a note for the report for a header among rows."""
    print_warning = warning_printer(args)

    def show(message: Warning | str, category: type[Warning], *_: object, **__: object) -> None:
        print_warning(message)
        if issubclass(category, HeaderWarning):
            notes.append("The first row looks like a header, but was switched. Keep it with --header.")
        else:
            warnings.simplefilter("ignore", LowCoverageWarning)

    with warnings.catch_warnings():
        for kind in (HeaderWarning, LowCoverageWarning):
            warnings.simplefilter("ignore" if args.quiet else "always", kind)
        warnings.showwarning = show
        yield
