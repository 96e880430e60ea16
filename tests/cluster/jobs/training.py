"""A process of a distributed training: it reads its share of the rows in several epochs and writes what it saw."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import datasets
import pyarrow as pa
import pyarrow.parquet as pq
import torch
import torch.distributed as dist
from accelerate import Accelerator
from datasets.distributed import split_dataset_by_node
from torch import nn
from torch.utils.data import DataLoader, DistributedSampler
from transformers import Trainer, TrainingArguments

from lexswitch.integrations.huggingface import map_dataset
from lexswitch.integrations.torch import SwitchedDataset
from lexswitch.integrations.transformers import EpochCallback

from .settings import ROWS, SHARED, WORK, column_switcher

BATCH = 64
Seen = list[tuple[int, int, str]]
"""Epoch, key and text of each row."""


def _rows(count: int) -> Any:
    table = pa.concat_tables(pq.read_table(path) for path in sorted(Path(ROWS).iterdir()))
    return datasets.Dataset(table.slice(0, count))


def _collated(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {"id": torch.tensor([row["id"] for row in rows]), "text": [row["text"] for row in rows]}


def _read(epoch: int, batches: Iterable[Any]) -> Iterator[tuple[int, int, str]]:
    for batch in batches:
        for number, text in zip(batch["id"].tolist(), batch["text"], strict=True):
            yield epoch, number, text


def sampler(count: int, epochs: int, **options: Any) -> Seen:
    """Read with a `DistributedSampler`."""
    dataset = SwitchedDataset(_rows(count), column_switcher())
    own = DistributedSampler(dataset)
    loader = DataLoader(dataset, BATCH, sampler=own, collate_fn=_collated, **options)
    seen: Seen = []
    for epoch in range(epochs):
        own.set_epoch(epoch)
        dataset.set_epoch(epoch)
        seen += _read(epoch, loader)
    return seen


def workers(count: int, epochs: int) -> Seen:
    """Read with a `DistributedSampler` and two workers in each process, which keep running."""
    return sampler(count, epochs, num_workers=2, persistent_workers=True)


def node(count: int, epochs: int) -> Seen:
    """Read a stream that `split_dataset_by_node` divides."""
    seen: Seen = []
    for epoch in range(epochs):
        stream = _rows(count).to_iterable_dataset(num_shards=8)
        own = split_dataset_by_node(stream, dist.get_rank(), dist.get_world_size())
        rows = map_dataset(own, column_switcher().at(epoch))
        seen += ((epoch, row["id"], row["text"]) for row in rows)
    return seen


def accelerate(count: int, epochs: int) -> Seen:
    """Read with a loader that Accelerate prepares."""
    dataset = SwitchedDataset(_rows(count), column_switcher())
    accelerator = Accelerator(cpu=True)
    loader = accelerator.prepare(DataLoader(dataset, BATCH, shuffle=True, collate_fn=_collated))
    seen: Seen = []
    for epoch in range(epochs):
        loader.set_epoch(epoch)
        seen += _read(epoch, loader)
    return seen


class _Recorder(nn.Module):
    """Records the rows, which arrive as numbers and code points."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1))
        self.seen: list[tuple[int, str]] = []

    def forward(self, number: torch.Tensor, codes: torch.Tensor) -> dict[str, torch.Tensor]:
        texts = ["".join(map(chr, row)).rstrip("\0") for row in codes.tolist()]
        self.seen += zip(number.tolist(), texts, strict=True)
        return {"loss": (self.weight * codes.float().mean()).square().sum()}


def _encoded(rows: list[dict[str, Any]]) -> dict[str, torch.Tensor]:
    width = max(len(row["text"]) for row in rows)
    codes = [[*map(ord, row["text"].ljust(width, "\0"))] for row in rows]
    return {"number": torch.tensor([row["id"] for row in rows]), "codes": torch.tensor(codes)}


def trainer(count: int, epochs: int, stop: int = 0, resume: bool = False) -> Seen:
    """Train with the Trainer of Transformers; on request stop after some steps, or resume from there."""
    dataset = SwitchedDataset(_rows(count), column_switcher())
    arguments = TrainingArguments(
        output_dir=f"{SHARED}/checkpoints",
        per_device_train_batch_size=BATCH,
        num_train_epochs=epochs,
        remove_unused_columns=False,
        save_strategy="steps" if stop else "no",
        save_steps=stop or 1,
        report_to="none",
        disable_tqdm=True,
        use_cpu=True,
        ddp_backend="gloo",
    )
    model = _Recorder()
    callbacks: list[Any] = [EpochCallback(dataset)]
    if stop:
        callbacks.append(_stop_after(stop))
    training = Trainer(model, arguments, _encoded, dataset, callbacks=callbacks)
    training.train(resume_from_checkpoint=resume)
    share = count // dist.get_world_size()
    first = epochs * share - len(model.seen) if resume else 0
    return [((first + at) // share, number, text) for at, (number, text) in enumerate(model.seen)]


def _stop_after(steps: int) -> Any:
    from transformers import TrainerCallback

    class Stop(TrainerCallback):
        def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> Any:
            control.should_training_stop = state.global_step >= steps
            return control

    return Stop()


def _record(name: str, seen: Seen) -> None:
    """Write what this process saw."""
    epochs, ids, texts = zip(*seen, strict=True)
    folder = Path(WORK, "seen", name)
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table({"epoch": epochs, "id": ids, "text": texts}), folder / f"{dist.get_rank()}.parquet")


if __name__ == "__main__":
    part, (everything, few, epochs, stop) = sys.argv[1], map(int, sys.argv[2:])
    dist.init_process_group("gloo")
    if part in ("everything", "first"):
        _record("everything", sampler(everything, 1))
    if part == "first":
        for method in (sampler, workers, node, accelerate, trainer):
            _record(method.__name__, method(few, epochs))
        _record("stopped", trainer(few, epochs, stop))
    if part == "resumed":  # processes of their own, as after a crash
        _record("resumed", trainer(few, epochs, resume=True))
    dist.destroy_process_group()
