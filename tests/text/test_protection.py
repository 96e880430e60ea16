"""Protected parts of texts."""

from __future__ import annotations

import re
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexswitch import CodeSwitcher, Lexicon
from lexswitch.engine.packing import pack
from lexswitch.text.protection import DEFAULT, find_protected

from ..strategies import any_text

LEXICON = Lexicon.from_pairs({"de": [("a", "x"), ("b", "y"), ("house", "Haus"), ("mask", "Maske"), ("a b", "xy")]})


def found(text: str, pattern: str | None = DEFAULT) -> list[str]:
    spans = find_protected(pack([text]), pattern)
    data = text.encode()
    return [data[start - 1 : end - 1].decode() for start, end in zip(*spans, strict=True)]  # one byte before the row


@pytest.mark.parametrize(
    ("text", "protected"),
    [
        ("see https://a.house/b?c=d#e now", ["https://a.house/b?c=d#e"]),
        ("HTTP is not http://ü.de, is it", ["http://ü.de,"]),
        ("ftp://a and www.house.de", ["ftp://a", "www.house.de"]),
        ("mail house.a+b@mail.house.org.", ["house.a+b@mail.house.org"]),
        ("thanks @house and #mask, #größe", ["@house", "#mask", "#größe"]),
        ("<s>a</s> <mask> [MASK] [SEP]", ["<s>", "</s>", "<mask>", "[MASK]", "[SEP]"]),
        ("a < b and b > a, [house], a@b, 1 # 2", ["@b"]),
        ("nothing here", []),
        ("", []),
    ],
)
def test_default_pattern(text: str, protected: list[str]) -> None:
    """URLs, addresses, names, tags and special tokens are protected, and nothing else."""
    assert found(text) == protected
    switched = CodeSwitcher(LEXICON, p=1).apply([text])[0]
    assert all(part in switched for part in protected)


pieces = st.sampled_from(
    (
        *(
            "https://",
            "http:",
            "://",
            "ftp://",
            "www.",
            "www",
            "@",
            "#",
            "<",
            ">",
            "[",
            "]",
            "MASK",
            "CLS",
            "</s>",
            ".",
            "-",
        ),
        *("a", "é", "世", "\U0001f600", " ", "\n", "\0", "\u3000", "x.y", "_", "org"),
    )
)
texts = st.lists(st.lists(pieces, max_size=12).map("".join) | any_text, max_size=5)


@given(texts, st.sampled_from((DEFAULT, r"\s", r"[a-z]*", r"(?m)^.", r"\Z")))
def test_patterns_are_run_over_every_row(texts: list[str], pattern: str) -> None:
    """The spans are those of the pattern's non-empty matches in each text, one after the other."""
    packed = pack(texts)
    expected, row_start = [], 1
    for text in texts:
        spans = [match.span() for match in re.finditer(pattern, text) if match.group()]
        expected += [tuple(row_start + len(text[:at].encode()) for at in span) for span in spans]
        row_start += len(text.encode()) + 1
    assert list(zip(*(part.tolist() for part in find_protected(packed, pattern)), strict=True)) == expected


dense = st.lists(
    st.sampled_from(
        ("#a", "@b1", "#", "@", " ", " ", "\0", "a@b.c", "a@b", "<", "<c>", "www.x", "http://", "[MASK]", "-", ".")
    ),
    min_size=1,
    max_size=6,
).map(lambda pieces: "".join(pieces) * 700)


@pytest.mark.slow
@given(st.lists(dense, min_size=1, max_size=3))
def test_texts_full_of_signs(texts: list[str]) -> None:
    """In texts with many signs, the names and tags agree with the pattern."""
    packed = pack(texts)
    expected, row_start = [], 1
    for text in texts:
        expected += [
            (row_start + start, row_start + end) for start, end in (m.span() for m in re.finditer(DEFAULT, text))
        ]
        row_start += len(text) + 1
    assert list(zip(*(part.tolist() for part in find_protected(packed, DEFAULT)), strict=True)) == expected


@pytest.mark.slow
@pytest.mark.parametrize("text", ["#a b ", "@x", "x#y<z>", "a@b.c "])
def test_matches_across_blocks(text: str) -> None:
    """Matches at the border of two blocks are found once."""
    text = text * (2_200_000 // len(text))
    starts, ends = find_protected(pack([text]), DEFAULT)
    spans = [match.span() for match in re.finditer(DEFAULT, text)]
    assert (starts - 1).tolist() == [start for start, _ in spans]
    assert (ends - 1).tolist() == [end for _, end in spans]


@pytest.mark.slow
@pytest.mark.parametrize("sign", ["@", "<", "#", "["])
def test_memory_for_signs_is_bounded(sign: str) -> None:
    """A row of signs only needs at most ten bytes of memory per byte."""
    texts, switcher = [sign * 8_000_000], CodeSwitcher(LEXICON)
    tracemalloc.start()
    try:
        assert switcher.apply(texts) == texts
        assert tracemalloc.get_traced_memory()[1] < 10 * len(texts[0])
    finally:
        tracemalloc.stop()


def test_letters_are_those_of_unicode_13() -> None:
    """A newer letter is not part of a tag with any Python, and spans count bytes of the original text."""
    assert found("#\U00010570house #x\U00010570 é#y") == ["#x", "#y"]
    assert found("\ua7c0 a\U00010570b", r"\w+") == ["a", "b"]
    assert found("a\U00010570b\ua7c0 c", r"\w[^\w]") == ["a\U00010570", "b\ua7c0"]
    assert found("\u20c0 5 \U0001fae0", r"[\U00010000-\U0010ffff]") == ["\U0001fae0"]


def test_own_pattern_and_none() -> None:
    """A pattern replaces the default; None protects nothing."""
    texts = ["a house #house a b"]
    assert CodeSwitcher(LEXICON, p=1, protect=r"\bhouse\b").apply(texts) == ["x house #house xy"]
    assert CodeSwitcher(LEXICON, p=1, protect=None).apply(texts) == ["x Haus #Haus xy"]


def test_protected_gap_parts_a_phrase() -> None:
    """Protected text between two words prevents a phrase; the words match alone."""
    switcher = CodeSwitcher(LEXICON, p=1, protect=r" ")
    assert switcher.apply(["a b", "a-b", "a\nb"]) == ["x y", "xy", "xy"]


def test_protection_changes_no_other_draw() -> None:
    """The draws for words after protected text do not depend on the protection."""
    texts = [f"{number} house a mask b house a mask b" for number in range(200)]
    keys = list(range(200))
    plain = CodeSwitcher(LEXICON, max_words=1, protect=None).trace(texts, keys=keys).switches
    spared = CodeSwitcher(LEXICON, max_words=1, protect="mask").trace(texts, keys=keys).switches
    places = {(switch.row, switch.source_start) for switch in plain if switch.term != "mask"}
    assert {(switch.row, switch.source_start) for switch in spared} == places
