"""The systems: BM25, the bundled encoder as it is, and models that other benchmarks trained, by name or file."""

from __future__ import annotations

import dataclasses
import functools
import importlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.common import files, starts
from benchmarks.common.errors import RunError
from benchmarks.robustness.collections import HELP, POOL, XQUAD_R
from lexswitch.retrieval import BM25, DenseRetriever

BM25_NAME, UNTRAINED, ENGLISH, RECIPE = "BM25", "untrained", "English-trained", "recipe"
MIXED = "recipe, half of the words"
"""The recipe with p = .5: its training texts mix languages, as the queries of the test do."""
ML_CS = "ML-CS"
"""The paper's method, which also switches half of the units, each into a language of its own."""
RECIPES = (RECIPE, MIXED, ML_CS)

chosen: dict[str, str] = {}
"""Name of a system -> its model, as the user names it, in place of `_TRAINED`."""
pairs, sentences = "", ""
"""Folders from which the models of benchmarks.xquad_r were trained; their names depend on the content."""

_STARTS = {XQUAD_R: ("layers-12",), POOL: ("layers-12",), HELP: ("layers-6", "layers-12")}
"""The first is the start of the trained models."""
_TRAINED = {
    XQUAD_R: {
        ENGLISH: "xquad_r:mixed/zero-shot",
        RECIPE: "xquad_r:mixed/word by word, taught rankings, four times the steps",
        MIXED: "xquad_r:mixed/half of the words, taught rankings, four times the steps",
    },
    HELP: {
        ENGLISH: "retrieval:main/zero-shot",
        RECIPE: "retrieval:main/word by word",
        ML_CS: "retrieval:main/ML-CS",
    },
}
_TRAINED[POOL] = _TRAINED[XQUAD_R]


@dataclass(frozen=True)
class System:
    """A retriever of the benchmark.

    Attributes
    ----------
    name : str
    model : str
        "bm25", "start:NAME" (one of `starts.STARTS`), "PACKAGE:EXPERIMENT/SYSTEM" (a run of another benchmark, with
        seed 0), or "FILE@START" (parameters that `loop.keep` wrote, for a start).
    """

    name: str
    model: str

    @property
    def signature(self) -> str:
        """What the model depends on."""
        if "@" in self.model:
            path, _, start = self.model.rpartition("@")
            return f"{files.sha256(Path(path))}@{start}"
        return self.model if self.model == "bm25" or self.model.startswith("start:") else _run(self.model).signature

    def retriever(self, tokens: dict[str, int]) -> Any:
        """Return the retriever.

        Parameters
        ----------
        tokens
            Maximum number of tokens of a "query" and of a "passage".
        """
        return BM25() if self.model == "bm25" else DenseRetriever(_Model(_encoder(self.model), tokens), self.model)


class _Model:
    """An encoder with the prefixes that it was trained with."""

    def __init__(self, encoder: Any, tokens: dict[str, int]) -> None:
        self._encoder, self._tokens = encoder, tokens

    def encode_query(self, texts: Sequence[str]) -> Any:
        return self._encoded(texts, "query")

    def encode_document(self, texts: Sequence[str]) -> Any:
        return self._encoded(texts, "passage")

    def _encoded(self, texts: Sequence[str], kind: str) -> Any:
        from benchmarks.retrieval import bi_encoder

        return bi_encoder.encode(self._encoder, texts, kind, self._tokens[kind])


def systems(collection: str) -> list[System]:
    """Return the systems of a collection; those whose model was not trained yet are left out.

    Parameters
    ----------
    collection
        One of the names in `benchmarks.robustness.collections`.
    """
    found = [System(BM25_NAME, "bm25")]
    found += [
        System(f"{UNTRAINED}, {start.removeprefix('layers-')} layers", f"start:{start}")
        for start in _STARTS[collection]
    ]
    if collection == POOL:
        found = found[1:]  # BM25 has no words in common with sentences in other languages
    for name, model in _TRAINED[collection].items():
        if name in chosen:
            found.append(System(name, chosen[name]))
        elif _is_trained(model):
            found.append(System(name, model))
        else:
            break  # before the lexicon of the recipe is built, which takes minutes
    return found


@functools.cache
def _encoder(model: str) -> Any:
    if model.startswith("start:"):
        return starts.load(model.removeprefix("start:"))
    if "@" not in model:
        run = _run(model)
        if not run.model_file.exists():
            raise RunError(f"{model} is not trained; run python -m benchmarks.{model.partition(':')[0]} first")
        return importlib.import_module(f"benchmarks.{model.partition(':')[0]}.runs")._trained(run)[0]
    from benchmarks.common import loop

    path, _, start = model.rpartition("@")
    encoder = starts.load(start)
    loop.restore(Path(path), encoder.model)
    return encoder


def _is_trained(model: str) -> bool:
    try:
        return bool(_run(model).model_file.exists())
    except (ImportError, RunError):
        return False


def _run(model: str) -> Any:
    """Return the run of another benchmark that has a name.

    Raises
    ------
    RunError
        If there is none.
    """
    package, _, name = model.partition(":")
    experiment, _, system = name.partition("/")
    plan: Any = importlib.import_module(f"benchmarks.{package}.experiments")
    if experiment not in plan.EXPERIMENTS:
        raise RunError(f"model is {model!r}; experiments of {package} are {', '.join(plan.EXPERIMENTS)}")
    runs = plan.EXPERIMENTS[experiment].runs()
    known = list(dict.fromkeys(run.system.name for run in runs))
    if system not in known:
        raise RunError(f"model is {model!r}; systems of {experiment} are {', '.join(known)}")
    run = next(run for run in runs if run.system.name == system)
    if hasattr(run, "source"):  # its name depends on the folders of its data
        from benchmarks.robustness import collections

        if not (collections.folder and pairs):
            raise RunError(f"{model} needs --xquad-r and --pairs")
        run = dataclasses.replace(run, source=plan.source(collections.folder, pairs, sentences))
    return run
