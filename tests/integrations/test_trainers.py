"""Trainers of Transformers and sentence-transformers: the texts that their models receive in three epochs."""

from __future__ import annotations

import os
import subprocess
import sys
import warnings
from collections.abc import Callable, Mapping
from itertools import combinations
from pathlib import Path
from typing import Any

import datasets
import pytest
import torch
from sentence_transformers import SentenceTransformer, SentenceTransformerTrainer, SentenceTransformerTrainingArguments
from tokenizers import Tokenizer, models, pre_tokenizers, trainers
from torch import nn
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast, Trainer, TrainingArguments

from lexswitch import CodeSwitcher, Lexicon
from lexswitch.integrations.huggingface import transform_dataset
from lexswitch.integrations.torch import SwitchedDataset, SwitchedIterable, SwitchingCollator
from lexswitch.integrations.transformers import EpochCallback
from lexswitch.retrieval import Distillation

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # newer versions also define it in another module
    from sentence_transformers.losses import MSELoss, MultipleNegativesRankingLoss

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]

EPOCHS, COUNT, BATCH = 3, 24, 4
WORDS = ["house", "card", "water", "door", "bank", "money"]
SWITCHER = CodeSwitcher(Lexicon.from_pairs({"de": [(word, f"d{word}") for word in WORDS]}))
COLUMN_SWITCHER = SWITCHER.on("text")
TEXTS = [f"row{number} {' '.join(WORDS)}" for number in range(COUNT)]
ROWS: list[dict[str, Any]] = [{"text": text} for text in TEXTS]
Epochs = list[dict[str, str]]
"""Maps the first word of each row to its text, one dict per epoch."""


def by_epoch(seen: list[str]) -> Epochs:
    """Divide the received texts into epochs, each with every row once."""
    assert len(seen) == EPOCHS * COUNT
    epochs = [seen[start : start + COUNT] for start in range(0, len(seen), COUNT)]
    found = [{text.split()[0]: text for text in epoch} for epoch in epochs]
    assert all(len(epoch) == COUNT for epoch in found)
    return found


def assert_fresh(epochs: Epochs) -> None:
    """Check that rows are switched and epochs differ: at p = 0.5, six words are equal in 1 of 64 pairs of rows."""
    for one, other in combinations(epochs, 2):
        assert sum(one[row] == other[row] for row in one) < COUNT / 4
    for epoch in epochs:
        words = [word for text in epoch.values() for word in text.split()[1:]]
        assert {word.removeprefix("d") for word in words} == {*WORDS, "oor"}
        assert 0.3 < sum(word not in WORDS for word in words) / len(words) < 0.7


def expected(keys: Any = None) -> Epochs:
    """Return the rows as their keys and the epoch determine them."""
    switched = [SWITCHER.apply(TEXTS, keys=keys, epoch=epoch) for epoch in range(EPOCHS)]
    return [{text.split()[0]: text for text in epoch} for epoch in switched]


# -- Transformers ------------------------------------------------------------------------------------------------------


class Recorder(nn.Module):
    """Records the texts, which arrive as code points; its loss depends on one weight."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1))
        self.seen: list[str] = []

    def forward(self, codes: torch.Tensor) -> dict[str, torch.Tensor]:
        self.seen += ["".join(map(chr, row)).rstrip("\0") for row in codes.tolist()]
        return {"loss": (self.weight * codes.float().mean()).square().sum()}


def collate(rows: list[dict[str, Any]]) -> dict[str, torch.Tensor]:
    """Encode texts as code points."""
    texts = [row["text"] for row in rows]
    width = max(map(len, texts))
    return {"codes": torch.tensor([[*map(ord, text.ljust(width, "\0"))] for text in texts])}


def options(folder: Path, workers: int, **more: Any) -> dict[str, Any]:
    return {
        "output_dir": str(folder),
        "per_device_train_batch_size": BATCH,
        "num_train_epochs": EPOCHS,
        "dataloader_num_workers": workers,
        "save_strategy": "no",
        "report_to": "none",
        "disable_tqdm": True,
        "use_cpu": True,
        **more,
    }


def train(folder: Path, workers: int, dataset: Any, collator: Any, *callbacks: Any, **more: Any) -> Epochs:
    model = Recorder()
    arguments = TrainingArguments(**options(folder, workers, remove_unused_columns=False, **more))
    Trainer(model, arguments, collator, dataset, callbacks=[*callbacks]).train()
    return by_epoch(model.seen)


def with_dataset(folder: Path, workers: int, **more: Any) -> Epochs:
    return train(folder, workers, SwitchedDataset(ROWS, COLUMN_SWITCHER), collate, **more)


def with_stream(folder: Path, workers: int, **more: Any) -> Epochs:
    stream = SwitchedIterable(ROWS, COLUMN_SWITCHER, BATCH)
    return train(folder, workers, stream, collate, max_steps=EPOCHS * COUNT // BATCH, **more)


def with_transform(folder: Path, workers: int, **more: Any) -> Epochs:
    return train(folder, workers, transform_dataset(datasets.Dataset.from_list(ROWS), COLUMN_SWITCHER), collate, **more)


def with_collator(folder: Path, workers: int, **more: Any) -> Epochs:
    return train(folder, workers, ROWS, SwitchingCollator(COLUMN_SWITCHER, collate), **more)


def with_callback(folder: Path, workers: int, **more: Any) -> Epochs:
    collator = SwitchingCollator(COLUMN_SWITCHER, collate)
    return train(folder, workers, ROWS, collator, EpochCallback(collator), **more)


# Persistent workers are forked before the second epoch starts.
@pytest.mark.parametrize(("workers", "persistent"), [(0, False), (2, True)])
@pytest.mark.parametrize(
    ("run", "keys"),
    [(with_dataset, range(COUNT)), (with_stream, range(COUNT)), (with_transform, None), (with_callback, None)],
)
def test_epochs_of_a_trainer(
    tmp_path: Path, run: Callable[..., Epochs], keys: Any, workers: int, persistent: bool
) -> None:
    """A row draws only by its key and the epoch of the trainer; the number of workers does not matter."""
    epochs = run(tmp_path, workers, dataloader_persistent_workers=persistent)
    assert_fresh(epochs)
    assert epochs == expected(keys)


@pytest.mark.parametrize(("workers", "persistent"), [(0, False), (2, False), (2, True)])
def test_collator_of_a_trainer(tmp_path: Path, workers: int, persistent: bool) -> None:
    """Without an epoch, a collator has new draws for each call; a second run repeats them."""
    runs = [with_collator(tmp_path, workers, dataloader_persistent_workers=persistent) for _ in range(2)]
    assert_fresh(runs[0])
    assert runs[0] == runs[1]


def test_resumed_from_a_checkpoint(tmp_path: Path) -> None:
    """A training resumed in the second epoch receives the same texts as an uninterrupted one."""
    seen = []
    for resumed in (False, True):
        model, collator = Recorder(), SwitchingCollator(COLUMN_SWITCHER, collate)
        arguments = options(tmp_path, 2, remove_unused_columns=False, save_strategy="steps", save_steps=9)
        trainer = Trainer(model, TrainingArguments(**arguments), collator, ROWS, callbacks=[EpochCallback(collator)])
        trainer.train(resume_from_checkpoint=str(tmp_path / "checkpoint-9") if resumed else None)
        seen.append(model.seen)
    assert by_epoch(seen[0]) == expected()
    assert seen[1] == seen[0][9 * BATCH :]


DEVICES = """
import os, sys
from pathlib import Path
import torch.distributed
from transformers import Trainer, TrainingArguments
from lexswitch.integrations.torch import SwitchedDataset
from lexswitch.integrations.transformers import EpochCallback
from tests.integrations import test_trainers as here

dataset, model = SwitchedDataset(here.ROWS, here.COLUMN_SWITCHER), here.Recorder()
arguments = here.options(Path(sys.argv[1]), 0, remove_unused_columns=False, ddp_backend="gloo")
Trainer(model, TrainingArguments(**arguments), here.collate, dataset, callbacks=[EpochCallback(dataset)]).train()
Path(sys.argv[1], "seen-" + os.environ["RANK"]).write_text("\\n".join(model.seen))
torch.distributed.destroy_process_group()  # without it, torch sometimes aborts at exit
"""


def test_two_devices(tmp_path: Path) -> None:
    """On several devices Accelerate does not set the epoch of a data set; the callback does, in each process."""
    (tmp_path / "script.py").write_text(DEVICES, encoding="utf-8")
    command = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2", "--standalone"]
    environment = {**os.environ, "CUDA_VISIBLE_DEVICES": "", "OMP_NUM_THREADS": "1"}
    environment["PYTHONPATH"] = os.pathsep.join(
        filter(None, [str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH")])
    )
    ran = subprocess.run(
        [*command, tmp_path / "script.py", tmp_path],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert ran.returncode == 0, ran.stderr
    seen = [(tmp_path / f"seen-{rank}").read_text(encoding="utf-8").split("\n") for rank in range(2)]
    half = COUNT // 2
    epochs = [[text for own in seen for text in own[epoch * half : (epoch + 1) * half]] for epoch in range(EPOCHS)]
    assert by_epoch([text for epoch in epochs for text in epoch]) == expected(range(COUNT))


def test_wrong_arguments_of_the_callback() -> None:
    """No object, or an object without ``set_epoch``, raises an error that names the remedy."""
    with pytest.raises(TypeError, match="switched is empty; pass a SwitchedDataset"):
        EpochCallback()
    for wrong in ((ROWS,), ({"a": SwitchedDataset(ROWS, COLUMN_SWITCHER), "b": ROWS},)):
        with pytest.raises(TypeError, match=r"switched has \w+, which has no set_epoch; pass a SwitchedDataset"):
            EpochCallback(*wrong)


# -- sentence-transformers ---------------------------------------------------------------------------------------------

PAIRS = {"query": TEXTS, "passage": [f"p{text}" for text in TEXTS]}
BOTH = SWITCHER.on("query", "passage")


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny encoder whose vocabulary holds all words of these texts."""
    folder = tmp_path_factory.mktemp("encoder")
    pad, unknown = special = ["[PAD]", "[UNK]"]
    tokenizer = Tokenizer(models.WordLevel(unk_token=unknown))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    texts = [*PAIRS["query"], *PAIRS["passage"], *(f"d{word}" for word in WORDS)]
    tokenizer.train_from_iterator(texts, trainers.WordLevelTrainer(special_tokens=special))
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token=pad, unk_token=unknown).save_pretrained(folder)
    torch.manual_seed(0)
    sizes = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32}
    BertModel(BertConfig(vocab_size=tokenizer.get_vocab_size(), **sizes)).save_pretrained(folder)
    return folder


def train_encoder(
    encoder: Path, folder: Path, workers: int, dataset: Any, collator: bool = False, callback: bool = False, **more: Any
) -> tuple[Epochs, Epochs]:
    """Return the queries and passages that the encoder received."""
    model = SentenceTransformer(str(encoder), device="cpu")
    seen: list[str] = []

    def record(module: Any, arguments: tuple[Mapping[str, torch.Tensor], ...]) -> None:
        if module.training:
            texts = model.tokenizer.batch_decode(arguments[0]["input_ids"], skip_special_tokens=True)
            seen.extend(texts)

    model[0].register_forward_pre_hook(record)
    torch.manual_seed(0)
    trainer = SentenceTransformerTrainer(
        model,
        SentenceTransformerTrainingArguments(**options(folder, workers, **more)),
        train_dataset=dataset,
        loss=MultipleNegativesRankingLoss(model),
    )
    switched = dataset
    if collator:
        switched = trainer.data_collator = SwitchingCollator(BOTH, trainer.data_collator)
    if callback:
        trainer.add_callback(EpochCallback(switched))
    trainer.train()
    queries = [text for text in seen if text.startswith("row")]
    passages = [text.removeprefix("p") for text in seen if text.startswith("prow")]
    assert len(queries) + len(passages) == len(seen)
    return by_epoch(queries), by_epoch(passages)


@pytest.mark.parametrize(("workers", "persistent"), [(0, False), (2, True)])
def test_transformed_dataset_in_sentence_transformers(
    tmp_path: Path, encoder: Path, workers: int, persistent: bool
) -> None:
    """A transformed data set has new draws in each epoch; the number of workers does not matter."""
    dataset = transform_dataset(datasets.Dataset.from_dict(PAIRS), BOTH)
    more = {"dataloader_persistent_workers": persistent}
    queries, passages = train_encoder(encoder, tmp_path, workers, dataset, **more)
    assert queries == expected()
    assert_fresh(queries)
    assert_fresh(passages)
    assert any(queries[0][row] != passages[0][row] for row in queries[0])


@pytest.mark.parametrize("workers", [0, 2])
def test_several_datasets_in_sentence_transformers(tmp_path: Path, encoder: Path, workers: int) -> None:
    """The trainer joins the data sets of a dict; they follow the epochs that a callback sets."""
    plain = datasets.Dataset.from_dict(PAIRS)
    parts = datasets.DatasetDict(a=plain.select(range(8)), b=plain.select(range(8, COUNT)))
    dataset = transform_dataset(parts, BOTH)
    queries, passages = train_encoder(encoder, tmp_path, workers, dataset, callback=True)
    assert queries == expected()
    assert_fresh(passages)


def test_prompts_in_sentence_transformers(tmp_path: Path, encoder: Path) -> None:
    """A trainer that adds its own transform, here for prompts, keeps the switching transform."""
    dataset = transform_dataset(datasets.DatasetDict(a=datasets.Dataset.from_dict(PAIRS)), BOTH)
    queries, _ = train_encoder(encoder, tmp_path, 0, dataset, callback=True, prompts={"a": ""})
    assert queries == expected()


@pytest.mark.parametrize("workers", [0, 2])
def test_collator_in_sentence_transformers(tmp_path: Path, encoder: Path, workers: int) -> None:
    """A collator around the trainer's own has new draws for each call; a second run repeats them."""
    dataset = datasets.Dataset.from_dict(PAIRS)
    runs = [train_encoder(encoder, tmp_path, workers, dataset, collator=True) for _ in range(2)]
    for epochs in runs[0]:
        assert_fresh(epochs)
    assert runs[0] == runs[1]
    queries, _ = train_encoder(encoder, tmp_path, workers, dataset, collator=True, callback=True)
    assert queries == expected()


@pytest.mark.parametrize("workers", [0, 2])
def test_distillation_in_sentence_transformers(tmp_path: Path, encoder: Path, workers: int) -> None:
    """With the stock loss a student receives each text and new versions of it, and learns the teacher's vectors."""
    teacher, student = (SentenceTransformer(str(encoder), device="cpu") for _ in range(2))
    distillation = Distillation(SWITCHER, versions=2)
    # In batches, as for data that does not fit into memory.
    plain = datasets.Dataset.from_list(ROWS).map(
        lambda batch: distillation.columns(batch["text"], teacher.encode), batched=True, batch_size=5
    )
    dataset = transform_dataset(plain, distillation.column_switcher)
    seen: list[str] = []
    student[0].register_forward_pre_hook(
        lambda module, arguments: seen.extend(
            student.tokenizer.batch_decode(arguments[0]["input_ids"], skip_special_tokens=True)
            if module.training
            else ()
        )
    )
    losses = distances(teacher, student)
    arguments = SentenceTransformerTrainingArguments(**options(tmp_path, workers, learning_rate=0.01))
    callbacks = [EpochCallback(dataset)]
    SentenceTransformerTrainer(student, arguments, dataset, loss=MSELoss(student), callbacks=callbacks).train()
    assert distances(teacher, student) < losses / 2

    count = 3 * COUNT
    for epoch in range(EPOCHS):
        versions = distillation.column_switcher.at(epoch)({"text": TEXTS, "switched_1": TEXTS, "switched_2": TEXTS})
        texts = [*TEXTS, *versions["switched_1"], *versions["switched_2"]]
        assert sorted(seen[epoch * count : (epoch + 1) * count]) == sorted(texts)


def distances(teacher: Any, student: Any) -> float:
    """Return the mean squared difference between the teacher's vectors of texts and the student's of other versions."""
    versions = SWITCHER.apply(TEXTS, epoch=EPOCHS + 1)
    return float(((teacher.encode(TEXTS) - student.encode(versions)) ** 2).mean())
