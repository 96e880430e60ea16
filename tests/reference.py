"""The specification: code-switching in plain Python, character by character, slow and obvious.

The engine must give the same texts and the same switches. Nothing here comes from it but the pinned table of
characters, and, for all tokenizers but the two that are specified here, the words that they find.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import pairwise
from math import frexp, ldexp
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import lexswitch
from lexswitch import CharacterTokenizer, Switch, WordTokenizer
from lexswitch.engine.characters import scan
from lexswitch.engine.packing import pack
from lexswitch.text.forms import choose_forms
from lexswitch.text.languages import primary_language
from lexswitch.text.protection import DEFAULT

Pairs = Mapping[str, Sequence[Any]]
Words = list[tuple[int, int]]

# -- characters --------------------------------------------------------------------------------------------------------

OTHER, SPACE, HYPHEN, IGNORED, INNER, WORD, UNSPACED, MARK = range(8)
UPPER, LOWER, UNKNOWN, UNSPACED_SCRIPT = 16, 32, 64, 128
APOSTROPHES = "\u2019\u2018\u201b\u02bc\u02bb\uff07\u00b4"
_RUNS = np.load(Path(lexswitch.__file__).parent / "engine" / "data" / "characters.npy").tolist()
_FIRST = [run[0] for run in _RUNS]


class Character(NamedTuple):
    """What the table says of a character."""

    kind: int
    title: str
    upper: bool
    lower: bool
    unknown: bool
    unspaced: bool


@cache
def character(char: str) -> Character:
    _, _, title, flags = _RUNS[bisect_right(_FIRST, ord(char)) - 1]
    marks = (bool(flags & mark) for mark in (UPPER, LOWER, UNKNOWN, UNSPACED_SCRIPT))
    return Character(flags & 7, chr(ord(char) + title), *marks)


def kind(char: str) -> int:
    return character(char).kind


def normalise(text: str, source: str = "en") -> str:
    """Case folding and NFC of Unicode 13, one apostrophe between letters, no invisible characters."""
    result, known = "", ""
    for char in text:
        if character(char).unknown:
            result, known = result + fold(known, source) + char, ""
        elif kind(char) != IGNORED:
            known += char
    return with_apostrophes(result + fold(known, source))


def fold(text: str, source: str) -> str:
    """Case folding and NFC by the interpreter, which knows all of these characters."""
    text = unicodedata.normalize("NFC", text)
    if has_dotless_i(source):
        text = "".join({"I": "\u0131", "\u0130": "i"}.get(char, char) for char in text)
    return unicodedata.normalize("NFC", text.casefold())


def has_dotless_i(language: str) -> bool:
    """Whether a language has the letters \u0131 and \u0130."""
    return language.partition("-")[0] in ("tr", "az", "crh", "gag")


def with_apostrophes(text: str) -> str:
    """The same apostrophe wherever one is inside a word."""

    def in_word(char: str) -> bool:
        return kind(char) not in (SPACE, HYPHEN)

    return "".join(
        "'"
        if char in APOSTROPHES and 0 < at < len(text) - 1 and in_word(text[at - 1]) and in_word(text[at + 1])
        else char
        for at, char in enumerate(text)
    )


def shown_to_patterns(text: str) -> str:
    """Patterns see a noncharacter in the place of each character that is newer than Unicode 13."""
    return "".join(chr(ord(char) | 0xFFFF) if character(char).unknown else char for char in text)


# -- words -------------------------------------------------------------------------------------------------------------


def find_words(text: str, tokenizer: Any) -> Words:
    """The (start, end) character offsets of the words of a text."""
    if hasattr(tokenizer, "find"):
        return [(start, end) for start, end in tokenizer.find(text) if "\0" not in text[start:end]]
    if type(tokenizer) not in (WordTokenizer, CharacterTokenizer):
        return spans_of(text, tokenizer)
    by_character = isinstance(tokenizer, CharacterTokenizer)
    words: Words = []
    base = OTHER  # kind of the last character of the word that is no mark
    for at, char in enumerate(text):
        if kind(char) < WORD:
            continue
        gap = text[words[-1][1] : at] if words else None
        touches = gap is not None and (gap == "" or (len(gap) == 1 and is_inner(text, at - 1)))
        breaks = by_character and (kind(char) == UNSPACED or (kind(char) == WORD and base == UNSPACED))
        if touches and not breaks:
            words[-1] = (words[-1][0], at + 1)
        else:
            words.append((at, at + 1))
            base = OTHER
        if kind(char) != MARK:
            base = kind(char)
    return words


def spans_of(text: str, tokenizer: Any) -> Words:
    """What a tokenizer of batches finds in a batch of one text, as character offsets."""
    packed = pack([text])
    spans = tokenizer.spans(packed, scan(packed))
    data, first = text.encode(), int(packed.starts[0])
    offsets = ([len(data[: at - first].decode()) for at in bounds.tolist()] for bounds in spans)
    return list(zip(*offsets, strict=True))


def is_inner(text: str, at: int) -> bool:
    """Whether the character between two letters is a part of their word."""
    separates = text[at] == "\u200b" and any(character(char).unspaced for char in (text[at - 1], text[at + 1]))
    return kind(text[at]) in (INNER, IGNORED) and not separates


def are_joined(gap: str) -> bool:
    """Whether words may be parts of one phrase, given what is between them."""
    return all(kind(char) in (SPACE, IGNORED) for char in gap) or (len(gap) == 1 and kind(gap) == HYPHEN)


def overlaps(start: int, end: int, spans: Words) -> bool:
    return any(start < span_end and span_start < end for span_start, span_end in spans)


# -- the lexicon -------------------------------------------------------------------------------------------------------


def normalise_term(text: str, source: str = "en") -> str:
    """Words in normal form, apart by single blanks, also where a hyphen joins them."""
    padded = f" {text} "
    text = "".join(
        " " if char == "\u200b" and (character(before).unspaced or character(behind).unspaced) else char
        for before, char, behind in zip(padded, padded[1:], padded[2:], strict=False)
    )
    text = " ".join(normalise(text, source).split())
    shown = list(text)
    for at in range(1, len(text) - 1):
        if kind(text[at]) == HYPHEN and all(kind(text[by]) not in (SPACE, HYPHEN) for by in (at - 1, at + 1)):
            shown[at] = " "
    return "".join(shown)


def read_pairs(pairs: Pairs, source: str = "en") -> dict[str, dict[str, list[tuple[str, float]]]]:
    """Terms in code point order; of each term the languages; of each language (translation, weight), the best first."""
    entries: dict[str, dict[str, dict[str, float]]] = {}
    for language in sorted(pairs):
        for term, translation, *rest in pairs[language]:
            weight = float(rest[0]) if rest else 1.0
            candidates = entries.setdefault(normalise_term(term, source), {}).setdefault(language, {})
            candidates[translation.strip()] = max(weight, candidates.get(translation.strip(), 0.0))
    return {
        term: {
            language: sorted(candidates.items(), key=lambda candidate: -candidate[1])
            for language, candidates in entries[term].items()
        }
        for term in sorted(entries)
    }


def read_spellings(pairs: Pairs, source: str = "en") -> dict[tuple[str, str, str], str]:
    """How each (term, language, translation) spells its term: as its first pair of the greatest weight."""
    best: dict[tuple[str, str, str], tuple[float, str]] = {}
    for language in pairs:
        for term, translation, *rest in pairs[language]:
            key, weight = (normalise_term(term, source), language, translation.strip()), float(rest[0]) if rest else 1.0
            if key not in best or weight > best[key][0]:
                best[key] = weight, " ".join(term.split())
    return {key: spelling for key, (_, spelling) in best.items()}


def words_of_term(term: str, tokenizer: Any, source: str) -> tuple[str, ...]:
    """The words that a text must have; none where a term is more than its words."""
    words = find_words(term, tokenizer)
    gaps = [term[end:start] for (_, end), (start, _) in pairwise(words)]
    whole = bool(words) and words[0][0] == 0 and words[-1][1] == len(term) and all(map(are_joined, gaps))
    return tuple(normalise(term[start:end], source) for start, end in words) if whole else ()


def read_bases(words: Iterable[str], forms: Any, source: str) -> dict[str, str]:
    """The word that each inflected form stands for: the one that lists it first, then the first in code point order."""
    best: dict[str, tuple[int, str]] = {}
    for word in words if forms else ():
        for rank, form in enumerate(forms(word)):
            form = normalise_term(form, source)
            if form and form != word:
                best[form] = min(best.get(form, (rank, word)), (rank, word))
    return {form: word for form, (_, word) in best.items()}


# -- draws -------------------------------------------------------------------------------------------------------------

GAMMA = 0x9E3779B97F4A7C15
TEXT_LANGUAGE = 0
SWITCH, LANGUAGE, CANDIDATE = 1, 2, 3


def mix(value: int) -> int:
    """The finaliser of SplitMix64."""
    value %= 2**64
    value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9 % 2**64
    value = (value ^ value >> 27) * 0x94D049BB133111EB % 2**64
    return value ^ value >> 31


def key_of_text(text: str) -> int:
    data = text.encode()
    chunks = [data[at : at + 8] for at in range(0, len(data), 8)] or [b""]
    mixed = (mix(int.from_bytes(chunk, "little") + number * GAMMA) for number, chunk in enumerate(chunks, 1))
    return mix(sum(mixed) + len(data))


def stream_of(key: int | str, seed: int, epoch: int) -> int:
    key = key_of_text(key) if isinstance(key, str) else key
    return max(1, mix(mix(key) ^ mix(mix(seed) + epoch)))  # mix(0) is 0, which would be the first draw


def uniform(stream: int, output: int) -> float:
    """Output number `output` of a stream as a number in [0, 1)."""
    return (mix(stream + output * GAMMA) >> 11) / 2**53


def choose(things: Sequence[Any], weights: Sequence[float], at: float) -> Any:
    """The thing at share `at` of the weights, laid side by side."""
    exponent = frexp(max(weights))[1]
    weights = [ldexp(weight, -exponent) for weight in weights]
    at *= sum(weights)
    reached = 0.0
    for thing, weight in zip(things, weights, strict=True):
        reached += weight
        if at < reached:
            return thing
    return things[-1]


# -- case --------------------------------------------------------------------------------------------------------------


def match_case(source: str, translation: str, language: str, may_be_pronoun: bool) -> str:
    """Give a translation the capitals of what it replaces, where that keeps the width of a letter in UTF-8.

    Turkish and its like write both letters i with capitals of their own, whatever their width.
    """
    if not character(source[0]).upper:
        return translation
    uppers = sum(character(char).upper for char in source)
    shouts = uppers > 1 and not any(character(char).lower for char in source)
    if may_be_pronoun and not shouts and source[0] == "I":
        return translation
    last = len(translation) if shouts else 1
    own = {"i": "\u0130", "\u0131": "I"} if has_dotless_i(language) else {}
    return "".join(own.get(char, character(char).title) for char in translation[:last]) + translation[last:]


# -- blanks ------------------------------------------------------------------------------------------------------------


def needs_blank(left: str, right: str) -> bool:
    """Whether two characters that meet need a blank between them: both are of scripts that write blanks."""
    ends = is_spaced(left) or left in "!%),.:;?]}"
    return ends and (is_spaced(right) or right in "([{")


def is_spaced(char: str) -> bool:
    return kind(char) >= WORD and not character(char).unspaced


def is_glued(left: str, right: str) -> bool:
    """Whether words meet in the text with no blank, one of them at least in a script that writes none."""
    return kind(left) >= WORD and kind(right) >= WORD and (character(left).unspaced or character(right).unspaced)


# -- the switcher ------------------------------------------------------------------------------------------------------


class Reference:
    """The same arguments as :class:`lexswitch.CodeSwitcher`, but the pairs in place of the lexicon."""

    def __init__(
        self,
        pairs: Pairs,
        languages: Iterable[str] | Mapping[str, float] | None = None,
        p: float | Mapping[str, float] = 0.5,
        *,
        draw_language: str = "unit",
        candidates: str = "best",
        missing: str = "redraw",
        max_words: int = 3,
        skip: Iterable[str] = (),
        protect: str | None = DEFAULT,
        case: str = "match",
        tokenizer: Any = None,
        forms: Any = "auto",
        runs: float | None = None,
        seed: int = 0,
        source: str = "en",
    ) -> None:
        self.source = source
        languages = languages if languages is not None else pairs
        weights = (
            languages if isinstance(languages, Mapping) and languages is not pairs else dict.fromkeys(languages, 1.0)
        )
        self.weights = {language: float(weights[language]) for language in sorted(weights) if weights[language] > 0}
        self.p = p if isinstance(p, Mapping) else dict.fromkeys(self.weights, p)
        self.draw_language, self.candidates, self.missing = draw_language, candidates, missing
        self.max_words, self.skip, self.case = max_words, {normalise_term(word, source) for word in skip}, case
        self.protect = None if protect is None else re.compile(protect)
        self.tokenizer, self.runs, self.seed = tokenizer or WordTokenizer(), runs, seed
        self.entries, self._spellings = read_pairs(pairs, source), read_spellings(pairs, source)
        self._terms = [(term, words_of_term(term, self.tokenizer, source)) for term in self.entries]
        own_words = {word for _, words in self._terms if len(words) <= max_words for word in words}
        self._bases = read_bases(own_words, choose_forms(forms, source), source)
        self._known: dict[tuple[str, ...], dict[tuple[str, ...], str]] = {}

    def switch(
        self, texts: Sequence[str], keys: Sequence[int] | Sequence[str] | None = None, epoch: int = 0
    ) -> tuple[list[str], list[Switch]]:
        """The switched texts and all switches."""
        results, switches = [], []
        for row, text in enumerate(texts):
            stream = stream_of(text if keys is None else keys[row], self.seed, epoch)
            result, of_row = self._switch_text(row, text, stream)
            results.append(result)
            switches.extend(of_row)
        return results, switches

    def _switch_text(self, row: int, text: str, stream: int) -> tuple[str, list[Switch]]:
        languages = list(self.weights)
        if self.draw_language == "text":
            languages = [choose(languages, list(self.weights.values()), uniform(stream, TEXT_LANGUAGE))]
        draw_all = self._draw_units if self.runs is None else self._draw_stretches
        units = list(draw_all(self._units(text, languages), languages, stream))
        ends = dict(find_words(text, self.tokenizer))
        result, reached, switches = "", 0, []
        for at, (start, end, term, language, translation) in enumerate(units):
            is_alone = ends[start] == start + 1 or re.match(r"['\u2000-\u203f]", text[start + 1 : start + 2])
            may_be_pronoun = primary_language(self.source) == "en" and start > min(ends) and bool(is_alone)
            shown = (
                match_case(text[start:end], translation, language, may_be_pronoun)
                if self.case == "match"
                else translation
            )
            gap = start - (text[start - 1 : start] == "\u200b")  # what is before the switch, but for that
            before = units[at - 1][4] if at and units[at - 1][1] == gap else text[:gap]
            if gap and is_glued(text[gap - 1], text[start]) and needs_blank(before[-1], translation[0]):
                shown = " " + shown
            gap = end + (text[end : end + 1] == "\u200b")
            alone = at + 1 == len(units) or units[at + 1][0] != gap
            if alone and gap < len(text) and is_glued(text[end - 1], text[gap]) and is_spaced(text[gap]):
                shown += " " * needs_blank(translation[-1], text[gap])
            result += text[reached:start]
            to = len(result)
            result += shown
            reached = end
            spelling = self._spellings[term, language, translation]
            switches.append(Switch(row, start, end, to, len(result), language, spelling, translation))
        return result + text[reached:], switches

    def _units(self, text: str, languages: list[str]) -> Iterable[tuple[int, int, int, str]]:
        """Yield the leftmost-longest matches: number of the first word, start, end, term."""
        protected = [match.span() for match in self.protect.finditer(shown_to_patterns(text))] if self.protect else []
        protected = [(start, end) for start, end in protected if end > start]
        spans = find_words(text, self.tokenizer)
        words = [
            "" if overlaps(*span, protected) else normalise(text[slice(*span)], self.source) for span in spans
        ]  # "" matches nothing
        joined = [
            are_joined(text[end:start]) and not overlaps(end, start, protected)
            for (_, end), (start, _) in pairwise(spans)
        ]
        known = self._known_terms(languages)
        at = 0
        while at < len(words):
            longest = 1
            while longest < self.max_words and at + longest < len(words) and joined[at + longest - 1]:
                longest += 1
            for size in range(longest, 0, -1):
                term = self._find_term(known, words[at : at + size])
                if term is not None:
                    yield at, spans[at][0], spans[at + size - 1][1], term
                    break
            at += size if term is not None else 1

    def _find_term(self, known: dict[tuple[str, ...], str], words: list[str]) -> str | None:
        """The term of some words: as they are, or with one of them, the last if possible, in place of its form."""
        if tuple(words) in known:
            return known[tuple(words)]
        for at in reversed(range(len(words))):
            base = self._bases.get(words[at])
            exact = (*words[:at], base or "", *words[at + 1 :])
            if base and exact in known and not (len(words) == 1 and words[0] in self.skip):
                return known[exact]
        return None

    def _known_terms(self, languages: list[str]) -> dict[tuple[str, ...], str]:
        """The term for each sequence of words; of several with the same words, the first in code point order."""
        if tuple(languages) not in self._known:
            known: dict[tuple[str, ...], str] = {}
            for term, words in self._terms:
                alone = len(words) == 1 and term in self.skip
                if words and not alone and any(language in self.entries[term] for language in languages):
                    known.setdefault(words, term)
            self._known[tuple(languages)] = known
        return self._known[tuple(languages)]

    def _draw_units(self, units: Iterable[Any], languages: list[str], stream: int) -> Iterable[Any]:
        """Yield the units to switch, each drawn alone: start, end, term, language, translation."""
        for number, start, end, term in units:
            own = stream + 3 * number * GAMMA
            language = self._draw_language(term, languages, own)
            if language in self.entries[term] and uniform(own, SWITCH) < self.p[language]:
                yield start, end, term, language, self._draw_candidate(term, language, own)

    def _draw_stretches(self, units: Iterable[Any], languages: list[str], stream: int) -> Iterable[Any]:
        """Yield the units to switch, each drawn with regard to the one before it."""
        assert self.runs is not None
        p = self.p.get(languages[0], 0.0)  # that of all languages; the source language has no units
        after_switched = 1 if p == 1 else 1 - 1 / self.runs
        after_kept = 1 if p == 1 else min(1, p / ((1 - p) * self.runs))
        switched, chance, of_stretch = False, p, ""
        for number, start, end, term in units:
            own = stream + 3 * number * GAMMA
            begins = not switched
            switched = uniform(own, SWITCH) < chance
            chance = after_switched if switched else after_kept
            if switched:
                if begins:
                    of_stretch = self._draw_language(term, languages, own)
                language = of_stretch
                if language not in self.entries[term] and self.missing == "redraw":
                    language = self._draw_language(term, languages, own)
                if language in self.entries[term]:
                    yield start, end, term, language, self._draw_candidate(term, language, own)

    def _draw_language(self, term: str, languages: list[str], stream: int) -> str:
        """A language for a unit, which may lack it with missing="keep"."""
        if self.missing == "redraw":
            languages = [language for language in languages if language in self.entries[term]]
        return choose(languages, [self.weights[language] for language in languages], uniform(stream, LANGUAGE))

    def _draw_candidate(self, term: str, language: str, stream: int) -> str:
        translations, weights = zip(*self.entries[term][language], strict=True)
        if self.candidates == "best":
            return translations[0]
        if self.candidates == "uniform":
            weights = (1.0,) * len(translations)
        return choose(translations, weights, uniform(stream, CANDIDATE))
