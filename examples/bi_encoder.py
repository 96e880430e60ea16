"""Train a bi-encoder of sentence-transformers on code-switched pairs (ML-CS), with new draws in each epoch."""

from __future__ import annotations

import argparse
from pathlib import Path

import datasets
from sentence_transformers import SentenceTransformer, SentenceTransformerTrainer, SentenceTransformerTrainingArguments
from sentence_transformers.losses import MultipleNegativesRankingLoss

from lexswitch import Lexicon
from lexswitch.integrations.huggingface import transform_dataset
from lexswitch.integrations.transformers import EpochCallback
from lexswitch.retrieval import RetrievalSwitcher

PAIRS = Path(__file__).with_name("data") / "pairs.tsv"


def main() -> None:
    """Train and save."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--model", default="microsoft/Multilingual-MiniLM-L12-H384", help="a name on the Hub, or a folder"
    )
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--output", default="bi-encoder")
    options = parser.parse_args()

    pairs = datasets.Dataset.from_csv(str(PAIRS), sep="\t")
    switcher = RetrievalSwitcher.multilingual(Lexicon.starter(), ["de", "ru", "it"])
    switched = transform_dataset(pairs, switcher.on("query", "passage"))
    print(switched[0])

    model = SentenceTransformer(options.model)
    arguments = SentenceTransformerTrainingArguments(
        options.output,
        num_train_epochs=options.epochs,
        per_device_train_batch_size=8,
        learning_rate=2e-5,
        report_to="none",
    )
    trainer = SentenceTransformerTrainer(
        model,
        arguments,
        train_dataset=switched,
        loss=MultipleNegativesRankingLoss(model),
        callbacks=[EpochCallback(switched)],  # other random choices in each epoch
    )
    trainer.train()
    model.save(options.output)


if __name__ == "__main__":
    main()
