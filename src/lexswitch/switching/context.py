"""Candidates in context: an encoder compares each unit in its text with the candidates."""

from __future__ import annotations

import math
import os
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from numbers import Real
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..engine.packing import Floats, Ints, Packed
from ..lexicon import Lexicon
from ..lexicon.columns import Columns
from .encoders import Encoder, TransformersEncoder
from .trace import Span

_ALONE = 0.25
"""Share of the cosine with the unit alone that is subtracted.

Of 0, .25, .5, .75 and 1, it is the greatest that chose as well as 0 on program messages in German and Russian. With 1,
the encoder chose worse than the weights. With 0, it chose worse than with 1 between two senses of equal weight.
"""

_NOISE = 1e-5
"""Scores closer than this, in cosines, are computed again. Padding causes errors of about 1e-6 in float32."""


class ContextRanker:
    """Chooses the candidate of each unit in its context, for ``CodeSwitcher(lexicon, candidates=ContextRanker(...))``.

    Each candidate gets the score ``weight**prior * exp(fit / temperature)``. The fit is the cosine of the candidate and
    the unit in its text, less a quarter of the cosine of the candidate and the unit alone, so that what the text adds
    counts more. The candidate with the greatest score is used; of equal ones, the first in the lexicon. Candidates that
    equal their term, capitals included, are used only if there is no other. A unit with one candidate is not encoded.

    Choices do not depend on the batch: if two scores are so close that padding could decide, the texts are encoded
    again, one by one. On another device, or with another version of torch, close choices may differ.

    Parameters
    ----------
    model : str, path or Encoder
        Name or folder of a model, see `TransformersEncoder`, or an encoder of your own.
    prior : float, default 1.0
        Exponent of the weights. 0 ignores them.
    temperature : float, default 0.03
        The smaller it is, the more the encoder counts. The default suits the last layer of multilingual-e5-small.
        Layer 8 needs 0.08.
    cache : str or path, optional
        SQLite file for the vectors of words that are encoded alone. Later runs and other processes reuse them. By
        default, each process keeps them in memory only.
    options
        Options of `TransformersEncoder`: `layer`, `batch_size`, `prefix`, `revision`, `device`.

    Raises
    ------
    TypeError, ValueError
        If an option is not valid. The message names the option, its value and what is allowed.
    """

    def __init__(
        self,
        model: str | os.PathLike[str] | Encoder,
        *,
        prior: float = 1.0,
        temperature: float = 0.03,
        cache: str | os.PathLike[str] | None = None,
        **options: Any,
    ) -> None:
        if isinstance(model, (str, os.PathLike)) or not _is_encoder(model):
            self.encoder: Encoder = TransformersEncoder(model, **options)  # type: ignore[arg-type]  # it checks the type
        elif options:
            raise TypeError(f"options are {sorted(options)}; they are for names of models, not for an encoder")
        else:
            self.encoder = model
        self.prior = _number("prior", prior, 0.0)
        self.temperature = _number("temperature", temperature, 1e-6)
        self.cache = None if cache is None else str(Path(cache).absolute())
        self._vectors = _Vectors(self.encoder, self.cache)

    @property
    def signature(self) -> str:
        """A short string that identifies encoder and options."""
        return f"context({self.encoder.signature},prior:{self.prior:.12g},temperature:{self.temperature:.12g})"

    def __repr__(self) -> str:
        return f"<ContextRanker {self.encoder!r}, prior {self.prior:g}, temperature {self.temperature:g}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ContextRanker) and self.signature == other.signature

    def __hash__(self) -> int:
        return hash(self.signature)

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "_vectors"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._vectors = _Vectors(self.encoder, self.cache)

    def choose(
        self, packed: Packed, lexicon: Lexicon, starts: Ints, ends: Ints, first: Ints, sizes: Ints
    ) -> tuple[Ints, Floats]:
        """Return the candidate of each unit and its margin.

        Parameters
        ----------
        packed : Packed
            The texts.
        lexicon : Lexicon
        starts, ends : int64 arrays, shape (units,)
            Bytes of each unit in the buffer, in order.
        first, sizes : int64 arrays, shape (units,)
            First candidate of each unit, and number of its candidates.
        """
        chosen, margins = first.copy(), np.ones(len(first))
        groups = {
            begin: _without_copies(lexicon, begin, size)
            for begin, size in set(zip(first.tolist(), sizes.tolist(), strict=True))
        }
        listed = [groups[begin] for begin in first.tolist()]
        for unit, candidates in enumerate(listed):
            chosen[unit] = candidates[0]
        units = np.array([unit for unit, candidates in enumerate(listed) if len(candidates) > 1], dtype=np.int64)
        if not units.size:
            return chosen, margins
        columns = lexicon.columns
        texts, spans = _spans_in_texts(packed, starts[units], ends[units])
        own = self._vectors.in_context(texts, spans)
        at = [(text, span) for text, of_text in zip(texts, spans, strict=True) for span in of_text]
        translations = [columns.translations[pair] for unit in units.tolist() for pair in listed[unit]]
        self._vectors.load([*translations, *(text[start:end] for text, (start, end) in at)])
        for unit, vector, (text, span) in zip(units.tolist(), own, at, strict=True):
            chosen[unit], margins[unit] = self._choose_one(columns, listed[unit], vector, text, span)
        return chosen, margins

    def _choose_one(
        self, columns: Columns, candidates: list[int], vector: Floats, text: str, span: Span
    ) -> tuple[int, float]:
        """Return the best candidate of a unit, and its margin, given the vector of the unit in its text."""
        unit = text[slice(*span)]
        translations = [columns.translations[pair] for pair in candidates]
        weights = np.maximum(columns.weights[candidates].astype(np.float64), np.finfo(np.float64).tiny)
        own, *others = self._vectors.alone([unit, *translations])
        scores = self._scores(weights, vector, own, others)
        second, best = np.sort(scores)[-2:]
        if best - second <= _NOISE / self.temperature:
            (vector,) = self._vectors.in_context([text], [[span]])
            own, *others = self._vectors.exact([unit, *translations])
            scores = self._scores(weights, vector, own, others)
        shares = np.exp(scores - scores.max())
        shares /= shares.sum()
        second, best = np.sort(shares)[-2:]
        return candidates[int(np.argmax(scores))], round(float(best - second), 3)

    def _scores(self, weights: Floats, vector: Floats, own: Floats, others: list[Floats]) -> Floats:
        """Return the logarithms of the scores of candidates, given the vectors of the unit and of the candidates."""
        fit = np.array(others) @ (vector - _ALONE * own)
        scores: Floats = self.prior * np.log(weights) + fit / self.temperature
        return scores


class _Vectors:
    """Vectors of length 1 from an encoder. Those of words alone are kept in memory and, if wanted, in a file."""

    _BATCH = 512  # texts per query; SQLite allows 999 parameters

    def __init__(self, encoder: Encoder, path: str | None) -> None:
        self._encoder = encoder
        self._path = path
        self._alone: dict[str, npt.NDArray[np.float32]] = {}
        self._exact: dict[str, Floats] = {}

    def in_context(self, texts: Sequence[str], spans: Sequence[Sequence[Span]]) -> Floats:
        """Return the vectors of spans."""
        vectors = np.asarray(self._encoder.encode(texts, spans), dtype=np.float64)
        count = sum(map(len, spans))
        if vectors.ndim != 2 or len(vectors) != count or not np.isfinite(vectors).all():
            raise ValueError(
                f"the encoder returned an array of shape {vectors.shape} for {count} spans; it must return one finite "
                "vector per span"
            )
        lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))
        scaled: Floats = vectors / np.where(lengths > 0, lengths, 1)[:, np.newaxis]
        return scaled

    def alone(self, words: list[str]) -> list[Floats]:
        """Return the vectors of words that were loaded."""
        return [self._alone[word].astype(np.float64) for word in words]

    def exact(self, words: list[str]) -> list[Floats]:
        """Return the vectors of words that are encoded in batches of one."""
        for word in words:
            if word not in self._exact:
                self._exact[word] = self.in_context([word], [[(0, len(word))]])[0]
        return [self._exact[word] for word in words]

    def load(self, words: list[str]) -> None:
        """Read the vectors of words alone from the file, or encode them."""
        missing = sorted(set(words) - self._alone.keys())
        if missing and self._path is not None:
            self._read(missing)
            missing = [word for word in missing if word not in self._alone]
        if missing:
            vectors = self.in_context(missing, [[(0, len(word))] for word in missing])
            self._alone.update(zip(missing, vectors.astype(np.float32), strict=True))
            if self._path is not None:
                self._write(missing)

    def _read(self, words: list[str]) -> None:
        with self._open() as database:
            for at in range(0, len(words), self._BATCH):
                some = words[at : at + self._BATCH]
                marks = ",".join("?" * len(some))
                rows = database.execute(
                    f"SELECT text, vector FROM vectors WHERE encoder = ? AND text IN ({marks})",  # noqa: S608  # marks
                    [self._encoder.signature, *some],
                )
                self._alone.update((text, np.frombuffer(vector, dtype="<f4")) for text, vector in rows)

    def _write(self, words: list[str]) -> None:
        signature = self._encoder.signature
        rows = [(signature, text, self._alone[text].astype("<f4").tobytes()) for text in words]
        with self._open() as database, database:
            database.executemany("INSERT OR IGNORE INTO vectors VALUES (?, ?, ?)", rows)

    @contextmanager
    def _open(self) -> Iterator[Any]:
        """Yield a new connection, since connections must not be used in forked processes. Errors name the file."""
        import sqlite3

        try:
            with closing(sqlite3.connect(str(self._path), timeout=60)) as database:
                database.execute(
                    "CREATE TABLE IF NOT EXISTS vectors "
                    "(encoder TEXT, text TEXT, vector BLOB, PRIMARY KEY (encoder, text)) WITHOUT ROWID"
                )
                yield database
        except sqlite3.Error as error:
            raise ValueError(
                f"cache is {self._path!r}, which does not work as an SQLite file of vectors: {error}; pass another "
                "path, in a folder that exists"
            ) from None


def _without_copies(lexicon: Lexicon, first: int, size: int) -> list[int]:
    """Return the candidates of a group that differ from its term, or the first if none does.

    Capitals differ: "Bank" is a translation of "bank", not a copy.
    """
    columns = lexicon.columns
    pairs = list(range(first, first + size))
    group = np.searchsorted(columns.candidates, first, side="right") - 1
    term = columns.terms[int(np.searchsorted(columns.groups, group, side="right")) - 1]
    others = [pair for pair in pairs if unicodedata.normalize("NFC", columns.translations[pair]) != term]
    return others or pairs[:1]


def _spans_in_texts(packed: Packed, starts: Ints, ends: Ints) -> tuple[list[str], list[list[Span]]]:
    """Return the texts that have units, and the units of each text in characters."""
    rows = np.searchsorted(packed.starts, starts, side="right") - 1
    bounds = zip(packed.to_characters(rows, starts).tolist(), packed.to_characters(rows, ends).tolist(), strict=True)
    spans: dict[int, list[Span]] = {}
    for row, span in zip(rows.tolist(), bounds, strict=True):
        spans.setdefault(row, []).append(span)
    return [packed[row] for row in spans], list(spans.values())


def _is_encoder(model: object) -> bool:
    if isinstance(model, TransformersEncoder):  # isinstance with the protocol would hash the files of the model
        return True
    return isinstance(model, Encoder)


def _number(name: str, value: Any, least: float) -> float:
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"{name} is {value!r}; it must be a number of at least {least:g}")
    if not least <= float(value) < math.inf:
        raise ValueError(f"{name} is {value!r}; it must be a finite number of at least {least:g}")
    return float(value)
