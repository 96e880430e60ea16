"""Forms in which translations of the starter lexicon and of a dictionary are compared."""

from __future__ import annotations

import re
import unicodedata

_ARTICLES = {
    "en": "the|a|an",
    "de": "der|die|das|den|dem|des|ein|eine|einen|einem|einer",
    "nl": "de|het|een|'t",
    "fr": "le|la|les|l'|un|une|des|du|d'",
    "es": "el|la|los|las|un|una|unos|unas",
    "it": "il|lo|la|i|gli|le|l'|un|uno|una|un'",
}
_PARTICLES = {"en": "to", "de": "sich|zu", "nl": "zich|te", "fr": "se|s'", "it": "si"}
_SEPARATORS = re.compile(r"[\s‐‑–-]+")
_PUNCTUATION = re.compile(r"[^\w\s']")
_TANWEEN = re.compile(r"(?:\u064bا|ا\u064b)(?!\w)")
_ARABIC_ARTICLE = re.compile(r"\bال(?=\w{2})")
_ARABIC_LETTERS = str.maketrans("أإآٱىة", "اااايه", "ءؤئـ")


def fold(text: str, language: str) -> str:
    """Return the form in which terms of a language are compared.

    Parameters
    ----------
    text
        A word or phrase in any spelling.
    language
        ``"en"`` or a target language; it decides which articles and particles are dropped.

    Returns
    -------
    str
        `text` in lower case without diacritics, punctuation, leading articles and particles; blanks separate words.
    """
    if language == "ar":
        return _fold_arabic(text)
    text = _bare(unicodedata.normalize("NFD", text.casefold().replace("’", "'")))
    text = _PUNCTUATION.sub("", _SEPARATORS.sub(" ", text)).strip()
    for words in (_PARTICLES.get(language), _ARTICLES.get(language)):
        if words:
            text = re.sub(rf"^(?:{words})(?:(?<=')|\s+)(?=\w)", "", text)
    return text


def _fold_arabic(text: str) -> str:
    text = _bare(_TANWEEN.sub("ا", unicodedata.normalize("NFC", text)))
    text = _ARABIC_ARTICLE.sub(
        "", text
    )  # before the next step, because the article's alif is plain and that of ألبوم is not
    return " ".join(_PUNCTUATION.sub("", text.translate(_ARABIC_LETTERS)).split())


def _bare(text: str) -> str:
    """Drop combining marks: accents of decomposed letters, Arabic vowels."""
    return "".join(letter for letter in text if unicodedata.category(letter) != "Mn")
