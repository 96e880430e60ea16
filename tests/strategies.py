"""Generated texts, lexicons and options."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple
from unicodedata import normalize

from hypothesis import strategies as st

from lexswitch import CharacterTokenizer, CodeSwitcher, Lexicon, RegexTokenizer, SpanTokenizer, WordTokenizer
from lexswitch.engine.characters import INVISIBLE
from lexswitch.text.protection import DEFAULT

LANGUAGES = ("de", "gag", "ru")

_HARD_WORDS = (
    "a I house House HOUSE credit card state-of-the-art don't rock'n'roll l\u2019eau 2024 \u0664 "
    "\u0130stanbul istanbul i\u0307 \u0131 stra\u00dfe STRASSE \u1e9e \ufb01n \u0149 \u01c5 \u00b5 \u017f "
    "\u039f\u0394\u039f\u03a3 \u03bf\u03b4\u03cc\u03c2 \u03c3 \u1fb3 \u1fbc \u0345 \u0390 \u1fd3 \u1f82 "
    "caf\u00e9 cafe\u0301 a\u0323\u0308 a\u0308\u0323 \u1e9b\u0323 \u212b \u2126 "
    "\u0439 \u0438\u0306 \u0401\u041b\u041a\u0410 \u13a0 \uab70 \u10d0 \u1c90 "
    "\u0939\u093f\u0928\u094d\u0926\u0940 \u0915\u093c \u0958 \u09be\u09c7 \u0995\u09cb \u0d4a "
    "\u0645\u064f\u062d\u0645\u0651\u064e\u062f \u0645\u064f\u062d\u0645\u064e\u0651\u062f \u05d1\u05bc\u05b8 "
    "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645 \u0622 \u0627\u0653 \u1109\u1161\u11ab \uc0b0 "
    "\u4e16\u754c \u4e16 \u754c \u3053\u3093\u306b \u304c \u304b\u3099 \u0e01\u0e33 \u0e19\u0e49\u0e33 "
    "\U00020000 \U0001d400 \U00010400 \U0001f469\u200d\U0001f4bb "
    "don\u2019t l\u02bceau o\u2018zbek \u02bb\u014dlelo so\u00adft ze\u200bro "
    "\u0e01\u200b\u0e02 \u1780\u17b6\u200b\u1780 "
    "\u0130lk ilk I\u015f\u0131k \u0131\u015f\u0131k "
    # newer than Unicode 13: letters with and without case, marks, digits, emoji
    "\U00010570 \U00010597 x\U00010570y \ua7c0 \ua7c1 e\u1dfa\u0301 \U00011f50 \U0001fae0 \u9ffd \u0870 \ua7f2"
)
_SEPARATORS = (
    " | | |-|-|  |\n|\t|\u00a0|\u3000|\u2010|\u2011|--| - |, |. |'|\u2019|"
    "''|\u200d|\u200c||\0|\x1f|\u200f|/|_|\u0301|@| #| https://a.b/|<|>|\u00ad|\u200b|\ufeff| \u2060|#\U00010570"
)

#: Words that have gone wrong somewhere.
HARD_WORDS = (*_HARD_WORDS.split(), "x" * 9, "y" * 17, "z" * 41, "\u00e9" * 20, "\U00010400" * 11)

SEPARATORS = tuple(_SEPARATORS.split("|"))

#: Newer than Unicode 13; some interpreters know them.
NEWER = "\U00010570\U00010597\ua7c0\ua7c1\u1dfa\U00011f50\U0001fae0\u9ffd\u0870"
characters = st.characters(exclude_categories=("Cs",)) | st.sampled_from(NEWER)
solid = st.characters(exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp")) | st.sampled_from(NEWER)

#: Any text but lone surrogates; and letters and marks only, where words are met more often.
any_text = st.text(characters, max_size=30)
_LETTERS = (
    "aAbBiIs\U00010570\ua7c1\u2019\u02bb\u200b\u0130\u0131\u00df\u03a3\u03c3\u03c2\u0645\u0915\u4e16\u0e01\u304b\u1100"
)
_MARKS = "\u0301\u0308\u0323\u0327\u0345\u0651\u064e\u093c\u0e31\u3099\u1161\u11a8"
letters = st.text(st.sampled_from(_LETTERS + _MARKS), min_size=1, max_size=6)

#: Something remains of each when invisible characters are dropped.
words = (st.sampled_from(HARD_WORDS) | letters | st.text(solid, min_size=1, max_size=12)).filter(
    lambda word: bool(word.strip(INVISIBLE))
)


@cache
def spellings(word: str) -> st.SearchStrategy[str]:
    """Ways to write a word that mostly mean the same term."""
    ways = [word, word, word.lower(), word.upper(), word.title()]
    return st.sampled_from(ways + [normalize(form, way) for form in ("NFC", "NFD") for way in ways])


def vocabularies() -> st.SearchStrategy[tuple[str, ...]]:
    """A few words that a lexicon and texts share."""
    return st.lists(words, min_size=1, max_size=4).map(tuple)


def texts_of(vocabulary: tuple[str, ...]) -> st.SearchStrategy[str]:
    """Words of a vocabulary in other spellings, with odd things between them."""
    word = st.sampled_from(vocabulary).flatmap(spellings)
    pieces = st.lists(st.tuples(word, st.sampled_from(SEPARATORS)), min_size=1, max_size=10)
    return pieces.map(lambda chosen: "".join(word + separator for word, separator in chosen))


def terms_of(vocabulary: tuple[str, ...]) -> st.SearchStrategy[str]:
    """Phrases of one to four words."""
    word = st.sampled_from(vocabulary).flatmap(spellings)
    more = st.lists(st.tuples(st.sampled_from((" ", " ", " ", "-", "\u2010", "  ", "")), word), max_size=3)
    return word | word | st.builds(lambda first, rest: first + "".join(map("".join, rest)), word, more)


weights = st.floats(0.015625, 64, width=32)
translations = words | st.sampled_from(
    (
        "\u00fcber",
        "etc.",
        "(a)",
        "\u0e01\u0e33",
        "\u00df",
        "\u01c6",
        "stra\u00dfe alt",
        "\u043c\u0438\u0440",
        "\u4e16\u754c",
        "\U00010428",
    )
)


@st.composite
def pair_tables(draw: st.DrawFn, vocabulary: tuple[str, ...], most: int = 8) -> dict[str, list[tuple[Any, ...]]]:
    """What Lexicon.from_pairs takes."""
    terms = terms_of(vocabulary)
    languages = draw(st.sampled_from((("de",), ("de", "gag"), ("gag", "ru"), LANGUAGES)))
    pair = st.tuples(terms, translations) | st.tuples(terms, translations, weights)
    return {language: draw(st.lists(pair, min_size=1, max_size=most)) for language in languages}


def some_words(text: str) -> list[tuple[int, int]]:
    """A tokenizer of one's own: runs of characters that are not blank, in twos."""
    ends = [at for at in range(1, len(text) + 1) if at == len(text) or text[at] == " " or at % 2 == 0]
    spans = zip([0, *ends], ends, strict=False)
    return [(start, end) for start, end in spans if end > start and not text[start:end].isspace()]


tokenizers = st.sampled_from(
    (
        *(WordTokenizer(),) * 3,
        *(CharacterTokenizer(),) * 2,
        *(
            RegexTokenizer(r"[\p{L}\p{M}\p{N}]+"),
            RegexTokenizer(r"\S+"),
            RegexTokenizer(r"\w"),
            SpanTokenizer(some_words),
        ),
    )
)
patterns = st.sampled_from((DEFAULT, DEFAULT, None, r"\w+ing\b", r"[A-Z]+", r"\s", r"a|b", r"x*"))
probabilities = st.sampled_from((1.0, 1.0, 1.0, 0.5, 0.9, 0.0)) | st.floats(0, 1)


@st.composite
def options_for(
    draw: st.DrawFn, languages: tuple[str, ...], vocabulary: tuple[str, ...], source: str = "en"
) -> dict[str, Any]:
    """Any options of CodeSwitcher."""
    chosen = draw(st.sampled_from((list(languages), list(languages), list(languages[-1:]), list(languages[:1]))))
    drawn = draw(st.sampled_from((None, "unit", "text")))
    if drawn == "text" and draw(st.booleans()):
        chosen = [*chosen, source]
    weighted = st.fixed_dictionaries({language: st.sampled_from((0.25, 1, 2, 3.5)) for language in chosen})
    weighted |= st.fixed_dictionaries(dict.fromkeys(chosen, st.sampled_from((1e308, 1.5e308))))
    fixed = {} if drawn is None else {"draw_language": st.just(drawn)}
    options = draw(
        st.fixed_dictionaries(
            fixed,
            optional={
                "languages": st.just(chosen) | weighted,
                "p": probabilities | st.fixed_dictionaries(dict.fromkeys(languages, probabilities)),
                "candidates": st.sampled_from(("best", "uniform", "weighted")),
                "missing": st.sampled_from(("redraw", "keep")),
                "max_words": st.integers(1, 8),
                "skip": st.sets(st.sampled_from(vocabulary), max_size=2),
                "protect": patterns,
                "case": st.sampled_from(("match", "lexicon")),
                "tokenizer": tokenizers,
                "seed": st.integers(0, 2**64 - 1),
            },
        )
    )
    return options | (draw(runs_for(options)) if draw(st.booleans()) else {})


@st.composite
def runs_for(draw: st.DrawFn, options: Mapping[str, Any]) -> dict[str, Any]:
    """The option `runs`, with one p for all languages where it needs that."""
    p = options.get("p", 0.5)
    several = list(p.values()) if isinstance(p, dict) else [p]
    if isinstance(p, dict) and options.get("draw_language") != "text":
        several = several[:1]
    least = max([1.0, *(one / (1 - one) for one in several if one < 1)])
    runs = draw(st.just(least) | st.floats(least, 16 * least) | st.sampled_from((least + 1, least + 4)))
    return {"runs": runs} if len(several) > 1 or not isinstance(p, dict) else {"runs": runs, "p": several[0]}


class Case(NamedTuple):
    """Everything that a run depends on."""

    pairs: dict[str, list[tuple[Any, ...]]]
    options: dict[str, Any]
    texts: list[str]
    keys: list[int] | list[str] | None
    epoch: int
    source: str = "en"

    @property
    def switcher(self) -> CodeSwitcher:
        return CodeSwitcher(self.lexicon, **self.options)

    @property
    def lexicon(self) -> Lexicon:
        return Lexicon.from_pairs(self.pairs, self.source)

    @property
    def call(self) -> dict[str, Any]:
        return {"keys": self.keys, "epoch": self.epoch}


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A lexicon, options, and texts that share words with the lexicon."""
    vocabulary = draw(vocabularies())
    pairs = draw(pair_tables(vocabulary))
    texts = draw(st.lists(texts_of(vocabulary) | texts_of(vocabulary) | texts_of(vocabulary) | any_text, max_size=4))
    size = {"min_size": len(texts), "max_size": len(texts)}
    ints, strings = st.lists(st.integers(-(2**70), 2**70), **size), st.lists(any_text, **size)
    keys = draw(st.none() | ints | strings)
    source = draw(st.sampled_from(("en", "en", "tr", "az-Latn")))
    options = draw(options_for(tuple(sorted(pairs)), vocabulary, source))
    return Case(pairs, options, texts, keys, draw(st.integers(0, 3)), source)
