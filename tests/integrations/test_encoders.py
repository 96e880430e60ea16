"""TransformersEncoder and ContextRanker with a small random model that the tests create."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from lexswitch import CodeSwitcher, ContextRanker, Lexicon, TransformersEncoder

WORDS = ["the", "a", "bank", "of", "river", "house", "is", "by", "money", "and", "Ufer", "Bank", "banque", "rive", "in"]
LEXICON = Lexicon.from_pairs(
    {
        "de": [("bank", "Bank"), ("bank", "Ufer"), ("house", "Haus"), ("house", "Heim"), ("river", "Fluss")],
        "fr": [("bank", "banque"), ("bank", "rive"), ("house", "maison"), ("house", "foyer")],
    },
    source="en",
)
TEXTS = ["the bank of the river", "money in the bank, and a house by the bank", "a house", "é: the house is on it", ""]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BERT of two layers with random weights; words are tokens, and other words are split into letters."""
    path = tmp_path_factory.mktemp("model")
    letters = [chr(letter) for letter in range(ord("a"), ord("z") + 1)]
    names = ["[PAD]", "[CLS]", "[SEP]", "[UNK]", *WORDS, *letters, *("##" + letter for letter in letters)]
    vocabulary = {name: number for number, name in enumerate(dict.fromkeys(names))}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))  # noqa: S106  # a token of text
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 1), ("[SEP]", 2)]
    )
    special = {"pad_token": "[PAD]", "cls_token": "[CLS]", "sep_token": "[SEP]", "unk_token": "[UNK]"}
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, **special).save_pretrained(path)
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=34,
        initializer_range=0.5,
    )
    BertModel(config, add_pooling_layer=False).save_pretrained(path)
    return path


def test_vectors_are_means_of_the_layer(folder: Path) -> None:
    """A vector is the mean of the subwords of a span in the chosen layer, whatever else is in the batch."""
    model = BertModel.from_pretrained(folder).eval()
    tokenizer = PreTrainedTokenizerFast.from_pretrained(folder)
    text, span = "a banker in the house", (2, 8)  # three subwords
    tokens = tokenizer(text, return_tensors="pt", return_offsets_mapping=True)
    inside = [2 <= start < 8 and end > start for start, end in tokens.pop("offset_mapping")[0].tolist()]
    for layer in (1, 2, None):
        with torch.inference_mode():
            states = model(**tokens, output_hidden_states=True).hidden_states[layer or 2][0]
        expected = states[torch.tensor(inside)].mean(0).numpy()
        encoder = TransformersEncoder(folder, layer=layer)
        alone = encoder.encode([text], [[span]])
        batched = encoder.encode([*TEXTS, text], [[(0, 3)], [], [(0, 1), (2, 7)], [], [], [span]])
        assert sum(inside) > 1
        assert np.allclose(alone[0], expected, atol=1e-5)
        assert np.allclose(batched[-1], expected, atol=1e-5)
    assert not encoder.encode([""], [[(0, 0)]]).any()
    assert encoder.encode([], []).shape == (0, 16)


def test_long_texts_are_read_in_windows(folder: Path) -> None:
    """Each span of a text beyond the positions of the model gets the vector of its window."""
    encoder = TransformersEncoder(folder, layer=2, batch_size=3)
    words = [WORDS[number % 7] for number in range(300)]
    text = " ".join(words)
    starts = np.cumsum([0, *(len(word) + 1 for word in words)]).tolist()
    spans = [(start, start + len(word)) for start, word in zip(starts, words, strict=False)]
    vectors = encoder.encode([text], [spans])
    assert vectors.any(axis=1).all()
    few = encoder.encode(["the", text], [[(0, 3)], spans[150:152]])
    assert np.allclose(few[1:], vectors[150:152], atol=1e-5)
    assert not np.allclose(vectors[150], encoder.encode([words[150]], [[(0, len(words[150]))]]), atol=1e-3)


def test_prefix_moves_offsets(folder: Path) -> None:
    """With a prefix, spans still count the characters of the text."""
    plain, prefixed = TransformersEncoder(folder, layer=1), TransformersEncoder(folder, layer=1, prefix="the house ")
    assert np.allclose(
        prefixed.encode(["a bank"], [[(2, 6)]]), plain.encode(["the house a bank"], [[(12, 16)]]), atol=1e-5
    )


def test_results_do_not_depend_on_the_batch(folder: Path, tmp_path: Path) -> None:
    """Batches of any size, order and cache, and pickled switchers, choose the same candidates."""
    texts = [f"{text} {more}".strip() for more in ("", "by the house and the river", "it is") for text in TEXTS]
    ranker = ContextRanker(folder, layer=2, prior=0)
    switcher = CodeSwitcher(LEXICON, p=1, candidates=ranker)
    expected = [switcher.apply([text])[0] for text in texts]
    assert len({word for text in expected for word in ("Ufer", "Bank", "Haus", "Heim") if word in text}) > 1
    for options in (
        {"batch_size": 1},
        {"batch_size": 7},
        {"cache": tmp_path / "vectors"},
        {"cache": tmp_path / "vectors"},
    ):
        other = switcher.replace(candidates=ContextRanker(folder, layer=2, prior=0, **options))
        assert other == switcher
        assert other.apply(texts) == expected
        assert other.apply(texts[::-1]) == expected[::-1]
        pickled = pickle.dumps(other)
        assert len(pickled) < 10_000
        assert pickle.loads(pickled).apply(texts) == expected


def test_signature_is_of_the_content(folder: Path, tmp_path: Path) -> None:
    """The same files in another folder have the same signature; other weights, layers and prefixes another one."""
    for name in ("copy", "other"):
        (tmp_path / name).mkdir()
        for file in folder.iterdir():
            (tmp_path / name / file.name).write_bytes(file.read_bytes())
    (tmp_path / "other/config.json").write_text((folder / "config.json").read_text() + "\n")
    base = TransformersEncoder(folder, layer=1).signature
    assert base == TransformersEncoder(tmp_path / "copy", layer=1, batch_size=5).signature
    others = [
        TransformersEncoder(tmp_path / "other", layer=1),
        TransformersEncoder(folder, layer=2),
        TransformersEncoder(folder, layer=1, prefix="a|b"),
    ]
    signatures = {base, *(encoder.signature for encoder in others)}
    assert len(signatures) == 4
    assert not any("|" in signature for signature in signatures)


def test_too_many_layers(folder: Path) -> None:
    """A model with fewer layers is an error that names the layers it has."""
    with pytest.raises(ValueError, match=r"layer is 8, but .* has 2; pass layer=2 or less"):
        CodeSwitcher(LEXICON, p=1, candidates=ContextRanker(folder, layer=8)).apply(["a bank"])
