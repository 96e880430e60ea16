"""Comparison of texts with switched texts without a record of the switches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import pairwise, product
from operator import itemgetter

import numpy as np

from ...engine.characters import normalise_term
from ...engine.packing import pack
from ...lexicon import Lexicon
from ...text.inflection import english_lemmas
from ...text.languages import primary_language
from ...text.tokenizers import Tokenizer, words_of
from .addition import Added, share
from .mixing import Mixing

UNKNOWN_LANGUAGE = "unknown"
"""Stands for the language of a changed word that the lexicon does not have as a translation."""
_MAX_WORDS = 3
"""Number of words of a unit, the default of a switcher."""
_LONGEST_CHANGE = 2500
"""Product of the numbers of old and new words of a change up to which it is cut into units."""
_NOT_KNOWN = (
    "Not known without a record of the switches: units, p, the expected rate, and why words stayed. The languages are "
    "those that the lexicon names for the changed words. Words of equal spelling count as unchanged."
)


@dataclass(frozen=True)
class Comparison(Added):
    """What differs between texts and switched texts; ``print`` shows it. Comparisons can be added.

    Attributes
    ----------
    texts, changed_texts : int
    words, changed_words : int
        Number of source words, and of those that the switched texts lack.
    languages : Counter of str
        Number of changed source words by the language that the lexicon names, or "unknown".
    mixing : Mixing
        The words of the switched texts.
    """

    texts: int = 0
    changed_texts: int = 0
    words: int = 0
    changed_words: int = 0
    languages: Counter[str] = field(default_factory=Counter)
    mixing: Mixing = field(default_factory=Mixing)

    def lines(self) -> list[str]:
        """Return the comparison in lines."""
        shares = (f"{language} {count / self.words:.1%}" for language, count in sorted(self.languages.items()))
        return [
            f"texts: {self.texts:,}, {self.changed_texts:,} changed ({share(self.changed_texts, self.texts):.1%})",
            f"words: {self.words:,}, {self.changed_words:,} changed ({share(self.changed_words, self.words):.1%})",
            f"languages: {', '.join(shares) or 'none'}",
            *(f"{name}: {value:.3f}" for name, value in self.mixing.indices.items()),
            _NOT_KNOWN,
        ]

    def __str__(self) -> str:
        return "\n".join(self.lines())


def compare(source: Sequence[str], switched: Sequence[str], lexicon: Lexicon, tokenizer: Tokenizer) -> Comparison:
    """Compare texts, word by word.

    Raises
    ------
    ValueError
        If there are not as many switched texts as texts.
    """
    if len(source) != len(switched):
        raise ValueError(f"switched has {len(switched)} texts, source has {len(source)}; pass one for each text")
    names = [lexicon.source, *sorted({*lexicon.languages} - {lexicon.source}), UNKNOWN_LANGUAGE]
    finder = _UnitFinder(lexicon, tokenizer)
    changed_texts = changed_words = words = 0
    languages: Counter[str] = Counter()
    rows: list[int] = []
    codes: list[int] = []
    for row, (old, new) in enumerate(zip(_split(source, tokenizer), _split(switched, tokenizer), strict=True)):
        words += len(old)
        changed_texts += source[row] != switched[row]
        for language, num_old, of_new in _runs(old, new, finder):
            if language != lexicon.source:
                changed_words += num_old
                languages[language] += num_old
            count = sum(any(map(str.isalpha, word)) for word in of_new)
            rows += [row] * count
            codes += [names.index(language)] * count
    mixing = Mixing.of(np.array(rows, dtype=np.int64), np.array(codes, dtype=np.int64), len(source), names)
    return Comparison(len(source), changed_texts, words, changed_words, +languages, mixing)


def _split(texts: Sequence[str], tokenizer: Tokenizer) -> Iterable[list[str]]:
    """Yield the words of each text, as they are written."""
    packed = pack(texts)
    words = words_of(packed, tokenizer)
    data = packed.buffer.tobytes()
    spans = zip(words.starts.tolist(), words.ends.tolist(), strict=True)
    written = [data[start:end].decode() for start, end in spans]
    bounds = np.searchsorted(words.starts, packed.starts).tolist()
    return (written[first:last] for first, last in pairwise(bounds))


def _runs(old: list[str], new: list[str], finder: _UnitFinder) -> Iterator[tuple[str, int, list[str]]]:
    """Yield runs of words: their language (the source language if unchanged), number of old words, and new words."""
    if old == new:
        yield finder.source, len(old), new
        return
    for tag, first, last, new_first, new_last in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield finder.source, last - first, new[new_first:new_last]
        else:
            yield from finder.units(old[first:last], new[new_first:new_last])


class _UnitFinder:
    """Cuts changed words into units whose translations the lexicon has, inflected English words included."""

    def __init__(self, lexicon: Lexicon, tokenizer: Tokenizer) -> None:
        self.source = lexicon.source
        self._lexicon, self._tokenizer = lexicon, tokenizer
        self._is_english = primary_language(lexicon.source) == "en"
        self._known: dict[str, dict[tuple[str, ...], str]] = {}

    def units(self, old: list[str], new: list[str]) -> list[tuple[str, int, list[str]]]:
        """Return the cut with the fewest words of unknown language, as `_runs` yields it."""
        if len(old) * len(new) > _LONGEST_CHANGE:
            return [(UNKNOWN_LANGUAGE, len(old), new)]
        folded = tuple(word.casefold() for word in new)
        # best[i, j]: the number of unknown words after old[i:] and new[j:], and the first unit of this cut.
        best: dict[tuple[int, int], tuple[int, tuple[str, int, int]]] = {(len(old), len(new)): (0, ("", 0, 0))}
        for i, j in product(range(len(old), -1, -1), range(len(new), -1, -1)):
            found = [
                (best[i + words, j + len(translation)][0], (language, words, len(translation)))
                for words in range(1, min(_MAX_WORDS, len(old) - i) + 1)
                for translation, language in self._translations(" ".join(old[i : i + words])).items()
                if folded[j : j + len(translation)] == translation
            ]
            for words, others in ((1, 1), (1, 0), (0, 1)):  # words that the lexicon does not explain
                if (i + words, j + others) in best and words + others:
                    found.append((best[i + words, j + others][0] + 1, (UNKNOWN_LANGUAGE, words, others)))
            if found:
                best[i, j] = min(found, key=itemgetter(0))
        units, i, j = [], 0, 0
        while (i, j) != (len(old), len(new)):
            language, words, others = best[i, j][1]
            units.append((language, words, new[j : j + others]))
            i, j = i + words, j + others
        return units

    def _translations(self, term: str) -> dict[tuple[str, ...], str]:
        """Return the words of each translation of a term, with the first language that has it."""
        if term not in self._known:
            pairs = [
                (language, candidate.translation)
                for form in self._forms(term)
                for language, candidates in self._lexicon.get(form, {}).items()
                for candidate in candidates
            ]
            found: dict[tuple[str, ...], str] = {}
            for (language, _), words in zip(pairs, _split([text for _, text in pairs], self._tokenizer), strict=True):
                found.setdefault(tuple(word.casefold() for word in words), language)
            self._known[term] = found
        return self._known[term]

    def _forms(self, term: str) -> list[str]:
        """Return a term, and the terms of which it may be an inflected form: one word in English is inflected."""
        words = term.split(" ")
        others = [
            " ".join([*words[:at], lemma, *words[at + 1 :]])
            for at, word in enumerate(words)
            for lemma in (english_lemmas(word) if self._is_english else ())
        ]
        return [form for form in (term, *others) if normalise_term(form, self.source)]
