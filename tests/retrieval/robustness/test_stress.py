"""Stress tests from end to end, on a small collection."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lexswitch import CodeSwitcher, Lexicon, LexiconError, LowCoverageWarning
from lexswitch.retrieval import BM25, DenseRetriever, Reranker, RetrievalData, RobustnessReport, RunFiles, stress
from lexswitch.retrieval.robustness import rankers, runner
from lexswitch.retrieval.robustness.conditions import plan

from .collection import DOCUMENTS, LEXICON, QUERIES, RELEVANT, data, words, write_beir


def run(model: Any = words, **options: Any) -> RobustnessReport:
    """Run a stress test of the small collection into German."""
    return stress(data(), model, LEXICON, ["de"], **{"p": [0.5, 1], "progress": False, **options})


def same(one: RobustnessReport, other: RobustnessReport) -> bool:
    """Return whether two reports are equal."""
    return one.to_dict() == other.to_dict()


def test_figures() -> None:
    """With p = 1, only the words that are not translated find documents; changed queries are counted."""
    report = run()
    assert [one.name for one in report.results] == ["unchanged", "de-p0.5", "de-p1"]
    base, switched = report.results[0], report.results[-1]
    assert base.ranks.tolist()[:4] == [1, 1, 1, 1]
    assert base.changed.tolist() == [False] * 5
    assert switched.changed.tolist() == [True, True, True, False, False]
    assert switched.values[3:].tolist() == base.values[3:].tolist()
    assert report.point("de", 1).changed == 3
    assert report.point("de", 1).losses["nDCG@10"].mean == pytest.approx((base.values - switched.values)[:, 0].mean())
    changed = (base.values - switched.values)[:3, 0].mean()
    assert report.point("de", 1).changed_losses["nDCG@10"].mean == pytest.approx(changed)
    assert report.counts == {"queries": 5, "documents": 5, "queries without judgements": 0}


def test_a_folder_and_memory_have_the_same_figures(tmp_path: Path) -> None:
    """A folder of BEIR has the same report, apart from the query without judgements."""
    found = stress(write_beir(tmp_path / "small"), words, LEXICON, ["de"], [0.5, 1], progress=False)
    assert found.counts["queries without judgements"] == 1
    assert str(found).split("nDCG@10", 1)[1] == str(run()).split("nDCG@10", 1)[1]


def test_signatures_name_the_queries() -> None:
    """The signature is that of the switcher; ids are the keys, so the same switcher makes the same queries."""
    condition = plan(LEXICON, ["de"], 0.5, seeds=[3], runs=2)[1]
    assert condition.name == "de-p0.5-seed3"
    assert (
        condition.signature == CodeSwitcher(LEXICON, ["de"], p=0.5, seed=3, runs=2).signature + "|side:query|keys:ids"
    )
    asked: list[str] = []

    def encode(texts: Sequence[str]) -> Any:
        asked.extend(texts)
        return words(texts)

    run(encode, p=1)
    switched = CodeSwitcher(LEXICON, ["de"], p=1).apply(list(QUERIES.values()), keys=list(QUERIES))
    changed = [new for new, old in zip(switched, QUERIES.values(), strict=True) if new != old]
    assert asked == [*DOCUMENTS.values(), *QUERIES.values(), *changed]


def test_blocks_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small blocks of documents and queries have the same results."""
    expected = run()
    monkeypatch.setattr(rankers, "_BLOCK", 2)
    monkeypatch.setattr(runner, "_BLOCK", 3)
    assert same(run(), expected)


@pytest.mark.parametrize("side", ["document", "both"])
def test_switched_documents(side: Any) -> None:
    """Documents can be switched, too; then they are encoded for each condition."""
    report = run(side=side)
    assert report.side == side
    assert report.results[-1].changed.any() == (side == "both")
    if side == "both":  # with p = 1, the same words are switched in queries and documents
        assert report.point("de", 1).losses["recall@100"].mean == 0
    else:
        assert report.point("de", 1).losses["MRR@10"].mean > 0


def test_seeds_and_mixed_languages() -> None:
    """Measures are averaged over seeds; an inner list mixes languages in one condition."""
    report = stress(data(), words, LEXICON, ["ru", ["ru", "de"]], 0.5, seeds=[0, 1], progress=False)
    names = ["unchanged", "ru-p0.5", "ru-p0.5-seed1", "de+ru-p0.5", "de+ru-p0.5-seed1"]
    assert [one.name for one in report.results] == names
    assert [point.language for point in report.points] == ["ru", "de+ru"]
    mean = np.mean([one.values for one in report.results[1:3]], axis=0)
    assert report.values("ru", 0.5).tolist() == mean.tolist()
    for method in (report.point, report.values):
        with pytest.raises(
            KeyError, match=r"nothing was measured for 'de' and p = 0.5; choose one of \[\('de\+ru', 0.5\)"
        ):
            method("de", 0.5)


def test_language_bias() -> None:
    """In a collection with languages, their shares of the first ten documents are reported."""
    report = run_with_languages()
    assert report.languages == {"de": 0.4, "en": 0.6}
    assert all(sum(one.bias.values()) == pytest.approx(1) for one in report.results)
    assert report.results[0].bias == {"de": 0.4, "en": 0.6}  # all five documents are among the first ten
    assert "languages of the first 10 documents" in str(report)


def run_with_languages() -> RobustnessReport:
    """Run a stress test of a collection in two languages."""
    languages = {number: "de" if number in {"d4", "d5"} else "en" for number in DOCUMENTS}
    return stress(data(document_languages=languages), words, LEXICON, ["de"], progress=False)


# -- models ------------------------------------------------------------------------------------------------------------


def test_methods_of_models() -> None:
    """`encode_query` and `encode_document` come before `encode`, and "dot" compares without normalising."""

    class Model:
        similarity_fn_name = "dot"

        def encode(self, texts: Sequence[str]) -> Any:
            raise AssertionError

        def encode_query(self, texts: Sequence[str]) -> Any:
            return words(texts)

        def encode_document(self, texts: Sequence[str]) -> Any:
            return words(texts) * 10

    retriever = DenseRetriever(Model())
    assert retriever.name == "Model"
    assert retriever.query_vectors(["a a"], 0).max() == 2
    assert DenseRetriever(words).query_vectors(["a a"], 0).max() == 1
    assert run(Model()).model == "Model"


@pytest.mark.parametrize(
    ("result", "message"),
    [
        (
            lambda texts: words(texts) * np.nan,
            r"encode_document returned NaN or infinity for 5 of 5 texts, first for text 0; check the model",
        ),
        (
            lambda texts: words(texts)[:-1],
            r"encode_document returned an array of shape \(4, 64\) for 5 texts; return one",
        ),
        (lambda texts: words(texts)[:, : 3 + len(texts) % 5], r"vectors of 6 dimensions, but those before had 3"),
        (lambda texts: [[1.0], [1.0, 2.0]], r"returned list, which is not an array"),
        (lambda texts: np.zeros(len(texts)), r"shape \(5,\) for 5 texts"),
    ],
)
def test_wrong_vectors(result: Any, message: str) -> None:
    """Vectors that are not finite, too few, or of another dimension are refused, with the method and the remedy."""
    with pytest.raises(ValueError, match=message):
        run(result, p=1, side="query")


def test_models_that_are_none() -> None:
    """A name or a class is not a model; the message says what is."""
    with pytest.raises(TypeError, match=r"model is 'bm25'; pass BM25\(\)"):
        run("bm25")
    with pytest.raises(TypeError, match=r"model is 'e5'; pass SentenceTransformer\('e5'\)"):
        run("e5")
    with pytest.raises(TypeError, match=r"pass BM25\(\), a function from texts to vectors"):
        run(3)


def test_bm25() -> None:
    """BM25 finds documents with words of the query only."""
    pytest.importorskip("bm25s")
    report = run(BM25())
    assert report.model == "BM25 (k1=1.5, b=0.75)"
    assert report.results[0].ranks.tolist() == [1, 1, 1, 1, 0]
    # "rot Haus" has no word of a document; "Bank with Geld" has two, since case does not matter.
    assert report.results[-1].ranks.tolist() == [0, 2, 1, 1, 0]
    empty = RetrievalData({"q": "a house"}, {"d": "!"}, {"q": {"d": 1}})
    assert stress(empty, BM25(), LEXICON, ["de"], progress=False).base.means["MRR@10"].mean == 0


def test_reranker() -> None:
    """A cross-encoder orders the documents of the first system; its scores are checked."""
    pytest.importorskip("bm25s")

    def longest(pairs: Sequence[tuple[str, str]]) -> Any:
        return [len(document) for _, document in pairs]

    report = run(Reranker(BM25(), longest))
    assert report.model == "longest after BM25 (k1=1.5, b=0.75)"
    assert report.results[0].ranks.tolist() == [1, 1, 1, 1, 0]
    with pytest.raises(ValueError, match=r"predict returned an array of shape \(0,\) for 6 pairs"):
        run(Reranker(BM25(), lambda pairs: []))
    with pytest.raises(ValueError, match=r"predict returned NaN or infinity"):
        run(Reranker(BM25(), lambda pairs: [float("nan")] * len(pairs)))
    with pytest.raises(TypeError, match=r"pass a function from pairs to scores"):
        Reranker(BM25(), 3)


# -- run files ---------------------------------------------------------------------------------------------------------


def test_run_files_have_the_same_figures(tmp_path: Path) -> None:
    """A system that is known by its run files alone has the figures of the system that wrote them."""
    report = run(run_files=tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["de-p0.5.run", "de-p1.run", "unchanged.run"]
    first = (tmp_path / "unchanged.run").read_text(encoding="utf-8").splitlines()[0].split()
    assert [*first[:4], first[5]] == ["q1", "Q0", "d1", "1", "lexswitch"]
    again = run(RunFiles(tmp_path, name="words"))
    assert again.to_dict()["figures"] == report.to_dict()["figures"]


def test_measures_of_run_files_equal_ir_measures(tmp_path: Path) -> None:
    """The figures of a report equal those of ir_measures on its run files."""
    ir_measures = pytest.importorskip("ir_measures")
    report = run(run_files=tmp_path)
    qrels = [
        ir_measures.Qrel(query, document, grade) for query, of in RELEVANT.items() for document, grade in of.items()
    ]
    for result in report.results:
        found = list(ir_measures.read_trec_run(str(tmp_path / f"{result.name}.run")))
        for column, name in enumerate((ir_measures.nDCG @ 10, ir_measures.RR, ir_measures.R @ 100)):
            assert result.values[:, column].mean() == pytest.approx(
                ir_measures.calc_aggregate([name], qrels, found)[name]
            )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("q1 Q0 d1 1\n", r"unchanged.run:1: 'q1 Q0 d1 1'; write: query Q0 document rank score tag"),
        ("q1 Q0 d1 1 nan t\n", r"unchanged.run:1: the score is 'nan'; it must be a finite number"),
        ("", r"unchanged.run has no line for any query, such as 'q1'; write: query Q0"),
        ("q9 Q0 d1 1 0.5 t\n", r"unchanged.run has no line for any query, such as 'q1'"),
        ("q1 Q0 d9 1 0.5 t\n", r"unchanged.run:1: document 'd9' is not in the corpus"),
        ("q1 Q0 d1 1 0.5 t\nq1 Q0 d1 2 0.4 t\n", r"unchanged.run:2: document 'd1' is repeated for query 'q1'"),
        ("q1 Q0 d1 1 0.5 t\nq1 Q0 \u00e4 2 0.4 t\n", r"unchanged.run:2: not UTF-8; save the file in UTF-8"),
    ],
)
def test_damaged_run_files(tmp_path: Path, text: str, message: str) -> None:
    """What is wrong is reported with file and line."""
    (tmp_path / "unchanged.run").write_text(text, encoding="latin-1")
    with pytest.raises(ValueError, match=message):
        run(RunFiles(tmp_path))


def test_missing_run_files(tmp_path: Path) -> None:
    """Missing files are errors; queries without a line are counted in a warning, and count as 0."""
    with pytest.raises(FileNotFoundError, match=r"is not a folder"):
        RunFiles(tmp_path / "none")
    with pytest.raises(FileNotFoundError, match=r"unchanged.run does not exist; write one run file for each condition"):
        run(RunFiles(tmp_path))
    for name in ("unchanged", "de-p1"):
        (tmp_path / f"{name}.run").write_text("q1 Q0 d1 1 0.5 t\n", encoding="utf-8")
    with pytest.warns(UserWarning, match=r"has no line for 4 of 5 queries, such as 'q2'"):
        report = run(RunFiles(tmp_path), p=1)
    assert report.results[0].ranks.tolist() == [1, 0, 0, 0, 0]


def test_queries_that_a_block_lacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Missing queries are counted over all blocks, with one warning per file; a block may lack all of its queries."""
    monkeypatch.setattr(runner, "_BLOCK", 2)
    (tmp_path / "unchanged.run").write_text("".join(f"q{n} Q0 d1 1 0.5 t\n" for n in range(1, 5)), encoding="utf-8")
    (tmp_path / "de-p1.run").write_text("q5 Q0 d1 1 0.5 t\n", encoding="utf-8")
    with pytest.warns(UserWarning, match=r"has no line for") as warned:
        report = run(RunFiles(tmp_path), p=1)
    assert [str(one.message) for one in warned] == [
        f"{tmp_path / 'unchanged.run'} has no line for 1 of 5 queries, such as 'q5'; they count as 0",
        f"{tmp_path / 'de-p1.run'} has no line for 4 of 5 queries, such as 'q1'; they count as 0",
    ]
    assert [one.ranks.tolist() for one in report.results] == [[1, 0, 0, 0, 0], [0, 0, 0, 0, 1]]


@pytest.mark.parametrize("ids", [("q 1", "d"), ("q", "d\u00a01")])
def test_ids_that_run_files_cannot_hold(tmp_path: Path, ids: tuple[str, str]) -> None:
    """An id with white space is refused before anything is encoded, and no file is left."""
    query, document = ids
    spaced = RetrievalData({query: "house"}, {document: "house"}, {query: {document: 1}})
    with pytest.raises(ValueError, match=r"id '(q 1|d\\xa01)' has white space, which separates the columns"):
        stress(spaced, lambda _: pytest.fail("nothing is encoded"), LEXICON, ["de"], run_files=tmp_path, progress=False)
    assert list(tmp_path.iterdir()) == []


# -- resuming ----------------------------------------------------------------------------------------------------------


def test_a_stopped_run_resumes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that failed continues after its last block of documents and its last condition; the report is the same."""
    monkeypatch.setattr(rankers, "_BLOCK", 2)
    encoded: list[str] = []

    def failing(most: int) -> DenseRetriever:
        """Return an encoder that fails after some calls."""
        calls = iter(range(most))

        def encode(texts: Sequence[str]) -> Any:
            if next(calls, None) is None:
                raise RuntimeError
            encoded.extend(texts)
            return words(texts)

        return DenseRetriever(encode, "words")

    for most in (2, 3):
        with pytest.raises(RuntimeError):
            run(failing(most), p=[0.25, 0.5, 1], folder=tmp_path)
    assert same(run(failing(1000), p=[0.25, 0.5, 1], folder=tmp_path), run(p=[0.25, 0.5, 1]))
    assert [text for text in encoded if text in DOCUMENTS.values()] == list(DOCUMENTS.values())


def test_folders_of_other_runs(tmp_path: Path) -> None:
    """Results of other arguments are not mixed; the message says what differs."""
    run(folder=tmp_path / "work")
    with pytest.raises(ValueError, match=r"work has results of another run, with other conditions; choose another"):
        run(folder=tmp_path / "work", p=0.25)
    (tmp_path / "note.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(ValueError, match=r"has other files; choose a new or empty folder"):
        run(folder=tmp_path)


def test_another_model_of_the_same_name(tmp_path: Path) -> None:
    """A model is known by what it returns, so that results before and after more training are not mixed."""
    run(DenseRetriever(words, "mine"), folder=tmp_path)
    run(DenseRetriever(words, "mine"), folder=tmp_path)
    with pytest.raises(ValueError, match=r"has results of another model with the name 'mine'; choose another folder"):
        run(DenseRetriever(lambda texts: words(texts)[:, ::-1], "mine"), folder=tmp_path)


def test_another_cross_encoder_of_the_same_name(tmp_path: Path) -> None:
    """The scores of a cross-encoder are compared, too."""

    def constant(score: float) -> Reranker:
        return Reranker(words, lambda pairs: [score] * len(pairs), "mine")

    run(constant(1), folder=tmp_path)
    with pytest.raises(ValueError, match=r"has results of another model with the name 'mine after words'"):
        run(constant(2), folder=tmp_path)


@pytest.mark.parametrize("missing", ["unchanged.run", "de-p1.run", "*"])
def test_missing_run_files_are_written_again(tmp_path: Path, missing: str) -> None:
    """A resumed run writes the run files that are missing, with the same bytes."""
    asked: list[str] = []

    def encode(texts: Sequence[str]) -> Any:
        asked.extend(texts)
        return words(texts)

    options: dict[str, Any] = {"folder": tmp_path / "work", "run_files": tmp_path / "runs"}
    report = run(DenseRetriever(encode, "words"), **options)
    files = {path: path.read_bytes() for path in (tmp_path / "runs").iterdir()}
    for path in (tmp_path / "runs").glob(missing):
        path.unlink()
    asked.clear()
    assert same(run(DenseRetriever(encode, "words"), **options), report)
    assert {path: path.read_bytes() for path in (tmp_path / "runs").iterdir()} == files
    assert (QUERIES["q5"] in asked) == (missing != "de-p1.run")  # no condition changes it, so only the first ranks it


@pytest.mark.parametrize("rerank", [False, True])
def test_run_files_are_read_again(tmp_path: Path, rerank: bool) -> None:
    """A run file that was written again counts, also in a folder with results, and as the first system of another."""

    def system() -> Any:
        files = RunFiles(tmp_path / "runs")
        return Reranker(files, lambda pairs: [-len(document) for _, document in pairs]) if rerank else files

    def one_each(documents: str) -> None:
        lines = [f"q{number} Q0 {document} 1 0.5 t\n" for number, document in enumerate(documents.split(), 1)]
        (tmp_path / "runs/unchanged.run").write_text("".join(lines), encoding="utf-8")

    run(run_files=tmp_path / "runs")
    one_each("d1 d2 d4 d5 d5")
    before = run(system(), folder=tmp_path / "work")
    one_each("d1 d1")
    with pytest.warns(UserWarning, match=r"no line for 3 of 5 queries"):
        after = run(system(), folder=tmp_path / "work")
    assert before.results[0].ranks.tolist()[:4] == [1, 1, 1, 1]
    assert after.results[0].ranks.tolist() == [1, 0, 0, 0, 0]


# -- arguments ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"side": "queries"}, ValueError, r"side is 'queries'; it must be one of 'query', 'document', 'both'"),
        ({"p": 2}, ValueError, r"p has 2; pass numbers from 0 to 1"),
        ({"p": 10**400}, ValueError, r"p has 10+; pass numbers from 0 to 1"),
        ({"p": 0}, ValueError, r"p is \[0\], so nothing is switched"),
        ({"p": []}, TypeError, r"p is \[\]; pass a number from 0 to 1, or a list of them"),
        ({"p": "0.5"}, TypeError, r"p is '0.5'; pass a number from 0 to 1, or a list of them"),
        ({"seeds": 3}, TypeError, r"seeds is 3; pass a list with at least one element, such as \[3\]"),
        (
            {"sidee": "query"},
            TypeError,
            r"unknown option 'sidee'; did you mean 'side'\? Options are side, seeds, folder",
        ),
        ({"seeds": []}, TypeError, r"seeds is \[\]; pass a list"),
        ({"seed": 3}, TypeError, r"unknown option 'seed'; pass seeds=\[3\]"),
        ({"seeds": [0, 1, 0]}, ValueError, r"seeds has 0 twice; pass each value once"),
        ({"p": [0.5, 1, 0.5]}, ValueError, r"p has 0.5 twice; pass each value once"),
        ({"run": 3}, TypeError, r"unknown option 'run'; did you mean 'runs'\?"),
    ],
)
def test_wrong_arguments(options: dict[str, Any], error: type[Exception], message: str) -> None:
    """Messages name the argument, what came and what is allowed."""
    with pytest.raises(error, match=message):
        run(**options)


@pytest.mark.parametrize(
    "languages", [["de", "ru", "de"], ["de", ["de"]], ["de", ["de", "de"]], [["de", "ru"], ["ru", "de"]]]
)
def test_the_same_languages_twice(languages: Any) -> None:
    """A condition is measured once; the order of its languages does not matter."""
    with pytest.raises(ValueError, match=r"languages has '(de|de\+ru)' twice; pass each value once"):
        stress(data(), words, LEXICON, languages, 1, progress=False)


@pytest.mark.parametrize("one", [3, [], [3], {"de": 2, "ru": 1}])
def test_what_is_not_a_language(one: Any) -> None:
    """Elements that are neither a language nor a list of them are refused; weights are, too."""
    with pytest.raises(TypeError, match=r"languages has .*; pass languages, or lists of them, such as \['de', \['de'"):
        plan(LEXICON, ["de", one])


def test_names_are_exact() -> None:
    """Probabilities that differ have names that differ; short ones stay short."""
    conditions = plan(LEXICON, ["de"], [1, 0.25, 0.5, 0.1234561, 0.1234562, 1e-7])
    assert [one.name for one in conditions] == [
        "unchanged",
        "de-p1e-07",
        "de-p0.1234561",
        "de-p0.1234562",
        "de-p0.25",
        "de-p0.5",
        "de-p1",
    ]


def test_one_language_per_text_from_one() -> None:
    """Drawing a language per text does nothing if there is only one: the warning says how to mix languages."""
    remedy = r"draw_language='text' has no effect.*, as in languages=\[\['de', 'ru'\]\]"
    with pytest.warns(UserWarning, match=remedy) as warned:
        run(draw_language="text")
    assert warned[0].filename == __file__  # `run`, which called `stress`
    single = Lexicon.from_pairs({"de": [("house", "Haus")]})
    with pytest.warns(UserWarning, match=r"because each condition has one language$"):
        plan(single, ["de"], draw_language="text")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        plan(LEXICON, ["de", ["de", "ru"]], draw_language="text")


def test_what_is_not_a_lexicon() -> None:
    """The name or the path of a lexicon is not one."""
    with pytest.raises(TypeError, match=r"lexicon is 'starter', a str; pass Lexicon.load"):
        stress(data(), words, "starter", ["de"])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "options", [{"k1": "x"}, {"k1": -1}, {"k1": np.inf}, {"k1": 10**400}, {"k1": np.nan}, {"b": 7}, {"b": True}]
)
def test_parameters_of_bm25(options: Any) -> None:
    """Each has its range."""
    with pytest.raises(ValueError, match=r"(k1|b) is .*; pass a (finite number of at least 0|number from 0 to 1)"):
        BM25(**options)


def test_parameters_in_the_name_of_bm25() -> None:
    """The name has the exact parameters, because results are kept by name."""
    assert BM25(k1=1.2, b=1).name == "BM25 (k1=1.2, b=1)"
    assert BM25(k1=1.20000001).name != BM25(k1=1.2).name


def test_languages() -> None:
    """Languages that the lexicon lacks are refused before anything runs."""
    with pytest.raises(LexiconError, match=r"unknown languages \['fr'\]"):
        stress(data(), lambda _: pytest.fail("nothing is encoded"), LEXICON, ["de", "fr"])
    with pytest.raises(TypeError, match=r"languages is 'de'; pass a list such as \['de'\]"):
        stress(data(), words, LEXICON, "de")
    with pytest.raises(TypeError, match=r"languages is \[\]; pass a list"):
        stress(data(), words, LEXICON, [])


def test_queries_in_another_language() -> None:
    """Queries that are not in the lexicon's source language get a warning."""
    german = RetrievalData({"q": "Welches Haus ist rot?"}, {"d": "ein rotes Haus"}, {"q": {"d": 1}})
    with pytest.warns(LowCoverageWarning, match=r"only 0% of the words of the queries are in the lexicon"):
        stress(german, words, Lexicon.from_pairs({"ru": [("house", "дом")]}), ["ru"], progress=False)
    with pytest.warns(LowCoverageWarning, match=r"only 0% of the words of the documents are in the lexicon"):
        stress(german, words, LEXICON, ["ru"], side="document", progress=False)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        run()
