"""MTEB reads and measures what `make_stress_set` wrote, and has the figures of `stress`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import mteb
import numpy as np
import pytest
import torch
from mteb.abstasks.retrieval_dataset_loaders import RetrievalDatasetLoader
from sentence_transformers import SentenceTransformer
from tokenizers import Tokenizer, models, pre_tokenizers

try:
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
except ImportError:  # before version 5.3
    from sentence_transformers.models import StaticEmbedding

from lexswitch.integrations.mteb import mteb_task
from lexswitch.retrieval import make_stress_set, stress

from ..retrieval.robustness.collection import DOCUMENTS, LEXICON, QUERIES, RELEVANT, data, write_beir

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore"),  # of mteb and its libraries
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a set in two languages; data sets of Hugging Face are cached beside it."""
    monkeypatch.setattr("datasets.config.HF_DATASETS_CACHE", tmp_path / "cache")
    return make_stress_set(
        write_beir(tmp_path / "small"), tmp_path / "switched", LEXICON, ["de", "ru"], [0.5, 1], progress=False
    )


def tiny() -> SentenceTransformer:
    """Return a model that adds up random vectors of words."""
    words = {word: number for number, word in enumerate(["<unk>", *sorted(set(" ".join(DOCUMENTS.values()).split()))])}
    tokenizer = Tokenizer(models.WordLevel(words, unk_token="<unk>"))  # noqa: S106  # no secret
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    torch.manual_seed(0)
    return SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_dim=16)], device="cpu")


def test_the_loader_of_mteb_reads_all_subsets(folder: Path) -> None:
    """Queries, documents and judgements of each condition are those that were written."""
    for name in (None, "unchanged", "de-p1", "ru-p0.5"):
        found = RetrievalDatasetLoader(str(folder), "none", config=name).load()
        assert found["relevant_docs"] == RELEVANT
        assert [f"{row['title']} {row['text']}" for row in found["corpus"]] == list(DOCUMENTS.values())
        texts = dict(zip(found["queries"]["id"], found["queries"]["text"], strict=True))
        assert texts.keys() == QUERIES.keys()
        assert (texts == QUERIES) == (name in {None, "unchanged"})


def test_figures_equal_those_of_mteb(folder: Path, tmp_path: Path) -> None:
    """nDCG@10, MRR@10 and recall@100 of each condition equal those that MTEB measures with the same model."""
    model: Any = tiny()
    report = stress(data(), model, LEXICON, ["de", "ru"], [0.5, 1], progress=False)
    task = mteb_task(folder)
    results = mteb.evaluate(model, task, cache=None, prediction_folder=None)
    scores = {one["hf_subset"]: one for one in results.task_results[0].scores["test"]}
    assert task.metadata.name == "smallCodeSwitched"
    assert task.metadata.eval_langs["de-p1"] == ["eng-Latn", "deu-Latn"]
    assert scores.keys() == {one.name for one in report.results}
    for result in report.results:
        theirs = [scores[result.name][name] for name in ("ndcg_at_10", "mrr_at_10", "recall_at_100")]
        assert np.mean(result.values, axis=0).tolist() == pytest.approx(theirs, abs=1e-5)


def test_other_folders(tmp_path: Path) -> None:
    """A folder without the description of a stress set is refused."""
    with pytest.raises(FileNotFoundError, match=r"has no stress.json; pass a folder that lexswitch stress make wrote"):
        mteb_task(tmp_path)
