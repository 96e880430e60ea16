"""Comparison of texts with switched texts without a record of the switches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import partial
from itertools import pairwise

import numpy as np

from ...engine.characters import normalise_term
from ...engine.packing import pack
from ...lexicon import Lexicon
from ...text.tokenizers import Tokenizer, words_of
from .addition import Added
from .mixing import Mixing

UNKNOWN_LANGUAGE = "unknown"
"""Stands for the language of a changed word that the lexicon does not have as a translation."""
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
            f"texts: {self.texts:,}, {self.changed_texts:,} changed ({_share(self.changed_texts, self.texts):.1%})",
            f"words: {self.words:,}, {self.changed_words:,} changed ({_share(self.changed_words, self.words):.1%})",
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
    language_of = partial(_language_of, lexicon)
    changed_texts = changed_words = words = 0
    languages: Counter[str] = Counter()
    rows: list[int] = []
    codes: list[int] = []
    for row, (old, new) in enumerate(zip(_split(source, tokenizer), _split(switched, tokenizer), strict=True)):
        words += len(old)
        changed_texts += source[row] != switched[row]
        for tag, first, last, new_first, new_last in _changes(old, new):
            language = lexicon.source if tag == "equal" else language_of(old[first:last], new[new_first:new_last])
            if tag != "equal":
                changed_words += last - first
                languages[language] += last - first
            count = sum(any(map(str.isalpha, word)) for word in new[new_first:new_last])
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


def _changes(old: list[str], new: list[str]) -> Iterable[tuple[str, int, int, int, int]]:
    """Return the runs of equal and of changed words; changes of as many words as before are split word by word."""
    if old == new:
        return [("equal", 0, len(old), 0, len(new))]
    found: list[tuple[str, int, int, int, int]] = []
    for tag, first, last, new_first, new_last in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "replace" and last - first == new_last - new_first:
            steps = range(last - first)
            found += [(tag, first + n, first + n + 1, new_first + n, new_first + n + 1) for n in steps]
        else:
            found.append((tag, first, last, new_first, new_last))
    return found


def _language_of(lexicon: Lexicon, old: list[str], new: list[str]) -> str:
    """Return the first language in which the lexicon has the new words as a translation of the old ones."""
    term, shown = normalise_term(" ".join(old), lexicon.source), " ".join(new).casefold()
    if not term or term not in lexicon:
        return UNKNOWN_LANGUAGE
    for language, candidates in lexicon[term].items():
        if any(candidate.translation.casefold() == shown for candidate in candidates):
            return language
    return UNKNOWN_LANGUAGE


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
