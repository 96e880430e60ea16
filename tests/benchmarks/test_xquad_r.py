"""The public benchmark: its data, its measures, its statistics, and a run of every kind of system."""

from __future__ import annotations

import copy
import dataclasses
import itertools
import json
from pathlib import Path
from typing import Any

import ir_measures
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.common import machine, starts, statistics, training_command, xquad
from benchmarks.common.centring import centred
from benchmarks.common.errors import CollectionError, RunError
from benchmarks.common.summary import Experiment
from benchmarks.retrieval import help_pages
from benchmarks.retrieval.collection import Collection, Split
from benchmarks.xquad_r import (
    development,
    experiments,
    lexicons,
    measured,
    measures,
    pool,
    report,
    runs,
    samples,
    sources,
    students,
    systems,
)
from benchmarks.xquad_r.runs import Run
from benchmarks.xquad_r.sources import Source
from benchmarks.xquad_r.systems import System
from benchmarks.xquad_r.training import Training, large
from benchmarks.xquad_r.vectors import FrozenStates, whole
from lexswitch import Lexicon
from lexswitch.integrations.rankings import ranking_divergence

from .models import tiny

TEXTS = {
    "en": [("The house has a door. The bank keeps money.", ["what has a door", "what keeps money"], [4, 25])],
    "de": [("Das Haus hat eine Tür. Die Bank verwahrt Geld.", ["was hat eine Tür", "was verwahrt Geld"], [4, 27])],
}


def xquad_file(language: str) -> dict[str, Any]:
    paragraphs = []
    for context, questions, answers in TEXTS[language]:
        end = context.index(".") + 1
        paragraphs.append(
            {
                "context": context,
                "sentences": [context[:end], context[end + 1 :]],
                "sentence_breaks": [[0, end], [end + 1, len(context)]],
                "qas": [
                    {"id": question, "question": question, "answers": [{"answer_start": start, "text": "x"}]}
                    for question, start in zip(questions, answers, strict=True)
                ],
            }
        )
    return {"data": [{"title": "t", "paragraphs": paragraphs}], "version": "1"}


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Source:
    """Write small files in the published layouts, and use a small encoder and lexicon."""
    monkeypatch.setattr(xquad, "LANGUAGES", ("en", "de"))
    monkeypatch.setattr(starts, "load", lambda _: tiny())
    small = Lexicon.from_pairs({"de": [("house", "Haus"), ("door", "Tür"), ("bank", "Bank"), ("money", "Geld")]})
    monkeypatch.setattr(lexicons, "build", lambda _: small)
    monkeypatch.setenv("LEXSWITCH_BENCHMARK_CACHE", str(tmp_path / "cache"))
    for language in TEXTS:
        (tmp_path / f"{language}.json").write_text(json.dumps(xquad_file(language)), encoding="utf-8")
        (tmp_path / f"{language}.txt").write_text("the red door\na green tree\n", encoding="utf-8")
    (tmp_path / "tgt-test.txt").write_text("what has a door ?\nwhat is green ?\n" * 4, encoding="utf-8")
    (tmp_path / "src-test.txt").write_text("the house has a door .\na tree is green .\n" * 4, encoding="utf-8")
    return Source(str(tmp_path), str(tmp_path), str(tmp_path))


FEW = Training("tiny", frozen_layers=1, steps=3, batch=4)


# -- data --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tokenised", "written"),
    [
        ("notre dame 's juggler ( `` art '' ) did n't stop .", "notre dame's juggler (\"art\") didn't stop."),
        ("houston -lrb- 550,000 -rrb- combined !", "houston (550,000) combined!"),
        ("joined the judges ' panel ?", "joined the judges ' panel?"),
    ],
)
def test_penn_treebank(tokenised: str, written: str) -> None:
    """Tokenised text is written as people write it."""
    assert sources.plain(tokenised) == written


def test_pool(source: Source) -> None:
    """The relevant sentence of a question holds the first character of its answer."""
    found = pool.load(source.xquad_r, ("en", "de"))
    assert found.candidates["de"] == ["Das Haus hat eine Tür.", "Die Bank verwahrt Geld."]
    assert found.relevant.tolist() == [[0, 0], [1, 1]]
    assert found.paragraphs == [0, 0]


def test_other_version_of_a_file(source: Source) -> None:
    """A file with other field names, and one with other questions, are refused with the file's name."""
    broken = xquad_file("de")
    broken["data"][0]["paragraphs"][0]["qas"].pop()
    Path(source.xquad_r, "de.json").write_text(json.dumps(broken), encoding="utf-8")
    with pytest.raises(CollectionError, match=r"de has other questions than en \(1 and 2\); download"):
        pool.load(source.xquad_r, ("en", "de"))
    del broken["data"][0]["paragraphs"][0]["sentence_breaks"]
    Path(source.xquad_r, "de.json").write_text(json.dumps(broken), encoding="utf-8")
    with pytest.raises(CollectionError, match=r"de\.json is not a file of XQuAD-R \(KeyError\('sentence_breaks'\)\)"):
        pool.load(source.xquad_r, ("en", "de"))


def test_damaged_pairs(source: Source) -> None:
    """Files of pairs that are missing, empty or of different lengths are refused."""
    sentences = Path(source.pairs, "src-test.txt")
    sentences.write_text("one .\n", encoding="utf-8")
    with pytest.raises(CollectionError, match="have 8 and 1 lines"):
        source.training_pairs()
    sentences.write_text("", encoding="utf-8")
    with pytest.raises(CollectionError, match="is empty; download it again"):
        source.training_pairs()
    sentences.unlink()
    with pytest.raises(CollectionError, match=r"lacks the files questions\.txt and sentences\.txt or"):
        source.training_pairs()


def test_sentences_of_a_language_are_missing(source: Source) -> None:
    """A language without sentences for its mean is refused before training."""
    Path(source.sentences, "de.txt").unlink()
    with pytest.raises(CollectionError, match=r"de\.txt does not exist; it must have sentences in de"):
        source.sentences_of("de")


# -- measures ----------------------------------------------------------------------------------------------------------


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6))
def test_measures_equal_ir_measures(seed: int) -> None:
    """AP of the whole pool and RR@10 of each language equal those of ir_measures, ties included."""
    rng = np.random.default_rng(seed)
    languages, count = ("en", "de"), 12
    vectors = {
        side: {language: rng.integers(-1, 2, (count, 3)).astype(np.float32) for language in languages} for side in "qc"
    }
    relevant = rng.integers(0, count, (count, 2))
    test = pool.Pool(languages, {}, {language: ["x"] * count for language in languages}, relevant, [0] * count)
    found = measures.rank(test, vectors["q"], vectors["c"])
    for row, language in enumerate(languages):
        together = np.concatenate([vectors["c"][other] for other in languages])
        scores = vectors["q"][language] @ together.T
        order = np.argsort(-scores, axis=1, kind="stable")
        for column, _ in enumerate(languages):
            own = (order // count) == column
            expected = [
                1 + order[query][own[query]].tolist().index(relevant[query, column] + column * count)
                for query in range(count)
            ]
            assert found.separate[row, :, column].tolist() == expected
        qrels = [
            ir_measures.Qrel(str(query), str(relevant[query, column] + column * count), 1)
            for query in range(count)
            for column in range(2)
        ]
        run = [
            ir_measures.ScoredDoc(str(query), str(document), -float(place))
            for query in range(count)
            for place, document in enumerate(order[query])
        ]
        expected_mean = ir_measures.calc_aggregate([ir_measures.AP], qrels, run)[ir_measures.AP]
        assert measures.average_precision(found.pooled[row]).mean() == pytest.approx(expected_mean)


def test_shares_of_languages() -> None:
    """The share of a language in the top 10 counts its candidates there."""
    vectors = {
        "en": np.eye(12, dtype=np.float32)[:1].repeat(12, 0),
        "de": np.eye(12, dtype=np.float32)[1:2].repeat(12, 0),
    }
    test = pool.Pool(("en", "de"), {}, {}, np.zeros((12, 2), dtype=int), [0] * 12)
    assert measures.rank(test, vectors, vectors).top.tolist() == [[1, 0], [0, 1]]


def test_centring() -> None:
    """A language that only adds a vector to all texts is ranked like the others after centring."""
    rng = np.random.default_rng(0)
    texts = rng.standard_normal((20, 8)).astype(np.float32)
    shifted = {"en": texts, "de": texts + 5}
    means = {"en": np.zeros(8, np.float32), "de": np.full(8, 5, np.float32)}
    moved = centred(shifted, means)
    assert np.allclose(moved["en"], moved["de"], atol=1e-5)
    assert np.allclose(np.linalg.norm(moved["de"], axis=1), 1)


def test_cached_states_give_the_vectors_of_the_whole_model(source: Source) -> None:
    """Vectors from the kept states of frozen layers equal those of the whole model, in half precision."""
    encoder = tiny()
    texts = {"en": ["the house has a door", "a tree"], "de": ["Haus Tür"]}
    found = FrozenStates(encoder, "tiny", 1, texts, "query").vectors(encoder)
    for language, of in texts.items():
        rows = encoder.tokens([f"query: {text}" for text in of])
        with torch.inference_mode():
            whole = torch.nn.functional.normalize(starts.pooled(encoder.model, *encoder.padded(rows)), dim=1)
        assert np.allclose(found[language], whole.numpy(), atol=5e-3)
    assert len(encoder.model.encoder.layer) == 2


# -- statistics --------------------------------------------------------------------------------------------------------


def _sums(values: np.ndarray) -> list[statistics.Sums]:
    return [statistics.sums({"en": row}, {"en": list(range(len(row)))}) for row in values]


def test_seeds_widen_the_interval() -> None:
    """The interval grows with the spread of seeds; the difference is that of the means."""
    rng = np.random.default_rng(0)
    base = rng.random((3, 200))
    alike = base + 0.1
    spread = alike + np.array([[-0.2], [0.0], [0.2]])
    narrow, wide = (statistics.difference_of_seeds(_sums(one), _sums(base)) for one in (alike, spread))
    assert narrow.mean == pytest.approx(0.1)
    assert wide.mean == pytest.approx(0.1)
    assert narrow.low > 0
    assert wide.high - wide.low > 2 * (narrow.high - narrow.low)


def test_one_seed_equals_the_bootstrap_over_groups() -> None:
    """With one seed the interval is that of the bootstrap over groups."""
    rng = np.random.default_rng(1)
    one, base = _sums(rng.random((1, 100))), _sums(rng.random((1, 100)))
    found, plain = statistics.difference_of_seeds(one, base), statistics.difference(one[0], base[0])
    assert (found.mean, found.low, found.high) == pytest.approx((plain.mean, plain.low, plain.high), abs=1e-9)


@pytest.mark.parametrize(
    ("low", "high", "verdict"), [(-0.004, 0.01, "not worse"), (-0.02, -0.006, "worse"), (-0.01, 0.01, "cannot tell")]
)
def test_not_worse(low: float, high: float, verdict: str) -> None:
    """A system is not worse if the whole interval lies above the margin."""
    assert statistics.not_worse(statistics.Difference(0.0, low, high, 1.0), 0.005).verdict == verdict


# -- training ----------------------------------------------------------------------------------------------------------


def test_switched_texts(source: Source) -> None:
    """Questions and sentences are switched by row and epoch; English ones stay."""
    pairs = source.training_pairs()
    word_by_word = System("w", "switched", "any", preset="word_by_word", options={"languages": ["de"], "p": 1.0})
    assert systems.maker(word_by_word, pairs, 0)(0, [0]) == (["what has a Tür?"], ["the Haus has a Tür."])
    assert systems.maker(runs.ENGLISH, pairs, 0)(0, [1]) == (["what is green?"], ["a tree is green."])


@pytest.mark.parametrize("ranking", [0.0, 1000.0])
def test_a_student_comes_closer_to_its_teacher(source: Source, ranking: float) -> None:
    """Both losses move the student of switched text towards its teacher of English text."""
    pairs, encoder = source.training_pairs(), tiny()
    taught = students.taught_once(Path(source.pairs, "vectors.npz"), tiny, pairs, FEW)
    word_by_word = System("w", "switched", "any", preset="word_by_word", options={"languages": ["de"], "p": 1.0})
    make = systems.maker(word_by_word, pairs, 0)
    rows = np.arange(4)
    heavy = students.losses(
        encoder, FEW, pairs, make, System("s", "switched", distillation=1000.0, ranking=ranking), taught
    )
    optimizer = torch.optim.SGD(encoder.model.parameters(), lr=1e-6)
    before = heavy(0, rows)
    before.backward()
    optimizer.step()
    assert heavy(0, rows).item() < before.item()


def test_rankings_of_the_teacher(source: Source) -> None:
    """A student with the teacher's own vectors diverges by 0; others by the plain divergence."""
    pairs, rng = source.training_pairs()[:2], np.random.default_rng(0)
    vectors, other = (rng.standard_normal((2, 4)).astype(np.float32) for _ in range(2))
    ranked = students._Ranked(pairs, students.Targets(vectors, vectors), 0.5)
    assert ranked.sentences(torch.from_numpy(vectors), torch.from_numpy(vectors)).item() == pytest.approx(0, abs=1e-6)
    wanted, found = (np.exp(each @ vectors.T / 0.5) for each in (vectors, other))
    wanted, found = (each / each.sum(1, keepdims=True) for each in (wanted, found))
    expected = (wanted * np.log(wanted / found)).sum(1).mean()
    diverged = ranked.questions(torch.from_numpy(other), torch.from_numpy(vectors)).item()
    assert diverged == pytest.approx(expected, rel=1e-4)


def test_averaged_parameters(source: Source) -> None:
    """The averaged model lies between the English-trained one and the student, parameter by parameter."""
    student = System("s", "switched", "any", preset="word_by_word", distillation=1.0, ranking=1.0)
    averaged = dataclasses.replace(student, averaged=0.25)
    models = [runs._trained(Run(system, FEW, source))[0].model for system in (runs.ENGLISH, student, averaged)]
    for english, trained, mean in zip(*(model.parameters() for model in models), strict=True):
        assert torch.allclose(mean, 0.75 * english + 0.25 * trained, atol=1e-6)
    assert len(list((Path(source.xquad_r) / "cache/xquad-r/models").glob("*.pt"))) == 2


def test_from_runs_to_tables(source: Source) -> None:
    """Two systems are trained, measured under three views, summarised and shown."""
    chosen = [
        Run(system, dataclasses.replace(FEW, seed=seed), source, ("en", "de"))
        for seed in (0, 1)
        for system in (runs.ENGLISH, System("word by word", "switched", "any", preset="word_by_word", distillation=1.0))
    ]
    results = [runs.execute(run) for run in chosen]
    kept = [run.result() for run in chosen]
    assert [each and each["views"] for each in kept] == [result["views"] for result in results]
    document = {"runs": results, "paragraphs": chosen[0].pool().paragraphs, "unseen": []}
    summary = measured.summarise(document, experiments.comparisons(chosen))
    about = summary["systems"]["word by word, centred"]
    assert set(about["gains"]) >= {"zero-shot, centred", "zero-shot"}
    precision = [np.mean([*result["views"]["centred"]["precision"].values()]) for result in results[1::2]]
    assert about["means"]["mAP"] == pytest.approx(np.mean(precision))
    assert "word by word, centred" in "\n".join(report.smoke_table(summary))
    compared = {
        base: [line.split(" | ")[0].strip("| ") for line in report.gains_table(Experiment(summary), base)[2:-1]]
        for base in ("zero-shot", "zero-shot, centred", "zero-shot, centred on the test", "ML-CS")
    }
    assert compared == {
        "zero-shot": ["word by word"],
        "zero-shot, centred": ["zero-shot", "word by word", "word by word, centred"],
        "zero-shot, centred on the test": ["zero-shot", "word by word"],
        "ML-CS": [],
    }


def test_models_that_differ_have_their_own_files(source: Source) -> None:
    """Every setting that changes a model changes the name of its file; the name of the system does not."""
    run = Run(runs.ENGLISH, FEW, source)
    others = [
        dataclasses.replace(run, system=dataclasses.replace(run.system, distillation=1.0)),
        dataclasses.replace(run, system=dataclasses.replace(run.system, longer=2)),
        dataclasses.replace(run, device="cuda"),
        dataclasses.replace(run, training=dataclasses.replace(FEW, seed=1)),
        dataclasses.replace(run, training=dataclasses.replace(FEW, frozen_layers=0)),
    ]
    assert len({each.model_signature for each in (run, *others)}) == 6
    assert dataclasses.replace(run, system=dataclasses.replace(run.system, name="other")).signature == run.signature
    assert dataclasses.replace(run, development=True).model_signature == run.model_signature
    assert dataclasses.replace(run, development=True).signature != run.signature
    assert dataclasses.replace(run, device="cuda").teacher.device == "cuda"


DEVELOPMENT = {
    "documents": {"a#1": "one", "a#2": "two", "a#3": "one", "b#1": "three"},
    "queries": {"q1": "x", "q2": "y", "q3": "z", "q4": "w"},
    "relevant": {"q1": {"a#1": 1, "b#1": 1}, "q2": {"b#1": 1}, "q3": {"b#1": 1}, "q4": {"a#2": 1, "b#1": 1}},
    "groups": {"q1": "a", "q2": "b", "q3": "b", "q4": "b"},
}


TEXT_SIDES = ("documents", "queries")


def development_pages(monkeypatch: pytest.MonkeyPatch, **changes: dict[str, str]) -> Run:
    """A run on small development pages. In Russian, some are not translated."""
    about: dict[str, Any] = copy.deepcopy(DEVELOPMENT)
    documents, queries = (dict(zip(development.LANGUAGES, itertools.repeat(about.pop(of)))) for of in TEXT_SIDES)
    documents["ru"] = changes.get("documents", {"a#2": "two", "a#3": "one", "b#1": "three"})
    queries["zh"] = {"q1": "x", "q3": "z", "q4": "w"}
    pages = Collection("pages", documents, queries, **about)
    monkeypatch.setattr(help_pages, "split", lambda _: Split(pages, pages, pages, {}))
    return Run(runs.ENGLISH, FEW, Source("", "", ""), development=True)


def test_development_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what every language has is asked and found; queries have one answer, and those of a page are a group."""
    found = development_pages(monkeypatch).pool()
    assert found.languages == ("en", "de", "es", "ru", "zh")
    assert found.questions["de"] == ["x", "z"]  # q2 is not translated, q4 has two answers
    assert found.candidates["en"] == ["two", "one", "three"]
    assert found.relevant.tolist() == [[2] * 5, [2] * 5]
    assert found.paragraphs == [0, 1]


def test_development_set_is_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a common section there is an error; a part of it, or a translation, is refused."""
    with pytest.raises(CollectionError, match="no development page is translated into all of en, de, es, ru, zh"):
        development_pages(monkeypatch, documents={"c#1": "four"}).pool()
    with pytest.raises(ValueError, match="leave out languages, limit and translate"):
        Run(runs.ENGLISH, FEW, Source("", "", ""), ("en",), development=True)


# -- larger runs -------------------------------------------------------------------------------------------------------


def test_plan_of_the_larger_runs() -> None:
    """Both starts have four systems with three seeds, all layers trained; the teachers come first."""
    chosen = [each for each in experiments.EXPERIMENTS.values() if each.preset == "large"]
    assert [each.name for each in chosen] == ["large", "large-shallow"]
    for experiment, start, rate in zip(chosen, ("layers-12", "layers-6"), (1e-4, 3e-4), strict=True):
        planned = experiment.runs()
        names = [run.system.name for run in planned[::3]]
        assert [run.training.seed for run in planned] == [0, 1, 2] * 4
        assert names == ["zero-shot", "ML-CS", "word by word", experiments.TAUGHT.name]
        expected = Training(start, frozen_layers=0, steps=500, batch=256, learning_rate=rate)
        assert {dataclasses.replace(run.training, seed=0) for run in planned} == {expected}


def test_larger_runs_in_a_few_steps(source: Source) -> None:
    """All layers are trained, but not the embeddings; no states are kept; the report names the settings and the GPU."""
    few = dataclasses.replace(large(FEW), steps=3, batch=4)
    planned = experiments.EXPERIMENTS["large"].runs()[::3]
    chosen = [dataclasses.replace(run, training=few, source=source, languages=("en", "de")) for run in planned]
    results = [runs.execute(run) for run in chosen]
    cache = Path(source.xquad_r) / "cache"
    assert not (cache / "states").exists()
    before, after = tiny().model.state_dict(), runs._trained(chosen[0])[0].model.state_dict()
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    # A bias of the keys shifts all scores of a token alike, so it has no gradient but noise.
    assert changed >= {name for name in before if name.startswith("encoder.") and not name.endswith("key.bias")}
    assert not {name for name in changed if name.startswith("embeddings.")}
    document = {"runs": results, "paragraphs": chosen[0].pool().paragraphs, "unseen": []}
    document |= {
        "machine": machine.description((), "NVIDIA Test"),
        "training": dataclasses.asdict(few),
        "counts": {"training pairs": 8, "questions": 2, "paragraphs": 1, "candidates": {"en": 2, "de": 2}},
    }
    summary = measured.summarise(document, experiments.comparisons(chosen))
    shown = "\n".join(report._SECTIONS["large"](Experiment(summary)))
    assert "All layers are trained; 3 steps of 4 pairs." in shown
    assert ", NVIDIA Test, " in shown
    assert "minutes of one process (NVIDIA Test) in all" in shown


def test_vectors_of_a_model_without_frozen_layers(source: Source) -> None:
    """They equal those from kept states, which have half precision."""
    encoder = tiny()
    texts = {"en": ["the house has a door", "a tree"], "de": ["Haus Tür"]}
    kept, found = FrozenStates(encoder, "tiny", 1, texts, "query").vectors(encoder), whole(encoder, texts, "query")
    for language in texts:
        assert np.allclose(found[language], kept[language], atol=5e-3)


def test_all_tensors_of_a_loss_are_on_the_device(source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a device that has shapes but no values, no tensor of the processor takes part in a step."""
    # The layers above the embeddings look at the values of the mask.
    monkeypatch.setattr(starts, "pooled", lambda model, tokens, _: model.embeddings(input_ids=tokens).mean(1))
    ranked = list[set[str]]()

    def checked(*values: Any) -> Any:
        ranked.append({value.device.type for value in values[:3]})  # a product of both devices has no error
        return ranking_divergence(*values)

    monkeypatch.setattr(students, "ranking_divergence", checked)
    pairs, encoder = source.training_pairs(), tiny()
    taught = students.taught_once(Path(source.pairs, "vectors.npz"), tiny, pairs, FEW)
    encoder.model.to("meta")
    system = System("s", "switched", "any", preset="word_by_word", distillation=1.0, ranking=1.0)
    loss = students.losses(encoder, FEW, pairs, systems.maker(system, pairs, 0), system, taught)(0, np.arange(4))
    loss.backward()
    assert loss.device.type == "meta"
    assert ranked == [{"meta"}] * 2
    assert encoder.model.embeddings.word_embeddings.weight.grad.device.type == "meta"


def test_memory_that_runs_out(source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the options to change; a finished run is kept, and the other one can be started again."""
    english, other = (Run(system, FEW, source, ("en", "de")) for system in (experiments.ZERO_SHOT, experiments.ML_CS))
    runs.execute(english)
    losses = students.losses

    def full(*arguments: Any) -> Any:
        loss = losses(*arguments)
        steps = itertools.count()

        def of(epoch: int, rows: np.ndarray) -> Any:
            if next(steps):
                raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")
            return loss(epoch, rows)

        return of

    monkeypatch.setattr(students, "losses", full)
    with pytest.raises(RunError, match=r"ran out of memory with --batch 4; pass fewer --workers, .* such as --batch 2"):
        runs.execute(other)
    assert english.result()
    assert other.result() is None
    monkeypatch.setattr(students, "losses", losses)
    assert runs.execute(other)["losses"]


# -- the command line --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("--preset large --device gpu", "--device is 'gpu'; pass cpu or cuda"),
        ("--preset large --batch 1", "--batch is 1; it must be from 2 to 8, the number of training pairs"),
        ("--preset large", "--batch is 256; it must be from 2 to 8, the number of training pairs"),
        ("--preset large --main", "--preset large is an experiment of its own; pass it alone, or with --smoke"),
        ("--preset big", "invalid choice: 'big' (choose from 'large')"),
        ("--main --batch 16", "--batch 16 is for larger runs; pass --preset large with it, or leave it out"),
        ("", "nothing to do; pass one of --smoke, --main,"),
    ],
)
def test_options_are_checked(
    source: Source, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: str, message: str
) -> None:
    """An option that cannot be used ends the command before training, with the remedy."""
    folders = ["--xquad-r", source.xquad_r, "--pairs", source.pairs, "--sentences", source.sentences]
    monkeypatch.setattr("sys.argv", ["xquad_r", *arguments.split(), *folders])
    with pytest.raises(SystemExit):
        training_command.main("xquad_r", "", 3)
    assert message in capsys.readouterr().err


def test_a_folder_alone_is_refused(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The smoke test takes all folders, or none."""
    monkeypatch.setattr("sys.argv", ["xquad_r", "--smoke", "--pairs", "somewhere"])
    with pytest.raises(SystemExit):
        training_command.main("xquad_r", "", 3)
    assert "pass --xquad-r, --pairs and --sentences" in capsys.readouterr().err


def test_samples_of_the_smoke_test(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The files are read as published ones are, in all languages; other languages have words of the lexicon."""
    monkeypatch.setattr(lexicons, "build", lambda _: Lexicon.starter())
    written = samples.write(tmp_path)
    found = pool.load(written.xquad_r)
    assert found.relevant.tolist() == [[number] * len(xquad.LANGUAGES) for number in range(12)]
    assert found.candidates["en"][1] == "The bank opens in the morning."
    assert found.candidates["de"][1] == "The Bank öffnen morgens."
    assert written.training_pairs()[0] == ("what is new in picture 0?", "the table in picture 0 is new.")
    assert all(len(written.sentences_of(language)) == 24 for language in xquad.LANGUAGES)
    assert samples.write(tmp_path).digest() == written.digest()
