"""The lexicons that are measured."""

from __future__ import annotations

from benchmarks.common import freedict
from lexswitch import Lexicon

LANGUAGES = ("de", "es", "ru", "ar", "hi", "zh", "vi", "tr", "el", "th")
STARTER, DICTIONARY, MERGED = "starter", "dictionary", "merged"
_FURTHER = {"hi": "hin", "tr": "tur", "el": "ell"}  # dictionaries of FreeDict that need no repair


def lexicons(language: str) -> dict[str, Lexicon]:
    """Return the lexicons of a language that exist: name -> lexicon."""
    found, starter = {}, Lexicon.starter()
    if language in starter.languages:
        found[STARTER] = starter.select([language])
    if language in freedict.LANGUAGES:
        found[DICTIONARY] = Lexicon.from_pairs({language: freedict.all_pairs(language)})
    elif language in _FURTHER:
        name = f"freedict-eng-{_FURTHER[language]}"
        found[DICTIONARY] = Lexicon.read(freedict.index_file(f"dict-{name}", name), "en", language, progress=False)
    if len(found) > 1:
        found[MERGED] = found[STARTER].merge(found[DICTIONARY])
    return found
