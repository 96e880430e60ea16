"""PyTorch: epochs, workers, samplers, resuming, trainers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from torch.utils.data import DataLoader, IterableDataset, RandomSampler

from lexswitch import CodeSwitcher, Lexicon
from lexswitch.integrations.torch import SwitchedDataset, SwitchedIterable, SwitchingCollator

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]

SWITCHER = CodeSwitcher(Lexicon.from_pairs({"de": [("house", "Haus"), ("card", "Karte")]}))
HOOK = SWITCHER.on("text")
COUNT, BATCH = 203, 10
TEXTS = ["a house with a card"] * COUNT
ROWS = [{"text": text, "id": number} for number, text in enumerate(TEXTS)]


def expected(epoch: int = 0) -> list[str]:
    return SWITCHER.apply(TEXTS, keys=range(COUNT), epoch=epoch)


def read(dataset: Any, **options: Any) -> list[str]:
    return [text for batch in DataLoader(dataset, **{"batch_size": BATCH, **options}) for text in batch["text"]]


@pytest.mark.parametrize("workers", [0, 2])
def test_epochs(workers: int) -> None:
    """A new epoch, told in the main process, reaches workers that are running."""
    for dataset in (SwitchedDataset(ROWS, HOOK), SwitchedIterable(ROWS, HOOK, BATCH)):
        loader = DataLoader(dataset, BATCH, num_workers=workers, persistent_workers=workers > 0)
        for epoch in (0, 1, 0):
            dataset.set_epoch(epoch)
            assert dataset.epoch == epoch
            assert [text for batch in loader for text in batch["text"]] == expected(epoch)


def test_shuffled_rows() -> None:
    """The order in which rows are read changes no row."""
    dataset = SwitchedDataset(ROWS, HOOK)
    batches = DataLoader(dataset, BATCH, sampler=RandomSampler(dataset))
    found = {
        number: text for batch in batches for number, text in zip(batch["id"].tolist(), batch["text"], strict=True)
    }
    assert [found[number] for number in range(COUNT)] == expected()
    assert dataset[-1] == {"text": expected()[-1], "id": COUNT - 1}
    with pytest.raises(IndexError, match="index 203 is out of range; the data set has 203 rows"):
        dataset[COUNT]


@pytest.mark.parametrize("workers", [0, 2])
def test_resumed_within_an_epoch(workers: int) -> None:
    """A stream that begins at a row gives what it would have given from there; the next epoch begins at its start."""
    dataset = SwitchedIterable(ROWS, HOOK, BATCH)
    dataset.load_state_dict({"epoch": 3, "row": 70})
    assert read(dataset, num_workers=workers) == expected(3)[70:]
    dataset.set_epoch(4)
    assert read(dataset, num_workers=workers) == expected(4)


def test_state() -> None:
    """The state tells epoch and rows passed, and another data set goes on from it."""
    dataset = SwitchedIterable(ROWS, HOOK, BATCH)
    dataset.set_epoch(2)
    rows = iter(dataset)
    first = [next(rows)["text"] for _ in range(30)]
    assert dataset.state_dict() == {"epoch": 2, "row": 30}
    other = SwitchedIterable(ROWS, HOOK, BATCH)
    other.load_state_dict(dataset.state_dict())
    assert first + [row["text"] for row in other] == expected(2)


class _Stream(IterableDataset[dict[str, Any]]):
    """Deals rows to workers itself."""

    def __iter__(self) -> Iterator[dict[str, Any]]:
        from torch.utils.data import get_worker_info

        worker = get_worker_info()
        yield from ROWS[worker.id :: worker.num_workers] if worker else ROWS


@pytest.mark.parametrize("workers", [0, 2])
def test_streams_that_deal_their_rows(workers: int) -> None:
    """No row is lost or doubled, and keys of a column hold whoever reads a row."""
    dataset = SwitchedIterable(_Stream(), SWITCHER.on("text", keys="id"), BATCH)
    loader = DataLoader(dataset, BATCH, num_workers=workers)
    found = [
        (number, text) for batch in loader for number, text in zip(batch["id"].tolist(), batch["text"], strict=True)
    ]
    assert sorted(found) == list(enumerate(expected()))


def test_collator() -> None:
    """Rows are switched before they are collated, for the epoch that is set; rows of one shape may be longer."""
    collator = SwitchingCollator(SWITCHER.on("text", keys="id"), lambda rows: [row["text"] for row in rows])
    assert collator(ROWS) == expected()
    collator.set_epoch(5)
    assert collator(ROWS) == expected(5)
    assert collator([]) == []


def test_trainers_set_the_epoch() -> None:
    """Accelerate's loader hands the epoch on."""
    from accelerate import Accelerator

    dataset = SwitchedDataset(ROWS, HOOK)
    loader = Accelerator(cpu=True).prepare(DataLoader(dataset, BATCH))
    loader.set_epoch(6)
    assert [text for batch in loader for text in batch["text"]] == expected(6)


def test_wrong_arguments() -> None:
    """Wrong hooks, rows, columns and one-way iterators are told with what to pass."""
    with pytest.raises(TypeError, match=r"hook is CodeSwitcher; pass switcher\.on"):
        SwitchedDataset(ROWS, SWITCHER)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="rows is list_iterator; pass what can be read anew in each epoch"):
        SwitchedIterable(iter(ROWS), HOOK)
    with pytest.raises(TypeError, match="a row is str; pass rows as dicts"):
        SwitchedDataset(TEXTS, HOOK)[0]
    with pytest.raises(KeyError, match=r"no column 'text' in row 1 of the batch; it has \['id'\]"):
        SwitchingCollator(HOOK)([{"text": "a"}, {"id": 1}])
    with pytest.raises(KeyError, match=r"no column 'query' in the batch; it has \['text', 'id'\]"):
        SwitchedDataset(ROWS, SWITCHER.on("query"))[0]
    with pytest.raises(ValueError, match="epoch is -1"):
        SwitchedDataset(ROWS, HOOK).set_epoch(-1)
