"""Removes marks that dictionaries add to the spelling of a language: stress, length, tone and vowel points.

Ordinary text has none of them, so a term with such a mark never matches, and a translation with one looks wrong. Marks
that belong to the spelling are kept: й and ё, Greek accents, Vietnamese tones, the Persian tanwin, Macedonian ѐ and ѝ.

Some languages write such marks in foreign names (Croatian "Côte d'Ivoire"). In these languages, marks are removed only
if a sample shows that the dictionary adds them to its words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import NamedTuple

Edit = Callable[[str], str]

_ACCENTED_SHARE = 0.005
"""FreeDict dictionaries that add accents have them in 1 to 90 % of their texts, others in less than 0.1 %."""

# Characters of Unicode by number, because most of these marks look alike on the screen.
_STRESS = "\u0300\u0301"
_TONES = "\u0300-\u0304\u030c\u030f\u0311\u0323\u0328"
_BESIDE = "\u0304\u0307\u0323\u0328"  # marks of the spelling between a letter and its accent: ū́, ė́, ą́
_CYRILLIC = "АЕИОУЪЫЭЮЯІЄѢ\u0308"  # ё and ї end with a diaeresis


class _Marks(NamedTuple):
    """The marks of some languages."""

    languages: str
    pattern: str
    """Pattern for decomposed text (NFD); its first group is kept."""
    measured: bool = False
    """Whether foreign names may have these marks too."""


_ALL = (
    # The word ѝ keeps its accent.
    _Marks("bg", rf"(?<=[{_CYRILLIC}])(?!(?<=\bи)\u0300(?!\w))[{_STRESS}]+"),
    _Marks("mk", rf"(?<=[{_CYRILLIC}])\u0301+"),
    _Marks("be ru rue uk ab av ba ce cv kk ky kv mn os tg tt udm", rf"(?<=[{_CYRILLIC}])[{_STRESS}]+"),
    _Marks("sr sh bs hr cnr", rf"(?<=[AEIOURАЕИОУР])[{_STRESS}\u0304\u030f\u0311]+", measured=True),
    _Marks("sl", rf"(?<=[AEIOURƏ])[{_STRESS}\u0302\u0304\u030f\u0311\u0323\u0328]+", measured=True),
    _Marks("lt", rf"([AEIOUYLMNR][{_BESIDE}]*)[{_STRESS}\u0303]+", measured=True),
    _Marks("tl fil ceb ha so xh zu", rf"(?<=[AEIOU])[{_TONES}]+", measured=True),
    _Marks("la", "(?<=[AEIOUYÆŒ])[\u0304\u0306]+"),
    _Marks("grc", "(?<=[ΑΙΥ])[\u0304\u0306]+"),
    _Marks("ar arz ary apc acm ajp afb", "[\u064b-\u0652\u0670\u0640]+"),
    # Ordinary text has the tanwin, fathatan on alef: "فوراً"; in Urdu also the small alef, "عیسیٰ".
    _Marks("fa ckb ku ps sd ug", "(?:[\u064c-\u0652\u0670\u0640]|(?<!\u0627)\u064b(?!\u0627))+"),
    _Marks("ur", "(?:[\u064c-\u0652\u0640]|(?<!\u0627)\u064b(?!\u0627))+"),
    _Marks("he", "[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7]+"),
)
_BY_LANGUAGE = {language: marks for marks in _ALL for language in marks.languages.split()}


def mark_remover(language: str, texts: Sequence[str]) -> Edit | None:
    """Return a function that removes the marks a dictionary adds; None if it adds none.

    `texts` is a sample of the dictionary's texts in this language.
    """
    marks = _BY_LANGUAGE.get(language.partition("-")[0])
    if marks is None:
        return None
    added = re.compile(marks.pattern, re.IGNORECASE)
    if marks.measured:
        accented = sum(bool(added.search(unicodedata.normalize("NFD", text))) for text in texts if not text.isascii())
        if accented < _ACCENTED_SHARE * len(texts):
            return None
    kept = r"\1" if added.groups else ""

    def remove(text: str) -> str:
        if text.isascii():
            return text
        decomposed = unicodedata.normalize("NFD", text)
        bare = added.sub(kept, decomposed)
        return text if bare == decomposed else unicodedata.normalize("NFC", bare)

    return remove
