"""Test sets for retrieval: mixed languages, Translate-Test."""

from __future__ import annotations

from collections import Counter

import pytest

from lexswitch import CodeSwitcher, Lexicon, LexiconError
from lexswitch.retrieval import mix_languages, translate_test


def test_mixed_languages() -> None:
    """Languages are drawn evenly, and the draw for an id does not depend on other ids."""
    texts = {code: {number: f"{code} {number}" for number in range(6000)} for code in ("de", "it", "ru")}
    mixed = mix_languages(texts)
    assert mixed.texts == {number: f"{mixed.languages[number]} {number}" for number in range(6000)}
    assert all(1850 < count < 2150 for count in Counter(mixed.languages.values()).values())
    few = {code: {number: of_language[number] for number in (5, 3)} for code, of_language in texts.items()}
    assert mix_languages(few).languages == {number: mixed.languages[number] for number in (5, 3)}
    assert mix_languages(texts, seed=1).languages != mixed.languages


def test_languages_that_lack_an_id() -> None:
    """Only the languages that have an id are drawn for it."""
    mixed = mix_languages({"de": {"a": "Haus"}, "it": {"a": "casa", "b": "carta"}})
    assert mixed.languages["b"] == "it"
    assert set(mixed.texts) == {"a", "b"}
    with pytest.raises(ValueError, match=r"pass \{language: \{id: text\}\}"):
        mix_languages({})
    with pytest.raises(TypeError, match=r"texts\['de'\] is \['a'\]; pass \{'de': \{id: text\}\}"):
        mix_languages({"de": ["a"]})  # type: ignore[dict-item]


def test_translate_test() -> None:
    """The lexicon of its language translates each text; texts in the target language stay unchanged."""
    german = Lexicon.from_pairs({"en": [("haus", "house"), ("rote karte", "red card")]}, source="de")
    russian = Lexicon.from_pairs({"en": [("дом", "house")]}, source="ru")
    texts = ["Die Rote Karte im Haus", "дом", "the Haus"]
    assert translate_test(texts, ["de", "ru", "en"], [german, russian]) == [
        "Die Red card im House",
        "house",
        "the Haus",
    ]
    assert translate_test(texts[:1], ["de"], [german]) == CodeSwitcher.translate(german, "en").apply(texts[:1])
    with pytest.raises(LexiconError, match=r"no lexicon from \['ru'\] to 'en'; lexicons has \['de'\], so add \['ru'\]"):
        translate_test(texts, ["de", "ru", "en"], [german])
    with pytest.raises(ValueError, match="languages has 1 elements, texts has 3"):
        translate_test(texts, ["de"], [german])
    with pytest.raises(LexiconError, match=r"lexicons are from \['de', 'de'\]; pass one for each language"):
        translate_test(texts[:1], ["de"], [german, german])
