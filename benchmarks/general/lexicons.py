"""The lexicons that are measured."""

from __future__ import annotations

from benchmarks.common import freedict
from lexswitch import Lexicon

LANGUAGES = ("de", "es", "ru", "ar", "hi", "zh", "vi", "tr", "el", "th")
STARTER, DICTIONARY, MERGED, RANKED = "starter", "dictionary", "merged", "merged, by frequency"
_FURTHER = {"hi": "hin", "tr": "tur", "el": "ell"}  # dictionaries of FreeDict that need no repair


def lexicons(language: str) -> dict[str, Lexicon]:
    """Return the lexicons of a language that exist: name -> lexicon."""
    found, starter = {}, Lexicon.starter()
    if language in starter.languages:
        found[STARTER] = starter.select([language])
    if language in (*freedict.LANGUAGES, *_FURTHER):
        found[DICTIONARY] = _dictionary(language)
    if len(found) > 1:
        found[MERGED] = found[STARTER].merge(found[DICTIONARY])
        found[RANKED] = found[STARTER].merge(found[DICTIONARY], texts="wordfreq")
    return found


def _dictionary(language: str) -> Lexicon:
    """Return FreeDict; for Russian followed by Mueller's dictionary, whose order counts."""
    if language in _FURTHER:
        name = f"freedict-eng-{_FURTHER[language]}"
        return Lexicon.read(freedict.index_file(f"dict-{name}", name), "en", language, progress=False)
    found = Lexicon.from_pairs({language: freedict.pairs(language)}, provenance=[{"name": "FreeDict"}])
    if language != "ru":
        return found
    mueller = Lexicon.read(freedict.index_file("mueller7-dict", "mueller7"), "en", language, progress=False)
    return found.merge(mueller, combine="max")
