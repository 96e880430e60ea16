"""The algebra of lexicons: merging, selecting, inverting, composing, normalising."""

from __future__ import annotations

from itertools import permutations
from typing import Any
from unittest import mock

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lexswitch import Lexicon, LexiconError
from lexswitch.lexicon import algebra
from lexswitch.lexicon.sorting import COMBINE

from ..reference import normalise_term, read_pairs
from ..strategies import HARD_WORDS, LANGUAGES, pair_tables, vocabularies, weights

Quad = tuple[str, str, str, float]
tables = vocabularies().flatmap(pair_tables)
extreme = st.sampled_from((1e-30, 1e-29, 1e-16, 1.0, 1e14, 1e16, 1e29, 1e30))


def sources_of(name: str) -> list[dict[str, str]]:
    return [{"name": name, "licence": "CC0-1.0"}]


@st.composite
def chains(draw: st.DrawFn, values: st.SearchStrategy[float] = weights) -> tuple[Lexicon, Lexicon]:
    """A lexicon into German (and Russian), and one from German, that share words in several spellings."""
    pivots = [word for word in draw(vocabularies()) if word.strip()] + ["Haus", "das Haus"]
    words = st.sampled_from((*HARD_WORDS[:12], "x", "X", "y z"))
    ends = st.sampled_from(draw(st.lists(words, min_size=1, max_size=4)))  # few, so that many ways meet
    spelled = st.sampled_from(pivots).flatmap(
        lambda word: st.sampled_from((word, word.upper(), word.replace(" ", "-")))
    )
    first = draw(st.lists(st.tuples(ends, spelled, values), min_size=1, max_size=8))
    second = draw(st.lists(st.tuples(spelled, ends, values), min_size=1, max_size=8))
    third = draw(st.lists(st.tuples(spelled, ends, values), max_size=4))
    return (
        Lexicon.from_pairs({"de": first, "ru": [("x", "дом")]}, provenance=sources_of("one")),
        Lexicon.from_pairs({"fr": second} | ({"it": third} if third else {}), "de", sources_of("two")),
    )


def composed(first: Lexicon, second: Lexicon, min_support: int) -> dict[tuple[str, str, str], float]:
    """Composition, slow and obvious: weights by term, language and translation."""
    ways: dict[tuple[str, str, str], list[float]] = {}
    for term, entry in first.items():
        pivots: dict[str, float] = {}
        for translation, weight in entry.get(second.source, []):
            pivots.setdefault(normalise_term(translation), weight)  # the best comes first
        for pivot, weight in pivots.items():
            for language, candidates in second.get(pivot, {}).items():
                for translation, further in candidates:
                    product = min(max(weight * further, 1e-30), 1e30)
                    ways.setdefault((normalise_term(term), language, translation), []).append(product)
    return {key: min(sum(products), 1e30) for key, products in ways.items() if len(products) >= min_support}


def weighed(lexicon: Lexicon) -> dict[tuple[str, str, str], float]:
    return {
        (normalise_term(term), language, translation): weight for term, language, translation, weight in lexicon.pairs()
    }


# -- merge -------------------------------------------------------------------------------------------------------------


@given(tables, st.sampled_from(("max", "min", "mean")), st.integers(1, 4))
def test_merged_with_itself(pairs: Any, combine: str, times: int) -> None:
    """A lexicon merged with itself is itself, however often, unless weights are summed."""
    lexicon = Lexicon.from_pairs(pairs)
    assert lexicon.merge(*[lexicon] * times, combine=combine).content_hash == lexicon.content_hash


@given(st.lists(tables, min_size=2, max_size=4), st.sampled_from(COMBINE))
def test_merge_combines_weights(several: list[Any], combine: str) -> None:
    """Merging equals combining in plain dicts; of equal weights the pair of the earlier lexicon is better."""
    lexicons = [Lexicon.from_pairs(pairs) for pairs in several]
    values: dict[tuple[str, str, str], list[float]] = {}
    for lexicon in lexicons:
        for key, weight in weighed(lexicon).items():
            values.setdefault(key, []).append(weight)
    by: Any = {
        "votes": lambda weights: min(1e30, max(weights) * len(weights)),
        "max": max,
        "min": min,
        "sum": sum,
        "mean": lambda weights: sum(weights) / len(weights),
    }[combine]
    expected: dict[str, list[tuple[str, str, float]]] = {}
    for (term, language, translation), of_pair in values.items():
        expected.setdefault(language, []).append((term, translation, by(of_pair)))
    first, *others = lexicons
    merged = first.merge(*others, combine=combine)
    assert {normalise_term(term): dict(entry) for term, entry in merged.items()} == read_pairs(expected)


@given(tables, tables, tables, st.sampled_from(COMBINE))
def test_merge_in_any_order(one: Any, two: Any, three: Any, combine: str) -> None:
    """The order of lexicons changes only the spelling of terms and the order of candidates of equal weight."""
    lexicons = [Lexicon.from_pairs(pairs) for pairs in (one, two, three)]
    merged = [first.merge(*others, combine=combine) for first, *others in permutations(lexicons)]
    for other in merged[1:]:
        assert weighed(other) == weighed(merged[0])
        assert other.columns.terms.unpack() == merged[0].columns.terms.unpack()
        assert other.languages == merged[0].languages
    distinct = weighed(merged[0])
    if len(set(distinct.values())) == len(distinct):
        assert all(list(weighed(other)) == list(distinct) for other in merged)  # a dict keeps the order of pairs


def test_sums_end_at_the_greatest_weight() -> None:
    """Summed weights beyond 1e30 become 1e30."""
    lexicon = Lexicon.from_pairs({"de": [("a", "x", 9e29), ("a", "y", 1.0)]})
    assert weighed(lexicon.merge(lexicon, lexicon, combine="sum")) == {("a", "de", "x"): 1e30, ("a", "de", "y"): 3.0}


def test_bad_merge() -> None:
    """A wrong way to combine, and what is no lexicon, are told."""
    lexicon = Lexicon.from_pairs({"de": [("a", "x")]})
    with pytest.raises(ValueError, match="combine is 'median'; it must be one of 'votes', 'max', 'min', 'mean', 'sum'"):
        lexicon.merge(lexicon, combine="median")
    with pytest.raises(TypeError, match="cannot merge dict; pass lexicons"):
        lexicon.merge({"a": "x"})  # type: ignore[arg-type]


# -- select ------------------------------------------------------------------------------------------------------------


@given(tables)
def test_select_of_all(pairs: Any) -> None:
    """Selecting everything is the lexicon itself, and selecting twice is selecting once."""
    lexicon = Lexicon.from_pairs(pairs)
    assert lexicon.select().content_hash == lexicon.content_hash
    everything = lexicon.select(reversed(lexicon.languages), top=lexicon.num_pairs, min_weight=1e-30)
    assert everything.content_hash == lexicon.content_hash
    assert lexicon.select(top=1).select(top=1) == lexicon.select(top=1)


# -- invert ------------------------------------------------------------------------------------------------------------


@given(tables)
def test_invert_reads_backwards(pairs: Any) -> None:
    """Inverting gives the pairs backwards, with normalised translations as terms and the greatest of their weights."""
    lexicon = Lexicon.from_pairs(pairs, "nl", sources_of("one"))
    for language in lexicon.languages:
        expected: dict[tuple[str, str, str], float] = {}
        for term, of, translation, weight in lexicon.pairs():
            if of == language:
                key = (normalise_term(translation), "nl", term)
                expected[key] = max(weight, expected.get(key, 0.0))
        inverse = lexicon.invert(language)
        assert weighed(inverse) == expected
        assert (inverse.source, inverse.languages) == (language, ("nl",))
        assert inverse.provenance == lexicon.provenance


@example({"de": [("a", "a"), ("A", "A", 2.0)]})  # two spellings with different weights
@given(tables)
def test_invert_twice(pairs: Any) -> None:
    """Inverting twice is the identity, up to the spelling of translations and the order of equal weights."""
    lexicon = Lexicon.from_pairs(pairs)
    for language in lexicon.languages:
        twice = lexicon.invert(language).invert("en")
        assert _highest(twice, language) == _highest(lexicon, language)
        assert twice.invert(language).invert("en") == twice


def _highest(lexicon: Lexicon, language: str) -> dict[tuple[str, str], float]:
    """Return (term, translation) -> the highest weight of its spellings."""
    found: dict[tuple[str, str], float] = {}
    for (term, of, translation), weight in weighed(lexicon).items():
        if of == language:
            key = (term, normalise_term(translation))
            found[key] = max(weight, found.get(key, 0.0))
    return found


def test_invert_keeps_the_weights() -> None:
    """In order: the best term of a translation first, of equal ones that which comes first in code point order."""
    lexicon = Lexicon.from_pairs({"de": [("home", "Haus", 0.5), ("house", "Haus"), ("building", "HAUS", 0.5)]})
    assert lexicon.invert("de")["Haus"] == {"en": [("house", 1.0), ("building", 0.5), ("home", 0.5)]}
    with pytest.raises(LexiconError, match=r"unknown languages \['fr'\]; this lexicon has \['de'\]"):
        lexicon.invert("fr")


def test_votes_are_the_default() -> None:
    """The weight of a pair is its greatest weight times the number of lexicons that have it."""
    one = Lexicon.from_pairs({"de": [("bank", "Ufer", 1.5), ("bank", "Bank", 1.0)]})
    two = Lexicon.from_pairs({"de": [("bank", "Bank", 0.5)]})
    assert one.merge(two)["bank"]["de"] == [("Bank", 2.0), ("Ufer", 1.5)]
    assert one.merge(two, combine="max")["bank"]["de"] == [("Ufer", 1.5), ("Bank", 1.0)]


def test_curated_lexicons_come_first() -> None:
    """A curated lexicon outweighs several that agree; its factor needs others that are not curated."""
    curated = Lexicon.from_pairs({"de": [("bank", "Bank")]}, provenance=[{"name": "mine", "curated": True}])
    others = [Lexicon.from_pairs({"de": [("bank", "Ufer")]}, provenance=[{"name": str(n)}]) for n in range(3)]
    assert others[0].merge(*others[1:], curated)["bank"]["de"] == [("Bank", 10.0), ("Ufer", 3.0)]
    assert curated.merge(curated)["bank"]["de"] == [("Bank", 2.0)]
    starter = Lexicon.starter()
    wrong = Lexicon.from_pairs({"de": [("house", "Firma"), ("house", "Haus")]}, provenance=[{"name": "x"}])
    assert starter.merge(wrong)["house"]["de"][0].translation == "Haus"


def test_rank_combines_the_evidence() -> None:
    """`rank` does what `agree`, `reweight` and `rerank` do, one after the other."""
    lexicon = Lexicon.from_pairs({"de": [("bank", "Ufer"), ("bank", "Bank"), ("bank", "Bänke")]})
    other = Lexicon.from_pairs({"de": [("bank", "Bank"), ("bank", "Bänke")]})
    texts = {"de": {"Bank": 100.0, "Ufer": 10.0, "Bänke": 1.0}}
    assert lexicon.rank(others=[other]) == lexicon.agree(other)
    assert lexicon.rank(texts=texts) == lexicon.reweight(texts)
    assert lexicon.rank(others=[other], texts=texts) == lexicon.agree(other).reweight(texts)

    def likes_shores(terms: list[str], language: str, translations: list[str]) -> list[float]:
        return [9.0 if translation == "Ufer" else 0.0 for translation in translations]

    ranked = lexicon.rank(others=[other], score=likes_shores)
    assert [candidate.translation for candidate in ranked["bank"]["de"]] == ["Ufer", "Bank", "Bänke"]
    assert sum(candidate.weight for candidate in ranked["bank"]["de"]) == pytest.approx(1)
    with pytest.raises(LexiconError, match="rank has no evidence; pass others, texts or score"):
        lexicon.rank()


# -- compose -----------------------------------------------------------------------------------------------------------


@given(chains(), st.integers(1, 3), st.sampled_from((1, 2, 5, algebra._PATHS)))
def test_compose_equals_plain_loops(chain: tuple[Lexicon, Lexicon], min_support: int, ways: int) -> None:
    """Composing equals going through all words of the pivot language, and counting ways, in blocks of any size."""
    first, second = chain
    expected = composed(first, second, min_support)
    if not expected:
        with pytest.raises(LexiconError, match="no term reaches"):
            first.compose(second, min_support)
        return
    with mock.patch.object(algebra, "_PATHS", ways):
        result = first.compose(second, min_support)
    assert weighed(result) == pytest.approx(expected)
    assert result.source == "en"
    assert set(result.languages) == {language for _, language, _ in expected}
    assert result.provenance == first.provenance + second.provenance
    assert result == first.compose(second, min_support)


@given(chains(extreme))
def test_compose_stays_in_range(chain: tuple[Lexicon, Lexicon]) -> None:
    """The products and sums of the least and greatest weights are weights that a lexicon takes."""
    first, second = chain
    if expected := composed(first, second, 1):
        result = first.compose(second)
        assert weighed(result) == pytest.approx(expected, rel=1e-12, abs=0)
        assert (
            Lexicon.from_pairs(
                {
                    language: [(a, c, w) for a, b, c, w in result.pairs() if b == language]
                    for language in result.languages
                }
            )
            == result
        )


def normal(lexicon: Lexicon) -> dict[tuple[str, str, str], float]:
    """The greatest weight of each pair, both sides in the form in which terms are compared."""
    weights: dict[tuple[str, str, str], float] = {}
    for term, language, translation, weight in lexicon.pairs():
        key = (normalise_term(term), language, normalise_term(translation))
        weights[key] = max(weight, weights.get(key, 0.0))
    return weights


@given(tables)
def test_compose_with_identity(pairs: Any) -> None:
    """Composing with a lexicon that maps each word to itself gives the lexicon again, up to spelling."""
    lexicon = Lexicon.from_pairs(pairs)
    language = lexicon.languages[0]
    identity = Lexicon.from_pairs({"fr": [(term, term) for term in lexicon.invert(language)]}, source=language)
    assert normal(lexicon.compose(identity)) == {
        (term, "fr", translation): weight
        for (term, of, translation), weight in normal(lexicon).items()
        if of == language
    }


@given(tables)
def test_compose_from_identity(pairs: Any) -> None:
    """An identity composed with a lexicon is that lexicon."""
    lexicon = Lexicon.from_pairs(pairs, source="de")
    identity = Lexicon.from_pairs({"de": [(term, term) for term in lexicon]})
    assert weighed(identity.compose(lexicon)) == weighed(lexicon)


def test_support_finds_words_of_one_meaning() -> None:
    """The word "bank" reaches "банк" through two words and "скамья" through one."""
    first = Lexicon.from_pairs({"de": [("bank", "Bank"), ("bank", "Geldinstitut"), ("bank", "Sitzbank")]})
    second = Lexicon.from_pairs(
        {"ru": [("Bank", "банк"), ("Bank", "скамья"), ("Geldinstitut", "банк"), ("Sitzbank", "скамейка")]}, "de"
    )
    assert first.compose(second)["bank"] == {"ru": [("банк", 2.0), ("скамья", 1.0), ("скамейка", 1.0)]}
    assert weighed(first.compose(second, min_support=2)) == {("bank", "ru", "банк"): 2.0}
    with pytest.raises(LexiconError, match=r"no term reaches \['ru'\] through 3 words of de"):
        first.compose(second, min_support=3)


def test_one_word_in_two_spellings_is_one_way() -> None:
    """Two translations that are the same term count once, with the better weight."""
    first = Lexicon.from_pairs({"de": [("a", "haus", 0.25), ("a", "Haus", 0.5), ("a", "HAUS", 0.125)]})
    second = Lexicon.from_pairs({"fr": [("Haus", "maison", 0.5)]}, source="de")
    assert weighed(first.compose(second)) == {("a", "fr", "maison"): 0.25}
    with pytest.raises(LexiconError, match="no term reaches"):
        first.compose(second, min_support=2)


def test_bad_compose() -> None:
    """Lexicons that do not meet, and wrong arguments, are told."""
    lexicon = Lexicon.from_pairs({"de": [("a", "x")]})
    with pytest.raises(
        LexiconError, match=r"other translates from 'en'; pass a lexicon whose source language is one of \['de'\]"
    ):
        lexicon.compose(lexicon)
    with pytest.raises(LexiconError, match="no term reaches"):
        lexicon.compose(Lexicon.from_pairs({"fr": [("z", "y")]}, source="de"))
    with pytest.raises(TypeError, match="cannot compose with dict; pass a lexicon"):
        lexicon.compose({})  # type: ignore[arg-type]
    for value, error in ((0, ValueError), (1.5, TypeError), (True, TypeError)):
        with pytest.raises(error, match="min_support is "):
            lexicon.compose(lexicon.invert("de"), min_support=value)  # type: ignore[arg-type]


# -- normalise ---------------------------------------------------------------------------------------------------------


@given(tables)
def test_normalise(pairs: Any) -> None:
    """The weights of each term in each language sum to 1, keep their proportions, and stay so."""
    lexicon = Lexicon.from_pairs(pairs, provenance=sources_of("one"))
    result = lexicon.normalise()
    for term, entry in lexicon.items():
        for language, candidates in entry.items():
            total = sum(candidate.weight for candidate in candidates)
            expected = {translation: weight / total for translation, weight in candidates}
            assert dict(result[term][language]) == pytest.approx(expected)
            assert sum(candidate.weight for candidate in result[term][language]) == pytest.approx(1)
    assert list(result) == list(lexicon)
    assert weighed(result.normalise()) == pytest.approx(weighed(result), rel=1e-15)
    assert result.provenance == lexicon.provenance


def test_normalise_of_extremes() -> None:
    """A share below the least weight becomes that, and nothing overflows."""
    lexicon = Lexicon.from_pairs({"de": [("a", "x", 1e30), ("a", "y", 1e30), ("a", "z", 1e-30), ("b", "x", 1e-30)]})
    assert weighed(lexicon.normalise()) == {
        ("a", "de", "x"): 0.5, ("a", "de", "y"): 0.5, ("a", "de", "z"): 1e-30, ("b", "de", "x"): 1.0,
    }  # fmt: skip


# -- provenance --------------------------------------------------------------------------------------------------------


def test_provenance_is_kept_once() -> None:
    """Every operation keeps where pairs come from; an entry that several lexicons share is there once."""
    one = Lexicon.from_pairs({"de": [("a", "x")], "fr": [("a", "y")]}, provenance=sources_of("one"))
    both = one.merge(Lexicon.from_pairs({"de": [("b", "x")]}, provenance=[*sources_of("two"), *sources_of("one")]))
    assert both.provenance == (*sources_of("one"), *sources_of("two"))
    back = Lexicon.from_pairs({"ru": [("x", "z")]}, "de", [*sources_of("three"), *sources_of("two")])
    assert both.compose(back).provenance == (*sources_of("one"), *sources_of("two"), *sources_of("three"))
    for result in (both.select(["de"]), both.invert("de"), both.normalise(), both.filter(max_words=1)):
        assert result.provenance == both.provenance


@given(tables, st.sampled_from(LANGUAGES))
def test_results_are_lexicons(pairs: Any, language: str) -> None:
    """What an operation makes can be saved, loaded and switched like any other: its columns are small and sorted."""
    lexicon = Lexicon.from_pairs(pairs)
    chosen = language if language in lexicon.languages else lexicon.languages[0]
    for result in (lexicon.merge(lexicon), lexicon.invert(chosen), lexicon.normalise(), lexicon.select(top=1)):
        terms = list(map(normalise_term, result))
        assert terms == sorted(terms)
        types, expected = (
            {name: array.dtype.name for name, array in each.columns.arrays().items()} for each in (result, lexicon)
        )
        both = types.keys() & expected
        assert {name: types[name] for name in both} == {name: expected[name] for name in both}
        assert all(result.find(term) == row for row, term in enumerate(result))
