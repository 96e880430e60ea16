"""A tiny encoder of whole words for tests: two layers of 16 dimensions."""

from __future__ import annotations

import torch
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import BertConfig, BertModel

from benchmarks.common.encoder import EOS, UNKNOWN, Encoder

WORDS = [
    "query:",
    "passage:",
    "a",
    "the",
    "house",
    "door",
    "bank",
    "money",
    "keeps",
    "has",
    "is",
    "of",
    "in",
    "what",
    "tree",
    "green",
    "red",
    "Haus",
    "Tür",
    "Bank",
    "Geld",
]


def tiny() -> Encoder:
    """Return an encoder that always has the same parameters."""
    words = {word: number for number, word in enumerate(["<s>", "<pad>", "</s>", "<unk>", *WORDS])}
    tokenizer = Tokenizer(models.WordLevel(words, unk_token="<unk>"))  # noqa: S106  # no secret
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(words),
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        hidden_dropout_prob=0,
        attention_probs_dropout_prob=0,
        pad_token_id=1,
    )
    assert (words["</s>"], words["<unk>"]) == (EOS, UNKNOWN)
    return Encoder(BertModel(config, add_pooling_layer=False).eval(), tokenizer, {})
