"""What ranks documents for queries: the protocols, and encoders."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from ..._io.atomic import replace_file
from ...engine.packing import Ints
from ..model_outputs import check_vectors
from .documents import Documents, blocks, order_of_ties
from .ranking import BestDocuments, Ranking

Vectors = npt.NDArray[np.float32]

PROBE = ("which bank pays interest", "A red house with a green door stands at the corner.")
"""A query and a document for `Ranker.probe`."""
_BLOCK = 2048
"""Number of documents whose vectors are in memory at a time."""


class Workplace(NamedTuple):
    """Where a ranker may keep files, and how it reports progress."""

    folder: Path
    progress: Callable[[int], Any]
    """Called with the number of documents that are done."""
    queries: Sequence[str]
    """Ids of all queries. They are ranked in blocks."""


class Searcher(Protocol):
    """Ranks the documents of one collection."""

    def rank(self, condition: str, ids: Sequence[str], texts: Sequence[str]) -> Ranking:
        """Return the best documents of some queries; `condition` is the name of the condition."""


@runtime_checkable
class Ranker(Protocol):
    """A retrieval system."""

    @property
    def name(self) -> str:
        """Name for reports."""

    @property
    def reads_texts(self) -> bool:
        """Whether a ranking depends on the text of a query alone, so that equal texts have equal rankings."""

    def probe(self) -> list[float]:
        """Return what the model computes for a few texts: another model returns something else."""

    def index(self, documents: Documents, workplace: Workplace) -> Searcher:
        """Prepare to rank documents."""


def as_ranker(model: Any) -> Ranker:
    """Return a model as a ranker; anything that is not a ranker is an encoder."""
    if isinstance(model, str):
        hint = "BM25()" if model.lower() == "bm25" else f"SentenceTransformer({model!r}), or any function to vectors"
        raise TypeError(f"model is {model!r}; pass {hint}")
    return model if isinstance(model, Ranker) and not isinstance(model, type) else DenseRetriever(model)


class DenseRetriever:
    """Ranks documents by the similarity of vectors.

    Vectors of documents are computed once, in blocks, and kept in files. Ranking reads them block by block.

    Parameters
    ----------
    model : callable, or object with a method ``encode``
        Maps a list of str to vectors, one per text. If the object also has ``encode_query`` and ``encode_document``, as
        models of sentence-transformers have, these are used. Vectors are compared by cosine, unless the attribute
        ``similarity_fn_name`` of the model is ``"dot"``.
    name : str, optional
        Name for reports.

    Raises
    ------
    TypeError
        If `model` is neither a function nor an object with a method ``encode``.
    """

    reads_texts = True

    def __init__(self, model: Any, name: str = "") -> None:
        self._encode_query = _method(model, "encode_query")
        self._encode_document = _method(model, "encode_document")
        self._normalise = getattr(model, "similarity_fn_name", "cosine") not in {"dot", "dot_product"}
        self.name = name or _name_of(model)

    def probe(self) -> list[float]:
        """Return the vectors of two texts, one after the other."""
        query, document = PROBE
        vectors = [
            self.query_vectors([query], 0),
            self.vectors("encode_document", self._encode_document, [document], 0),
        ]
        return [float(value) for value in np.concatenate(vectors, axis=None)]

    def index(self, documents: Documents, workplace: Workplace) -> Searcher:
        """Encode all documents. Blocks that a stopped run left are not encoded again."""
        workplace.folder.mkdir(parents=True, exist_ok=True)
        files, size = [], 0
        for number, rows in enumerate(blocks(len(documents.ids), _BLOCK)):
            path = workplace.folder / f"vectors-{number}.npy"
            vectors = _kept(path, len(rows))
            if vectors is None:
                vectors = self.vectors("encode_document", self._encode_document, documents.texts(rows), size)
                _keep(path, vectors)
            size = vectors.shape[1]
            files.append(path)
            workplace.progress(len(rows))
        return _VectorSearch(self, files, order_of_ties(documents.ids), size)

    def query_vectors(self, texts: Sequence[str], size: int) -> Vectors:
        """Return the vectors of queries, which must have the dimension of the documents."""
        return self.vectors("encode_query", self._encode_query, texts, size)

    def vectors(self, name: str, encode: Callable[[list[str]], Any], texts: Sequence[str], size: int) -> Vectors:
        """Return checked vectors, normalised unless they are compared by dot product."""
        vectors = check_vectors(name, encode(list(texts)), len(texts), size)
        if self._normalise:
            lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
            vectors = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)
        return vectors


class _VectorSearch:
    """Ranks the documents whose vectors are in files."""

    def __init__(self, encoder: DenseRetriever, files: list[Path], ties: Ints, size: int) -> None:
        self._encoder, self._files, self._ties, self._size = encoder, files, ties, size

    def rank(self, condition: str, ids: Sequence[str], texts: Sequence[str]) -> Ranking:
        queries, best, first = self._encoder.query_vectors(texts, self._size), BestDocuments(len(texts), self._ties), 0
        for path in self._files:
            vectors = np.load(path, allow_pickle=False)
            best.add(queries @ vectors.T, first)
            first += len(vectors)
        return best.ranking


def _method(model: Any, name: str) -> Callable[[list[str]], Any]:
    found: Any = getattr(model, name, None) or getattr(model, "encode", None) or model
    if not callable(found) or isinstance(model, type):
        raise TypeError(
            f"model is {model!r:.80}; pass BM25(), a function from texts to vectors, or an object with a method encode"
        )
    return found  # type: ignore[no-any-return]  # models of users have no types


def _name_of(model: Any) -> str:
    card = getattr(model, "model_card_data", None)  # of sentence-transformers
    path = getattr(card, "model_id", None) or getattr(card, "base_model", None)
    return str(path or getattr(model, "name", None) or getattr(model, "__name__", None) or type(model).__name__)


def _kept(path: Path, count: int) -> Vectors | None:
    try:
        vectors: Vectors = np.load(path, allow_pickle=False)
    except (OSError, EOFError, ValueError):
        return None
    return vectors if vectors.ndim == 2 and len(vectors) == count else None


def _keep(path: Path, vectors: Vectors) -> None:
    with replace_file(path) as temporary, temporary.open("wb") as file:
        np.save(file, vectors, allow_pickle=False)
