"""Word pairs from English to other languages: the FreeDict dictionaries and Mueller's English-Russian dictionary.

The dictionaries are copyleft: they are fetched when a benchmark runs, and never become a part of the package.
"""

from __future__ import annotations

import gzip
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from benchmarks.common import fetch, files

Pair = tuple[str, str]

_CODES = {"de": "deu", "ar": "ara", "nl": "nld", "fr": "fra", "es": "spa", "it": "ita", "ru": "rus"}
LANGUAGES = tuple(_CODES)

_INVERTED = ("nl", "fr", "es", "it")  # a dictionary in the other direction is there too
_GLUED = ("nl", "es")  # that one runs the words of English phrases together: "grainofsand"
_LARGEST = "freedict-eng-deu"  # knows which English words and phrases there are

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
        (English, translation) in the order of the dictionary, without duplicates; for nl, fr, es and it the pairs found
        only in the dictionary of the other direction follow. Letter case and Arabic diacritics are the dictionary's:
        the English-Arabic one writes every headword with a capital.
    """
    return _read(pairs_file(language))


def pairs_file(language: str) -> Path:
    """Return the file of `pairs`: UTF-8, one pair a line, a tab between its sides."""
    if language not in _CODES:
        raise ValueError(f"language {language!r}: the FreeDict dictionaries are there in {', '.join(_CODES)}")
    code = _CODES[language]
    names = [f"freedict-eng-{code}"]
    if language in _INVERTED:
        names.append(f"freedict-{code}-eng")
    if language in _GLUED:
        names.append(_LARGEST)
    folders = {name: fetch.debian(f"dict-{name}") for name in names}
    return _cached(f"freedict-en-{language}", list(folders.values()), lambda: _join(language, folders))


def mueller_pairs() -> list[Pair]:
    """Return the word pairs English -> Russian of Mueller's dictionary (7th edition), without duplicates."""
    return _read(mueller_file())


def mueller_file() -> Path:
    """Return the file of `mueller_pairs`: UTF-8, one pair a line, a tab between its sides."""
    folder = fetch.debian("mueller7-dict")
    return _cached("mueller-en-ru", [folder], lambda: _mueller(folder))


def _cached(name: str, folders: list[Path], build: Callable[[], Iterable[Pair]]) -> Path:
    def lines() -> Iterator[str]:
        return (f"{english}\t{other}" for english, other in dict.fromkeys(build()))

    return files.cached_text(fetch.cache_folder() / "texts", name, ".tsv", [Path(__file__), *folders], lines)


def _read(path: Path) -> list[Pair]:
    return [(english, other) for english, _, other in (line.partition("\t") for line in files.read_lines(path))]


# --- the dictd format ------------------------------------------------------------------------------------------------

_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_VALUES = {digit: value for value, digit in enumerate(_DIGITS)}


def _entries(folder: Path, name: str) -> Iterator[list[str]]:
    """Yield the lines of each entry, in the order of the dictionary; several index lines may name one entry."""
    dictd = folder / "usr/share/dictd"
    text = gzip.decompress((dictd / f"{name}.dict.dz").read_bytes())
    spans = set()
    for line in (dictd / f"{name}.index").read_text(encoding="utf-8").split("\n"):
        headword, *span = line.split("\t")
        if len(span) >= 2 and not headword.startswith("00"):  # 00-... is about the dictionary itself
            spans.add((_number(span[0]), _number(span[1])))
    for start, length in sorted(spans):
        yield text[start : start + length].decode("utf-8", "replace").strip("\n").split("\n")


def _number(digits: str) -> int:
    value = 0
    for digit in digits:
        value = value * 64 + _VALUES[digit]
    return value


# --- cleaning that both dictionaries need ----------------------------------------------------------------------------

_BRACKETED = re.compile(r"\s*(?:\([^()]*\)|\[[^\[\]]*\]|<[^<>]*>|\{[^{}]*\})")
_BRACKETS = re.compile(r"[()\[\]<>{}]")
_COMMA = re.compile(r"[,;](?=\s|$)|[،؛]")  # a decimal or chemical comma has no blank behind it
_ETC = re.compile(r"(?:^| )(?:usw\.|etc\.?|u\. ?a\.|z\. ?B\.|и т\. ?п\.|и т\. ?д\.|и пр\.)$")


class _Spelling(dict[int, str]):
    """Table for `str.translate` that is filled as characters come."""

    def __missing__(self, code: int) -> str:
        self[code] = plain = _plain_character(chr(code))
        return plain


_SPELLING = _Spelling(
    {ord(old): new for old, new in zip("\u2010\u2011\u2019", "--'", strict=True)}
)  # one hyphen, one apostrophe
_SPELLING.update((ord(quote), "") for quote in '"“”„«»')  # quotation marks are no part of a term


def _plain_character(character: str) -> str:
    if "\ufb00" <= character <= "\ufefc" or character in "ĳĲ":  # ligatures and presentation forms
        return unicodedata.normalize("NFKC", character)
    category = unicodedata.category(character)
    if category in ("Cc", "Zl", "Zp", "Zs"):
        return " "
    joiner = character in "\u200c\u200d"  # these two belong to the spelling
    return "" if character == "\ufffd" or (category == "Cf" and not joiner) else character


def _plain(text: str) -> str:
    """Spell in plain letters, drop control characters, fold white space."""
    return " ".join(unicodedata.normalize("NFC", text.translate(_SPELLING)).split())


def _without_brackets(text: str) -> str:
    """Drop what stands in brackets, innermost first."""
    while (shorter := _BRACKETED.sub("", text)) != text:
        text = shorter
    return text


def _tidy(text: str) -> str:
    """Fold blanks; drop "and so on" and the punctuation around a phrase, but not the dot of an abbreviation."""
    text = " ".join(text.split()).strip(" ,;:،؛¿¡!?؟*")
    text = _ETC.sub("", text).strip(" ,;:،؛")
    if text.startswith("'") and text.endswith("'"):
        text = text.strip("' ")
    if text.endswith(".") and text.count(" ") > 1 and text[-4:-1].islower():  # the dot of a sentence
        text = text.rstrip(" .")
    return text


def _usable(text: str) -> bool:
    """Refuse what is no word or phrase: leftovers, one part of a compound, grammatical formulas."""
    if not any(map(str.isalnum, text)) or _BRACKETS.search(text) or " + " in text:
        return False
    return text[0] not in "-+=~" and text[-1] not in "-+=~"


# --- FreeDict --------------------------------------------------------------------------------------------------------

_HEADWORD = re.compile(r"^(.*?) /[^/]*/(?= \(| <|$)")
_NUMBER = re.compile(r"^\d+\.(?:\s|$)")
_SENTENCE = re.compile(r"\w\S* .*\w[.!?]+$")
_SPACED_LETTERS = re.compile(r"\b\w\. ?\w\.$")  # "p. m."
_NEXT_SENTENCE = re.compile(r"(?<=[.!?])\s*[,;]\s")
_ABBREVIATION = re.compile(r"[^,<>\[\]()]*, /[^/]+/")  # often glued to the word before it, which is then lost
_CASE = re.compile(r"\+ ?(?:[Gg]en|[Dd]at|[Aa]kk|[Aa]cc)\b\.?")
_PLACEHOLDER = re.compile(
    r"(?<!\w)(?:(?:jm?d[mns]?\.|jd[mns]|etw\.?|sb\.?|sth\.?|einer Sache)(?:'s)?(?:\s*/\s*|(?!\w)))+|…|\.\.\."
)
_ARABIC = re.compile("[\u0600-\u06ff]")


def _freedict(folder: Path, name: str) -> Iterator[Pair]:
    """Yield headword and translation of every sense of a FreeDict dictionary."""
    numbered = name != "freedict-eng-deu"  # there "1." is the beginning of an ordinal number
    for lines in _entries(folder, name):
        headword = _headword(lines[0])
        for line in lines[1:] if headword else []:
            if line.startswith(("   ", " see:")):  # synonyms, notes, quoted examples, references
                continue
            for translation in _translations(_NUMBER.sub("", line) if numbered else line, _is_sentence(headword)):
                yield from _combine(_tidy(headword), translation)


def _headword(line: str) -> str:
    """Headword without pronunciation, tags and placeholders at its ends; empty if a placeholder is within."""
    line = _plain(line)
    found = _HEADWORD.match(line)
    text = _without_brackets(found[1] if found else line)
    text = " ".join(_PLACEHOLDER.sub(" \0 ", text).split()).strip("\0 ")
    return "" if "\0" in text else text


def _is_sentence(text: str) -> bool:
    return bool(_SENTENCE.search(text)) and not _SPACED_LETTERS.search(text)


def _translations(line: str, sentence: bool) -> Iterator[str]:
    """Split one line of an entry into translations; a whole sentence is not split at its commas."""
    line = _ABBREVIATION.sub("", _plain(line).replace("\\", ""))
    line = _CASE.sub("", _without_brackets(line))
    if re.search(r"\bjm?d\.,", line):  # "jmd., der ...": an explanation
        return
    if _ARABIC.search(line):
        line = re.sub(r" - [^،,؛;]*|:[^،,؛;]*", "", line).replace("/", ",").replace(",", ", ").replace(".", " ")
    for part in (_NEXT_SENTENCE if sentence else _COMMA).split(line):
        part = _PLACEHOLDER.sub(" ", part)
        text = _tidy(part.rstrip(" .") if sentence else part)
        if text:
            yield text


def _combine(headword: str, translation: str) -> Iterator[Pair]:
    """Pair the alternatives of both sides: in their order if there are as many on each side, else all with all."""
    ours, theirs = _alternatives(headword), _alternatives(translation)
    found = (
        zip(ours, theirs, strict=True)
        if len(ours) == len(theirs)
        else ((our, their) for our in ours for their in theirs)
    )
    return ((our, their) for our, their in found if _usable(our) and _usable(their))


def _alternatives(phrase: str) -> list[str]:
    """Write out a word with alternatives, `about/around`; give up phrases with more of them or of parts of words."""
    words = phrase.split(" ")
    places = [place for place, word in enumerate(words) if "/" in word]
    if not places:
        return [phrase]
    word = words[places[0]]
    choices = word.split("/")
    if len(places) > 1 or not all(choices):
        return []
    if word.isupper() or (len(choices[0]) == 1 and word[0].isupper() and word[0] != "I"):
        return [phrase]  # AC/DC, E/A-Kanal
    if "-" in word:
        return []
    if len(choices[0]) > 1 and any(len(choice) == 1 and choice not in ("a", "I") for choice in choices):
        choices = choices[:1]  # letzte/r/s: endings
    return [" ".join([*words[: places[0]], choice, *words[places[0] + 1 :]]) for choice in choices]


# --- both directions -------------------------------------------------------------------------------------------------


def _join(language: str, folders: dict[str, Path]) -> Iterable[Pair]:
    """Join the pairs English -> language with those of the dictionary of the other direction."""
    code = _CODES[language]
    forward = list(_freedict(folders[f"freedict-eng-{code}"], f"freedict-eng-{code}"))
    if language not in _INVERTED:
        return forward
    inverse = _freedict(folders[f"freedict-{code}-eng"], f"freedict-{code}-eng")
    backward = [(english, other) for other, english in inverse]
    if language in _GLUED:
        known = [_tidy(_headword(lines[0])) for lines in _entries(folders[_LARGEST], _LARGEST)]
        backward = list(_unglued(backward, [*(english for english, _ in forward), *known]))
    if language == "it":
        return _agreed(forward, backward)
    if language == "es":  # English headwords cut to their first word, Spanish phrases run together
        confirmed = set(backward)
        forward = [pair for pair in forward if pair in confirmed]
    return forward + backward


def _unglued(found: list[Pair], english: list[str]) -> Iterator[Pair]:
    """Set apart English words that were run together; drop what is no English word even so."""
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
    """Yield what two dictionaries agree on that both cut their headwords to the first word.

    "post: ufficio postale" and "post office: ufficio" (read backwards) are one pair, "post office: ufficio postale".
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


# --- Mueller ---------------------------------------------------------------------------------------------------------

_PHONETICS = re.compile(r"\[[^\[\]]*\]")
_SENSE = re.compile(r"(?:^|\s)(?:_?[IVX]+\s|\d+[.)>]\s|[а-я]\)\s)")
_LABEL = re.compile(r"_[^\W\d]+\.?")
_LONGEST = 5  # longer ones are explanations
_LATIN = re.compile(r"[A-Za-z]")
_CYRILLIC = re.compile("[Ѐ-ӿ]")
_RELATIVE = re.compile(r", (?=(?:котор|кто\b|что\b|чтобы\b|где\b|когда\b|как\b|если\b|чем\b|чей\b))")
_RUSSIAN_PLACEHOLDER = re.compile(
    r"\b[а-яё]+-(?:л|либо|нибудь)\b\.?|\b(?:тж|см|ср|особ|обыкн|преим)\.|=", re.IGNORECASE
)


def _mueller(folder: Path) -> Iterator[Pair]:
    """Yield headword and translation of every sense of Mueller's dictionary."""
    for headword, *lines in _entries(folder, "mueller7"):
        english = _tidy(_without_brackets(_plain(headword)))
        if not _usable(english):
            continue
        body = _PHONETICS.sub(" ", _plain(" ".join(lines)))
        for sense in _SENSE.split(body):
            for russian in _russian(sense):
                yield english, russian


def _russian(sense: str) -> Iterator[str]:
    """Translations of one sense: what stands before the first example, which begins with an English word."""
    for part in _LABEL.sub(" ", _without_brackets(sense)).split(";"):
        if _LATIN.search(part):
            return
        # A clause belongs to what it explains; the two together are no translation.
        part = _RELATIVE.sub("|", _RUSSIAN_PLACEHOLDER.sub(" ", part.replace("...", " ")))
        for text in map(_tidy, part.split(",")):
            explains = "." in text or "|" in text or text.count(" ") >= _LONGEST
            if _CYRILLIC.search(text) and _usable(text) and not explains:
                yield text
