"""Encoders: models that return contextual vectors of spans of texts.

torch and transformers are imported when a model is loaded.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from ..checks import whole_number
from .trace import Span

_MAX_TOKENS = 512
"""Maximum number of tokens of a window, special tokens included."""


@runtime_checkable
class Encoder(Protocol):
    """What a `ContextRanker` needs: a method that returns a vector for each span of a text.

    Encoders must be picklable if their switcher is.
    """

    @property
    def signature(self) -> str:
        """A short string without ``|`` that identifies model and options. It is part of `CodeSwitcher.signature`."""
        ...

    def encode(self, texts: Sequence[str], spans: Sequence[Sequence[Span]]) -> npt.NDArray[np.floating[Any]]:
        """Return the vectors of the spans in their texts.

        Parameters
        ----------
        texts : sequence of str
        spans : sequence of sequences of (start, end)
            For each text its spans in characters, in order.

        Returns
        -------
        float array, shape (number of all spans, dimensions)
            The spans of the first text come first. A row of zeros means that the encoder has no vector of the span.
        """
        ...


class _Window(NamedTuple):
    """Tokens of a text that the model reads at once, and the spans that are encoded in it."""

    tokens: dict[str, list[int]]
    """Inputs of the model."""
    spans: list[tuple[int, list[int]]]
    """Number of each span among all spans, and the positions of its tokens."""


class TransformersEncoder:
    """Encodes spans with a model of Hugging Face transformers, or of sentence-transformers.

    The vector of a span is the mean of the vectors of its subwords. Texts of more than 512 tokens are read in windows
    that overlap by a quarter. Each span is encoded in the window in which it is farthest from both ends. The model runs
    in float32. Each process loads it at the first call; it is not pickled. Code that comes with a model is not run.

    Parameters
    ----------
    model : str or path
        Name of a model of the Hugging Face hub, or a folder with a model. Its tokenizer must be a fast one.
    layer : int, optional
        Number of layers that run, counted from the input. The output of the last of them is used. Default are all.
        Fewer are faster.
    batch_size : int, default 32
        Number of windows that the model reads at once.
    prefix : str, default ""
        Text that the model expects before each text, such as ``"query: "``.
    revision : str, optional
        Commit or tag of a model of the hub. Without it, the model may change while the signature stays the same.
    device : str, default "cpu"
        Device of torch, such as ``"cuda"``.

    Raises
    ------
    ImportError
        If torch or transformers is not installed, at the first call.
    ValueError
        If the model has fewer layers, or its tokenizer is not a fast one, at the first call.
    """

    def __init__(
        self,
        model: str | os.PathLike[str],
        *,
        layer: int | None = None,
        batch_size: int = 32,
        prefix: str = "",
        revision: str | None = None,
        device: str = "cpu",
    ) -> None:
        if not isinstance(model, (str, os.PathLike)):
            raise TypeError(
                f"model is {type(model).__name__}; pass the name or folder of a model, such as "
                "'intfloat/multilingual-e5-small', or an object with signature and encode(texts, spans)"
            )
        if not isinstance(prefix, str):
            raise TypeError(f"prefix is {type(prefix).__name__}; pass a str such as 'query: '")
        name = os.fspath(model)
        self.model = str(Path(name).absolute()) if Path(name).is_dir() else name
        self.layer = None if layer is None else whole_number("layer", layer, 1, 2**16)
        self.batch_size = whole_number("batch_size", batch_size, 1, 2**16)
        self.prefix = prefix
        self.revision = revision
        self.device = device

    @cached_property
    def signature(self) -> str:
        """Name and revision of the model, or a hash of the files of its folder; layer; prefix."""
        folder = Path(self.model)
        name = f"sha256:{_digest(folder)}" if folder.is_dir() else f"{self.model}@{self.revision or 'main'}"
        return f"{name},layer:{self.layer or 'last'}" + (
            f",prefix:{self.prefix!a}".replace("|", r"\x7c") if self.prefix else ""
        )

    def __repr__(self) -> str:
        return f"<TransformersEncoder {self.model!r}, layer {self.layer or 'last'}>"

    def __getstate__(self) -> dict[str, Any]:
        # Without cached properties: the model is large, and equal encoders pickle alike.
        return {name: value for name, value in self.__dict__.items() if name not in {"_loaded", "signature"}}

    def encode(self, texts: Sequence[str], spans: Sequence[Sequence[Span]]) -> npt.NDArray[np.float64]:
        """Return the vectors of the spans in their texts. The first call loads the model.

        Parameters
        ----------
        texts : sequence of str
        spans : sequence of sequences of (start, end)
            For each text its spans in characters, in order.

        Returns
        -------
        float64 array, shape (number of all spans, dimensions of the model)
            The spans of the first text come first. The row of a span without tokens is zero.

        Raises
        ------
        ImportError
            If torch or transformers is not installed.
        OSError
            If transformers does not find the model.
        ValueError
            If the model has fewer layers than `layer`, or its tokenizer is not a fast one.
        """
        _check_extra()
        import torch

        tokenizer, model = self._loaded
        # Windows of similar lengths share a batch, so that there is little padding.
        windows = sorted(self._windows(texts, spans), key=lambda window: len(window.tokens["input_ids"]))
        vectors = np.zeros((sum(map(len, spans)), model.config.hidden_size))
        with torch.inference_mode(), torch.autocast(torch.device(self.device).type, enabled=False):
            for at in range(0, len(windows), self.batch_size):
                batch = windows[at : at + self.batch_size]
                inputs = _pad([window.tokens for window in batch], tokenizer.pad_token_id or 0)
                tensors = {name: torch.from_numpy(values).to(self.device) for name, values in inputs.items()}
                states = model(**tensors).last_hidden_state.cpu().numpy()
                for row, window in enumerate(batch):
                    for number, positions in window.spans:
                        vectors[number] = states[row, positions].mean(axis=0, dtype=np.float64)
        return vectors

    @cached_property
    def _loaded(self) -> tuple[Any, Any]:
        """Tokenizer, and model with its first layers only."""
        _check_extra()
        from transformers import AutoConfig, AutoModel, AutoTokenizer
        from transformers.utils import logging

        config = AutoConfig.from_pretrained(self.model, revision=self.revision)
        tokenizer = AutoTokenizer.from_pretrained(self.model, revision=self.revision)
        layers = config.num_hidden_layers
        if self.layer is not None and self.layer > layers:
            raise ValueError(f"layer is {self.layer}, but {self.model!r} has {layers}; pass layer={layers} or less")
        if not tokenizer.is_fast:
            raise ValueError(f"the tokenizer of {self.model!r} has no offsets; pass a model with a fast tokenizer")
        config.num_hidden_layers = self.layer or layers
        verbosity = logging.get_verbosity()
        logging.set_verbosity_error()  # it would warn that weights of other layers and of a pooler are not used
        try:
            model = AutoModel.from_pretrained(self.model, config=config, revision=self.revision)
        finally:
            logging.set_verbosity(verbosity)
        return tokenizer, model.float().to(self.device).eval()

    def _windows(self, texts: Sequence[str], spans: Sequence[Sequence[Span]]) -> Iterator[_Window]:
        """Yield the windows that have spans."""
        if not texts:
            return
        tokenizer, model = self._loaded
        size = min(tokenizer.model_max_length, getattr(model.config, "max_position_embeddings", 514) - 2, _MAX_TOKENS)
        tokens = tokenizer(
            [self.prefix + text for text in texts],
            truncation=True,
            max_length=size,
            stride=size // 4,
            return_overflowing_tokens=True,
            return_offsets_mapping=True,
        )
        inputs = [name for name in ("input_ids", "attention_mask", "token_type_ids") if name in tokens]
        of_text: list[list[int]] = [[] for _ in texts]
        for window, text in enumerate(tokens["overflow_to_sample_mapping"]):
            of_text[text].append(window)
        first = 0
        for windows, of_row in zip(of_text, spans, strict=True):
            offsets = [np.array(tokens["offset_mapping"][window]) - len(self.prefix) for window in windows]
            found: list[list[tuple[int, list[int]]]] = [[] for _ in windows]
            for number, (best, positions) in enumerate(_find(offsets, of_row), first):
                if positions:
                    found[best].append((number, positions))
            first += len(of_row)
            for window, own in zip(windows, found, strict=True):
                if own:
                    yield _Window({name: tokens[name][window] for name in inputs}, own)


def _find(windows: list[npt.NDArray[np.int64]], spans: Sequence[Span]) -> Iterator[tuple[int, list[int]]]:
    """Yield for each span the window in which it is farthest from both ends, and the positions of its tokens.

    A window is given by the characters of its tokens. Special tokens are empty.
    """
    filled = [offsets[offsets[:, 0] < offsets[:, 1]] for offsets in windows]
    firsts = np.array([offsets[0, 0] if len(offsets) else 0 for offsets in filled])
    lasts = np.array([offsets[-1, 1] if len(offsets) else 0 for offsets in filled])
    for start, end in spans:
        best, most, positions = 0, -1, np.empty(0, dtype=np.int64)
        for number in range(int(np.searchsorted(lasts, start, "right")), int(np.searchsorted(firsts, end))):
            begins, ends = windows[number].T
            inside = np.flatnonzero((begins < end) & (ends > start) & (begins < ends))
            # First the number of tokens, then the distance from the ends: a window may cut a span.
            if inside.size:
                rank = inside.size * 2 * _MAX_TOKENS + min(int(inside[0]), len(begins) - int(inside[-1]))
                if rank > most:
                    best, most, positions = number, rank, inside
        yield best, positions.tolist()


def _pad(rows: list[dict[str, list[int]]], pad: int) -> dict[str, npt.NDArray[np.int64]]:
    """Return the inputs of windows as arrays, padded to the longest window; the mask of padding is 0."""
    size = max(len(row["input_ids"]) for row in rows)
    fill = {"input_ids": pad}
    return {
        name: np.array([row[name] + [fill.get(name, 0)] * (size - len(row[name])) for row in rows]) for name in rows[0]
    }


def _digest(folder: Path) -> str:
    """Return a hash of the files of a model: configuration, tokenizer and weights."""
    import hashlib

    digest = hashlib.sha256()
    kinds = {".json", ".txt", ".model", ".safetensors", ".bin"}
    for path in sorted(path for path in folder.iterdir() if path.suffix in kinds and path.is_file()):
        digest.update(f"{path.name}\0{path.stat().st_size}\0".encode())
        with open(path, "rb") as file:
            while part := file.read(1 << 20):
                digest.update(part)
    return digest.hexdigest()[:12]


def _check_extra() -> None:
    """Raise an error with the remedy if torch or transformers is not installed."""
    try:
        import torch
        import transformers
    except ImportError:
        raise ImportError('encoders need torch and transformers; pip install "lexswitch[encoder]"') from None
    del torch, transformers
