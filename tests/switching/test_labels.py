"""Labelled text: spans and tags that hold after switching what they held before."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexswitch import CodeSwitcher, Lexicon
from lexswitch.switching.labels import align_labels

from ..strategies import Case, cases

GERMAN = [
    *[("new york", "Neu York"), ("house", "Haus"), ("the", "das"), ("bank of england", "Bank von England")],
    *[("england", "England am Meer"), ("of", "von"), ("to new", "zu neuem")],
]
SWITCHER = CodeSwitcher(Lexicon.from_pairs({"de": GERMAN}), p=1)
SOURCE = "the house of New York"


@pytest.mark.parametrize(
    ("span", "inside", "text", "held"),
    [
        ((13, 21), "units", "das Haus von Neu York", "Neu York"),
        ((13, 21), "whole", "das Haus von Neu York", "Neu York"),
        ((13, 21), "nothing", "das Haus von New York", "New York"),
        ((4, 21), "units", "das Haus von Neu York", "Haus von Neu York"),
        ((4, 21), "whole", "das house of New York", "house of New York"),
        ((17, 21), "units", "das Haus von New York", "York"),
        ((15, 15), "units", "das Haus von New York", ""),
        ((21, 21), "nothing", "das Haus von Neu York", ""),
    ],
)
def test_spans(span: tuple[int, int], inside: Any, text: str, held: str) -> None:
    """A span is switched within, as a whole or not at all, and never across its boundary."""
    switched = SWITCHER.apply_spans([SOURCE], [[span]], inside=inside)
    start, end = switched.spans[0][0]
    assert (switched.texts, switched.texts[0][start:end]) == ([text], held)


@given(cases(), st.sampled_from(("units", "whole", "nothing")), st.data())
def test_spans_properties(case: Case, inside: Any, data: st.DataObject) -> None:
    """Switches are some of those of trace, none crosses a span, and spans and switches tell the new text."""
    spans = [data.draw(st.lists(_spans(text), max_size=3)) for text in case.texts]
    switched = case.switcher.apply_spans(case.texts, spans, inside=inside, **case.call)
    all_of_them = {one[:3] + one[5:] for one in case.switcher.trace(case.texts, **case.call).switches}
    assert {one[:3] + one[5:] for one in switched.switches} <= all_of_them
    for row, (text, new) in enumerate(zip(case.texts, switched.texts, strict=True)):
        own = [one for one in switched.switches if one.row == row]
        rebuilt, reached = "", 0
        for one in own:
            rebuilt += text[reached : one.source_start] + new[one.start : one.end]
            assert len(rebuilt) == one.end
            reached = one.source_end
        assert rebuilt + text[reached:] == new
        for (start, end), (new_start, new_end) in zip(spans[row], switched.spans[row], strict=True):
            within = [one for one in own if start <= one.source_start and one.source_end <= end]
            grown = sum(one.end - one.start - (one.source_end - one.source_start) for one in within)
            assert new_end - new_start == end - start + grown
            if inside == "nothing" or not within:
                assert new[new_start:new_end] == text[start:end]
            elif inside == "whole":
                assert [(one.start, one.end) for one in within] == [(new_start, new_end)]


def _spans(text: str) -> st.SearchStrategy[tuple[int, int]]:
    places = st.integers(0, len(text))
    return st.tuples(places, places).map(lambda pair: (min(pair), max(pair)))


TOKENS = ["the", "Bank", "of", "England", "and", "England", ",", "New", "York"]
AROUND = ["das", *TOKENS[1:5], "England", "am", "Meer", ","]
BIO = ["O", "B-ORG", "I-ORG", "I-ORG", "O", "B-LOC", "O", "B-LOC", "I-LOC"]
BIOES = ["O", "B-ORG", "I-ORG", "E-ORG", "O", "S-LOC", "O", "B-LOC", "E-LOC"]


@pytest.mark.parametrize(
    ("tags", "sea"),
    [(BIO, ["B-LOC", "I-LOC", "I-LOC"]), (BIOES, ["B-LOC", "I-LOC", "E-LOC"])],
)
def test_tags(tags: list[str], sea: list[str]) -> None:
    """A translation of several words takes several tags, in the scheme that came."""
    switched = SWITCHER.apply_tokens([TOKENS], [tags])
    assert switched.tokens == [
        ["das", "Bank", "von", "England", "and", "England", "am", "Meer", ",", "Neu", "York"],
    ]
    assert switched.tags == [[*tags[:5], *sea, "O", *tags[7:]]]
    assert switched.sources == [[0, 1, 1, 1, 4, 5, 5, 5, 6, 7, 7]]


def test_schemes_do_not_mix() -> None:
    """An entity keeps the scheme of its own tags, whatever other entities and sentences have."""
    tokens = [["England"], ["house", "and", "England"], ["England", "and", "England"]]
    tags = [["B-LOC"], ["S-X", "O", "S-LOC"], ["B-LOC", "O", "S-LOC"]]
    sea = ["England", "am", "Meer"]
    switched = SWITCHER.apply_tokens(tokens, tags)
    assert switched.tokens == [sea, ["Haus", "and", *sea], [*sea, "and", *sea]]
    assert switched.tags == [
        ["B-LOC", "I-LOC", "I-LOC"],
        ["S-X", "O", "B-LOC", "I-LOC", "E-LOC"],
        ["B-LOC", "I-LOC", "I-LOC", "O", "B-LOC", "I-LOC", "E-LOC"],
    ]
    alone = [SWITCHER.apply_tokens([sentence], [of_row]) for sentence, of_row in zip(tokens, tags, strict=True)]
    assert switched.tags == [one.tags[0] for one in alone]
    assert SWITCHER.replace(p=0).apply_tokens(tokens, tags)[:2] == (tokens, tags)


@given(cases(), st.booleans(), st.data())
def test_numbers_of_tags(case: Case, is_bioes: bool, data: st.DataObject) -> None:
    """Numbers of names give the numbers of the tags that the names give."""
    tokens = [text.split() for text in case.texts]
    tags = [_tagged(len(one), data.draw(_entities(len(one))), is_bioes) for one in tokens]
    names = data.draw(st.permutations(["O", *(f"{prefix}-{x}" for prefix in "BIES" for x in ("LOC", "PER-X"))]))
    numbers = [[names.index(tag) for tag in of_row] for of_row in tags]
    switched = case.switcher.apply_tokens(tokens, numbers, names=names, **case.call)
    by_name = case.switcher.apply_tokens(tokens, tags, **case.call)
    assert switched.tags == [[names.index(tag) for tag in of_row] for of_row in by_name.tags]
    assert (switched.tokens, switched.sources) == (by_name.tokens, by_name.sources)
    assert {type(tag) for of_row in switched.tags for tag in of_row} <= {int}


@pytest.mark.parametrize(
    ("names", "tags", "message"),
    [
        (
            None,
            [0],
            "tags[0][0] is 0, a number; pass the names of tags, names=['O', 'B-LOC', ...], or names=dataset.",
        ),
        (["O"], [1], "tags[0][0] is 1; with names it must be a number from 0 to 0"),
        (["O"], [-100], "tags[0][0] is -100; with names it must be a number"),
        (["O"], ["O"], "tags[0][0] is 'O'; with names it must be a number"),
        (["O"], [True], "tags[0][0] is True; with names it must be a number"),
        (
            ["O", "B-X"],
            [1],
            "tokens[0] needs the tag 'I-X' after switching, but names is ['O', 'B-X']; add the name",
        ),
        (["O", "I-X"], [1], "tags[0][0] is 'I-X' after the beginning"),
        ("O", [0], "names is 'O'; pass the name of each number"),
        ([], [0], "names is []; pass the name of each number"),
        (["O", "O"], [0], "names is ['O', 'O']; pass the name of each number"),
        (["O", 1], [0], "names is ['O', 1]; pass the name of each number"),
    ],
)
def test_bad_numbers_of_tags(names: Any, tags: Any, message: str) -> None:
    """Numbers without names, others than those of names, and new tags without a number are errors."""
    with pytest.raises((TypeError, ValueError), match=re.escape(message)):
        SWITCHER.apply_tokens([["England"]], [tags], names=names)


@pytest.mark.parametrize(
    ("inside", "tags", "tokens"),
    [
        ("nothing", BIO, ["das", *TOKENS[1:]]),
        ("whole", BIO, ["das", "Bank", "von", "England", "and", "England", "am", "Meer", ",", "Neu", "York"]),
        ("whole", ["O", "B-X", "I-X", "I-X", "I-X", "O", "O", "O", "O"], [*AROUND, "Neu", "York"]),
        ("units", ["O", "O", "O", "B-X", "O", "O", "O", "O", "B-X"], [*AROUND, "New", "York"]),
    ],
)
def test_what_is_switched_in_entities(inside: Any, tags: list[str], tokens: list[str]) -> None:
    """Entities are left, switched whole, or within; a unit across the boundary of one stays."""
    assert SWITCHER.apply_tokens([TOKENS], [tags], inside=inside).tokens == [tokens]


@given(cases(), st.sampled_from(("units", "whole", "nothing")), st.booleans(), st.data())
def test_tags_properties(case: Case, inside: Any, is_bioes: bool, data: st.DataObject) -> None:
    """Entities keep number, order and label; each is its translation or untouched, and so is all else."""
    tokens = [text.split() for text in case.texts]
    entities = [data.draw(_entities(len(sentence))) for sentence in tokens]
    tags = [_tagged(len(one), found, is_bioes) for one, found in zip(tokens, entities, strict=True)]
    switched = case.switcher.apply_tokens(tokens, tags, inside=inside, **case.call)
    rows = zip(tokens, entities, tags, switched.tokens, switched.tags, switched.sources, strict=True)
    for sentence, found, of_row, new, new_tags, sources in rows:
        assert len(new) == len(new_tags) == len(sources)
        assert sources == sorted(sources)
        kept = [(min(sources[at] for at in own), label) for own, label in _read(new_tags)]
        assert kept == [(first, label) for first, _, label in found]
        assert new_tags == _tagged(len(new), [(own[0], own[-1] + 1, label) for own, label in _read(new_tags)], is_bioes)
        for (own, _), (first, last, _) in zip(_read(new_tags), found, strict=True):
            if inside == "nothing":
                assert [new[at] for at in own] == sentence[first:last]
        del of_row


@st.composite
def _entities(draw: st.DrawFn, count: int) -> list[tuple[int, int, str]]:
    """Some runs of tokens with labels."""
    cuts = sorted(draw(st.sets(st.integers(0, count), max_size=6)))
    runs = list(pairwise(cuts))
    return [(*run, draw(st.sampled_from(("LOC", "PER-X")))) for run in runs if draw(st.booleans())]


def _tagged(count: int, entities: list[tuple[int, int, str]], is_bioes: bool) -> list[str]:
    tags = ["O"] * count
    for first, last, label in entities:
        for at in range(first, last):
            prefix = "B" if at == first else "I"
            if is_bioes and at == last - 1:
                prefix = "S" if at == first else "E"
            tags[at] = f"{prefix}-{label}"
    return tags


def _read(tags: list[str]) -> list[tuple[list[int], str]]:
    """Entities as lists of tokens, the obvious way."""
    found: list[tuple[list[int], str]] = []
    for at, tag in enumerate(tags):
        if tag[0] in "BS":
            found.append(([at], tag[2:]))
        elif tag[0] in "IE":
            found[-1][0].append(at)
    return found


def test_parts_of_tokens_are_not_switched() -> None:
    """A unit that begins or ends within a token stays; tokens may hold blanks or be empty."""
    tokens = [["house-boat", "in-house", "the house", "", "house"]]
    switched = SWITCHER.apply_tokens(tokens, [["O"] * 5])
    assert switched.tokens == [["house-boat", "in-house", "the house", "", "Haus"]]
    assert SWITCHER.apply_tokens([], []) == ([], [], [])
    assert SWITCHER.apply_tokens([[]], [[]]) == ([[]], [[]], [[]])


@pytest.mark.parametrize(
    ("tokens", "tags", "message"),
    [
        ([["a"]], [], "tags has 0 sentences, tokens has 1"),
        ([["a", "b"]], [["O"]], "tags[0] has 1 tags for 2 tokens; pass one tag per token"),
        (["ab"], [["O", "O"]], "tokens[0] is 'ab'; pass a list of str for each sentence"),
        ([["a", "b"]], [["O", "I-X"]], "tags[0][1] is 'I-X' after 'O'; allowed are O, and B-X I-X"),
        ([["a", "b"]], [["B-Y", "I-X"]], "tags[0][1] is 'I-X' after 'B-Y'"),
        ([["a"]], [["E-X"]], "tags[0][0] is 'E-X' after the beginning"),
        ([["a", "b"]], [["S-X", "E-X"]], "tags[0][1] is 'E-X' after 'S-X'"),
        ([["a"]], [["X"]], "tags[0][0] is 'X' after the beginning"),
        ([["a"]], [[None]], "tags[0][0] is None after the beginning"),
    ],
)
def test_bad_tags(tokens: Any, tags: Any, message: str) -> None:
    """What does not match names sentence and token."""
    with pytest.raises((TypeError, ValueError), match=re.escape(message)):
        SWITCHER.apply_tokens(tokens, tags)


def test_bad_spans() -> None:
    """A span outside of its text, and another choice for what is inside, are errors."""
    with pytest.raises(ValueError, match=re.escape("spans[0] has (3, 99); a span has 0 <= start <= end <= 21")):
        SWITCHER.apply_spans([SOURCE], [[(3, 99)]])
    with pytest.raises(ValueError, match="inside is 'free'; it must be one of 'units', 'whole', 'nothing'"):
        SWITCHER.apply_spans([SOURCE], [[]], inside="free")  # type: ignore[arg-type]


def test_labels_of_pieces() -> None:
    """The first piece of a word has its label, others and special tokens are ignored."""
    assert align_labels([3, 4, 5], [None, 0, 0, 1, 2, 2, None]) == [-100, 3, -100, 4, 5, -100, -100]
    assert align_labels([3], [0, 0], ignore=0) == [3, 0]
    with pytest.raises(ValueError, match=re.escape("word_ids[1] is 2, but there are 2 labels")):
        align_labels([1, 2], [0, 2])
