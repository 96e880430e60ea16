"""Lexicon.filter: each test alone, all together, and wrong arguments."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexswitch import Lexicon, LexiconError
from lexswitch.text.scripts import in_script

from ..reference import normalise_term
from ..strategies import any_text, pair_tables, vocabularies

PAIRS: dict[str, list[Any]] = {
    "de": [
        ("house", "Haus"),
        ("credit card", "Kreditkarte", 0.9),
        ("computer", "Computer"),
        ("as well as", "sowie auch so"),
    ],
    "ru": [("house", "дом"), ("house", "house"), ("computer", "ЭВМ"), ("computer", "Computer", 0.5)],
}
LEXICON = Lexicon.from_pairs(PAIRS, provenance=[{"name": "test"}])
tables = vocabularies().flatmap(pair_tables)


def kept(**options: Any) -> list[tuple[str, str, str]]:
    return [(term, language, translation) for term, language, translation, _ in LEXICON.filter(**options).pairs()]


def without(*dropped: tuple[str, str]) -> list[tuple[str, str, str]]:
    """All pairs but those of (term, translation)."""
    return [
        (term, language, translation)
        for term, language, translation, _ in LEXICON.pairs()
        if (term, translation) not in dropped
    ]


@given(tables)
def test_nothing_asked_is_the_identity(pairs: Any) -> None:
    """Without a test, and with one that all pass, the lexicon stays as it is."""
    lexicon = Lexicon.from_pairs(pairs)
    assert lexicon.filter() == lexicon
    assert lexicon.filter(keep=lambda *_: True) == lexicon


@given(tables, st.integers(1, 4), st.integers(1, 12), st.booleans())
def test_filter_is_a_plain_filter(pairs: Any, words: int, characters: int, identical: bool) -> None:
    """Tests of words, characters, identity and one's own keep the pairs that plain conditions keep."""
    lexicon = Lexicon.from_pairs(pairs)
    expected = [
        (term, language, translation, weight)
        for term, language, translation, weight in lexicon.pairs()
        if max(len(normalise_term(term).split()), len(translation.split())) <= words
        and max(len(normalise_term(term)), len(translation)) <= characters
        and (identical or normalise_term(translation) != normalise_term(term))
        and weight >= 1
    ]
    options: dict[str, Any] = {
        "max_words": words, "max_characters": characters, "identical": identical, "keep": lambda *pair: pair[3] >= 1,
    }  # fmt: skip
    if not expected:
        with pytest.raises(LexiconError, match="no pair passes the filter; loosen it"):
            lexicon.filter(**options)
        return
    result = lexicon.filter(**options)
    assert list(result.pairs()) == expected
    assert result.filter(**options) == result
    assert result.languages == tuple(sorted({language for _, language, _, _ in expected}))


def test_lengths() -> None:
    """Terms and translations with more words or characters are dropped."""
    long = ("as well as", "sowie auch so")
    assert kept(max_words=3) == without()
    assert kept(max_words=2) == without(long)
    assert kept(max_words=1) == without(long, ("credit card", "Kreditkarte"))
    assert kept(max_characters=11) == without(long)
    assert kept(max_characters=5) == [("house", "de", "Haus"), ("house", "ru", "дом"), ("house", "ru", "house")]


def test_identical() -> None:
    """Translations that equal their term, in any case, are dropped only when asked."""
    assert kept(identical=True) == without()
    assert kept(identical=False) == without(("computer", "Computer"), ("house", "house"))


def test_frequencies() -> None:
    """Words are looked up in small letters, in the tables there are; each word of a phrase must be frequent enough."""
    german = {"haus": 0.1, "kreditkarte": 0.2, "computer": 0.05, "sowie": 1.0, "auch": 1.0}
    rare = [("computer", "Computer"), ("as well as", "sowie auch so")]
    only_ru = [pair for pair in without(*rare) if pair[1] == "de"] + [pair for pair in without() if pair[1] == "ru"]
    assert kept(frequencies={"de": german}, min_frequency=0.1) == sorted(only_ru, key=without().index)
    english = {"house": 3, "credit": 2, "card": 1, "computer": 1}
    assert [pair[0] for pair in kept(frequencies={"en": english}, min_frequency=2)] == ["house"] * 3
    assert {pair[0] for pair in kept(frequencies={"en": english}, min_frequency=1)} == {
        "computer",
        "credit card",
        "house",
    }
    assert kept(frequencies={"en": english, "de": german}, min_frequency=2, max_words=1) == [
        ("house", "ru", "дом"), ("house", "ru", "house"),
    ]  # fmt: skip


def test_frequencies_are_of_normal_forms() -> None:
    """A table may spell its words as the language does: "Straße", "Café" in any composition."""
    lexicon = Lexicon.from_pairs({"fr": [("Straße", "cafe\u0301"), ("Gasse", "rue")]}, source="de")
    common = lexicon.filter(frequencies={"de": {"straße": 2, "gasse": 1}, "fr": {"caf\u00e9": 2}}, min_frequency=2)
    assert list(common) == ["Straße"]


@pytest.mark.parametrize(
    ("language", "own", "foreign"),
    [
        ("de", ["Straße", "naïve", "3. Februar", "42", "%", "Ж-Achse"], ["дом", "世界", "μ", "жук Xi"]),
        ("ru", ["дом", "ёлка", "IT-отдел", "iPhone и андроид"], ["house", "Computer", "я like it"]),
        ("sr", ["кућа", "kuća"], ["σπίτι", "家"]),
        ("sr-Latn", ["kuća"], ["кућа"]),
        ("sr-Cyrl", ["кућа"], ["kuća"]),
        ("uk", ["їжак", "п'ять", "п\u02bcять"], ["hedgehog"]),
        ("ja", ["家", "いえ", "コンピューター", "ー", "お茶", "々", "カｶ"], ["house", "집", "дом"]),
        ("ko", ["집", "家", "컴퓨터"], ["いえ", "house"]),
        ("zh", ["家", "电脑", "〇", "T恤", "卡拉OK"], ["いえ", "집", "house", "pīnyīn"]),
        ("zh-Hant", ["電腦"], ["diànnǎo"]),
        ("zh-Latn", ["diànnǎo"], ["電腦"]),
        ("hi", ["हिन्दी", "घर", "क्षत्रिय"], ["ghar", "گھر"]),
        ("ur", ["گھر"], ["घर"]),
        ("ar", ["بَيْت", "البيت"], ["bayt", "בית"]),
        ("he", ["בַּיִת"], ["بيت"]),
        ("el", ["σπίτι", "Ὅμηρος"], ["spiti"]),
        ("th", ["น้ำ"], ["ນ້ຳ", "water"]),
        ("vi", ["người", "nước"], ["喃"]),
        ("ta", ["வீடு"], ["വീട്"]),
        ("kk", ["үй", "üi"], ["家"]),
        ("xx", ["anything", "дом", "家"], []),
        ("en-Qaaa", ["anything", "дом"], []),
    ],
)
def test_own_script(language: str, own: list[str], foreign: list[str]) -> None:
    """Translations in a script of their language stay, others go; what has no letters or no known script stays."""
    assert [text for text in own if not in_script(text, language)] == []
    assert [text for text in foreign if in_script(text, language)] == []


def test_own_script_of_a_lexicon() -> None:
    """English words among Russian ones are dropped, English words among German ones cannot be."""
    foreign = [("house", "ru", "house"), ("computer", "ru", "Computer")]
    assert kept(own_script=True) == [pair for pair in without() if pair not in foreign]


@pytest.mark.slow
@pytest.mark.parametrize("language", Lexicon.starter().languages)
def test_the_starter_lexicon_is_in_script(language: str) -> None:
    """Nearly all translations that ship with the package are in a script of their language."""
    lexicon = Lexicon.starter().select([language])
    assert lexicon.filter(own_script=True).num_pairs >= 0.99 * lexicon.num_pairs


@given(any_text, st.sampled_from(("de", "ru", "ja", "hi", "xx")))
def test_scripts_of_any_text(text: str, language: str) -> None:
    """Any text has an answer, and one without letters is in every script."""
    assert in_script(text, language) in {True, False}
    assert in_script("".join(char for char in text if not char.isalpha() and not char.isalnum()), "xx")


def test_all_tests_together() -> None:
    """A pair stays only if it passes every test; provenance stays too."""
    result = LEXICON.filter(
        max_words=1,
        max_characters=10,
        own_script=True,
        identical=False,
        frequencies={"de": {"haus": 1}, "ru": {"дом": 1, "эвм": 1}},
        min_frequency=1,
        keep=lambda _term, _language, translation, _weight: translation != "ЭВМ",
    )
    assert list(result.pairs()) == [("house", "de", "Haus", 1.0), ("house", "ru", "дом", 1.0)]
    assert result.provenance == LEXICON.provenance


def test_keep_sees_all_of_a_pair() -> None:
    """One's own test is called with term, language, translation and weight of each pair, in order."""
    seen: list[Any] = []

    def keep(*pair: Any) -> bool:
        seen.append(pair)
        return True

    LEXICON.filter(keep=keep)
    assert seen == list(LEXICON.pairs())


def test_languages_without_pairs_go() -> None:
    """A language none of whose pairs is left is no longer one of the lexicon's."""
    assert LEXICON.filter(keep=lambda _term, language, *_: language == "ru").languages == ("ru",)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"max_words": 0}, ValueError, "max_words is 0; it must be from 1 to"),
        ({"max_words": 1.5}, TypeError, "max_words is 1.5; it must be a whole number"),
        ({"max_characters": True}, TypeError, "max_characters is True; it must be a whole number"),
        ({"keep": "short"}, TypeError, "keep is str; pass a function of term, language, translation and weight"),
        ({"frequencies": [("a", 1)], "min_frequency": 1}, TypeError, "frequencies is list; pass {language: {word"),
        ({"frequencies": {"de": ["a"]}, "min_frequency": 1}, TypeError, r"frequencies\['de'\] is list; pass a mapping"),
        (
            {"frequencies": {"ge": {}}, "min_frequency": 1},
            LexiconError,
            r"frequencies has 'ge'; this lexicon has \['en'",
        ),
        (
            {"frequencies": {"de": {"a": 1}}},
            ValueError,
            r"min_frequency is 0.0 and frequencies has \['de'\]; pass both",
        ),
        ({"min_frequency": 1}, ValueError, r"min_frequency is 1 and frequencies has \[\]; pass both, or none"),
        ({"min_frequency": "1"}, TypeError, "min_frequency is '1'; it must be a number of at least 0"),
        ({"min_frequency": True}, TypeError, "min_frequency is True; it must be a number"),
        ({"min_frequency": -1}, ValueError, "min_frequency is -1; it must be a number of at least 0"),
        ({"min_frequency": float("nan")}, ValueError, "min_frequency is nan; it must be a number of at least 0"),
        ({"keep": lambda *_: False}, LexiconError, "no pair passes the filter; loosen it"),
        ({"max_characters": 1}, LexiconError, "no pair passes the filter; loosen it"),
    ],
)
def test_bad_arguments(options: dict[str, Any], error: type[Exception], message: str) -> None:
    """Wrong arguments, and filters that leave nothing, are told with what is allowed."""
    with pytest.raises(error, match=message):
        LEXICON.filter(**options)
