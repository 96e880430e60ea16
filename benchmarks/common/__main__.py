"""``python -m benchmarks.common``: fetch all shared data, clean it and print a table of it."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from benchmarks.common import files, freedict, help_text
from benchmarks.common.errors import FetchError

_SHARES = (1000, 5000)
_ROW = "{:<18} {:>9} {:>7} {:>7}  {}"


def main() -> int:
    """Print one row for each source; return the exit code."""
    common = _frequent_words()
    print(_ROW.format("source", "pieces", *(f"top {size // 1000}k" for size in _SHARES), "SHA-256 of the text"))
    try:
        for name, build, is_lexicon in _sources():
            path = build()
            lines = files.read_lines(path)
            shares = _shares(lines, common) if is_lexicon else ["", ""]
            print(_ROW.format(name, f"{len(lines):,}", *shares, files.sha256(path)), flush=True)
    except FetchError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    if common:
        print("top: share of the most frequent English words (letters only, by wordfreq) that are headwords")
    return 0


def _sources() -> Iterator[tuple[str, Callable[[], Path], bool]]:
    """Yield name, function that returns the file, and whether it holds pairs."""
    for language in help_text.LANGUAGES:
        yield f"help {language}", functools.partial(help_text.paragraphs_file, language), False
    yield "verses ar", help_text.arabic_verses_file, False
    yield "messages ar", help_text.arabic_messages_file, False
    for language in freedict.LANGUAGES:
        yield f"freedict en-{language}", functools.partial(freedict.pairs_file, language), True
    yield "mueller en-ru", freedict.mueller_file, True


def _frequent_words() -> list[str]:
    """Return the most frequent English words; none if wordfreq is not installed."""
    try:
        from wordfreq import top_n_list
    except ImportError:
        return []
    return [word for word in top_n_list("en", 2 * max(_SHARES)) if word.isalpha()]


def _shares(lines: Iterable[str], common: list[str]) -> list[str]:
    if not common:
        return ["-" for _ in _SHARES]
    headwords = {line.partition("\t")[0].lower() for line in lines}
    return [f"{sum(word in headwords for word in common[:size]) / size:.3f}" for size in _SHARES]


if __name__ == "__main__":
    sys.exit(main())
