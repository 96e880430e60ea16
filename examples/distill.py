"""Distill a retriever: a student learns the vectors of its English-trained teacher from switched text.

Without --model, the teacher is a table of word vectors that is made and trained here. For real use, pass a bi-encoder
that was trained on English, and replace the files in data/ with your texts and test questions.
"""

from __future__ import annotations

import argparse
import copy
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import datasets
import torch
from sentence_transformers import SentenceTransformer, SentenceTransformerTrainer, SentenceTransformerTrainingArguments
from sentence_transformers.losses import MSELoss, MultipleNegativesRankingLoss
from sentence_transformers.models import StaticEmbedding
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from lexswitch import CodeSwitcher, Lexicon
from lexswitch.integrations.huggingface import transform_dataset
from lexswitch.integrations.transformers import EpochCallback
from lexswitch.integrations.weights import average_weights
from lexswitch.retrieval import Distillation

DATA = Path(__file__).with_name("data")
LANGUAGES = ["de", "it"]


def word_vectors(texts: Iterable[str]) -> SentenceTransformer:
    """Return an untrained model: the vector of a text is the mean of the vectors of its words."""
    tokenizer = Tokenizer(models.WordLevel())
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    words = {word for text in texts for word, _ in tokenizer.pre_tokenizer.pre_tokenize_str(text.lower())}
    numbers = {word: number for number, word in enumerate(["[UNK]", *sorted(words)])}
    tokenizer.model = models.WordLevel(numbers, unk_token="[UNK]")  # noqa: S106  # not a password
    torch.manual_seed(0)
    return SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_dim=256)])


def train(model: SentenceTransformer, dataset: datasets.Dataset, loss: torch.nn.Module, **options: Any) -> None:
    """Train with the trainer of sentence-transformers."""
    callbacks = options.pop("callbacks", [])
    with TemporaryDirectory() as folder:
        arguments = SentenceTransformerTrainingArguments(
            folder, per_device_train_batch_size=12, report_to="none", save_strategy="no", **options
        )
        SentenceTransformerTrainer(model, arguments, dataset, loss=loss, callbacks=callbacks).train()


def mrr(model: SentenceTransformer, questions: list[str], passages: list[str]) -> float:
    """Return the mean of 1 / rank of the passage of each question. A passage has the number of its question."""
    scores = model.encode(questions, normalize_embeddings=True) @ model.encode(passages, normalize_embeddings=True).T
    ranks = (scores >= scores.diagonal()[:, None]).sum(axis=1)
    return float((1 / ranks).mean())


def main() -> None:
    """Train a student, average it with its teacher, and print the scores of each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", help="the teacher: a name on the Hub, or a folder")
    parser.add_argument("--epochs", type=int, default=40)
    parser.add_argument("--output", default="student")
    options = parser.parse_args()

    pairs = datasets.Dataset.from_csv(str(DATA / "pairs.tsv"), sep="\t")
    questions = datasets.Dataset.from_csv(str(DATA / "questions.tsv"), sep="\t")
    texts = [*pairs["query"], *pairs["passage"]]
    lexicon = Lexicon.starter()
    if options.model:
        teacher, learning_rate = SentenceTransformer(options.model), 2e-5
    else:
        translations = (translation for _, _, translation, _ in lexicon.select(LANGUAGES).pairs())
        teacher, learning_rate = word_vectors([*texts, *translations]), 0.05
        train(teacher, pairs, MultipleNegativesRankingLoss(teacher), num_train_epochs=20, learning_rate=learning_rate)

    student = copy.deepcopy(teacher)
    switcher = CodeSwitcher(lexicon, LANGUAGES, p=0.9, draw_language="text", candidates="weighted")
    distillation = Distillation(switcher, versions=2)
    rows = datasets.Dataset.from_dict(distillation.columns(texts, teacher.encode))
    dataset = transform_dataset(rows, distillation.column_switcher)
    settings = {"num_train_epochs": options.epochs, "learning_rate": learning_rate}
    train(student, dataset, MSELoss(student), callbacks=[EpochCallback(dataset)], **settings)
    student.save(options.output)

    print("share of the student" + "".join(f"  MRR {language}" for language in questions.column_names))
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        model = copy.deepcopy(teacher)
        model.load_state_dict(average_weights(teacher, student, share))
        scores = [mrr(model, questions[language], pairs["passage"]) for language in questions.column_names]
        print(f"{share:20.2f}" + "".join(f"{score:8.2f}" for score in scores))


if __name__ == "__main__":
    main()
