"""Spaces around switches from a script without spaces into one with spaces."""

from __future__ import annotations

import pytest
from hypothesis import given

from lexswitch import CharacterTokenizer, CodeSwitcher, Lexicon, RegexTokenizer, Switched, WordTokenizer

from ..strategies import Case, cases

THAI = [("ได้", "get"), ("อันดับ", "rank"), ("ที่", "that"), ("หก", "six"), ("ก", "etc."), ("ข", "(a)"), ("ค", "-x")]
CHINESE = [("手机", "phone"), ("年", "year"), ("世", "세"), ("界", "界限"), ("case", "box")]


def trace(pairs: list[tuple[str, str]], text: str, source: str = "th") -> Switched:
    lexicon = Lexicon.from_pairs({"en": pairs}, source)
    return CodeSwitcher(lexicon, p=1, tokenizer=CharacterTokenizer(), max_words=8).trace([text])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ได้อันดับที่หก", "get rank that six"),
        ("ฉอันดับที่ฉ", "ฉrank thatฉ"),  # Thai and Latin letters look apart as they are
        ("ได้ อันดับ", "get rank"),
        ("ได้-อันดับ", "get-rank"),
        ("\u0e51หก", "\u0e51 six"),  # a Thai digit
        ("หก2024 2024หก abหกcd", "six 2024 2024 six ab six cd"),
        ("ได้\u200bอันดับ\u200bฉ\u200bอันดับ\u200bx", "get\u200b rank\u200bฉ\u200brank \u200bx"),
        ("หกกหก", "six etc. six"),
        ("หกขหก", "six (a) six"),
        ("หกคหก", "six-x six"),  # a part of a word
        ("หก, ได้!", "six, get!"),
    ],
)
def test_spaces_between_words_that_would_touch(text: str, expected: str) -> None:
    """A space is inserted if both neighbours are in scripts with spaces and the text has no space between them."""
    assert trace(THAI, text).texts == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("手机手机", "phone phone"),
        ("iPhone手机case", "iPhone phone box"),
        ("2024年", "2024 year"),
        ("世世", "세 세"),
        ("世界世界", "세界限세界限"),
        ("界界", "界限界限"),
    ],
)
def test_chinese(text: str, expected: str) -> None:
    """The same holds for Chinese; no space is inserted if one side is still Chinese."""
    assert trace(CHINESE, text, "zh").texts == [expected]


def test_no_spaces_inside_words() -> None:
    """No space is inserted inside a word of a script with spaces that a tokenizer splits."""
    lexicon = Lexicon.from_pairs({"en": [("haus", "house"), ("boot", "boat"), ("дом", "house")]}, "de")
    switcher = CodeSwitcher(lexicon, p=1, tokenizer=RegexTokenizer("haus|boot|дом"))
    assert switcher.apply(["hausboot", "домдом é"]) == ["houseboat", "househouse é"]


def test_a_space_belongs_to_its_switch() -> None:
    """The later of two switches has the space, or the one that text follows; projected spans exclude it."""
    text = "xได้อันดับที่2"
    switched = trace(THAI, text)
    assert switched.texts == ["x get rank that 2"]
    shown = [switched.texts[0][switch.start : switch.end] for switch in switched.switches]
    assert shown == [" get", " rank", " that "]
    assert [switch.translation for switch in switched.switches] == ["get", "rank", "that"]
    spans = [(switch.source_start, switch.source_end) for switch in switched.switches]
    projected = switched.project(
        [[*spans, (0, len(text)), (spans[0][0], spans[1][1]), (spans[1][0] + 1, spans[2][1] - 1)]]
    )
    assert [switched.texts[0][start:end] for start, end in projected[0]] == [
        *("get", "rank", "that", switched.texts[0], "get rank", "rank that"),
    ]


def test_spaces_depend_on_the_neighbours() -> None:
    """A space depends on which neighbours are switched."""
    lexicon = Lexicon.from_pairs({"en": THAI}, "th")
    switcher = CodeSwitcher(lexicon, p=0.5, tokenizer=CharacterTokenizer(), max_words=8)
    results = set(switcher.apply(["อันดับที่"] * 64, keys=range(64)))
    assert results == {"อันดับที่", "rankที่", "อันดับthat", "rank that"}


@given(cases())
def test_only_spaces_are_added(case: Case) -> None:
    """A switch is its translation and at most two spaces, and no text gains a space at its edges."""
    switched = case.switcher.replace(case="lexicon", tokenizer=WordTokenizer()).trace(case.texts, **case.call)
    for switch in switched.switches:
        shown = switched.texts[switch.row][switch.start : switch.end]
        assert shown.strip(" ") == switch.translation
        assert len(shown) <= len(switch.translation) + 2
    for text, source in zip(switched.texts, case.texts, strict=True):
        assert text[:1] != " " or source[:1] == " "
        assert text[-1:] != " " or source[-1:] == " "
