"""Whether a translation occurs in a text, whatever its inflection."""

from __future__ import annotations

import functools
import re
import unicodedata

from benchmarks.senses.measure import stem
from benchmarks.starter.folding import fold

_WHOLE = ("vi",)  # not inflected; words are separated by blanks
_UNSPACED = ("zh", "th")
_SHORT = 3
_WORD = re.compile(r"\w+")
_HINDI_WORD = re.compile("[\\w\u0900-\u0963]+")  # in Python, vowel signs are not part of \w
_HINDI_SIGNS = str.maketrans({"\u093c": None, "\u0901": "\u0902"})  # nukta; candrabindu is written as anusvara
_ARABIC_PREFIX = re.compile("(?:وال|بال|كال|فال|لل|و)(?=..)")
_INFINITIVES = {"tr": ("mek", "mak"), "hi": ("ना",)}


class Text:
    """A text, prepared for look-ups.

    Parameters
    ----------
    text
        Text in any spelling.
    language
        Its language.
    """

    def __init__(self, text: str, language: str) -> None:
        self.language = language
        folded = _folded(text, language)
        self._joined = _joined(folded, language)
        words = set() if language in _UNSPACED + _WHOLE else set(_words(folded, language))
        if language == "ar":
            words |= {_ARABIC_PREFIX.sub("", word, count=1) for word in words}
        self._words = words
        self._beginnings = {word[:end] for word in words for end in range(2, len(word) + 1)}

    def has(self, translation: str) -> bool:
        """Return whether each word of a translation occurs; see the README for the rule."""
        if self.language in _UNSPACED + _WHOLE:
            joined = _joined(_folded(translation, self.language), self.language)
            return bool(joined.strip()) and joined in self._joined
        whole, beginnings = _parts(translation, self.language)
        return bool(whole or beginnings) and self._words >= whole and self._beginnings >= beginnings


def _folded(text: str, language: str) -> str:
    text = unicodedata.normalize("NFKC", text)
    if language == "hi":
        return unicodedata.normalize("NFD", text).translate(_HINDI_SIGNS)
    if language in _UNSPACED + _WHOLE:
        return text.casefold()
    return fold(text, language).replace("ı", "i")


def _joined(folded: str, language: str) -> str:
    """Return the words, with a blank around each if the language has blanks."""
    if language in _UNSPACED:
        return "".join(folded.split())
    return f" {' '.join(_WORD.findall(folded))} "


def _words(folded: str, language: str) -> list[str]:
    return (_HINDI_WORD if language == "hi" else _WORD).findall(folded)


@functools.lru_cache(maxsize=1 << 20)
def _parts(translation: str, language: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return the words of a translation that must occur, and those that must be the beginning of a word."""
    whole, beginnings = set(), set()
    for word in _words(_folded(translation, language), language):
        root = next((word.removesuffix(end) for end in _INFINITIVES.get(language, ()) if word.endswith(end)), "")
        if len(root) > 1:
            beginnings.add(root)
        elif len(word) <= _SHORT:
            whole.add(word)
        else:
            beginnings.add(stem(word))
    return frozenset(whole), frozenset(beginnings)
