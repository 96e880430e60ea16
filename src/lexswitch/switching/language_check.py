"""Warnings if texts do not seem to be in the source language of a lexicon."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ..engine.characters import normalise_word
from ..engine.packing import Packed, pack
from ..engine.splicing import take
from ..engine.switching import Outcome
from ..lexicon import Lexicon
from ..lexicon.pairs import pairs_of
from ..lexicon.provenance import is_starter
from ..lexicon.target_languages import swap_remedy
from ..text.languages import scripts_of
from ..text.scripts import in_script
from ..text.tokenizers import Tokenizer, words_of

LEAST_WORDS = 1000
"""Number of words from which a batch is checked."""
_FEW_WORDS, _FEW_LEAST = 40, 0.25
"""Number of words from which a batch is checked for a report or a command, and the share of words of a target language
that it then needs. Of 4,700 English batches of 40 to 80 words (help pages, quotations, this documentation), none was
taken for another language; of 1,600 batches of each of German, Italian and Dutch, 90 % to 97 % were noticed."""
_RIGHT, _HARDLY = 0.5, 0.01
"""Coverage above which texts are in the source language, and below which a warning is due."""
_SAMPLE, _BLOCK = 1 << 15, 100_000
"""Bytes of text whose words are looked up, and pairs of a lexicon that are searched at a time."""
_TIMES, _LEAST, _ENOUGH = 1.5, 0.1, 100
"""Texts are in a target language if they have 1.5 times as many of its words as terms, at least 10 % of all words, and
at least 100 words. On messages of programs and 13 dictionaries, the ratio was up to 0.5 for texts in the source
language (also Spanish with a dictionary into Portuguese), and from 2 to 10 for texts in the target language."""


class LowCoverageWarning(UserWarning):
    """Almost no word of a batch is in the lexicon."""


class WrongLanguageWarning(LowCoverageWarning):
    """The texts of a batch do not seem to be in the source language of the lexicon."""


class CoverageCount:
    """Counts the words of a batch, and those in units; keeps the block with the most words."""

    def __init__(self) -> None:
        self.words = self.covered = 0
        self.sample: Packed | None = None
        self._most = 0

    def add(self, texts: Packed, outcomes: Sequence[Outcome]) -> None:
        """Count a block of texts."""
        words = sum(outcome.words for outcome in outcomes)
        self.words += words
        self.covered += sum(outcome.covered for outcome in outcomes)
        if words > self._most:
            self._most, self.sample = words, texts


class _WrongLanguage(NamedTuple):
    """What shows that texts are not in the source language."""

    evidence: str
    """With the remedy, for a warning."""
    advice: str
    """The remedy, for a report."""


class LanguageCheck:
    """Checks whether texts are in the source language of a lexicon.

    The lexicon is searched for the words of a text once: at the first batch with less than half of the words in units.
    The search takes .65 s for a million pairs. (The index of the lexicon takes 1.6 s.)
    """

    def __init__(self, lexicon: Lexicon, tokenizer: Tokenizer) -> None:
        self._lexicon = lexicon
        self._tokenizer = tokenizer
        self._is_searched = self._are_few_searched = False

    def is_due(self, words: int, covered: int) -> bool:
        """Return whether a batch must be checked, given its number of words, and of words in units."""
        limit = _HARDLY if self._is_searched else _RIGHT
        return words >= LEAST_WORDS and covered < limit * words

    def warn(self, coverage: CoverageCount, few: bool = False) -> str | None:
        """Warn if few words of a batch are in units. The warning points to the caller of the switcher's method.

        Parameters
        ----------
        coverage : CoverageCount
        few : bool, default False
            Whether to check one batch of few words, too.

        Returns
        -------
        str or None
            Advice for a report, if the texts do not seem to be in the source language.
        """
        words, covered, texts = coverage.words, coverage.covered, coverage.sample
        if texts is None or words < (_FEW_WORDS if few else LEAST_WORDS) or covered >= _RIGHT * words:
            return None
        is_long = words >= LEAST_WORDS
        counts = f"only {covered:,} of {words:,} words are in the lexicon"
        wrong = self._unless_searched(texts, is_long)
        if wrong is not None:
            warnings.warn(WrongLanguageWarning(f"{counts}, and {wrong.evidence}"), stacklevel=4)
            return wrong.advice
        if covered < _HARDLY * words and is_long:
            check = f"check that the texts are in its source language, {self._lexicon.source!r}, and that the tokenizer"
            warnings.warn(LowCoverageWarning(f"{counts}; {check} suits them"), stacklevel=4)
        return None

    def _unless_searched(self, texts: Packed, is_long: bool) -> _WrongLanguage | None:
        """Return what the first long batch shows, or the first short one before it."""
        if self._is_searched or (self._are_few_searched and not is_long):
            return None
        self._is_searched, self._are_few_searched = is_long, True
        return self._wrong_language(texts, *((_ENOUGH, _LEAST) if is_long else (_FEW_WORDS, _FEW_LEAST)))

    def _wrong_language(self, texts: Packed, enough: int, least: float) -> _WrongLanguage | None:
        """Return the evidence against the source language, or None: at least so many words, and such a share."""
        source = self._lexicon.source
        counts = self._words(texts)
        total = counts.total()
        if total < enough:
            return None
        if not in_script("".join(counts), source):
            scripts = " or ".join(scripts_of(source))
            return _WrongLanguage(
                f"most letters are not in a script of its source language {source!r}, {scripts}; use a lexicon from "
                "the language of the texts",
                f"Most letters are not in a script of {source!r}. Use a lexicon from the texts' language.",
            )
        terms = sum(count for word, count in counts.items() if self._lexicon.find(word) is not None)
        for language, known in self._translations(set(counts)).items():
            translations = sum(counts[word] for word in known)
            if translations >= max(_TIMES * terms, least * total):
                evidence = (
                    f"more words are translations into {language!r} ({translations / total:.0%}) than terms of its "
                    f"source language {source!r} ({terms / total:.0%})"
                )
                remedy, advice = self._remedies(language)
                return _WrongLanguage(f"{evidence}; {remedy}", advice)
        return None

    def _remedies(self, language: str) -> tuple[str, str]:
        """Return what to do if the texts have the words of a target language: for a warning, and for a report."""
        from ..formats.plausibility import find_language_problem  # not needed unless something is wrong

        lexicon, inverted = self._lexicon, f"use lexicon.invert({language!r})"
        swapped = swap_remedy(lexicon.source, language, _file_of(lexicon, language))
        if find_language_problem(pairs_of(lexicon.select([language]).columns), lexicon.source, language) == "swapped":
            return (
                f"the columns of the dictionary seem to be swapped: use {swapped}",
                f"The columns of the dictionary seem to be swapped. Use {swapped}.",
            )
        advice = f"The texts seem to be in {language!r}: {inverted}."
        if is_starter(lexicon.provenance):
            return inverted, advice
        both = (
            f"if the texts are in {language!r}, {inverted}; if not, the columns of the dictionary may have been "
            f"swapped: use {swapped}"
        )
        return both, advice

    def _words(self, texts: Packed) -> Counter[str]:
        """Return the first words of the texts, in the form in which they are compared with terms."""
        first = texts.buffer[1 : int(texts.starts[-1]) - 1][:_SAMPLE].tobytes().decode(errors="ignore")
        words = words_of(pack([first.replace("\0", "\n")]), self._tokenizer)
        forms = map(slice, words.offsets.tolist(), (words.offsets + words.lengths).tolist())
        return Counter(words.buffer[form].tobytes().decode() for form in forms)

    def _translations(self, words: set[str]) -> dict[str, set[str]]:
        """Return the words that are translations, by language."""
        columns = self._lexicon.columns
        languages = columns.languages[columns.group_of].tolist()
        found: dict[str, set[str]] = {language: set() for language in self._lexicon.languages}
        for start in range(0, len(languages), _BLOCK):
            rows = np.arange(start, min(start + _BLOCK, len(languages)))
            # Translations have no line feed, so many can be folded at once.
            folded = normalise_word("\n".join(take(columns.translations, rows).unpack())).split("\n")
            for row, text in enumerate(folded, start):
                if text in words:
                    found[self._lexicon.languages[languages[row]]].add(text)
        return found


def _file_of(lexicon: Lexicon, language: str) -> str | None:
    """Return the name of the first file with pairs into a language, if a record has one."""
    for record in lexicon.provenance:
        targets = str(record.get("languages", "")).partition(" -> ")[2]
        if "file" in record and (not targets or language in targets.split(", ")):
            return str(record["file"])
    return None
