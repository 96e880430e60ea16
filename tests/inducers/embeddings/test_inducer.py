import os
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

from lexswitch import CodeSwitcher, Lexicon, LexiconError
from lexswitch.inducers import LexiconInducer
from lexswitch.inducers.embeddings import (
    EmbeddingInducer,
    InductionWarning,
    NoAlignment,
    Procrustes,
    VecMap,
    Vectors,
    quality_table,
)

WORDS = 300


def unit_rows(count: int, dimensions: int, seed: int) -> np.ndarray:
    matrix = np.random.default_rng(seed).standard_normal((count, dimensions)).astype(np.float32)
    return matrix / np.linalg.norm(matrix, axis=1, keepdims=True)


def letters(number: int) -> str:
    return "".join(chr(ord("a") + int(digit)) for digit in str(number))


def world(noise: float = 0.05, rotated: bool = False) -> tuple[Vectors, dict[str, Vectors], Lexicon]:
    """English words "xa", "xb" ..., their translations "da" ... (German), "ra" ... (Russian), and the gold lexicon."""
    source = unit_rows(WORDS, 40, 0)
    english = Vectors([f"x{letters(number)}" for number in range(WORDS)], source)
    targets = {}
    for seed, (language, first) in enumerate((("de", "d"), ("ru", "r")), 1):
        matrix = source + noise * unit_rows(WORDS, 40, seed)
        if rotated:
            matrix = matrix @ np.linalg.qr(np.random.default_rng(seed).standard_normal((40, 40)))[0]
        targets[language] = Vectors([f"{first}{letters(number)}" for number in range(WORDS)], matrix)
    gold = Lexicon.from_pairs(
        {
            language: zip(english.words, vectors.words, strict=True)  # type: ignore[misc]
            for language, vectors in targets.items()
        }
    )
    return english, targets, gold


def precision(lexicon: Lexicon, gold: Lexicon) -> list[float]:
    return [row.precision[1] or 0.0 for row in lexicon.evaluate(gold).rows if row.language != "mean"]


def test_shared_space() -> None:
    """In a shared space every word gets its translation, in several languages at once."""
    english, targets, gold = world()
    inducer: LexiconInducer = EmbeddingInducer(english, targets)
    lexicon = inducer.induce()
    assert precision(lexicon, gold) == [1.0, 1.0]
    assert lexicon.num_pairs == 2 * WORDS
    assert CodeSwitcher(lexicon, languages=["de"], p=1.0).apply(["Xa and xb."]) == ["Da and db."]


@pytest.mark.parametrize("retrieval", ["csls", "nearest", "inverted-softmax"])
def test_rotated_space_with_seeds(retrieval: str) -> None:
    """Seeds for some of the words align rotated spaces, with each retrieval method."""
    english, targets, gold = world(rotated=True)
    seeds = gold.filter(keep=lambda term, *_: len(term) < 4)  # 110 words
    with pytest.raises(LexiconError, match="en-de: "):
        EmbeddingInducer(english, targets, align="procrustes").induce(progress=False)
    lexicon = EmbeddingInducer(english, targets, align=Procrustes(), seeds=seeds, retrieval=retrieval).induce()
    assert min(precision(lexicon, gold)) > 0.95


def test_provenance_and_quality() -> None:
    """The provenance describes how the lexicon was made and its quality."""
    english, targets, gold = world()
    lexicon = EmbeddingInducer(english, targets, top_k=2).induce(gold=gold)
    german, russian = lexicon.provenance
    assert german["languages"] == ["de"]
    assert russian["retrieval"]["method"] == "csls"
    quality = german["quality"]
    assert (quality["words"], quality["pairs"], quality["coverage"]) == (WORDS, 2 * WORDS, 1.0)
    assert quality["precision@1"] == quality["mutual"] == 1.0
    assert quality["identical"] == 0.0
    assert quality["margin"] > 0.5
    lines = quality_table(lexicon).splitlines()
    assert lines[0].split()[:3] == ["language", "words", "pairs"]
    assert lines[1].split()[:3] == ["de", "300", "600"]
    assert len(lines) == 3


def test_provenance_survives_saving(tmp_path: Path) -> None:
    """The provenance is plain JSON."""
    english, targets, _ = world()
    lexicon = EmbeddingInducer(english, targets).induce()
    lexicon.save(tmp_path / "x.lexicon")
    assert Lexicon.load(tmp_path / "x.lexicon").provenance == lexicon.provenance


def test_identical_words_are_replaced() -> None:
    """With identical=False the next best candidate replaces an identical one."""
    english = Vectors(["house", "tree", "7"], np.eye(3, dtype=np.float32))
    german = Vectors(["House", "Haus", "Baum"], np.array([[1, 0, 0], [0.9, 0.1, 0], [0, 1, 0]], dtype=np.float32))
    options = {"retrieval": "nearest", "align": NoAlignment("unit")}
    assert EmbeddingInducer(english, {"de": german}, **options).induce()["house"]["de"][0].translation == "House"
    lexicon = EmbeddingInducer(english, {"de": german}, identical=False, **options).induce()
    assert lexicon["house"]["de"][0].translation == "Haus"
    assert "7" not in lexicon
    assert lexicon.provenance[0]["quality"]["identical"] == 0


def test_all_spellings_of_an_identical_word_are_replaced() -> None:
    """With identical=False no translation equals its word, even if several spellings of it have vectors."""
    english = Vectors(["house", "tree", "sun"], np.eye(3, dtype=np.float32))
    matrix = np.array([[1, 0, 0], [0.9, 0, 0.1], [0.8, 0.3, 0], [0, 1, 0]], dtype=np.float32)
    german = Vectors(["HOUSE", "House", "Haus", "Baum"], matrix)
    inducer = EmbeddingInducer(
        english, {"de": german}, retrieval="nearest", align=NoAlignment("unit"), top_k=2, identical=False
    )
    lexicon = inducer.induce()
    assert [candidate.translation for candidate in lexicon["house"]["de"]] == ["Haus"]


def test_mutual_and_least_similarity() -> None:
    """Pairs that are not mutual, or not similar enough, are left out."""
    english = Vectors(["house", "home", "tree"], np.array([[1, 0, 0], [0.5, 0.8, 0], [0, 0.1, 1]], dtype=np.float32))
    german = Vectors(["Haus", "Wolke"], np.array([[1, 0, 0], [0, 1, 0]], dtype=np.float32))
    inducer = EmbeddingInducer(english, {"de": german}, retrieval="nearest", align=NoAlignment("unit"), mutual=True)
    assert [(term, word) for term, _, word, _ in inducer.induce().pairs()] == [("home", "Wolke"), ("house", "Haus")]
    strict = EmbeddingInducer(
        english, {"de": german}, retrieval="nearest", align=NoAlignment("unit"), min_similarity=0.95
    )
    assert list(strict.induce()) == ["house"]
    with pytest.raises(LexiconError, match=r"no pair is left; choose a min_similarity below 1\.5"):
        EmbeddingInducer(
            english, {"de": german}, retrieval="nearest", align=NoAlignment("unit"), min_similarity=1.5
        ).induce()


def test_phrases_are_written_with_underscores() -> None:
    """Words with underscores, as word2phrase writes them, become phrases."""
    english = Vectors(["credit_card", "tree"], np.eye(2, dtype=np.float32))
    german = Vectors(["Kreditkarte", "großer_Baum"], np.eye(2, dtype=np.float32))
    lexicon = EmbeddingInducer(english, {"de": german}, retrieval="nearest").induce()
    assert [(term, word) for term, _, word, _ in lexicon.pairs()] == [
        ("credit card", "Kreditkarte"),
        ("tree", "großer Baum"),
    ]


def test_weights_mean_the_same() -> None:
    """In a clean and in a noisy pair of spaces, a weight is the share of mutual pairs and correlates with precision."""
    for noise in (1.0, 1.5):
        source, other = unit_rows(3000, 30, 0), unit_rows(3000, 30, 1)
        english = Vectors([f"x{letters(number)}" for number in range(3000)], source)
        german = Vectors([f"d{letters(number)}" for number in range(3000)], source + noise * other)
        pairs = list(EmbeddingInducer(english, {"de": german}).induce().pairs())
        mutual = {term for term, *_ in EmbeddingInducer(english, {"de": german}, mutual=True).induce().pairs()}
        weights = np.array([weight for *_, weight in pairs])
        right = np.array([term[1:] == word[1:] for term, _, word, _ in pairs])
        found = np.array([term in mutual for term, *_ in pairs])
        low, high = weights < 0.5, weights >= 0.8
        for part in (low, ~low & ~high, high):
            assert abs(found[part].mean() - weights[part].mean()) < 0.1
        assert right[high].mean() > right[low].mean() + 0.2


@pytest.mark.slow
def test_unrelated_spaces_are_reported() -> None:
    """An alignment of unrelated spaces without seeds warns that it has failed."""
    english = Vectors([f"x{letters(number)}" for number in range(1000)], unit_rows(1000, 20, 0))
    german = Vectors([f"d{letters(number)}" for number in range(1000)], unit_rows(1000, 20, 1))
    with pytest.warns(InductionWarning, match="en-de: the alignment has evidently failed"):
        lexicon = EmbeddingInducer(english, {"de": german}, align=VecMap()).induce()
    assert "FAILED" in quality_table(lexicon)


def test_vectors_of_two_spaces_are_noticed() -> None:
    """Without alignment, vectors that do not share a space give a warning with the remedy; others do not."""
    english, targets, _ = world()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        lexicon = EmbeddingInducer(english, targets).induce()
    assert all(record["alignment"]["failed"] is False for record in lexicon.provenance)
    turned = {"ru": world(rotated=True)[1]["ru"]}
    remedy = (
        r"en-ru: the vectors evidently do not share a space \(agreement 0\.00\d\).*pass align='vecmap', or align='pr"
    )
    with pytest.warns(InductionWarning, match=remedy) as caught:
        lexicon = EmbeddingInducer(english, turned).induce()
    assert caught[0].filename == __file__
    assert "none, FAILED" in quality_table(lexicon)


def test_wrong_seeds_are_noticed() -> None:
    """Self-learning from wrong pairs warns, and advises the user to check the seeds."""
    english, targets, _ = world(noise=1.0, rotated=True)
    words = list(targets["de"].words)
    wrong = {"de": list(zip(english.words, words[7:] + words[:7], strict=True))}
    with pytest.warns(
        InductionWarning, match=r"en-de: the alignment has evidently failed .*seeds_found.*check the seeds"
    ):
        EmbeddingInducer(english, {"de": targets["de"]}, align=VecMap(), seeds=wrong).induce()


def test_wrong_arguments() -> None:
    """Each error names the argument, its value and the remedy."""
    english, targets, gold = world()
    with pytest.raises(TypeError, match="source is str; pass Vectors"):
        EmbeddingInducer("en.vec", targets)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"targets is \{\}; pass a mapping"):
        EmbeddingInducer(english, {})
    with pytest.raises(LexiconError, match="targets has 'en', the source language"):
        EmbeddingInducer(english, {"en": english})
    with pytest.raises(LexiconError, match="targets: 'german' is not a BCP 47 language code"):
        EmbeddingInducer(english, {"german": english})
    with pytest.raises(ValueError, match="align is 'muse'; it must be one of 'none', 'procrustes', 'vecmap'"):
        EmbeddingInducer(english, targets, align="muse")
    with pytest.raises(TypeError, match="align is 3; pass one of"):
        EmbeddingInducer(english, targets, align=3)  # type: ignore[arg-type]
    with pytest.raises(LexiconError, match="seeds is given, but align is 'none'"):
        EmbeddingInducer(english, targets, seeds=gold)
    with pytest.raises(ValueError, match="retrieval is 'cosine'; it must be one of"):
        EmbeddingInducer(english, targets, retrieval="cosine")
    with pytest.raises(ValueError, match="top_k is 0; it must be from 1"):
        EmbeddingInducer(english, targets, top_k=0)
    for name in ("mutual", "identical"):
        with pytest.raises(TypeError, match=f"{name} is 'no'; it must be True or False"):
            EmbeddingInducer(english, targets, **{name: "no"})  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"min_similarity is 'high'; it must be a number such as 0\.5"):
        EmbeddingInducer(english, targets, min_similarity="high")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"min_similarity is nan; it must be a number such as 0\.5"):
        EmbeddingInducer(english, targets, min_similarity=float("nan"))
    with pytest.raises(LexiconError, match="source has no word with a letter; its first is '7'"):
        EmbeddingInducer(Vectors(["7", "8"], unit_rows(2, 40, 0)), targets).induce()
    other = Vectors(["a", "b"], unit_rows(2, 7, 0))
    with pytest.raises(LexiconError, match=r"en-de: .*40.*7"):
        EmbeddingInducer(english, {"de": other}).induce()


_RUN = """
import sys
sys.path.insert(0, sys.argv[1])
from test_inducer import world
from lexswitch.inducers.embeddings import EmbeddingInducer, VecMap
english, targets, gold = world(rotated=True)
print(EmbeddingInducer(english, targets, align=VecMap(), seeds=gold).induce().content_hash)
"""


@pytest.mark.slow
def test_same_bytes_in_every_process() -> None:
    """The lexicon does not depend on PYTHONHASHSEED or the number of threads."""
    hashes = {
        subprocess.run(
            [sys.executable, "-c", _RUN, str(Path(__file__).parent)],
            env={**os.environ, "PYTHONHASHSEED": seed, "OPENBLAS_NUM_THREADS": threads},
            capture_output=True,
            check=True,
        ).stdout
        for seed, threads in (("0", "1"), ("1", "2"), ("2", "2"))
    }
    assert len(hashes) == 1
