"""Senses: weights from text of the domain, from agreement, from a score."""

from __future__ import annotations

import math
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lexswitch import Lexicon, LexiconError, WordTokenizer
from lexswitch.lexicon.senses import agreement_weights, domain_weights, scored_weights
from lexswitch.lexicon.senses.weights import exp

from ...reference import find_words, normalise, normalise_term
from ...strategies import pair_tables, texts_of, vocabularies

OFFICE = Lexicon.from_pairs(
    {
        "de": [
            *(("page", "Hotelpage"), ("page", "Seite"), ("page", "Blatt Papier")),
            *(("statement", "Kontoauszug"), ("statement", "Anweisung"), ("command", "Befehl"), ("save", "speichern")),
        ],
        "ru": [("page", "паж"), ("page", "страница"), ("save", "без")],
    }
)
GERMAN = [
    "Die Seite hat ein Blatt.",
    "Seiten speichern: Befehl Speichern",
    "Jede SEITE.",
    "Eine Anweisung, zwei Anweisungen",
]

# -- the specification -------------------------------------------------------------------------------------------------


def words(text: str) -> tuple[str, ...]:
    return tuple(normalise(text[start:end]) for start, end in find_words(text, WordTokenizer()))


def shares(weights: Mapping[Any, float], group: Any = lambda key: (normalise_term(key[0]), key[1])) -> dict[Any, float]:
    totals: dict[Any, float] = defaultdict(float)
    for key, weight in weights.items():
        totals[group(key)] += weight
    return {key: weight / totals[group(key)] for key, weight in weights.items()}


def frequency(candidate: str, counts: Mapping[str, float]) -> float:
    """The rarest word; 1 for itself, .1 for each word that begins like it, .01 for nothing."""
    found = []
    for word in words(candidate):
        stem = word[: max(4, len(word) - 2)] if len(word) >= 4 else None
        kin = sum(count for other, count in counts.items() if stem and other.startswith(stem))
        found.append(0.01 + counts.get(word, 0) + 0.1 * max(kin - counts.get(word, 0), 0))
    return max(min(found) * (1 / 3) ** (len(found) - 1), 1e-30) if found else 0.01


def contexts(texts: Iterable[str]) -> tuple[dict[str, dict[str, int]], list[str]]:
    """Rounded associations of each class of words with each feature, and the features."""
    counts: Counter[str] = Counter()
    near: dict[str, Counter[str]] = defaultdict(Counter)
    for text in texts:
        row = [word[:5] for word in words(text)]
        counts.update(row)
        for at, word in enumerate(row):
            near[word].update(row[max(0, at - 4) : at] + row[at + 1 : at + 5])
    assert len(counts) < 1000, "all are features"
    total = math.fsum(count**0.75 for count in counts.values())
    vectors = {}
    for word, neighbours in near.items():
        if counts[word] >= 3:
            size = sum(neighbours.values())
            ratios = {other: n / (size * counts[other] ** 0.75 / total) for other, n in neighbours.items()}
            vectors[word] = {other: round(16 * math.log(ratio)) for other, ratio in ratios.items() if ratio > 1}
    return vectors, sorted(counts)


def scaled(vector: Mapping[str, float]) -> dict[str, int]:
    length = math.sqrt(sum(value * value for value in vector.values()))
    return {name: round(256 * value / length) for name, value in vector.items()} if length else {}


def reference(lexicon: Lexicon, texts: Mapping[str, Any]) -> list[float]:
    """What `domain_weights` says, slowly."""
    weights = {key: weight for *key_, weight in lexicon.pairs() for key in [tuple(key_)]}
    for language in set(lexicon.languages) & set(texts):
        given = texts[language]
        if isinstance(given, Mapping):
            counts: Counter[str] = Counter()
            least = min((value for value in given.values() if value > 0), default=1)
            for word, value in given.items():
                if len(words(word)) == 1:
                    counts[words(word)[0]] += value / least
        else:
            counts = Counter(word for text in given for word in words(text))
        own = {key: weight for key, weight in weights.items() if key[1] == language}
        own = {key: weight * math.sqrt(frequency(key[2], counts)) for key, weight in own.items()}
        if lexicon.source in texts:
            own = by_context(own, contexts(texts[lexicon.source]), contexts(given))
        weights.update(own)
    return list(shares(weights).values())


def by_context(weights: dict[Any, float], source: Any, target: Any) -> dict[Any, float]:
    (from_vectors, from_features), (to_vectors, to_features) = source, target
    result = weights
    classes: dict[Any, list[Any]] = {
        key: [word[0][:5] if len(word) == 1 else None for word in (words(key[0]), words(key[2]))] for key in weights
    }
    for _ in range(2):
        bridge: dict[str, Any] = {feature: Counter() for feature in from_features}
        for key, share in shares(result).items():
            term, candidate = classes[key]
            if term in bridge and candidate in to_features:
                bridge[term][candidate] += share
        for feature, row in bridge.items():
            total = sum(row.values())
            rounded = {name: round(16 * share / total) for name, share in row.items()}
            bridge[feature] = Counter(rounded or ({feature: 16} if feature in to_features else {}))
        reached = {name for row in bridge.values() for name, steps in row.items() if steps}
        result = {}
        for key, weight in weights.items():
            term, candidate = classes[key]
            cosine = 0.0
            if term in from_vectors and candidate in to_vectors:
                translated: Counter[str] = Counter()
                for feature, value in from_vectors[term].items():
                    for name, steps in bridge[feature].items():
                        translated[name] += value * steps
                left = scaled(translated)
                right = scaled({name: value for name, value in to_vectors[candidate].items() if name in reached})
                cosine = sum(value * right.get(name, 0) for name, value in left.items()) / 256**2
            result[key] = weight * math.exp(20 * cosine)
    return result


# -- text of the domain ------------------------------------------------------------------------------------------------


@given(st.data(), vocabularies())
def test_frequencies_equal_the_reference(data: st.DataObject, vocabulary: tuple[str, ...]) -> None:
    """Without source text, weights are shares of weight times root of frequency, for any words and spellings."""
    pairs = data.draw(pair_tables(vocabulary))
    lexicon = Lexicon.from_pairs(pairs)
    translations = [translation for _, _, translation, _ in lexicon.pairs()]
    texts = {
        language: data.draw(st.lists(texts_of(vocabulary) | st.sampled_from(translations), max_size=4))
        for language in lexicon.languages[:2]
    }
    assert domain_weights(lexicon, texts).tolist() == pytest.approx(reference(lexicon, texts), rel=1e-9)


def made_up(seed: int) -> tuple[Lexicon, dict[str, list[str]]]:
    """A lexicon of made-up words with wrong candidates, and text of both languages by one model of topics."""
    chance = random.Random(seed)
    syllables = [a + b for a in "bdfgklmnprst" for b in "aeiou"]
    names = ["".join(chance.choices(syllables, k=chance.randint(1, 4))) for _ in range(80)]
    right = {f"{name}er": f"{name[::-1]}en" for name in names}
    pairs = [
        (term, other) for term, true in right.items() for other in (*chance.sample(sorted(right.values()), 3), true)
    ]
    pairs += [(f"{a} {b}", f"{right[a]} {right[b]}") for a, b in pairwise(list(right)[:10])]
    texts: dict[str, list[str]] = {"en": [], "de": []}
    for language, into in (("en", {term: term for term in right}), ("de", right)):
        for _ in range(150):
            topic = chance.randrange(8)
            chosen = chance.choices(sorted(into)[topic::8], k=chance.randint(0, 12))
            inflected = [into[term][:-1] + chance.choice("nrs") for term in chosen]
            texts[language].append(", ".join([*inflected, "42"]))
    return Lexicon.from_pairs({"de": pairs, "fr": pairs[:20]}), texts


@pytest.mark.parametrize("seed", range(5))
def test_contexts_equal_the_reference(seed: int) -> None:
    """With source text, weights are those of a plain implementation with dicts."""
    lexicon, texts = made_up(seed)
    assert domain_weights(lexicon, texts).tolist() == pytest.approx(reference(lexicon, texts), rel=1e-3)


def test_contexts_find_what_frequency_cannot() -> None:
    """Where all candidates are as frequent, those that stand in translated contexts win."""
    lexicon, texts = made_up(7)
    true = {(term, f"{term[:-2][::-1]}en") for term in lexicon if " " not in term}

    def correct(weights: Any) -> int:
        pairs = [pair[:3] for pair in lexicon.pairs()]
        best: dict[str, tuple[float, str]] = {}
        for (term, language, translation), weight in zip(pairs, weights, strict=True):
            if language == "de":
                best[term] = max(best.get(term, (0.0, "")), (weight, translation))
        return sum((term, translation) in true for term, (_, translation) in best.items())

    by_frequency = correct(domain_weights(lexicon, {"de": texts["de"]}))
    by_context = correct(domain_weights(lexicon, texts))
    assert by_frequency < 0.5 * len(true) < 0.75 * len(true) < by_context


def test_the_domain_decides() -> None:
    """What occurs in the domain comes first, inflected forms count, and what was first before no longer does."""
    weights = dict(zip([pair[:3] for pair in OFFICE.pairs()], domain_weights(OFFICE, {"de": GERMAN}), strict=True))
    assert weights["page", "de", "Seite"] > 0.8
    assert weights["page", "de", "Blatt Papier"] < 0.1
    assert weights["statement", "de", "Anweisung"] > 0.9
    assert weights["page", "ru", "паж"] == weights["page", "ru", "страница"] == 0.5
    assert weights["save", "de", "speichern"] == 1


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_texts_does_not_matter(seed: int) -> None:
    """Permuted texts, and texts from a generator, give the same bits."""
    chance = random.Random(seed)
    lexicon, texts = made_up(1)
    shuffled = {language: chance.sample(of, len(of)) for language, of in texts.items()}
    expected = domain_weights(lexicon, texts)
    assert np.array_equal(domain_weights(lexicon, {name: iter(of) for name, of in shuffled.items()}), expected)


@pytest.mark.slow
def test_batches_do_not_matter() -> None:
    """Text that is more than one batch counts as the same text in fewer rows."""
    lexicon, texts = made_up(2)
    many = {name: ["; ; ", *of * 70] for name, of in texts.items()}
    assert len(many["de"]) > 10_000
    split = {"de": [word for text in many["de"] for word in text.split(", ")]}
    assert np.array_equal(domain_weights(lexicon, {"de": many["de"]}), domain_weights(lexicon, split))
    assert domain_weights(lexicon, many).tolist() == pytest.approx(reference(lexicon, many), rel=1e-3)


COUNTED = st.sampled_from(["Seite", "seite", "Seiten", "Blatt", "Anweisung", "Blatt Papier", "x"])


@given(st.dictionaries(COUNTED, st.integers(0, 9)))
def test_frequencies_count_as_text_does(counts: dict[str, int]) -> None:
    """A list of words with counts equals text that has them so often; in another unit too."""
    text = [word for word, count in counts.items() if len(words(word)) == 1 for _ in range(count)]
    scaled_counts = {word: count / 2**20 for word, count in counts.items()}
    least = min((count for word, count in counts.items() if count and len(words(word)) == 1), default=1)
    assume(least == 1)
    expected = domain_weights(OFFICE, {"de": text})
    assert domain_weights(OFFICE, {"de": counts}).tolist() == pytest.approx(expected.tolist())
    assert domain_weights(OFFICE, {"de": scaled_counts}).tolist() == pytest.approx(expected.tolist())


@pytest.mark.parametrize(
    "texts",
    [
        {"de": []},
        {"de": [""]},
        {"de": {}},
        {"de": {"Seite": 0}},
        {"de": ["..."], "en": ["..."]},
        {"de": GERMAN, "en": []},
    ],
)
def test_nothing_to_count(texts: dict[str, Any]) -> None:
    """Without words on both sides contexts say nothing, and weights are finite shares."""
    weights = domain_weights(OFFICE, texts)
    without = domain_weights(OFFICE, {"de": texts["de"]})
    assert np.array_equal(weights, without)
    assert (weights > 0).all()


def test_weights_go_on_from_what_they_were() -> None:
    """A weight is a factor of the new one; extreme ones neither overflow nor vanish."""
    pairs = [("a", "Seite", 1e30), ("a", "Blatt", 1e-30), ("b", "Seite", 3), ("b", "Seite Blatt", 1)]
    weights = domain_weights(Lexicon.from_pairs({"de": pairs}), {"de": ["Seite Blatt"]})
    assert weights[:2].tolist() == [1, 1e-30]
    assert weights[2] / weights[3] == pytest.approx(3 * math.sqrt(3))


@pytest.mark.parametrize(
    ("texts", "error", "message"),
    [
        ([], TypeError, "texts is list; pass a mapping"),
        ({"it": []}, LexiconError, r"unknown languages \['it'\]; allowed are \['de', 'ru', 'en'\]"),
        ({}, LexiconError, r"no target language; choose among \['de', 'ru'\]"),
        ({"en": ["text"]}, LexiconError, "no target language"),
        ({"de": "text"}, TypeError, r"texts\['de'\] is str; pass a list"),
        ({"de": 7}, TypeError, r"texts\['de'\] is int"),
        ({"de": ["text", None]}, TypeError, r"texts\['de'\]\[1\] is NoneType, not str"),
        ({"de": [""] * 10_000 + ["\ud800"]}, ValueError, r"texts\['de'\]\[10000\] has a lone surrogate"),
        ({"de": ["\ud800"]}, ValueError, r"texts\['de'\]\[0\] has a lone surrogate"),
        ({"de": {"Seite": -1}}, LexiconError, r"texts\['de'\]\['Seite'\] is -1; a frequency"),
        ({"de": {"Seite": float("nan")}}, LexiconError, "is nan"),
        ({"de": {"Seite": "often"}}, LexiconError, "is 'often'"),
        ({"de": {7: 1}}, TypeError, "has 7; a word must be str"),
        ({"de": ["text"], "en": {"page": 1}}, TypeError, r"texts\['en'\] has frequencies"),
    ],
)
def test_bad_texts(texts: Any, error: type[Exception], message: str) -> None:
    """Errors name the argument, what came and what is allowed."""
    with pytest.raises(error, match=message):
        domain_weights(OFFICE, texts)


def test_a_source_that_is_a_target_too() -> None:
    """In a lexicon of paraphrases text of its one language is target text."""
    lexicon = Lexicon.from_pairs({"en": [("house", "home"), ("house", "building")]})
    assert domain_weights(lexicon, {"en": ["a building"]})[1] > 0.8


# -- agreement ---------------------------------------------------------------------------------------------------------


def test_agreement_forwards_and_backwards() -> None:
    """Each dictionary that has the pair, read forwards or backwards, makes it ten times as heavy."""
    forward = Lexicon.from_pairs({"de": [("PAGE", "seite"), ("page", "Blatt")], "it": [("page", "pagina")]})
    backward = Lexicon.from_pairs({"en": [("SEITE", "Page"), ("Hotelpage", "bellboy")]}, source="de")
    weights = agreement_weights(OFFICE, [forward, backward])
    found = {pair[:3]: weight for pair, weight in zip(OFFICE.pairs(), weights.tolist(), strict=True)}
    assert found["page", "de", "Seite"] == pytest.approx(100 / 102)
    assert found["page", "de", "Hotelpage"] == found["page", "de", "Blatt Papier"] == pytest.approx(1 / 102)
    assert found["page", "ru", "паж"] == 0.5


def test_agreement_in_turkish() -> None:
    """Turkish translations are compared as Turkish terms are: the small letter of I is ı."""
    lexicon = Lexicon.from_pairs({"tr": [("light", "ISI"), ("light", "fener")]})
    backward = Lexicon.from_pairs({"en": [("ısı", "light")]}, source="tr")
    assert agreement_weights(lexicon, [backward]).tolist() == pytest.approx([10 / 11, 1 / 11])


def test_text_in_turkish() -> None:
    """Turkish text and frequencies confirm Turkish candidates in any case."""
    lexicon = Lexicon.from_pairs({"tr": [("light", "ISI"), ("light", "isim")]})
    for texts in (["ısı ısı"], {"ısı": 2.0}):
        assert domain_weights(lexicon, {"tr": texts})[0] > 0.5


def normal(pair: tuple[str, str, str, float]) -> tuple[str, str, str]:
    """A pair in the form in which it is compared."""
    term, language, word, _ = pair
    return normalise_term(term), language, normalise_term(word)


@given(st.data(), vocabularies())
def test_agreement_equals_the_reference(data: st.DataObject, vocabulary: tuple[str, ...]) -> None:
    """For any pairs the votes are those that sets of pairs give."""
    lexicon, *others = (Lexicon.from_pairs(data.draw(pair_tables(vocabulary))) for _ in range(3))
    assume(all(set(lexicon.languages) & set(other.languages) for other in others))
    backwards = lexicon.invert(lexicon.languages[0])
    listed = [set(map(normal, other.pairs())) for other in others]
    listed.append({normal((term, lexicon.languages[0], word, weight)) for word, _, term, weight in backwards.pairs()})
    expected = {}
    for term, language, word, weight in lexicon.pairs():
        votes = sum(normal((term, language, word, weight)) in each for each in listed)
        expected[term, language, word] = weight * 10.0**votes
    found = agreement_weights(lexicon, [*others, backwards]).tolist()
    assert found == pytest.approx([max(share, 1e-30) for share in shares(expected).values()])


@pytest.mark.parametrize(
    ("others", "error", "message"),
    [
        ([], LexiconError, "others is empty"),
        ([OFFICE, {"de": []}], TypeError, r"others\[1\] is dict; pass lexicons"),
        (
            [Lexicon.from_pairs({"it": [("a", "b")]})],
            LexiconError,
            r"others\[0\] translates from en into \['it'\]; pass one from en",
        ),
        ([Lexicon.from_pairs({"it": [("a", "b")]}, source="de")], LexiconError, "or the other way"),
    ],
)
def test_bad_others(others: Any, error: type[Exception], message: str) -> None:
    """What is no lexicon, or has no languages in common, is refused."""
    with pytest.raises(error, match=message):
        agreement_weights(OFFICE, others)


# -- scores ------------------------------------------------------------------------------------------------------------


def test_scores_become_a_softmax() -> None:
    """The weights are the softmax of the scores within the candidates of a term in a language."""

    def score(terms: list[str], language: str, translations: list[str]) -> list[float]:
        return [len(term) * len(word) / 10 - len(language) for term, word in zip(terms, translations, strict=True)]

    expected = {pair[:3]: math.exp(len(pair[0]) * len(pair[2]) / 10) for pair in OFFICE.pairs()}
    assert scored_weights(OFFICE, score).tolist() == pytest.approx(list(shares(expected).values()), rel=1e-5)


def test_scores_are_asked_by_language_in_batches() -> None:
    """Each pair is asked once, in the order of the lexicon, at most 10,000 at a time, and the term goes with it."""
    pairs = [(f"term {number:05d}", f"Wort {number} {side}") for number in range(6_000) for side in "ab"]
    lexicon = Lexicon.from_pairs({"de": pairs, "fr": pairs[:4]})
    asked: dict[str, list[int]] = {"de": [], "fr": []}

    def score(terms: Sequence[str], language: str, translations: Sequence[str]) -> Any:
        asked[language].append(len(terms))
        return np.array([float(word.endswith("b")) for word in translations], dtype=np.float32)

    weights = scored_weights(lexicon, score)
    assert asked == {"de": [10_000, 2_000], "fr": [4]}
    assert weights.tolist() == pytest.approx([1 / (1 + math.e), math.e / (1 + math.e)] * 6_002, rel=1e-5)


@pytest.mark.parametrize(
    ("score", "error", "message"),
    [
        ("score", TypeError, "score is str; pass a function"),
        (lambda *_: None, LexiconError, r"score returned NoneType of shape \(\)"),
        (lambda *_: ["high"] * 7, TypeError, "is not a sequence of numbers"),
        (lambda *_: [1.0], LexiconError, r"list of shape \(1,\) for 7 pairs; return a list"),
        (lambda *_: [1.0] * 6 + [float("nan")], LexiconError, r"score of 'statement' -> 'Anweisung' \(de\) is nan"),
        (lambda *_: [1.0] * 6 + [float("inf")], LexiconError, "is inf; scores must be finite"),
    ],
)
def test_bad_scores(score: Any, error: type[Exception], message: str) -> None:
    """Errors name the pair or the number of pairs."""
    with pytest.raises(error, match=message):
        scored_weights(OFFICE, score)


def test_far_scores_stay_weights() -> None:
    """However far apart scores are, every weight is one that a lexicon may have."""
    lexicon = Lexicon.from_pairs({"de": [("a", "x"), ("a", "y")]})
    assert scored_weights(lexicon, lambda *_: [-1e300, 1e300]).tolist() == [1e-30, 1]
    assert scored_weights(lexicon, lambda *_: [1e4, 1e4 + math.log(3)]).tolist() == pytest.approx([0.25, 0.75])


@given(st.floats(-400, 400))
def test_exp_is_right_to_six_digits(value: float) -> None:
    """The exponential function is what it says."""
    assert exp(np.array([value]))[0] == pytest.approx(math.exp(value), rel=1e-6)
