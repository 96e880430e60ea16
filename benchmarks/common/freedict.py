"""Word pairs from English to other languages, from the FreeDict dictionaries and Mueller's English-Russian one.

The dictionaries are copyleft. They are fetched when a benchmark runs, and are never a part of the package.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from benchmarks.common import fetch, files
from lexswitch import formats
from lexswitch.formats import dictd
from lexswitch.formats.base import LexiconFile

Pair = tuple[str, str]

_CODES = {"de": "deu", "ar": "ara", "nl": "nld", "fr": "fra", "es": "spa", "it": "ita", "ru": "rus"}
LANGUAGES = tuple(_CODES)

_INVERTED = ("nl", "fr", "es", "it")  # a dictionary of the other direction exists
_GLUED = ("nl", "es")  # it joins the words of English phrases: "grainofsand"
_LARGEST = "freedict-eng-deu"  # tells which English words and phrases exist

# --- what the cached texts hold --------------------------------------------------------------------------------------


def pairs(language: str) -> list[Pair]:
    """Return the word pairs English -> language of the FreeDict dictionaries.

    Parameters
    ----------
    language
        One of `LANGUAGES`.

    Returns
    -------
    list[tuple[str, str]]
        (English, translation) in the order of the dictionary, without duplicates. For nl, fr, es and it, the pairs that
        only the dictionary of the other direction has follow. Letter case is that of the dictionary; the English-Arabic
        one capitalises every headword.
    """
    return _read(pairs_file(language))


def pairs_file(language: str) -> Path:
    """Return the file of `pairs`: UTF-8, one pair on each line, separated by a tab."""
    if language not in _CODES:
        raise ValueError(f"language is {language!r}; FreeDict dictionaries exist for {', '.join(_CODES)}")
    code = _CODES[language]
    names = [f"freedict-eng-{code}"]
    if language in _INVERTED:
        names.append(f"freedict-{code}-eng")
    if language in _GLUED:
        names.append(_LARGEST)
    folders = {name: fetch.debian(f"dict-{name}") for name in names}
    return _cached(f"freedict-en-{language}", list(folders.values()), lambda: _join(language, folders))


def all_pairs(language: str) -> list[Pair]:
    """Return the pairs of FreeDict, followed by Mueller's for Russian."""
    return pairs(language) + (mueller_pairs() if language == "ru" else [])


def mueller_pairs() -> list[Pair]:
    """Return the word pairs English -> Russian of Mueller's dictionary (7th edition), without duplicates."""
    return _read(mueller_file())


def mueller_file() -> Path:
    """Return the file of `mueller_pairs`: UTF-8, one pair on each line, separated by a tab."""
    folder = fetch.debian("mueller7-dict")
    return _cached("mueller-en-ru", [folder], lambda: _dictionary(folder, "mueller7", "en", "ru"))


def index_file(package: str, name: str) -> Path:
    """Return the index of a dictionary in dictd's format.

    Parameters
    ----------
    package, name
        The Debian package, and the name of the dictionary in it.
    """
    return fetch.debian(package) / f"usr/share/dictd/{name}.index"


def _cached(name: str, folders: list[Path], build: Callable[[], Iterable[Pair]]) -> Path:
    def lines() -> Iterator[str]:
        return (f"{english}\t{other}" for english, other in dict.fromkeys(build()))

    readers = sorted(Path(formats.__file__).parent.glob("*.py"))
    return files.cached_text(fetch.cache_folder() / "texts", name, ".tsv", [Path(__file__), *readers, *folders], lines)


def _read(path: Path) -> list[Pair]:
    return [(english, other) for english, _, other in (line.partition("\t") for line in files.read_lines(path))]


def _dictionary(folder: Path, name: str, source: str, target: str) -> Iterator[Pair]:
    """Yield the pairs of a dictionary in dictd's format, in its order."""
    index = LexiconFile(folder / f"usr/share/dictd/{name}.index", source, (target,), strict=False)
    for block in dictd.FORMAT.read(index):
        yield from zip(block.terms, block.translations, strict=True)


# --- both directions -------------------------------------------------------------------------------------------------


def _join(language: str, folders: dict[str, Path]) -> Iterable[Pair]:
    """Return the pairs English -> language, joined with those of the dictionary of the other direction."""
    code = _CODES[language]
    forward = list(_dictionary(folders[f"freedict-eng-{code}"], f"freedict-eng-{code}", "en", language))
    if language not in _INVERTED:
        return forward
    inverse = _dictionary(folders[f"freedict-{code}-eng"], f"freedict-{code}-eng", language, "en")
    backward = [(english, other) for other, english in inverse]
    if language in _GLUED:
        known = [english for english, _ in [*forward, *_dictionary(folders[_LARGEST], _LARGEST, "en", "de")]]
        backward = list(_unglued(backward, known))
    if language == "it":
        return _agreed(forward, backward)
    if language == "es":  # English headwords are cut to their first word, Spanish phrases are joined
        confirmed = set(backward)
        forward = [pair for pair in forward if pair in confirmed]
    return forward + backward


def _unglued(found: list[Pair], english: list[str]) -> Iterator[Pair]:
    """Split joined English words; drop the pair if a part is not an English word."""
    vocabulary = {word for phrase in english for word in _words(phrase)}
    phrases: dict[str, str] = {}
    for phrase in english:
        if " " in phrase:
            phrases.setdefault(_glue(phrase), phrase)
    for phrase, other in found:
        if vocabulary.issuperset(_words(phrase)):
            yield phrase, other
        elif (apart := phrases.get(_glue(phrase))) is not None:
            yield apart, other


def _words(phrase: str) -> list[str]:
    return phrase.lower().replace("-", " ").split()


def _glue(phrase: str) -> str:
    return phrase.lower().replace(" ", "").replace("-", "")


def _agreed(forward: list[Pair], backward: list[Pair]) -> Iterator[Pair]:
    """Yield the pairs on which two dictionaries agree that both cut their headwords to the first word.

    "post: ufficio postale" and "post office: ufficio" (inverted) are one pair, "post office: ufficio postale".
    """
    whole = set(backward)
    cut: dict[Pair, list[str]] = {}
    for english, other in backward:
        first, _, rest = english.partition(" ")
        if rest:
            cut.setdefault((first, other), []).append(english)
    for english, other in forward:
        if (english, other) in whole:
            yield english, other
            continue
        first = other.partition(" ")[0]
        longer = cut.get((english, first), [])
        yield from ((phrase, other) for phrase in longer)
        if not longer and first != other and (english, first) in whole:
            yield english, other
