"""Languages: codes (BCP 47, RFC 5646), scripts (ISO 15924) and names.

``data/languages.tsv`` has a row for each language. Its columns are:

- ``code``: two letters (ISO 639-1), or three if there is no code of two;
- ``iso639``: codes of ISO 639-2 and -3 with the same meaning;
- ``members``: members of a macrolanguage that CLDR replaces by it (supplementalMetadata, languageAlias, reason
  "macrolanguage");
- ``mistaken``: withdrawn codes, and codes of countries that are often used for the language;
- ``scripts``: scripts that the language is commonly written in, mostly after languageData of CLDR 48;
- ``names``: the English name, other English names and own names, mostly after CLDR.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from .._io.data import read_data
from ..engine.characters import normalise_term
from ..errors import LexiconError

if TYPE_CHECKING:
    import regex

# Section 2.1 of RFC 5646: language, extended languages, script, region, variants, extensions, private use.
_FORM = re.compile(
    r"(?P<language>[a-z]{2,3})(?P<rest>(?:-[a-z]{3}){0,3}(?:-[a-z]{4})?(?:-(?:[a-z]{2}|[0-9]{3}))?"
    r"(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*(?:-[0-9a-wyz](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?)"
)

# Codes that stand for several scripts.
_SCRIPT_SETS = {"Hans": ["Hani"], "Hant": ["Hani"], "Jpan": ["Hani", "Hira", "Kana"], "Kore": ["Hang", "Hani"]}

# Script of Chinese by region.
_CHINESE = {"CN": "Hans", "SG": "Hans", "TW": "Hant", "HK": "Hant", "MO": "Hant"}
# Pairs of codes that lists of languages use for the same language.
_ALIKE = {"nb": "no", "no": "nb", "fil": "tl", "tl": "fil"}

_SHORTEST = 4
"""Shorter words are codes; a near miss of a code is another code."""
_NEAR = 0.75
"""Similarity (`difflib`) from which on a word is a misspelled name."""


class _LanguageTables(NamedTuple):
    """The columns of ``languages.tsv``, for lookup."""

    codes: dict[str, str]
    """Code to use for each code of ``code``, ``iso639`` and ``mistaken``."""
    macrolanguages: dict[str, str]
    scripts: dict[str, list[str]]
    iso639: dict[str, list[str]]
    """Codes of ISO 639-2 and -3 for each code."""
    names: list[tuple[str, str]]
    """Names and the codes of their languages."""


@lru_cache(maxsize=1)
def _tables() -> _LanguageTables:
    tables = _LanguageTables({}, {}, {}, {}, [])
    for line in read_data("text", "languages.tsv").splitlines()[1:]:
        code, iso639, members, mistaken, scripts, names = line.split("\t")
        tables.codes.update(dict.fromkeys((code, *iso639.split(), *mistaken.split()), code))
        tables.macrolanguages.update(dict.fromkeys(members.split(), code))
        tables.scripts[code] = scripts.split()
        tables.iso639[code] = iso639.split() or [code]
        tables.names.extend((name, code) for name in names.split(", "))
    return tables


def to_bcp47(code: str) -> str | None:
    """Return the canonical BCP 47 form of a language code: "deu" -> "de", "pt_br" -> "pt-BR"; None if there is none.

    Codes of three letters and subtags are checked by form only, codes of two letters against ISO 639-1.
    """
    found = _FORM.fullmatch(code.replace("_", "-").lower()) if code.isascii() else None
    if not found:
        return None
    language = found["language"]
    canonical = _tables().codes.get(language, language if len(language) == 3 else None)
    return canonical and canonical + _recased(found["rest"])


def _recased(rest: str) -> str:
    """Return the subtags after the language, each with "-" before it, in the case that section 2.1.1 recommends."""
    subtags = rest.split("-")
    extension = next((at for at, subtag in enumerate(subtags) if at and len(subtag) == 1), len(subtags))
    plain = [{2: str.upper, 4: str.capitalize}.get(len(subtag), str)(subtag) for subtag in subtags[:extension]]
    return "-".join(plain + subtags[extension:])


def usual_code(code: str) -> str:
    """Replace the language of a BCP 47 code by its macrolanguage: "swh" -> "sw", "cmn-Hant" -> "zh-Hant"."""
    language, dash, rest = code.partition("-")
    return _tables().macrolanguages.get(language, language) + dash + rest


def primary_language(code: str) -> str:
    """Return the usual code of a language, without script and region: "pt-BR" -> "pt", "swh" -> "sw"."""
    return usual_code(code).partition("-")[0]


@lru_cache(maxsize=1)
def _codes_by_name() -> dict[str, str]:
    return {normalise_term(name): code for name, code in _tables().names}


def code_of_name(name: str) -> str | None:
    """Return the code of a language by its English or own name, in any case: "German" or "Deutsch" -> "de"."""
    return _codes_by_name().get(normalise_term(name))


def suggest_language(code: object, known: Collection[str] | None = None) -> str | None:
    """Return the language code that a wrong one probably stands for, or None.

    Parameters
    ----------
    code : object
        What was passed as a code: a code in another form ("DE", "deu", "pt_br"), an English or own name ("german",
        "Deutsch"), also if it is misspelled ("germn"). Anything but str has no suggestion.
    known : collection of str, optional
        The codes to choose from, canonical BCP 47. Default is every language code.

    Examples
    --------
    >>> suggest_language("german", ["de", "ru"])
    'de'
    >>> suggest_language("zh-CN", ["zh-Hans", "zh-Hant"])
    'zh-Hans'
    """
    if not isinstance(code, str):
        return None
    text = code.strip()
    meant = to_bcp47(text) or code_of_name(text)
    if meant or len(text) < _SHORTEST:
        return _closest(meant, known) if meant else None

    from difflib import get_close_matches  # imported for errors only

    names = {_bare(name): found for name, code in _codes_by_name().items() if (found := _closest(code, known))}
    near = get_close_matches(_bare(normalise_term(text)), names, n=1, cutoff=_NEAR)
    return names[near[0]] if near else None


def _bare(name: str) -> str:
    """Return a name without accents, which keyboards may lack: "español" -> "espanol"."""
    return "".join(char for char in unicodedata.normalize("NFD", name) if not unicodedata.combining(char))


def _closest(code: str, known: Collection[str] | None) -> str | None:
    """Return the code among `known` that is closest to a canonical code, or None if none has its language."""
    if known is None:
        return code
    for fallback in _fallbacks(code):
        if fallback in known:
            return fallback
    language = primary_language(code)
    same = [other for other in known if primary_language(other) in (language, _ALIKE.get(language))]
    return min(same, key=lambda other: (primary_language(other) != language, len(other), other), default=None)


def _fallbacks(code: str) -> Iterator[str]:
    """Yield a code and less specific ones: "cmn-TW", "zh-TW", "zh-Hant", "zh" (RFC 4647, section 3.4)."""
    yield code
    code = usual_code(code)
    language, _, region = code.partition("-")
    yield code
    if language == "zh" and region in _CHINESE:
        yield f"zh-{_CHINESE[region]}"
    while "-" in code:
        code = code.rpartition("-")[0]
        yield code


def check_language(name: str, code: object) -> str:
    """Raise LexiconError unless `code` is a language code in canonical BCP 47; `name` is the argument's name."""
    if isinstance(code, str) and to_bcp47(code) == code:
        return code
    suggestion = suggest_language(code)
    remedy = f"did you mean {suggestion!r}?" if suggestion else "pass a code such as 'de', 'pt-BR' or 'zh-Hant'"
    raise LexiconError(f"{name}: {code!r} is not a BCP 47 language code; {remedy}")


def is_traditional_chinese(code: str) -> bool:
    """Whether a code is that of Chinese in traditional characters: "zh-Hant", "zh-TW", "cmn-HK"."""
    _, *subtags = code.split("-")
    regions = [_CHINESE[subtag] for subtag in subtags if subtag in _CHINESE]
    return "Hant" in subtags or ("Hans" not in subtags and "Hant" in regions)


def scripts_of(language: str) -> list[str]:
    """Return the scripts (ISO 15924) of a language: the one in its code, or all of the language; [] if unknown."""
    first, *others = language.split("-")
    for subtag in others:
        if len(subtag) == 4 and subtag.istitle():
            return _SCRIPT_SETS.get(subtag, [subtag])
    return list(_tables().scripts.get(first, ()))


def iso639(language: str) -> list[str]:
    """Return the codes of three letters (ISO 639-3 and -2) of a language; [] if it is unknown."""
    return list(_tables().iso639.get(language.partition("-")[0], ()))


@lru_cache(maxsize=256)
def letters_of(language: str) -> regex.Pattern[str] | None:
    """Return a pattern for one letter of a language's scripts; None if these are unknown or not in Unicode."""
    import regex  # slow to import

    scripts = "".join(rf"\p{{scx={script}}}" for script in scripts_of(language))
    try:
        return regex.compile(rf"[{scripts}--\P{{L}}]", regex.V1) if scripts else None
    except regex.error:
        return None
