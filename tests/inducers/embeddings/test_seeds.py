import numpy as np
import pytest

from lexswitch import Lexicon, LexiconError
from lexswitch.inducers.embeddings.seeds import check_seeds, seed_rows
from lexswitch.inducers.embeddings.vectors import Vectors


def vectors(*words: str) -> Vectors:
    return Vectors(words, np.eye(len(words), 3, dtype=np.float32) + 1)


ENGLISH = vectors("the", "house", "2024", "internet", "House", "tree", "7")
GERMAN = vectors("der", "Haus", "Internet", "internet", "7", "2024", "Häuser", "Baum")


def test_identical_words() -> None:
    """Words that are spelled alike, case included, are seeds; numerals consist of digits only."""
    assert seed_rows("identical", "de", ENGLISH, GERMAN).tolist() == [[2, 5], [3, 3], [6, 4]]
    assert seed_rows("numerals", "de", ENGLISH, GERMAN).tolist() == [[2, 5], [6, 4]]


def test_dictionary() -> None:
    """Pairs are found in any case; each translation with a vector counts, and equal pairs count once."""
    lexicon = Lexicon.from_pairs(
        {"de": [("house", "Gebäude", 0.9), ("house", "haus", 0.8), ("HOUSE", "Häuser", 0.7), ("tree", "Baum")]}
    )
    assert seed_rows(lexicon, "de", ENGLISH, GERMAN).tolist() == [[1, 1], [1, 6], [5, 7]]
    pairs = {"de": [("Tree", "Baum"), ("house", "Häuser"), ("cat", "Katze"), ("tree", "BAUM")]}
    assert seed_rows(pairs, "de", ENGLISH, GERMAN).tolist() == [[5, 7], [1, 6]]


def test_seeds_that_hit_nothing() -> None:
    """The error names the language and the seeds."""
    with pytest.raises(LexiconError, match=r"seeds is 'identical', but no word is in the vectors of both .* 'de'"):
        seed_rows("identical", "de", vectors("a"), vectors("b"))
    with pytest.raises(LexiconError, match=r"seeds is 'numerals', but no numeral"):
        seed_rows("numerals", "de", vectors("a"), vectors("a"))
    with pytest.raises(LexiconError, match=r"none of the 1 seed pairs for 'de', such as \('cat', 'Katze'\), has"):
        seed_rows({"de": [("cat", "Katze")]}, "de", ENGLISH, GERMAN)


def test_wrong_seeds() -> None:
    """Unsuitable seeds are refused before any work."""
    with pytest.raises(ValueError, match="seeds is 'same'; it must be one of 'identical', 'numerals'"):
        check_seeds("same", "en", ["de"])
    with pytest.raises(TypeError, match="seeds is list; pass 'identical'"):
        check_seeds([("a", "b")], "en", ["de"])
    with pytest.raises(LexiconError, match=r"seeds has no pairs for \['ru'\], only for \['de'\]"):
        check_seeds({"de": []}, "en", ["de", "ru"])
    with pytest.raises(LexiconError, match="seeds is a lexicon from 'en', not from 'fr'"):
        check_seeds(Lexicon.starter(), "fr", ["de"])
    with pytest.raises(TypeError, match=r"seeds\['de'\]\[1\] is 'house'; it must be \(word, translation\)"):
        seed_rows({"de": [("tree", "Baum"), "house"]}, "de", ENGLISH, GERMAN)  # type: ignore[list-item]
