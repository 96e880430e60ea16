"""CodeSwitcher: options, presets, columns, identity, bad input, and very large input."""

from __future__ import annotations

import pickle
import re
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given

from lexswitch import (
    CharacterTokenizer,
    CodeSwitcher,
    Lexicon,
    LexiconError,
    LowCoverageWarning,
    RegexTokenizer,
    WordTokenizer,
)

from ..chance import assert_share
from ..engines import engine, needs_kernel
from ..reference import Reference
from ..strategies import Case, cases

PAIRS: dict[str, list[Any]] = {
    "de": [("house", "Haus"), ("credit card", "Kreditkarte"), ("credit", "Kredit"), ("the", "das"), ("card", "Karte")],
    "fr": [("house", "maison"), ("the", "la"), ("the house", "la maison"), ("card", "carte"), ("new york city", "NYC")],
    "ru": [("house", "дом"), ("credit card program", "программа")],
}
LEXICON = Lexicon.from_pairs(PAIRS)
TEXT = "The house, credit-card program of New York City"


def one(text: str, *arguments: Any, **options: Any) -> str:
    """One text, everything switched."""
    return CodeSwitcher(LEXICON, *arguments, **{"p": 1, **options}).apply([text])[0]


# -- options -----------------------------------------------------------------------------------------------------------


def test_longest_term_of_an_enabled_language_wins() -> None:
    """Which phrases are units depends on the languages and on max_words."""
    assert one(TEXT, ["de"]) == "Das Haus, Kreditkarte program of New York City"
    assert one(TEXT, ["fr"]) == "La maison, credit-carte program of NYC"
    assert one(TEXT, ["fr"], max_words=1) == "La maison, credit-carte program of New York City"
    assert one(TEXT, ["ru"]) == "The дом, программа of New York City"
    assert one(TEXT, ["ru"], max_words=2) == "The дом, credit-card program of New York City"
    assert one(TEXT, ["fr", "ru"], case="lexicon").startswith("la maison, программа")


@pytest.mark.parametrize(
    ("text", "matched", "plain"),
    [
        ("house House HOUSE hOUSE", "дом Дом ДОМ дом", "дом дом дом дом"),
        ("Credit Card Program", "Программа", "программа"),
        ("CREDIT CARD PROGRAM", "ПРОГРАММА", "программа"),
        ("CREDIT card program", "Программа", "программа"),
    ],
)
def test_case(text: str, matched: str, plain: str) -> None:
    """A capital gives a capital, capitals give capitals, or the lexicon's case stays."""
    assert one(text, ["ru"]) == matched
    assert one(text, ["ru"], case="lexicon") == plain


def test_case_of_other_letters() -> None:
    """Letters whose capital has another width stay as they are; titles and scripts without case are left alone."""
    pairs = [("a", "ßa"), ("b", "ǆep"), ("c", "世界"), ("d", "\U00010428x"), ("strasse", "ıß"), ("e", "'x")]
    switcher = CodeSwitcher(Lexicon.from_pairs({"de": pairs}), p=1)
    assert switcher.apply(["A B C D E STRASSE STRAẞE"]) == ["ßa ǅep 世界 \U00010400x 'x ıß ıß"]
    assert switcher.apply(["a b"]) == ["ßa ǆep"]


TURKISH = [("interest", "ilgi"), ("hot", "ısı"), ("important", "önemli"), ("work", "ılık iş"), ("a b", "i")]


@pytest.mark.parametrize("target", ["tr", "az", "crh", "gag-Latn"])
@pytest.mark.parametrize(
    ("text", "matched"),
    [
        ("interest Interest INTEREST", "ilgi İlgi İLGİ"),
        ("hot Hot HOT", "ısı Isı ISI"),
        ("important Important IMPORTANT", "önemli Önemli ÖNEMLİ"),
        ("WORK, work: Work", "ILIK İŞ, ılık iş: Ilık iş"),
        ("a b A b A B", "i İ İ"),
        ("Interest", "İlgi"),
    ],
)
def test_capitals_of_turkish(text: str, matched: str, target: str) -> None:
    """The capital of i is İ, and that of ı is I, in Turkish and its like; the positions of the trace follow."""
    switcher = CodeSwitcher(Lexicon.from_pairs({target: TURKISH}), p=1)
    assert switcher.apply([text]) == [matched]
    assert CodeSwitcher(Lexicon.from_pairs({"de": TURKISH}), p=1).apply(["Interest Hot"]) == ["Ilgi ısı"]
    traced = switcher.trace([text])
    for switch in traced.switches:
        shown = traced.texts[0][switch.start : switch.end].strip()
        assert shown.translate({ord("İ"): "i", ord("I"): "ı"}).lower() == switch.translation


def test_capitals_of_turkish_beside_other_languages() -> None:
    """Only the words in Turkish have them, in one text with words in other languages, and in many texts."""
    lexicon = Lexicon.from_pairs({"tr": [("interest", "ilgi")], "it": [("idea", "idea")]})
    texts = ["Idea and Interest: INTEREST, IDEA."] * 3 + ["Interest", "", "Idea"]
    assert CodeSwitcher(lexicon, p=1).apply(texts) == [
        *["Idea and İlgi: İLGİ, IDEA."] * 3,
        "İlgi",
        "",
        "Idea",
    ]
    assert CodeSwitcher(lexicon, p=1, draw_language="text").apply(["Interest"] * 40, keys=range(40)).count("İlgi") > 9
    assert CodeSwitcher(lexicon, ["it"], p=1).apply(texts[:1]) == ["Idea and Interest: INTEREST, IDEA."]


def test_skip() -> None:
    """Skipped words are no units on their own, in any spelling, but stay parts of phrases."""
    assert one("the house the card THE", ["fr"], skip=["The"]) == "la maison the carte THE"
    assert one("the house and the card", ["fr"], skip="stopwords") == "la maison and the carte"
    assert one("credit card", ["de"], skip={"credit card", "credit"}) == "Kreditkarte"


def test_one_language_per_text_knows_its_own_terms() -> None:
    """With draw_language="text" the units of a text are the terms of its language."""
    switcher = CodeSwitcher(LEXICON, p=1, draw_language="text", case="lexicon")
    results = switcher.apply([TEXT] * 200, keys=range(200))
    assert set(results) == {one(TEXT, [language], case="lexicon") for language in ("de", "fr", "ru")}


def test_a_text_may_draw_the_source_language() -> None:
    """The source language among the languages of whole texts leaves its share of them as they are."""
    switcher = CodeSwitcher(LEXICON, {"en": 1, "de": 1}, p=1, draw_language="text", case="lexicon")
    results = switcher.apply([TEXT] * 1000, keys=range(1000))
    assert set(results) == {TEXT, one(TEXT, ["de"], case="lexicon")}
    assert_share(results.count(TEXT), 1000, 0.5)
    assert switcher.replace(p={"de": 1.0}).apply([TEXT] * 1000, keys=range(1000)) == results
    assert switcher.replace(seed=1).signature.count("en:1") == 1


@pytest.mark.parametrize("apostrophe", "'\u2019\u2018\u201b\u02bc\u02bb\uff07\u00b4")
def test_apostrophes(apostrophe: str) -> None:
    """Every apostrophe inside a word matches every other, in texts and terms; those of other words stay."""
    for own in "'\u2019\u02bc":
        lexicon = Lexicon.from_pairs({"de": [(f"aujourd{own}hui", "heute"), (f"can{own}t", "kann nicht")]}, "fr")
        text = f"Aujourd{apostrophe}hui d{apostrophe}accord \u2018 can{apostrophe}t\u2019"
        assert CodeSwitcher(lexicon, p=1).apply([text]) == [f"Heute d{apostrophe}accord \u2018 kann nicht\u2019"]
        assert f"can{apostrophe}t" in lexicon
        assert [term in lexicon for term in ("aujourd'hui", "can't")] == [True, True]
        assert list(lexicon) == [f"aujourd{own}hui", f"can{own}t"]


@pytest.mark.parametrize("invisible", "\u00ad\u200b\u2060\ufeff")
def test_invisible_characters(invisible: str) -> None:
    """Soft hyphens and the like do not hide a word or a phrase, and stay where nothing is switched."""
    text = f"HO{invisible}USE cre{invisible}dit{invisible} {invisible}card {invisible}a{invisible}b{invisible}"
    assert one(text, ["de"]) == f"HAUS Kreditkarte {invisible}a{invisible}b{invisible}"
    lexicon = Lexicon.from_pairs({"de": [(f"ho{invisible}use{invisible}", "Haus")]})
    assert CodeSwitcher(lexicon, p=1).apply(["a house"]) == ["a Haus"]


def test_zero_width_spaces_between_words() -> None:
    """In a script without spaces a zero-width space separates words, and a phrase may have it inside."""
    pairs = [("ខ្មែរ", "Khmer"), ("ភាសា", "language"), ("ភាសា ខ្មែរ", "Cambodian")]
    lexicon = Lexicon.from_pairs({"en": pairs}, "km")
    texts = ["ខ្មែរ\u200bភាសា", "ភាសា\u200bខ្មែរ ភាសា ខ្មែរ"]
    assert CodeSwitcher(lexicon, p=1).apply(texts) == ["Khmer\u200b language", "Cambodian Cambodian"]
    assert "ភាសា\u200bខ្មែរ" in lexicon


@pytest.mark.parametrize("source", ["tr", "az"])
def test_dotted_and_dotless_i(source: str) -> None:
    """Turkish and Azerbaijani words match in capitals and as titles, and i is not taken for ı."""
    pairs = [("ilk", "first"), ("ışık", "light"), ("IRMAK", "river"), ("İSTANBUL", "Istanbul")]
    lexicon = Lexicon.from_pairs({"en": pairs}, source)
    switcher = CodeSwitcher(lexicon, p=1, skip=["IŞIK"])
    assert switcher.apply(["İlk İLK ilk ılk"]) == ["First FIRST first ılk"]
    assert switcher.replace(skip=()).apply(["Işık IŞIK ışık İşik, Irmak İstanbul"]) == [
        "Light LIGHT light İşik, River Istanbul"
    ]
    assert switcher.apply(["Işık I\u0307lk"]) == ["Işık First"]
    assert lexicon["IŞIK"]["en"][0].translation == "light"
    assert lexicon.coverage(["IŞIK İlk x"]) == pytest.approx(2 / 3)
    inverted = Lexicon.from_pairs({source: [("light", "IŞIK"), ("first", "İlk")]}).invert(source)
    assert list(inverted) == ["İlk", "IŞIK"]
    assert inverted["ışık"] == inverted["IŞIK"]


def test_tokenizer() -> None:
    """The tokenizer decides what words are."""
    assert one("house_card", ["fr"]) == "maison_carte"
    assert one("house_card", ["fr"], tokenizer=RegexTokenizer(r"\w+")) == "house_card"


def test_keys() -> None:
    """Keys of any kind of int and strings are taken; equal keys draw alike, and ints count modulo 2**64."""
    switcher = CodeSwitcher(LEXICON)
    texts = [TEXT] * 50
    expected = switcher.apply(texts, keys=range(50))
    assert len(set(expected)) > 4
    for kind in (np.int32, np.uint8, np.int64, np.uint64):
        assert switcher.apply(texts, keys=np.arange(50, dtype=kind)) == expected
        assert switcher.apply(texts, keys=list(np.arange(50, dtype=kind))) == expected
    assert switcher.apply(texts, keys=[key - 2**64 for key in range(50)]) == expected
    assert switcher.apply(texts, keys=(key for key in range(50))) == expected
    assert switcher.apply([TEXT], keys=[TEXT]) == switcher.apply([TEXT])
    assert len(set(switcher.apply(texts, keys=[f"row {key}" for key in range(50)]))) > 4
    assert switcher.apply([], keys=[]) == []


def test_inputs_of_other_kinds() -> None:
    """Tuples, generators, object arrays and subclasses of str are batches; the input stays as it was."""

    class Text(str):
        __slots__ = ()

    switcher = CodeSwitcher(LEXICON)
    texts = [TEXT, "house", ""]
    expected = switcher.apply(texts)
    for batch in (tuple(texts), iter(texts), np.array(texts, dtype=object), np.array(texts), list(map(Text, texts))):
        assert switcher.apply(batch) == expected
    assert texts == [TEXT, "house", ""]


# -- presets and replace -----------------------------------------------------------------------------------------------


def test_presets() -> None:
    """Presets are the settings of the paper, and each option of theirs can be changed."""
    assert CodeSwitcher.bilingual(LEXICON, "de") == CodeSwitcher(LEXICON, ["de"], max_words=1, missing="keep")
    assert CodeSwitcher.multilingual(LEXICON) == CodeSwitcher(LEXICON, max_words=1, missing="keep")
    assert CodeSwitcher.wiki_cs(LEXICON, ["de", "fr"]) == CodeSwitcher(
        LEXICON, ["de", "fr"], p=1, draw_language="text", skip="stopwords"
    )
    assert CodeSwitcher.translate(LEXICON, "fr") == CodeSwitcher(LEXICON, ["fr"], p=1)
    assert CodeSwitcher.wiki_cs(LEXICON, p=0.25, seed=3).p == dict.fromkeys(("de", "fr", "ru"), 0.25)
    assert CodeSwitcher.bilingual(LEXICON, "de", max_words=2).max_words == 2


CHANGES: dict[str, Any] = {
    "lexicon": Lexicon.from_pairs({**PAIRS, "de": PAIRS["de"][1:]}),
    "languages": {"de": 1, "fr": 2},
    "p": 0.25,
    "draw_language": "text",
    "candidates": "uniform",
    "missing": "keep",
    "max_words": 2,
    "skip": {"house"},
    "protect": "x",
    "case": "lexicon",
    "tokenizer": CharacterTokenizer(),
    "runs": 4,
    "seed": 1,
}


def test_replace_and_signature() -> None:
    """Each option changes the signature, equality and hash, and replacing it gives what making anew gives."""
    base = CodeSwitcher(LEXICON)
    changed = [base.replace(**{name: value}) for name, value in CHANGES.items()]
    more = [base.replace(protect=None), base.replace(p={"de": 0.5, "fr": 0.5, "ru": 1}), base.replace(languages=["ru"])]
    signatures = {switcher.signature for switcher in (base, *changed, *more)}
    assert len(signatures) == 1 + len(changed) + len(more)
    for switcher, (name, value) in zip(changed, CHANGES.items(), strict=True):
        fresh = CodeSwitcher(**{"lexicon": LEXICON, name: value})
        assert switcher == fresh
        assert hash(switcher) == hash(fresh)
        assert switcher != base
        assert switcher.signature == repr(switcher)[len("<CodeSwitcher ") : -1]
    assert base.replace() == base
    assert base != "a switcher"


def test_replaced_languages_keep_p() -> None:
    """One p for all serves new languages too; one per language must fit them."""
    assert CodeSwitcher(LEXICON, ["de"], p=0.3).replace(languages=["fr", "ru"]).p == {"fr": 0.3, "ru": 0.3}
    with pytest.raises(ValueError, match=r"p has no value for \['ru'\]"):
        CodeSwitcher(LEXICON, ["de", "fr"], p={"de": 0.1, "fr": 0.2}).replace(languages=["ru"])


def test_a_new_lexicon_keeps_chosen_languages() -> None:
    """A new lexicon is used with all its languages only if no languages were chosen, also after other changes."""
    chosen = CodeSwitcher(LEXICON, list(LEXICON.languages))
    every = CodeSwitcher(LEXICON)
    more = LEXICON.merge(Lexicon.from_pairs({"sv": [("house", "hus")]}, source=LEXICON.source))
    for change in (lambda one: one, lambda one: one.replace(seed=1), lambda one: pickle.loads(pickle.dumps(one))):
        assert list(change(chosen).replace(lexicon=more).languages) == list(LEXICON.languages)
        assert list(change(every).replace(lexicon=more).languages) == list(more.languages)
    assert list(every.replace(languages=["de"]).replace(lexicon=more).languages) == ["de"]
    with pytest.raises(LexiconError):
        chosen.replace(lexicon=LEXICON.select(["de"]))


def test_switchers_are_immutable() -> None:
    """Options cannot be assigned."""
    with pytest.raises(AttributeError):
        CodeSwitcher(LEXICON).p = 1.0  # type: ignore[misc]


def test_pickles_are_equal(tmp_path: Path) -> None:
    """A pickled switcher is equal and works the same, used or not, and with a saved lexicon it is small."""
    Lexicon.starter().save(tmp_path / "lexicon")
    texts = [f"{number}: {TEXT}" for number in range(20)]
    for options in ({}, CHANGES | {"lexicon": LEXICON}, {"lexicon": Lexicon.load(tmp_path / "lexicon")}):
        switcher = CodeSwitcher(**{"lexicon": LEXICON, **options})
        for _ in range(2):
            pickled = pickle.dumps(switcher)
            assert pickle.loads(pickled) == switcher
            assert pickle.loads(pickled).apply(texts) == switcher.apply(texts)
            assert len(pickled) < 10_000


@given(cases())
def test_trace_changes_nothing(case: Case) -> None:
    """Tracing gives the texts that applying gives."""
    assert case.switcher.trace(case.texts, **case.call).texts == case.switcher.apply(case.texts, **case.call)


# -- bad input ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"lexicon": PAIRS}, TypeError, "lexicon is dict; pass a Lexicon such as Lexicon.starter()"),
        ({"p": 1.5}, ValueError, "p is 1.5; pass a number from 0 to 1, such as 0.5"),
        ({"p": -0.1}, ValueError, "p is -0.1; pass a number from 0 to 1, such as 0.5"),
        ({"p": float("nan")}, ValueError, "p is nan; pass a number from 0 to 1, such as 0.5"),
        ({"p": "0.5"}, TypeError, "p is '0.5'; it must be a number from 0 to 1, or one for each language"),
        ({"p": True}, TypeError, "p is True; it must be a number"),
        ({"p": None}, TypeError, "p is None; it must be a number"),
        ({"p": {"de": 1}}, ValueError, "p has no value for ['fr', 'ru']; it needs one for each of ['de', 'fr', 'ru']"),
        ({"p": {"de": 1, "fr": 2, "ru": 1}}, ValueError, "pass a number from 0 to 1, such as 0.5"),
        ({"languages": ["de", "xx"]}, LexiconError, "unknown languages ['xx']; this lexicon has ['de', 'fr', 'ru']"),
        ({"languages": {"xx": 1}}, LexiconError, "unknown languages ['xx']; this lexicon has ['de', 'fr', 'ru']"),
        ({"languages": ["en", "de"]}, LexiconError, "languages has the source language 'en'; it is allowed only with"),
        ({"languages": ["en"], "draw_language": "text"}, LexiconError, "languages is empty; choose among"),
        ({"languages": "de"}, TypeError, "languages is 'de'; pass a list such as ['de'"),
        ({"languages": 7}, TypeError, "languages is 7; pass a list of str such as ['de', 'fr']"),
        ({"languages": []}, LexiconError, "languages is empty; choose among ['de', 'fr', 'ru']"),
        ({"languages": {"de": -1}}, ValueError, "languages['de'] is -1; a weight is a number from 0 to"),
        ({"languages": {"de": "1"}}, ValueError, "languages['de'] is '1'; a weight is a number from 0 to"),
        ({"languages": {"de": float("inf")}}, ValueError, "languages['de'] is inf"),
        ({"languages": {"de": float("nan")}}, ValueError, "languages['de'] is nan"),
        ({"languages": {"de": 0, "fr": 0.0}}, ValueError, "languages has only weights of 0: {'de': 0, 'fr': 0.0}"),
        ({"draw_language": "row"}, ValueError, "draw_language is 'row'; it must be one of 'unit', 'text'"),
        ({"candidates": "first"}, ValueError, "candidates is 'first'; it must be one of 'best', 'uniform', 'weighted'"),
        ({"missing": "drop"}, ValueError, "missing is 'drop'; it must be one of 'redraw', 'keep'"),
        ({"case": None}, ValueError, "case is None; it must be one of 'match', 'lexicon'"),
        ({"max_words": 0}, ValueError, "max_words is 0; it must be from 1 to 2147483647"),
        ({"max_words": 2.5}, TypeError, "max_words is 2.5; it must be a whole number"),
        ({"seed": -1}, ValueError, "seed is -1; it must be from 0 to 18446744073709551615"),
        ({"seed": True}, TypeError, "seed is True; it must be a whole number"),
        ({"skip": 7}, TypeError, "skip has 7; it must be a set of str"),
        ({"seed": "x"}, TypeError, "seed is 'x'; it must be a whole number"),
        ({"skip": "the"}, ValueError, "skip is 'the'; pass a set of words, or 'stopwords'"),
        ({"skip": [b"the"]}, TypeError, "skip has b'the'; it must be a set of str, or 'stopwords'"),
        ({"protect": "("}, ValueError, "protect is '(', which is not a valid regular expression"),
        ({"protect": 7}, TypeError, "protect is int; pass a regular expression as str, or None"),
        (
            {"tokenizer": "moses"},
            TypeError,
            "tokenizer is 'moses'; pass an instance such as WordTokenizer()",
        ),
    ],
)
def test_bad_options(options: dict[str, Any], error: type[Exception], message: str) -> None:
    """An option that cannot be is an error with its name, what came and what is allowed."""
    with pytest.raises(error, match=re.escape(message)):
        CodeSwitcher(**{"lexicon": LEXICON, **options})


def test_stopwords_are_english() -> None:
    """The built-in list is refused for another source language."""
    lexicon = Lexicon.from_pairs({"en": [("Haus", "house")]}, source="de")
    with pytest.raises(ValueError, match="skip is 'stopwords', a list for English; for 'de' pass a set of words"):
        CodeSwitcher(lexicon, skip="stopwords")


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (None, "texts is NoneType, not a list of str; for one text pass [text]"),
        ("a text", "texts is str, not a list of str; for one text pass [text]"),
        (b"a text", "texts is bytes, not a list of str; for one text pass [text]"),
        (7, "texts is int, not a list of str; for one text pass [text]"),
        ({"query": ["a"]}, "texts is dict, not a list of str; switch columns with switcher.on('query')(texts)"),
        ([{"query": "a"}], "texts[0] is dict, not str; switch columns with switcher.on(...)"),
        ({"a", "b"}, "texts is set, not a list of str"),
        (["a", None], "texts[1] is missing (None), not str; pass a list of str"),
        (["a", "b", b"c"], "texts[2] is bytes, not str; pass a list of str"),
        ([1.5], "texts[0] is float, not str; pass a list of str"),
        ([["a"]], "texts[0] is list, not str; pass a list of str"),
    ],
)
def test_bad_texts(texts: Any, message: str) -> None:
    """What is no batch of str is a TypeError with the position."""
    for method in (CodeSwitcher(LEXICON).apply, CodeSwitcher(LEXICON).trace):
        with pytest.raises(TypeError, match=re.escape(message)):
            method(texts)


@pytest.mark.parametrize("row", [0, 1, 5_000])
def test_lone_surrogates(row: int) -> None:
    """A lone surrogate is a ValueError with row and offset, also far into a batch, and the input stays."""
    texts = [TEXT * 10] * 6_000
    texts[row] = "houſe \ud83d house"
    before = list(texts)
    with pytest.raises(ValueError, match=rf"texts\[{row}\] has a lone surrogate '\\ud83d' at character 6"):
        CodeSwitcher(LEXICON).apply(texts)
    assert texts == before


@pytest.mark.parametrize(
    ("keys", "error", "message"),
    [
        ([1], ValueError, "keys has 1 elements, texts has 2; pass one key per text"),
        (range(3), ValueError, "keys has 3 elements, texts has 2; pass one key per text"),
        (["a"], ValueError, "keys has 1 elements, texts has 2; pass one key per text"),
        ([1, "a"], TypeError, "keys has elements of types ['int', 'str']; all int or all str"),
        ([1.0, 2.0], TypeError, "keys has elements of types ['float']; all int or all str"),
        ([True, False], TypeError, "keys has elements of types ['bool']; all int or all str"),
        ([None, None], TypeError, "keys has elements of types ['NoneType']; all int or all str"),
        (["a", "\ud800"], ValueError, "keys[1] has a lone surrogate"),
        ("ab", TypeError, "keys is str; pass a list of int or of str, one per text"),
        (7, TypeError, "keys is int; pass a list of int or of str, one per text"),
    ],
)
def test_bad_keys(keys: Any, error: type[Exception], message: str) -> None:
    """Keys that are no ints or strings, or not one per text, are an error that says so."""
    with pytest.raises(error, match=re.escape(message)):
        CodeSwitcher(LEXICON).apply(["a", "b"], keys=keys)


@pytest.mark.parametrize(
    ("epoch", "error"), [(-1, ValueError), (2**64, ValueError), (1.5, TypeError), (None, TypeError)]
)
def test_bad_epoch(epoch: Any, error: type[Exception]) -> None:
    """An epoch is a whole number from 0 on."""
    with pytest.raises(error, match=f"epoch is {epoch}; it must be"):
        CodeSwitcher(LEXICON).apply(["a"], epoch=epoch)


# -- the warning -------------------------------------------------------------------------------------------------------


def test_low_coverage_warns_once() -> None:
    """A batch of some size with hardly a known word gives one warning, at the caller's line."""
    texts = ["zu wenig bekannte Wörter in diesem Satz"] * 300
    for method in (CodeSwitcher(LEXICON).apply, CodeSwitcher(LEXICON).trace):
        with pytest.warns(LowCoverageWarning) as caught:
            method(texts)
        assert len(caught) == 1
        assert str(caught[0].message).startswith(
            "only 0 of 2,100 words are in the lexicon; check that the texts are in its source language, 'en'"
        )
        assert caught[0].filename == __file__


@pytest.mark.parametrize("texts", [["kein Wort"] * 400, ["kein Wort hier", "house"] * 300, [], [""] * 2_000])
def test_no_warning_without_need(texts: list[str]) -> None:
    """Small batches, batches with known words and batches without words give no warning."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        CodeSwitcher(LEXICON).apply(texts)


# -- very large input: these end in seconds only if time grows with length and no faster -------------------------------


def test_text_of_10_mb() -> None:
    """A text of 10 MB is switched as its parts would be: every unit of it, at p = 1."""
    count = 10_000_000 // (len(TEXT) + 1)
    text = "\n".join([TEXT] * count)
    assert len(text) > 9_900_000
    assert CodeSwitcher(LEXICON, ["de"], p=1).apply([text, TEXT]) == [
        "\n".join([one(TEXT, ["de"])] * count),
        one(TEXT, ["de"]),
    ]


def test_a_million_empty_texts() -> None:
    """A million empty texts come back as they are."""
    texts = [""] * 10**6
    assert CodeSwitcher(LEXICON).apply(texts) == texts
    assert len(CodeSwitcher(LEXICON).trace(texts).switches) == 0


@pytest.mark.filterwarnings("ignore::lexswitch.LowCoverageWarning")
@pytest.mark.parametrize("letter", ["x", "é", "e\u0301", "İ", "世", "a'", "\u0301", "#"])
@pytest.mark.parametrize("tokenizer", [WordTokenizer(), CharacterTokenizer()], ids=repr)
def test_a_word_of_1_mb(letter: str, tokenizer: Any) -> None:
    """A single word of 1 MB comes back as it is, and so do a million letters that are words."""
    word = letter * (1_000_000 // len(letter.encode()))
    assert CodeSwitcher(LEXICON, tokenizer=tokenizer).apply([word, "house"])[0] == word


def test_a_term_of_10_kb() -> None:
    """A word of 10 KB can be a term; a word that differs from it in its last letter is another."""
    term = "ä" * 5_000
    switcher = CodeSwitcher(Lexicon.from_pairs({"de": [(term, "lang")]}), p=1)
    assert switcher.apply([term.upper(), term[:-1] + "a", term + "ä"]) == ["LANG", term[:-1] + "a", term + "ä"]


def test_phrases_that_overlap_for_1_mb() -> None:
    """Half a million words that all begin a phrase are matched from left to right."""
    lexicon = Lexicon.from_pairs({"de": [("a a", "x"), ("a a a a b", "y")]})
    text = "a " * 500_001
    assert CodeSwitcher(lexicon, p=1, max_words=5).apply([text]) == ["x " * 250_000 + "a "]


@pytest.mark.filterwarnings("ignore::lexswitch.LowCoverageWarning")
def test_protected_part_of_1_mb() -> None:
    """Text that nearly looks like an address, a tag or a link for 1 MB does not stop the default pattern."""
    for text in ("a." * 500_000 + "@", "a@b" * 300_000, "<" * 10**6, "[" * 10**6, "a@b." * 250_000, "@" * 10**6):
        assert CodeSwitcher(LEXICON, p=0).apply([text]) == [text]


@pytest.mark.slow
def test_large_batch_equals_reference() -> None:
    """A batch that is worked on in parts equals the specification."""
    texts = [f"{TEXT} {number} the Credit Card, {'é' * (number % 50)} HOUSE" for number in range(12_000)]
    options: dict[str, Any] = {"languages": {"de": 1, "fr": 3, "ru": 1}, "missing": "keep", "p": 0.7, "max_words": 2}
    switched = CodeSwitcher(LEXICON, **options).trace(texts)
    assert (switched.texts, list(switched.switches)) == Reference(PAIRS, **options).switch(texts)


def test_other_terms_do_not_change_a_draw() -> None:
    """A unit draws by the position of its first word, not by its number: terms before it change nothing after them."""
    words = [f"w{number}" for number in range(40)]
    text = " ".join(words)
    few = Lexicon.from_pairs({"de": [(word, word.upper()) for word in words[1::3]]})
    many = Lexicon.from_pairs({"de": [(word, word.upper()) for word in words]})
    for seed in range(5):
        switched = [CodeSwitcher(one, case="lexicon", seed=seed).apply([text])[0].split(" ") for one in (few, many)]
        assert switched[0][1::3] == switched[1][1::3]


# -- the English word I ------------------------------------------------------------------------------------------------

PRONOUN = [("i", "ich"), ("i am", "ich bin"), ("can", "kann"), ("i'm", "ich bin"), ("it", "es"), ("iron", "Eisen")]


@pytest.mark.parametrize("name", [pytest.param("c", marks=needs_kernel), "numpy"])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Can I, can I am, can I'm", "Kann ich, kann ich bin, kann ich bin"),
        ("Can I\u2019m", "Kann ich bin"),
        ("I can", "Ich kann"),
        ("  «I can", "  «Ich kann"),
        ("I'm I", "Ich bin ich"),
        ("CAN I AM", "KANN ICH BIN"),
        ("Can Iron It", "Kann Eisen Es"),
        ("CAN I", "KANN ich"),
        ("I", "Ich"),
        ("https://x.example I", "https://x.example ich"),
    ],
)
def test_the_english_word_i(text: str, expected: str, name: str) -> None:
    """I is always a capital, so its translation has the case of the lexicon, except at the beginning of a text."""
    lexicon = Lexicon.from_pairs({"de": PRONOUN})
    with engine(name):
        assert CodeSwitcher(lexicon, p=1.0).apply([text, text]) == [expected] * 2
        assert CodeSwitcher(lexicon, p=1.0).trace([text]).texts == [expected]
        assert CodeSwitcher(lexicon, p=1.0, case="lexicon").apply(["I can"]) == ["ich kann"]


def test_the_word_i_of_other_languages() -> None:
    """In other source languages a single capital letter still is one: Italian I (the) in a title."""
    lexicon = Lexicon.from_pairs({"de": [("i", "die"), ("e", "und")]}, source="it")
    assert CodeSwitcher(lexicon, p=1.0).apply(["e I"]) == ["und Die"]
