"""Rankings, measures and statistics of the retrieval benchmark, compared with plain computations."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from benchmarks.common import statistics
from benchmarks.common.summary import Experiment
from benchmarks.retrieval import evaluation, measured
from benchmarks.retrieval.collection import Collection
from benchmarks.retrieval.evaluation import MIXED, Ranking, Task, Vectors

LANGUAGES = ("en", "de", "ru")


def collection() -> Collection:
    documents = {language: {f"d{n}": f"{language} text {n}" for n in range(30)} for language in LANGUAGES}
    queries = {language: {f"q{n}": f"{language} text {n}" for n in range(20)} for language in LANGUAGES}
    relevant = {f"q{n}": {f"d{n}": 1} for n in range(20)}
    return Collection("test", documents, queries, relevant, {f"q{n}": f"page {n // 4}" for n in range(20)})


def ideal(texts: Any, kind: str) -> np.ndarray:
    """Encode the number of each text; the language matters little."""
    vectors = np.zeros((len(texts), 40), dtype=np.float32)
    for row, text in enumerate(texts):
        language, _, number = text.split()
        vectors[row, int(number)] = 1
        vectors[row, 35 + LANGUAGES.index(language)] = 0.1
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_ideal_encoder_is_perfect_everywhere() -> None:
    """An encoder that knows the answers has MRR 1 and recall 1 in every direction, mixed ones included."""
    task = Task(collection())
    measured = evaluation.evaluate(evaluation.ranker(ideal, task), task)
    assert len(measured["directions"]) == 9 + 3 + 2
    for about in measured["directions"].values():
        assert [about["MRR@10"], about["nDCG@10"], about["R@100"]] == pytest.approx([1, 1, 1], abs=1e-4)
        assert set(about["ranks"]) == {"1"}
    assert sum(measured["collection_shares"].values()) == pytest.approx(1, abs=1e-4)
    json.dumps(measured)


def test_centring_removes_the_bias_of_languages() -> None:
    """An encoder that prefers its own language finds all documents once the means of the languages are subtracted."""

    def biased(texts: Any, kind: str) -> np.ndarray:
        vectors = ideal(texts, kind)
        vectors[:, 35:] *= 100
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    task = Task(collection())
    means = evaluation.mean_vectors(biased, collection())
    plain, centred = (evaluation.evaluate(evaluation.ranker(biased, task, one), task) for one in (None, means))
    share = plain["collection_shares"]["en"]
    assert plain["bias"]["en"]["en"] == pytest.approx(3 * share, abs=1e-4)  # all five of 30 are in the top 10
    assert centred["bias"]["en"]["en"] == pytest.approx(share, abs=0.1)
    assert plain["directions"][f"en-{MIXED}"]["MRR@10"] < 0.6
    assert centred["directions"][f"en-{MIXED}"]["MRR@10"] == pytest.approx(1)


def test_means_are_those_of_a_language_and_a_side() -> None:
    """Queries and documents have means of their own, over 500 texts at most."""
    texts = {"en": {f"d{n}": "en text 0" for n in range(501)}}
    texts["en"]["d500"] = "en text 1"  # the 501st
    queries = {"en": {"q": "en text 2"}}
    means = evaluation.mean_vectors(ideal, Collection("test", texts, queries, {"q": {"d0": 1}}))
    assert means["passage"]["en"] == pytest.approx(ideal(["en text 0"], "passage")[0], abs=1e-5)
    assert means["query"]["en"] == pytest.approx(ideal(["en text 2"], "query")[0])


def test_ranks_agree_with_ir_measures() -> None:
    """RR@10 from our ranks equals that of ir_measures, for random rankings with several relevant documents."""
    rng = np.random.default_rng(0)
    documents = [f"d{n}" for n in range(50)]
    queries = [f"q{n}" for n in range(40)]
    best = np.array([rng.permutation(50) for _ in queries]).tolist()
    relevant = {query: dict.fromkeys(rng.choice(documents, 3, replace=False).tolist(), 1) for query in queries}
    ranking = Ranking(queries, documents, best)
    ranks = evaluation.first_ranks(ranking, relevant)
    mean = evaluation.reciprocal_ranks(ranks).mean()
    assert mean == pytest.approx(evaluation.measures(ranking, relevant)["MRR@10"], abs=1e-5)
    assert evaluation.reciprocal_ranks("1a20").tolist() == [1, 0.1, 0.5, 0]


def test_ranking_is_by_cosine_and_stable() -> None:
    """The best document comes first; of equal ones the earlier one."""
    documents = Vectors(["a", "b", "c"], np.array([[0, 1], [1, 0], [1, 0]], dtype=np.float32))
    ranking = evaluation.rank(Vectors(["q"], np.array([[1, 0]], dtype=np.float32)), documents, ["q"])
    assert ranking.best == [[1, 2, 0]]


def test_kinds() -> None:
    """The languages of a direction determine its kind."""
    kinds = {d: evaluation.kind_of(d, ["fr"]) for d in ("en-en", "en-de", "xx-en", "en-xx", "xx-xx", "de-xx", "fr-en")}
    assert list(kinds.values()) == ["MoIR", "CLIR", "MLIR", "MLIR", "MLIR", "bias", "unseen CLIR"]
    assert evaluation.kind_of("fr-fr", ["fr"]) == "unseen MoIR"


def test_overlap() -> None:
    """Overlap counts distinct words in ninths, ignores case, and is that of the best document."""
    assert evaluation.overlap("Open the File", ["open a file", "nothing"]) == 6
    assert evaluation.overlap("open", ["Open!"]) == 9
    assert evaluation.overlap("open", ["closed"]) == 0
    assert evaluation.overlap("?!", ["closed"]) == 0


def test_about_follows_the_queries() -> None:
    """Pages and overlap have an entry for each query that is asked, also in mixed directions."""
    test = Task(collection())
    about = test.about()
    assert list(about) == [f"{one}-{other}" for one, other in test.directions]
    for one, other in test.directions:
        asked = test.asked(one, other)
        assert len(about[f"{one}-{other}"]["pages"]) == len(about[f"{one}-{other}"]["overlap"]) == len(asked)
    assert about["en-en"]["overlap"] == "9" * 20
    assert set(test.query_languages.values()) == set(LANGUAGES)
    assert test.queries[MIXED]["q3"].split()[0] == test.query_languages["q3"]


# -- statistics --------------------------------------------------------------------------------------------------------

PAGES = {"en-de": [0, 0, 1, 2], "de-en": [0, 1, 1, 3]}
VALUES = {"en-de": np.array([0.75, 0.75, 0.75, 0.75]), "de-en": np.array([0.25, 0.25, 0.25, 0.25])}


def test_means_are_over_directions() -> None:
    """The pooled mean is the mean of the directions; a group weighs by its queries."""
    found = statistics.sums(VALUES, PAGES)
    assert found.mean == pytest.approx((0.75 + 0.25) / 2)
    assert found.by_group.tolist() == pytest.approx([0.75 + 0.125, 0.375 + 0.25, 0.375, 0.125])
    assert found.by_group.mean() == pytest.approx(found.mean)


def test_seeds_are_averaged_first() -> None:
    """A query has one value, the mean of its reciprocal ranks over the runs of a system."""
    runs = [{"system": {"name": "A"}, "directions": {"en-de": {"ranks": ranks}}} for ranks in ("1", "2")]
    found = measured.Measured({"runs": runs, "unseen": [], "queries": {"en-de": {"pages": [0]}}})
    assert found.per_query("A", "en-de").tolist() == [0.75]
    assert found.sums("A", "CLIR").mean == pytest.approx(0.75)


def test_a_summary_holds_what_tables_show() -> None:
    """Means, gains, tests and bias of an experiment come from its runs; ranks are not in it."""
    task = Task(collection())
    queries = task.about()
    other = evaluation.evaluate(evaluation.ranker(ideal, task), task)
    worse = {d: {**of, "ranks": ("2" * 7 + "4" * 20)[: len(of["ranks"])]} for d, of in other["directions"].items()}
    times = {"seconds_training": 30.0, "seconds_evaluation": 30.0}
    runs = [
        {"system": {"name": "zero-shot"}, **times, **other, "directions": worse},
        {"system": {"name": "ML-CS"}, **times, **other},
    ]
    summary = measured.summarise({"runs": runs, "unseen": [], "queries": queries, "lexicons": {}})
    assert (summary["seeds"], summary["minutes"]) == (1, 2)
    experiment = Experiment(json.loads(json.dumps(summary)))
    assert experiment.measured(("MoIR", "CLIR", "unseen CLIR")) == ["MoIR", "CLIR"]
    assert experiment.mean("ML-CS", "CLIR") == pytest.approx(1)
    assert experiment.difference("ML-CS", "zero-shot", "MLIR").mean == pytest.approx(1 - (7 / 2 + 13 / 4) / 20)
    assert summary["systems"]["ML-CS"]["directions"]["en-de"]["p"] < 0.01
    assert [count for count, _ in summary["systems"]["ML-CS"]["overlap"]] == [
        0,
        0,
        120,
    ]  # two of three words are shared
    assert "ranks" not in json.dumps(summary)


def test_difference_of_equals_is_nothing() -> None:
    """A system compared with itself has no difference, an interval of no width, and p = 1."""
    found = statistics.sums(VALUES, PAGES)
    assert statistics.difference(found, found) == (0, 0, 0, 1)


def test_interval_covers_the_truth() -> None:
    """About 95 % of intervals over simulated pages contain the true difference; p agrees with them."""
    rng, covered, agreed = np.random.default_rng(1), 0, 0
    for trial in range(60):
        pages = np.repeat(np.arange(80), 4)
        effect = rng.normal(0.3, 1, 80)[pages] + rng.normal(0, 0.5, 320)  # queries of a page are alike
        ones = np.ones((80, 1)) * 4
        totals = np.bincount(pages, effect)[:, None]
        gain = statistics.difference(statistics.Sums(totals, ones), statistics.Sums(totals * 0, ones), seed=trial)
        covered += gain.low <= 0.3 <= gain.high
        agreed += (gain.p < 0.05) == (gain.low > 0 or gain.high < 0)
    assert covered >= 50
    assert agreed >= 55


def test_corrections() -> None:
    """Holm steps down and never below an earlier value; Bonferroni multiplies; neither exceeds 1."""
    assert statistics.holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert statistics.bonferroni([0.01, 0.4]) == pytest.approx([0.02, 0.8])
    assert statistics.holm([0.9, 0.8]) == pytest.approx([1, 1])
