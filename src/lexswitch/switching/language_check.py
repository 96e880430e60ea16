"""Signs that texts are in another language than the source language of a lexicon."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from ..engine.characters import normalise_word
from ..engine.packing import Packed, pack
from ..engine.splicing import take
from ..text.languages import scripts_of
from ..text.scripts import in_script
from ..text.tokenizers import Tokenizer, words_of

if TYPE_CHECKING:
    from ..lexicon import Lexicon

# Fewer words say too little. Texts of which a lexicon knows more than this share are in its source language.
_LEAST_WORDS, _RIGHT, _HARDLY = 1000, 0.5, 0.01
# Bytes of text whose words are looked up, and pairs of a lexicon that are searched at a time.
_SAMPLE, _BLOCK = 1 << 15, 100_000
# Texts are in a target language if they have so many times as many of its words as of terms, and such a share of all,
# which must be so many. On messages of programs and 13 dictionaries the first was up to 0.5 for texts in the source
# language, among them Spanish with a dictionary into Portuguese, and from 2 to 10 for texts in the target language.
_TIMES, _LEAST, _ENOUGH = 1.5, 0.1, 100


class LowCoverageWarning(UserWarning):
    """Hardly a word of a batch is in the lexicon."""


class WrongLanguageWarning(LowCoverageWarning):
    """The texts of a batch do not seem to be in the source language of the lexicon."""


class LanguageCheck:
    """Whether texts are in the source language of a lexicon.

    The lexicon is searched for the words of a text once, at the first batch of which it knows less than half: that
    takes .65 s for a million pairs, whose index takes 1.6 s.
    """

    def __init__(self, lexicon: Lexicon, tokenizer: Tokenizer) -> None:
        self._lexicon = lexicon
        self._tokenizer = tokenizer
        self._is_searched = False

    def warning(self, texts: Packed, words: int, covered: int) -> LowCoverageWarning | None:
        """What to warn of, given some texts of a batch, its number of words, and how many of them are in units."""
        if words < _LEAST_WORDS or covered >= _RIGHT * words:
            return None
        wrong = None if self._is_searched else self._wrong_language(texts)
        self._is_searched = True
        if wrong:
            return WrongLanguageWarning(f"only {covered:,} of {words:,} words are in the lexicon, and {wrong}")
        if covered >= _HARDLY * words:
            return None
        return LowCoverageWarning(
            f"only {covered:,} of {words:,} words are in the lexicon; are the texts in its source language, "
            f"{self._lexicon.source!r}, and does the tokenizer suit them?"
        )

    def _wrong_language(self, texts: Packed) -> str | None:
        """What speaks against the source language."""
        source = self._lexicon.source
        counts = self._words(texts)
        total = counts.total()
        if total < _ENOUGH:
            return None
        if not in_script("".join(counts), source):
            scripts = " or ".join(scripts_of(source))
            return (
                f"most letters are not in a script of its source language {source!r}, {scripts}; pass a lexicon from "
                "the language of the texts"
            )
        terms = sum(count for word, count in counts.items() if self._lexicon.find(word) is not None)
        for language, known in self._translations(set(counts)).items():
            translations = sum(counts[word] for word in known)
            if translations >= max(_TIMES * terms, _LEAST * total):
                return (
                    f"more words are translations into {language!r} ({translations / total:.0%}) than terms of its "
                    f"source language {source!r} ({terms / total:.0%}); if the texts are in {language!r}, pass "
                    f"lexicon.invert({language!r}); if not, the columns of the dictionary may have been swapped"
                )
        return None

    def _words(self, texts: Packed) -> Counter[str]:
        """The first words of the texts, as they are compared with terms."""
        first = texts.buffer[1 : int(texts.starts[-1]) - 1][:_SAMPLE].tobytes().decode(errors="ignore")
        words = words_of(pack([first.replace("\0", "\n")]), self._tokenizer)
        forms = map(slice, words.offsets.tolist(), (words.offsets + words.lengths).tolist())
        return Counter(words.buffer[form].tobytes().decode() for form in forms)

    def _translations(self, words: set[str]) -> dict[str, set[str]]:
        """Which of the words are translations, by language."""
        columns = self._lexicon.columns
        languages = columns.languages[columns.group_of].tolist()
        found: dict[str, set[str]] = {language: set() for language in self._lexicon.languages}
        for start in range(0, len(languages), _BLOCK):
            rows = np.arange(start, min(start + _BLOCK, len(languages)))
            # No translation has a line feed, so that many are folded at once.
            folded = normalise_word("\n".join(take(columns.translations, rows).unpack())).split("\n")
            for row, text in enumerate(folded, start):
                if text in words:
                    found[self._lexicon.languages[languages[row]]].add(text)
        return found
