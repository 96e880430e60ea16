"""``lexswitch lexicon coverage``: how many words of texts a lexicon covers, and which it lacks."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from itertools import islice
from typing import Any, NamedTuple

import numpy as np

from ...checks import whole_number
from ...engine.matching import covered_words
from ...engine.packing import Mask, pack
from ...lexicon import Lexicon
from ...lexicon.coverage import Coverage
from ...lexicon.indexes import MAX_WORDS
from ...text.forms import choose_forms
from ...text.tokenizers import WordTokenizer, words_of
from .corpora import read_lines
from .options import Commands, add_action, add_lexicon, add_quiet, format_counts, open_lexicon, print_lines

_BATCH = 10_000
_MISSING = 40
"""Number of missing words that are shown."""


class Measured(NamedTuple):
    """The coverage of texts."""

    coverage: Coverage
    by_language: dict[str, int]
    """Number of words in units of each language."""

    def lines(self) -> list[str]:
        """Return the figures in lines."""
        coverage = self.coverage
        lines = [
            f"words: {coverage.words:,}",
            f"in units: {coverage.share:.3f}",
            f"content words in units: {coverage.content_share:.3f} of {coverage.content_words:,}",
            *(f"  {language}: {share:.3f}" for language, share in self._shares().items()),
        ]
        missing = dict(coverage.missing.most_common(_MISSING))
        return [*lines, f"most frequent missing words: {format_counts(missing)}"] if missing else lines

    def as_dict(self) -> dict[str, Any]:
        """Return the figures for JSON."""
        coverage = self.coverage
        return {
            "words": coverage.words,
            "share": coverage.share,
            "content_words": coverage.content_words,
            "content_share": coverage.content_share,
            "languages": self._shares(),
            "missing": dict(coverage.missing.most_common(_MISSING)),
        }

    def _shares(self) -> dict[str, float]:
        return {language: count / max(self.coverage.words, 1) for language, count in self.by_language.items()}


def add_to(actions: Commands) -> None:
    """Add the action."""
    parser = add_action(
        actions,
        "coverage",
        _coverage,
        "print the share of words in texts that a lexicon covers",
        ["coverage en-xx.lexicon passages-1.txt passages-2.txt", "coverage starter - < queries.txt"],
        "A word is covered if it is part of a unit: of a term of the lexicon or, for each language, of a term with a "
        "translation into it. Inflected forms match, as in apply. Content words are those with a letter that are not "
        "English function words. The most frequent missing content words are printed last.",
    )
    add_lexicon(parser)
    parser.add_argument("files", nargs="+", metavar="FILE", help='UTF-8 texts, or "-" for standard input')
    parser.add_argument(
        "--max-words",
        type=int,
        default=MAX_WORDS,
        metavar="N",
        help="maximum number of words per unit (default: %(default)s)",
    )
    add_quiet(parser)


def _coverage(args: argparse.Namespace) -> int:
    lines = read_lines(args.files, args.quiet)
    lexicon = open_lexicon(args.lexicon)
    print_lines(measure(lexicon, lines, whole_number("--max-words", args.max_words, 1, 2**31)).lines())
    return 0


def measure(lexicon: Lexicon, lines: Iterable[str], max_words: int = MAX_WORDS) -> Measured:
    """Return the coverage of texts."""
    tokenizer, coverage = WordTokenizer(), Coverage()
    index = lexicon.index(tokenizer, max_words, choose_forms("auto", lexicon.source))
    every = np.ones(len(lexicon), dtype=np.bool_)
    all_terms = index.select(every, every)
    known = {language: _known(lexicon, language) for language in lexicon.languages}
    terms = {language: index.select(mask, mask) for language, mask in known.items()}
    by_language = dict.fromkeys(terms, 0)
    lines = iter(lines)
    while batch := list(islice(lines, _BATCH)):
        words = words_of(pack(batch), tokenizer, language=lexicon.source)
        coverage.add(words, all_terms.match(words), lexicon.source)
        for language, of_language in terms.items():
            by_language[language] += covered_words(of_language.match(words))
    return Measured(coverage, by_language)


def _known(lexicon: Lexicon, language: str) -> Mask:
    """Return, for each term, whether it has a candidate in a language."""
    columns = lexicon.columns
    own = columns.languages == lexicon.languages.index(language)
    before = np.append(0, np.cumsum(own))
    return before[columns.groups[1:]] > before[columns.groups[:-1]]
