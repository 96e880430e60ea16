"""LexiconBuilder: the public way to make a lexicon, for inducers outside this package."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest

import lexswitch
from lexswitch import CodeSwitcher, Lexicon, LexiconBuilder, LexiconError
from lexswitch.inducers import LexiconInducer


class CooccurrenceInducer:
    """An inducer that uses public names only: it pairs words of aligned sentences by the Dice coefficient."""

    def __init__(self, sentences: list[tuple[str, str]], language: str) -> None:
        self.sentences = sentences
        self.language = language

    def induce(self) -> Lexicon:
        """Pair each word with the words of translations, weighted by the Dice coefficient."""
        left, right, both = Counter[str](), Counter[str](), Counter[tuple[str, str]]()
        for source, target in self.sentences:
            left.update(set(source.split()))
            right.update(set(target.split()))
            both.update((one, other) for one in set(source.split()) for other in set(target.split()))
        builder = LexiconBuilder(source="en")
        builder.add(self.language, [(a, b, 2 * count / (left[a] + right[b])) for (a, b), count in both.items()])
        return builder.build([{"name": "Dice coefficient", "sentences": len(self.sentences)}])


def test_an_inducer_outside_the_package() -> None:
    """An inducer is written with public names alone, and its lexicon switches text."""
    sentences = [
        ("the house", "das Haus"),
        ("the cat", "die Katze"),
        ("a house", "ein Haus"),
        ("my cat", "meine Katze"),
    ]
    inducer: LexiconInducer = CooccurrenceInducer(sentences, "de")
    lexicon = inducer.induce()
    assert lexicon["house"]["de"][0] == ("Haus", 1.0)
    assert lexicon.provenance == ({"name": "Dice coefficient", "sentences": 4},)
    assert CodeSwitcher(lexicon, p=1).apply(["house, cat"]) == ["Haus, Katze"]


def test_equals_from_pairs() -> None:
    """Pairs that are added a few at a time make the lexicon that `from_pairs` makes of all."""
    pairs: dict[str, list[Any]] = {"de": [("house", "Haus"), ("House", "Heim", 0.5)], "fr": [("house", "maison", 2.0)]}
    builder = LexiconBuilder("en")
    for language, of_language in pairs.items():
        for pair in of_language:
            builder.add(language, [pair])
    record = {"name": "test"}
    assert builder.num_pairs == 3
    assert builder.build([record]) == Lexicon.from_pairs(pairs, "en", [record])
    assert builder.build([record]).provenance == (record,)


@pytest.mark.parametrize(("combine", "weight"), [("max", 3.0), ("min", 1.0), ("mean", 2.0), ("sum", 4.0)])
def test_weights_of_repeated_pairs_are_combined(combine: str, weight: float) -> None:
    """A pair that was added twice is stored once, with the combined weight."""
    builder = LexiconBuilder()
    builder.add("de", [("house", "Haus", 1.0)])
    builder.add("de", [("house", "Haus", 3.0)])
    assert builder.build(combine=combine)["house"]["de"] == [("Haus", weight)]


def test_languages_without_pairs() -> None:
    """Languages that are named in advance are part of the lexicon."""
    builder = LexiconBuilder("en", languages=["ru"])
    builder.add("de", [("house", "Haus")])
    assert builder.build().languages == ("de", "ru")


def test_bad_arguments() -> None:
    """Wrong languages, pairs, weights and provenance are errors that name the argument."""
    builder = LexiconBuilder()
    with pytest.raises(LexiconError, match="source"):
        LexiconBuilder(source="english")
    with pytest.raises(LexiconError, match="languages"):
        LexiconBuilder(languages=["german"])
    with pytest.raises(LexiconError, match=re.escape("pairs[0] is ('', 'x')")):
        builder.add("de", [("", "x")])
    with pytest.raises(LexiconError, match="at least one pair"):
        builder.build()
    builder.add("de", [("house", "Haus")])
    with pytest.raises(ValueError, match="combine is 'all'; it must be one of 'votes', 'max', 'min', 'mean', 'sum'"):
        builder.build(combine="all")
    with pytest.raises(TypeError, match="provenance"):
        builder.build({"name": "not a list"})  # type: ignore[arg-type]


def test_all_pairs_or_none() -> None:
    """After an error, the builder is as before, so that a corrected list is not counted twice."""
    builder = LexiconBuilder()
    builder.add("ru", [("house", "дом")])
    many = [(f"a{number}", "x") for number in range(10_001)]
    for wrong in ([("house", "Haus"), ("", "x")], [*many, ("", "x")]):
        with pytest.raises(LexiconError):
            builder.add("de", wrong)
        assert builder.num_pairs == 1
    assert builder.build().languages == ("ru",)
    builder.add("de", [("house", "Haus")])
    assert list(builder.build(combine="sum").pairs()) == [("house", "de", "Haus", 1.0), ("house", "ru", "дом", 1.0)]


def test_is_public() -> None:
    """The builder is exported beside `Lexicon`."""
    assert "LexiconBuilder" in lexswitch.__all__
