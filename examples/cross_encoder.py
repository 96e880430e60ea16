"""Train a reranker of sentence-transformers for German queries and Russian documents (BL-CS of the paper)."""

from __future__ import annotations

import argparse
from pathlib import Path

import datasets
from sentence_transformers.cross_encoder import CrossEncoder, CrossEncoderTrainer, CrossEncoderTrainingArguments
from sentence_transformers.cross_encoder.losses import BinaryCrossEntropyLoss

from lexswitch import Lexicon
from lexswitch.integrations.huggingface import map_dataset
from lexswitch.retrieval import RetrievalSwitcher

PAIRS = Path(__file__).with_name("data") / "pairs.tsv"


def labelled(pairs: datasets.Dataset) -> datasets.Dataset:
    """Pair each query with its passage (label 1) and with the passage of the next row (label 0)."""
    queries, passages = pairs["query"][:], pairs["passage"][:]
    labels = [1.0] * len(queries) + [0.0] * len(queries)
    columns = {"query": queries * 2, "passage": passages + passages[1:] + passages[:1], "label": labels}
    return datasets.Dataset.from_dict(columns)


def main() -> None:
    """Train and save."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="nreimers/mMiniLMv2-L6-H384-distilled-from-XLMR-Large")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--output", default="cross-encoder")
    options = parser.parse_args()

    pairs = labelled(datasets.Dataset.from_csv(str(PAIRS), sep="\t"))
    columns = RetrievalSwitcher.bilingual(Lexicon.starter(), "de", "ru").on("query", "passage")
    switched = datasets.concatenate_datasets([map_dataset(pairs, columns.at(epoch)) for epoch in range(options.epochs)])
    print(switched[0])

    model = CrossEncoder(options.model, num_labels=1)
    arguments = CrossEncoderTrainingArguments(
        options.output, num_train_epochs=1, per_device_train_batch_size=8, learning_rate=2e-5, report_to="none"
    )
    CrossEncoderTrainer(model, arguments, train_dataset=switched, loss=BinaryCrossEntropyLoss(model)).train()
    model.save_pretrained(options.output)


if __name__ == "__main__":
    main()
