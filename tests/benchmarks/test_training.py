"""Training: losses, texts of systems, checkpoints, runs."""

from __future__ import annotations

import dataclasses
import itertools
import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from benchmarks.common import loop, processes, starts
from benchmarks.common.errors import RunError
from benchmarks.common.systems import System
from benchmarks.retrieval import bi_encoder, collections, cross_encoder, lexicons, runs, systems
from benchmarks.retrieval.collection import Collection, Split
from benchmarks.retrieval.systems import maker
from benchmarks.retrieval.training import CrossTraining, Training
from lexswitch import Lexicon

from .models import tiny

DOCUMENTS = ["the bank keeps money", "the house has a door", "a tree is green", "the red door of the house"]
QUERIES = ["what keeps money", "what has a door", "what is green", "the red door"]


def collection() -> Collection:
    queries = {"en": {f"q{n}": text for n, text in enumerate(QUERIES)}, "de": {"q0": "Geld"}}
    documents = {"en": {f"d{n}": text for n, text in enumerate(DOCUMENTS)}, "de": {"d0": "Bank Geld"}}
    groups = {"q0": "bank", "q1": "house", "q2": "tree", "q3": "house"}
    return Collection("test", documents, queries, {f"q{n}": {f"d{n}": 1} for n in range(4)}, groups)


@pytest.fixture
def lexicon(monkeypatch: pytest.MonkeyPatch) -> Lexicon:
    """Replace the large lexicons by a small one."""
    small = Lexicon.from_pairs({"de": [("house", "Haus"), ("door", "Tür"), ("bank", "Bank"), ("money", "Geld")]})
    monkeypatch.setattr(lexicons, "build", lambda _: small)
    return small


# -- losses ------------------------------------------------------------------------------------------------------------


def test_info_nce_is_cross_entropy_over_other_groups() -> None:
    """The loss equals a plain computation, in which rows of the same group are not negatives."""
    rng = np.random.default_rng(0)
    queries, documents = (
        torch.nn.functional.normalize(torch.from_numpy(rng.standard_normal((5, 4))), dim=1) for _ in range(2)
    )
    groups = ["a", "b", "a", "c", "b"]
    expected = 0.0
    for row in range(5):
        kept = [column for column in range(5) if column == row or groups[column] != groups[row]]
        scores = [float(queries[row] @ documents[column]) / 0.1 for column in kept]
        expected += np.log(np.exp(scores).sum()) - scores[kept.index(row)]
    assert float(bi_encoder.info_nce(queries, documents, groups, 0.1)) == pytest.approx(expected / 5)


def test_every_row_comes_once_in_an_epoch() -> None:
    """Steps of an epoch share no row; other epochs and seeds have another order."""
    order = loop.order(20, Training(steps=10, batch=4))
    assert [epoch for epoch, _ in order] == [0] * 5 + [1] * 5
    first, second = (list(itertools.chain(*(rows.tolist() for _, rows in part))) for part in (order[:5], order[5:]))
    assert sorted(first) == sorted(second) == list(range(20))
    assert first != second
    assert first[:4] != loop.order(20, Training(steps=1, batch=4, seed=1))[0][1].tolist()


# -- systems -----------------------------------------------------------------------------------------------------------


def made(system: System, epoch: int = 0) -> list[tuple[str, str]]:
    train = collection()
    queries, documents = maker(system, train, 0)(epoch, list(range(4)), train.pairs())
    return list(zip(queries, documents, strict=True))


def test_english_and_switched_text(lexicon: Lexicon) -> None:
    """Zero-shot has English text; switched text has translations of the lexicon, drawn again in each epoch."""
    english = list(zip(QUERIES, DOCUMENTS, strict=True))
    assert made(System("zero-shot", "english")) == english
    whole = made(System("all", "switched", "any", options={"p": 1.0}))
    assert whole[1] == ("what has a Tür", "the Haus has a Tür")
    epochs = {tuple(made(System("ML-CS", "switched", "any"), epoch)) for epoch in range(5)}
    assert len(epochs) == 5


def test_word_by_word_leaves_texts_english(lexicon: Lexicon) -> None:
    """A third of the texts stay entirely English."""
    system = System("word by word", "switched", "any", preset="word_by_word", options={"p": 1.0})
    counts = Counter(made(system, epoch)[1][1] for epoch in range(200))
    assert set(counts) == {"the house has a door", "the Haus has a Tür"}
    assert 45 < counts["the house has a door"] < 90  # 67 expected


def test_translations_where_there_are_any() -> None:
    """Real translations are drawn if they exist; the other texts are English."""
    system = System("real translations", "translated")
    rows = [made(system, epoch) for epoch in range(60)]
    assert {row[0] for row in rows} == set(itertools.product((QUERIES[0], "Geld"), (DOCUMENTS[0], "Bank Geld")))
    assert {row[1] for row in rows} == {(QUERIES[1], DOCUMENTS[1])}


def test_translations_are_drawn_by_weight() -> None:
    """Real translations can have the weights of the languages of a switched system."""
    system = System("real translations", "translated", options={"languages": {"en": 3, "de": 1}})
    counts = Counter(made(system, epoch)[0][0] for epoch in range(200))
    assert set(counts) == {QUERIES[0], "Geld"}
    assert 30 < counts["Geld"] < 75  # 50 expected


def test_only_pairs_that_are_fully_translated() -> None:
    """A pair counts if its query and its document are there in every language."""
    assert collection().fully_translated().relevant == {"q0": {"d0": 1}}


def test_complete_pairs_are_in_the_signature() -> None:
    """A model of fully translated pairs is not taken for one of all pairs."""
    run = runs.Run(System("zero-shot", "english"), Training())
    assert dataclasses.replace(run, complete=True).model_signature != run.model_signature


def test_views_share_a_model() -> None:
    """Centred vectors and Translate-Test are results of their own, of the same model."""
    run = runs.Run(System("zero-shot", "english"), Training())
    views = [run, dataclasses.replace(run, centred=True), dataclasses.replace(run, translate=True)]
    assert len({each.signature for each in views}) == 3
    assert {each.model_signature for each in views} == {run.model_signature}


def test_an_untrained_system_makes_nothing() -> None:
    """A request for its training text is an error."""
    with pytest.raises(ValueError, match="system 'untrained' is not trained"):
        systems.maker(System("untrained", "none"), collection(), 0)


# -- training ----------------------------------------------------------------------------------------------------------


def test_vectors_in_training_are_those_of_a_single_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    """Texts are computed with others of similar lengths, and returned in their own order, with gradients."""
    encoder, texts = tiny(), ["query: a house", "query: a house and a garden and a door", "query: door"]
    whole = bi_encoder.vectors(encoder, texts, 12)
    monkeypatch.setattr(bi_encoder, "_TRAINED_TOKENS", 12)
    parts = bi_encoder.vectors(encoder, texts, 12)
    assert parts.requires_grad
    assert torch.allclose(parts, whole, atol=1e-5)
    assert not torch.allclose(parts[0], parts[1], atol=1e-2)


def trained(checkpoint: Path, stop: int | None = None) -> tuple[Any, list[float]]:
    """Train the tiny encoder, or raise at a step."""
    encoder, train = tiny(), collection()
    training = Training(steps=8, batch=4, learning_rate=1e-2, frozen_layers=1)
    starts.freeze(encoder.model, 1)
    loss = bi_encoder.losses(encoder, training, train, maker(System("zero-shot", "english"), train, 0))
    steps = itertools.count(1)

    def killed(epoch: int, rows: np.ndarray) -> Any:
        if stop is not None and next(steps) > stop:
            raise KeyboardInterrupt
        return loss(epoch, rows)

    return encoder, loop.train(encoder.model, training, 4, killed, checkpoint).losses


def test_training_lowers_the_loss_and_leaves_frozen_parts(tmp_path: Path) -> None:
    """Frozen parameters do not change."""
    encoder, losses = trained(tmp_path / "checkpoint")
    assert losses[-1] < 0.5 * losses[0]
    before, after = tiny().model.state_dict(), encoder.model.state_dict()
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    assert changed == {name for name in before if name.startswith("encoder.layer.1.")}


def test_a_killed_run_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After two kills, a resumed run ends with the losses and parameters of an uninterrupted one."""
    monkeypatch.setattr(loop, "CHECKPOINT_SECONDS", -1)
    whole, losses = trained(tmp_path / "whole")
    for stop in (3, 2):
        with pytest.raises(KeyboardInterrupt):
            trained(tmp_path / "killed", stop)
    encoder, again = trained(tmp_path / "killed")
    assert again == losses
    for name, tensor in whole.model.state_dict().items():
        assert torch.equal(tensor, encoder.model.state_dict()[name]), name


@pytest.mark.parametrize("content", [b"", b"garbage", b"PK\x03\x04"])
def test_a_damaged_checkpoint_is_named(tmp_path: Path, content: bytes) -> None:
    """The error names the file and the remedy."""
    (tmp_path / "checkpoint").write_bytes(content)
    with pytest.raises(RunError, match=r"checkpoint is damaged .*; remove it to train again"):
        trained(tmp_path / "checkpoint")


def test_a_model_of_another_shape_is_refused(tmp_path: Path) -> None:
    """The parameters of a cross-encoder are not read into a bi-encoder."""
    loop.keep(tmp_path / "model", cross_encoder.CrossEncoder(tiny()), loop.History([1.0], []))
    with pytest.raises(RunError, match="is of another model"):
        loop.restore(tmp_path / "model", tiny().model)


def test_vectors_do_not_depend_on_the_batch() -> None:
    """A text has the same vector of length 1 alone and among others; longer texts are truncated."""
    encoder = tiny()
    together = bi_encoder.encode(encoder, DOCUMENTS, "passage", 16)
    alone = np.concatenate([bi_encoder.encode(encoder, [text], "passage", 16) for text in DOCUMENTS])
    np.testing.assert_allclose(together, alone, atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    cut = bi_encoder.encode(encoder, ["the house", "the house has"], "passage", 5)
    np.testing.assert_allclose(cut[0], cut[1], atol=1e-6)


def test_models_of_hugging_face_in_a_folder(tmp_path: Path) -> None:
    """A model that transformers saved gives the same vectors, with its own padding."""
    from transformers import PreTrainedTokenizerFast

    own = tiny()
    own.model.save_pretrained(tmp_path)
    names = {"bos_token": "<s>", "pad_token": "<pad>", "eos_token": "</s>", "unk_token": "<unk>"}
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=own.tokenizer, **names)
    tokenizer.save_pretrained(tmp_path)
    loaded = starts.load(str(tmp_path))
    assert loaded.pad == 1
    (row,) = loaded.tokens(["the house has a door"], 3)
    assert row == own.tokens(["the house has a door"], 5)[0][1:-1]  # this tokenizer adds no special tokens
    mask = loaded.padded([row, row[:1]])[1]
    assert mask.tolist() == [[1, 1, 1], [1, 0, 0]]
    for name, tensor in own.model.state_dict().items():
        assert torch.equal(tensor, loaded.model.state_dict()[name])


# -- the cross-encoder -------------------------------------------------------------------------------------------------


def test_cross_encoder_learns_and_ranks(tmp_path: Path) -> None:
    """After training on four pairs, each query's own document is first; candidates are of BM25 or relevant."""
    from benchmarks.retrieval.evaluation import Task

    train = collection()
    model = cross_encoder.CrossEncoder(tiny())
    starts.freeze(model.model, 0)
    training = CrossTraining(steps=150, batch=4, learning_rate=1e-2)
    loss = cross_encoder.losses(model, training, train, maker(System("zero-shot", "english"), train, 0))
    losses = loop.train(model, training, 4, loss, tmp_path / "checkpoint").losses
    assert np.mean(losses[-10:]) < 0.5 * np.mean(losses[:10])
    test = Task(train, only=[("en", "en")])
    rank = cross_encoder.ranker(model, test, training)
    ranking = rank("en", "en", test.asked("en", "en"))
    assert [best[0] for best in ranking.best] == [0, 1, 2, 3]
    assert rank("de", "de", ["q0"]).best == [[0]]  # German has one document


def test_pairs_are_joined_by_a_separator() -> None:
    """A row has query, two separators as in XLM-R, document, and end."""
    model = cross_encoder.CrossEncoder(tiny())
    (row,) = model.rows(["the house"], ["a door"], Training())
    assert row[0] == 0
    assert [place for place, token in enumerate(row) if token == 2] == [3, 4, 7]


# -- runs --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cross", [False, True])
def test_a_run_is_trained_measured_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cross: bool) -> None:
    """The result has measures of every direction; a second run reads the result or the model."""
    train = collection()
    monkeypatch.setenv("LEXSWITCH_BENCHMARK_CACHE", str(tmp_path))
    monkeypatch.setattr(starts, "load", lambda _: tiny())
    monkeypatch.setattr(collections, "load", lambda *_: Split(train, train, train, {}))
    options: dict[str, Any] = {"steps": 4, "batch": 4, "frozen_layers": 1}
    training = CrossTraining(**options, warm_up=2) if cross else Training(**options)
    run = runs.Run(System("zero-shot", "english"), training, only=(("en", "en"),))
    first = runs.execute(run)
    assert set(first["directions"]) == {"en-en"}
    assert len(first["losses"]) == 1
    monkeypatch.setattr(loop, "train", None)
    renamed = dataclasses.replace(run, system=System("other name", "english"))
    assert runs.execute(renamed) == {**json.loads(json.dumps(first)), "system": dataclasses.asdict(renamed.system)}
    run.result_file.unlink()
    assert runs.execute(run)["directions"] == first["directions"]


@dataclasses.dataclass(frozen=True)
class Kept:
    """A run that writes its number into a file."""

    path: Path
    number: int

    @property
    def label(self) -> str:
        return str(self.number)

    def result(self) -> dict[str, Any] | None:
        return {"number": int(self.path.read_text())} if self.path.exists() else None


def write(kept: Kept) -> dict[str, Any]:
    """Execute a run."""
    if kept.number < 0:
        raise ValueError(kept.number)
    kept.path.write_text(str(kept.number))
    return {}


def test_runs_in_processes(tmp_path: Path) -> None:
    """Results are in the order of the runs; a finished run is kept; the error names a failed one."""
    (tmp_path / "1").write_text("7")
    found = processes.execute_all([Kept(tmp_path / str(number), number) for number in range(3)], write)
    assert [row["number"] for row in found] == [0, 7, 2]
    with pytest.raises(RunError, match="the run -1 failed, see above"):
        processes.execute_all([Kept(tmp_path / "-1", -1)], write)
