"""Fine-tune a named-entity tagger on code-switched sentences; tags are projected to words, then to sub-words."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import datasets
from transformers import (
    AutoModelForTokenClassification,
    AutoTokenizer,
    DataCollatorForTokenClassification,
    Trainer,
    TrainingArguments,
)

from lexswitch import CodeSwitcher, Lexicon, align_labels

SENTENCES = Path(__file__).with_name("data") / "entities.conll"


def read(path: Path) -> tuple[list[list[str]], list[list[str]]]:
    """Read tokens and tags of a CoNLL file: one token and its tag per line, an empty line between sentences."""
    sentences = path.read_text(encoding="utf-8").strip().split("\n\n")
    rows = [[line.split(" ") for line in sentence.split("\n")] for sentence in sentences]
    return [[token for token, _ in row] for row in rows], [[tag for _, tag in row] for row in rows]


def main() -> None:
    """Train and save."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="xlm-roberta-base")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--output", default="ner")
    options = parser.parse_args()

    tokens, tags = read(SENTENCES)
    names = sorted({tag for sentence in tags for tag in sentence})
    tokenizer = AutoTokenizer.from_pretrained(options.model)
    switcher = CodeSwitcher(Lexicon.starter(), ["de", "ru", "it"])

    def encode(epoch: int) -> datasets.Dataset:
        switched = switcher.apply_tokens(tokens, tags, inside="whole", keys=range(len(tokens)), epoch=epoch)
        print(" ".join(switched.tokens[1]))
        encoded: Any = tokenizer(switched.tokens, is_split_into_words=True, truncation=True)
        ids = [[names.index(tag) for tag in sentence] for sentence in switched.tags]
        labels = [align_labels(sentence, encoded.word_ids(row)) for row, sentence in enumerate(ids)]
        return datasets.Dataset.from_dict({**encoded, "labels": labels})

    trainer = Trainer(
        AutoModelForTokenClassification.from_pretrained(options.model, num_labels=len(names)),
        TrainingArguments(options.output, num_train_epochs=1, per_device_train_batch_size=8, report_to="none"),
        train_dataset=datasets.concatenate_datasets([encode(epoch) for epoch in range(options.epochs)]),
        data_collator=DataCollatorForTokenClassification(tokenizer),
    )
    trainer.train()
    trainer.save_model(options.output)


if __name__ == "__main__":
    main()
