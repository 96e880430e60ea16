"""Chooses the format of a file by its content, and refuses files that are not lexicon files."""

from __future__ import annotations

from .._io.signatures import describe_foreign_file, is_pickle
from ..errors import LexiconError
from .base import Format, Sample
from .registry import FORMATS

_FOLDER = "a folder", "name one of its files"
_JSON_REMEDY = "download the file itself, or read it with format='json'"


def choose_format(sample: Sample, name: str | None) -> Format:
    """Return the format called `name`; without a name, the first format that recognises the file.

    Raises
    ------
    FileNotFoundError
        If the file does not exist.
    LexiconError
        If no format has this name, no format recognises the file, or the file cannot have the named format.
    """
    path = sample.path
    if not path.exists():
        raise FileNotFoundError(f"{path} does not exist")
    if not path.is_dir() and not path.is_file():
        raise LexiconError(f"{path} is a pipe or a device, which cannot be read twice; write it to a file first")
    if (path / "lexicon.json").is_file():
        raise LexiconError(f"{path} is a lexicon that was saved; open it with Lexicon.load (lexswitch lexicon merge)")
    if name is not None and name not in FORMATS:
        raise LexiconError(f"format is {name!r}; it must be one of {', '.join(FORMATS)}")
    if is_pickle(sample.head):
        raise LexiconError(
            f"{path} is a pickle; reading one can run any code, so lexswitch never does. If you trust it, unpickle it "
            "yourself and pass its pairs to Lexicon.from_pairs"
        )
    if name is not None:
        _refuse_foreign_file(sample, FORMATS[name])
        return FORMATS[name]
    for format in FORMATS.values():
        if format.detect(sample):
            return format
    what, remedy = _describe(sample)
    raise LexiconError(f"{path} has no known format: it is {what}; {remedy}")


def _refuse_foreign_file(sample: Sample, format: Format) -> None:
    """Raise LexiconError if the file has another syntax than the named format."""
    if format.detect(sample):
        return
    found = _FOLDER if sample.path.is_dir() else describe_foreign_file(sample.head, format.syntax, _JSON_REMEDY)
    if found is not None:
        raise LexiconError(f"{sample.path} is not a file of the format {format.name!r}: it is {found[0]}; {found[1]}")


def _describe(sample: Sample) -> tuple[str, str]:
    """What a file of no known format seems to be, and the remedy."""
    head = sample.head
    if sample.path.is_dir():
        return _FOLDER
    if found := describe_foreign_file(head, json_remedy=_JSON_REMEDY):
        return found
    if b"\0" in head:
        return "binary data, or UTF-16", "pass text in UTF-8; iconv -f UTF-16 -t UTF-8 converts it"
    lines = [*sample.lines, head.decode("utf-8-sig", "replace")]
    first = next((line for line in lines if line.strip()), None)
    if first is None:
        return "empty", "pass a file that holds pairs"
    return f"text that begins {first[:60]!r}", (
        "write one pair per line, separated by a tab, or name the columns term and translation in a header line; or "
        f"pass its format, one of {', '.join(FORMATS)}, and the error names the wrong line"
    )
