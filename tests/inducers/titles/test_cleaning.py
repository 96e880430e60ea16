"""Cleaning of titles, and vocabularies."""

from __future__ import annotations

import pytest

from lexswitch.inducers.titles import Cleaner, Entity, Name, Vocabulary
from lexswitch.inducers.titles.entity import ALIAS, LABEL, TITLE
from lexswitch.inducers.titles.wikis import prefix_of, site_of


def clean(title: str, translation: str = "Etwas", **options: object) -> tuple[list[tuple[str, str]], dict[str, int]]:
    """Return terms and translations of a title, and what was left out."""
    cleaner = Cleaner("en", ("de",), **options)  # type: ignore[arg-type]
    pairs, skipped = cleaner.pairs([Entity([Name("en", title, TITLE)], [Name("de", translation, TITLE)])])
    terms = [pairs.terms[row] for row in pairs.rows.tolist()]
    return list(zip(terms, pairs.translations.unpack(), strict=True)), dict(skipped)


@pytest.mark.parametrize(
    ("title", "translation", "pair"),
    [
        ("Dog", "Haushund", ("dog", "Haushund")),
        ("Credit_card", "Kredit_karte", ("credit card", "Kredit karte")),
        ("Mercury (planet)", "Merkur (Planet)", ("mercury", "Merkur")),
        ("(500) Days", "(500) Tage", ("(500) days", "(500) Tage")),
        ("2001: A Space", "2001: Odyssee", ("2001: a space", "2001: Odyssee")),
        ("Category:Dogs", "Kategorie:Hunde", ("dogs", "Hunde")),
        ("Portal:Dogs", "Portal:Hunde", ("dogs", "Hunde")),
        ("Cafe\u0301", "Cafe\u0301", ("caf\xe9", "Caf\xe9")),
        ("Well-known fact", "Tatsache", ("well known fact", "Tatsache")),
        ("\u200eDog", "\u202bHund", ("dog", "Hund")),
    ],
)
def test_kept(title: str, translation: str, pair: tuple[str, str]) -> None:
    """Names of entities become pairs, without namespaces and disambiguators."""
    assert clean(title, translation) == ([pair], {})


@pytest.mark.parametrize(
    ("title", "translation", "reason"),
    [
        ("Template:Dog", "Vorlage:Hund", "other namespace"),
        ("Wikipedia:Help", "Wikipedia:Hilfe", "other namespace"),
        ("List of dogs", "Liste der Hunde", "list"),
        ("Dog (disambiguation)", "Hund", "disambiguation"),
        ("1990s", "1990er", "date"),
        ("January 1", "1. Januar", "date"),
        ("2010 in film", "Filmjahr 2010", "date"),
        ("19th century", "19. Jahrhundert", "date"),
        ("44 BC", "44 v. Chr.", "date"),
        ("A dog of the house", "Haushund", "too many words"),
        ("Dog", "!!!", "no letter"),
        ("Dog", "Собака", "other script"),
        ("Собака", "Hund", "other script"),
        ("Dog", "Hund" * 40, "too long"),
    ],
)
def test_left_out(title: str, translation: str, reason: str) -> None:
    """Pages that are not entities, and names that are not usable, are counted by reason."""
    assert clean(title, translation) == ([], {reason: 1})


def test_identical_titles() -> None:
    """`identical` determines whether translations spelled like their term are kept."""
    assert clean("Berlin", "BERLIN") == ([("berlin", "BERLIN")], {})
    assert clean("Berlin", "BERLIN", identical=False) == ([], {"identical": 1})


def test_lowercase() -> None:
    """With `lowercase`, translations and the spellings of terms are lower-cased, as in the paper."""
    assert clean("Dog", "Hund", lowercase=True) == ([("dog", "hund")], {})
    assert spelled([Name("en", "Alan Turing", TITLE)], lowercase=True) == ["alan turing"]


def spelled(names: list[Name], **options: object) -> list[str]:
    """Return the spellings of the terms of an entity."""
    pairs, _ = Cleaner("en", ("de",), **options).pairs([Entity(names, [Name("de", "Etwas", TITLE)])])  # type: ignore[arg-type]
    return pairs.spelled_terms().unpack()


def test_terms_keep_their_spelling() -> None:
    """A term is spelled like its title, or like a label with the same letters; aliases keep their case too."""
    assert spelled([Name("en", "Alan Turing", TITLE), Name("en", "Turing, Alan", ALIAS)]) == [
        "Alan Turing",
        "Turing, Alan",
    ]
    assert spelled([Name("en", "Machine learning", TITLE), Name("en", "machine learning", LABEL)]) == [
        "machine learning"
    ]


def test_weights() -> None:
    """A pair of an entity counts once, with its best names; titles from which "(...)" was removed count half."""
    names = [Name("en", "Dog (animal)", TITLE), Name("en", "dog", LABEL), Name("en", "hound", ALIAS)]
    entity = Entity(names, [Name("de", "Haushund", TITLE), Name("de", "Hund", LABEL)])
    pairs, _ = Cleaner("en", ("de",)).pairs([entity, entity])
    terms = [pairs.terms[row] for row in pairs.rows.tolist()]
    found = list(zip(terms, pairs.translations.unpack(), pairs.weights.tolist(), strict=True))
    assert found[:4] == [
        ("dog", "Haushund", 0.5), ("hound", "Haushund", 0.1), ("dog", "Hund", 0.25), ("hound", "Hund", 0.05),
    ]  # fmt: skip
    assert found[4:] == found[:4]
    only_titles, _ = Cleaner("en", ("de",), alternatives=False).pairs([entity])
    assert only_titles.translations.unpack() == ["Haushund"]


def test_names_of_wikipedias() -> None:
    """Sites and interwiki prefixes of Wikipedias whose code differs from their language."""
    codes = ("de", "nb", "be-tarask", "yue", "pt-BR")
    assert [site_of(code) for code in codes] == ["dewiki", "nowiki", "be_x_oldwiki", "zh_yuewiki", "pt_brwiki"]
    assert [prefix_of(code) for code in codes] == ["de", "no", "be-tarask", "zh-yue", "pt-br"]


def test_vocabulary() -> None:
    """Only terms that occur as words or phrases of the corpus are kept, in any case."""
    vocabulary = Vocabulary(["The CREDIT-card of Ada", "a machine, learning"])
    kept = {
        title: bool(clean(title, vocabulary=vocabulary)[0])
        for title in (
            "Credit card",
            "Card credit",
            "Credit",
            "Machine learning",
            "Machine",
            "Ada",
            "Bob",
            "C++",
            "Of ada",
        )
    }
    assert kept == {
        "Credit card": True, "Card credit": False, "Credit": True, "Machine learning": False, "Machine": True,
        "Ada": True, "Bob": False, "C++": False, "Of ada": True,
    }  # fmt: skip
    assert clean("Bob", vocabulary=vocabulary) == ([], {"not in the vocabulary": 1})
    assert clean("Bob", vocabulary=Vocabulary([])) == ([], {"not in the vocabulary": 1})


def test_vocabulary_in_turkish() -> None:
    """In Turkish, the small letter of I is ı, in the corpus as in titles."""
    title = [Entity([Name("tr", "Isparta", TITLE)], [Name("de", "Etwas", TITLE)])]
    for text, kept in (("Isparta güzel", 1), ("isparta güzel", 0)):
        cleaner = Cleaner("tr", ("de",), vocabulary=Vocabulary([text], language="tr"))
        assert len(cleaner.pairs(title)[0].rows) == kept


def test_vocabularies_have_signatures() -> None:
    """The signature depends on the words, not on their order or number."""
    one, same, other = Vocabulary(["a b", "c"]), Vocabulary(["c", "a b", "a b"]), Vocabulary(["a b"])
    assert one.signature == same.signature != other.signature
    assert len(one) == 4
    assert Vocabulary(["a b"], max_words=1).signature != other.signature
    with pytest.raises(TypeError, match="texts is str; pass an iterable of str"):
        Vocabulary("a b")
    with pytest.raises(TypeError, match=r"texts\[10001\] is int, not str"):
        Vocabulary([*["a"] * 10_001, 1])  # type: ignore[list-item]
    with pytest.raises(ValueError, match=r"texts\[10001\] has a lone surrogate"):
        Vocabulary([*["a"] * 10_001, "\ud800"])
    with pytest.raises(ValueError, match="max_words is 0"):
        Vocabulary([], 0)
