"""PyTorch: epochs, workers, samplers, resuming, trainers."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from itertools import combinations
from typing import Any

import pandas as pd
import pytest
import torch
from torch.utils.data import DataLoader, IterableDataset, RandomSampler

from lexswitch import CodeSwitcher, Lexicon
from lexswitch.integrations.torch import SwitchedDataset, SwitchedIterable, SwitchingCollator

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]

SWITCHER = CodeSwitcher(Lexicon.from_pairs({"de": [("house", "Haus"), ("card", "Karte")]}))
COLUMN_SWITCHER = SWITCHER.on("text")
COUNT, BATCH = 203, 10
TEXTS = ["a house with a card"] * COUNT
ROWS = [{"text": text, "id": number} for number, text in enumerate(TEXTS)]


def expected(epoch: int = 0) -> list[str]:
    return SWITCHER.apply(TEXTS, keys=range(COUNT), epoch=epoch)


def read(dataset: Any, **options: Any) -> list[str]:
    return [text for batch in DataLoader(dataset, **{"batch_size": BATCH, **options}) for text in batch["text"]]


@pytest.mark.parametrize("workers", [0, 2])
def test_epochs(workers: int) -> None:
    """An epoch that the main process sets reaches running workers."""
    for dataset in (SwitchedDataset(ROWS, COLUMN_SWITCHER), SwitchedIterable(ROWS, COLUMN_SWITCHER, BATCH)):
        loader = DataLoader(dataset, BATCH, num_workers=workers, persistent_workers=workers > 0)
        for epoch in (0, 1, 0):
            dataset.set_epoch(epoch)
            assert dataset.epoch == epoch
            assert [text for batch in loader for text in batch["text"]] == expected(epoch)


def test_shuffled_rows() -> None:
    """The order of reading does not change the rows."""
    dataset = SwitchedDataset(ROWS, COLUMN_SWITCHER)
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
    """A resumed stream yields the remaining rows of its epoch; the next epoch starts at row 0."""
    dataset = SwitchedIterable(ROWS, COLUMN_SWITCHER, BATCH)
    dataset.load_state_dict({"epoch": 3, "row": 70})
    assert read(dataset, num_workers=workers) == expected(3)[70:]
    dataset.set_epoch(4)
    assert read(dataset, num_workers=workers) == expected(4)


def test_state() -> None:
    """The state holds the epoch and the number of rows read; another data set resumes from it once."""
    dataset = SwitchedIterable(ROWS, COLUMN_SWITCHER, BATCH)
    dataset.set_epoch(2)
    rows = iter(dataset)
    first = [next(rows)["text"] for _ in range(30)]
    assert dataset.state_dict() == {"epoch": 2, "first": 0, "row": 30}
    other = SwitchedIterable(ROWS, COLUMN_SWITCHER, BATCH)
    other.load_state_dict(dataset.state_dict())
    assert other.state_dict() == {"epoch": 2, "first": 30, "row": 30}
    assert first + [row["text"] for row in other] == expected(2)
    assert [row["text"] for row in other] == expected(0)
    next(rows)
    other.load_state_dict(dataset.state_dict())
    assert next(iter(other))["text"] == expected(2)[31]
    for state in ({"row": 3}, [3]):
        with pytest.raises(ValueError, match=r"state is .*; pass \{'epoch': 3, 'row': 70\}"):
            other.load_state_dict(state)  # type: ignore[arg-type]


@pytest.mark.parametrize("persistent", [False, True])
def test_each_pass_after_a_resumed_one(persistent: bool) -> None:
    """Workers start at the row of a state once; all later passes start at row 0, in the same or another epoch."""
    dataset = SwitchedIterable(ROWS, COLUMN_SWITCHER, BATCH)
    loader = DataLoader(dataset, BATCH, num_workers=2, persistent_workers=persistent)
    dataset.set_epoch(3)
    dataset.load_state_dict({"epoch": 3, "row": 70})
    passes = [[text for batch in loader for text in batch["text"]] for _ in range(2)]
    assert passes == [expected(3)[70:], expected(3)]
    dataset.load_state_dict({"epoch": 3, "row": 70})
    dataset.set_epoch(4)
    assert [text for batch in loader for text in batch["text"]] == expected(4)


@pytest.mark.parametrize(
    ("workers", "batch", "persistent"), [(0, 7, False), (2, BATCH, False), (2, 7, True), (3, 25, False)]
)
@pytest.mark.parametrize("sharded", [False, True])
def test_stateful_loader(workers: int, batch: int, persistent: bool, sharded: bool) -> None:
    """A loader of torchdata that is stopped and resumed yields the batches of an uninterrupted one."""
    from torchdata.stateful_dataloader import StatefulDataLoader

    def loader() -> tuple[Any, Any]:
        rows = _Stream() if sharded else ROWS
        dataset = SwitchedIterable(rows, SWITCHER.on("text", keys="id"), BATCH)
        options = {"num_workers": workers, "persistent_workers": persistent}
        return dataset, StatefulDataLoader(dataset, batch, **options)

    def passed(batches: Any) -> list[Any]:
        return [(each["id"].tolist(), each["text"]) for each in batches]

    dataset, whole = loader()
    dataset.set_epoch(5)
    unbroken = passed(whole)
    assert sorted(number for numbers, _ in unbroken for number in numbers) == list(range(COUNT))
    dataset.set_epoch(6)
    following = passed(whole)
    assert {text for number, text in zip(*following[0], strict=True)} <= {*expected(6)}
    for done in (0, 4, len(unbroken)):
        dataset, stopped = loader()
        dataset.set_epoch(5)
        batches = iter(stopped)
        first = [next(batches) for _ in range(done)]
        state = stopped.state_dict()
        dataset, resumed = loader()
        dataset.set_epoch(5)
        resumed.load_state_dict(state)
        assert passed(first) + passed(resumed) == unbroken
        dataset.set_epoch(6)
        assert passed(resumed) == following


@pytest.mark.parametrize("workers", [0, 2])
def test_stateful_loader_between_epochs(workers: int) -> None:
    """After a state that was saved at the end of an epoch, the next epoch starts at row 0 with its own draws."""
    from torchdata.stateful_dataloader import StatefulDataLoader

    stopped, resumed = (SwitchedIterable(ROWS, COLUMN_SWITCHER, BATCH) for _ in range(2))
    loader = StatefulDataLoader(stopped, BATCH, num_workers=workers)
    stopped.set_epoch(5)
    assert [text for batch in loader for text in batch["text"]] == expected(5)
    state = loader.state_dict()
    loader = StatefulDataLoader(resumed, BATCH, num_workers=workers)
    loader.load_state_dict(state)
    resumed.set_epoch(6)
    assert [text for batch in loader for text in batch["text"]] == expected(6)


def test_unknown_position() -> None:
    """An unknown position raises an error: workers of a plain loader, and streams that shard themselves."""
    dataset = SwitchedIterable(ROWS, COLUMN_SWITCHER, BATCH)
    assert dataset.state_dict() == {"epoch": 0, "first": 0, "row": 0}
    next(iter(DataLoader(dataset, BATCH, num_workers=2)))
    with pytest.raises(ValueError, match=r"2 workers read the rows.*StatefulDataLoader.*'row': batches \* 10"):
        dataset.state_dict()
    dataset.load_state_dict({"epoch": 0, "row": 50})
    assert dataset.state_dict()["row"] == 50
    sharded = SwitchedIterable(_Stream(), COLUMN_SWITCHER, BATCH)
    sharded.load_state_dict({"epoch": 0, "row": 50})
    with pytest.raises(ValueError, match="row is 50, and _Stream shards its rows among 2 workers"):
        read(sharded, num_workers=2)


class _Stream(IterableDataset[dict[str, Any]]):
    """Shards its rows among workers."""

    def __iter__(self) -> Iterator[dict[str, Any]]:
        from torch.utils.data import get_worker_info

        worker = get_worker_info()
        yield from ROWS[worker.id :: worker.num_workers] if worker else ROWS


@pytest.mark.parametrize("workers", [0, 2])
def test_streams_that_shard_themselves(workers: int) -> None:
    """No row is lost or doubled, and key columns work in every worker."""
    dataset = SwitchedIterable(_Stream(), SWITCHER.on("text", keys="id"), BATCH)
    loader = DataLoader(dataset, BATCH, num_workers=workers)
    found = [
        (number, text) for batch in loader for number, text in zip(batch["id"].tolist(), batch["text"], strict=True)
    ]
    assert sorted(found) == list(enumerate(expected()))


class _Shuffled(_Stream):
    """Has its own epoch."""

    epoch = 0

    def set_epoch(self, epoch: int) -> None:
        self.epoch = epoch


def test_rows_that_have_epochs() -> None:
    """Setting the epoch also calls ``set_epoch`` of the rows, because trainers only call the outer one."""
    rows = _Shuffled()
    SwitchedIterable(rows, COLUMN_SWITCHER, BATCH).set_epoch(3)
    assert rows.epoch == 3


def test_collator() -> None:
    """After an epoch is set, rows draw by it and their keys, and are then collated."""
    collator = SwitchingCollator(SWITCHER.on("text", keys="id"), lambda rows: [row["text"] for row in rows])
    for epoch in (0, 5):
        collator.set_epoch(epoch)
        assert collator.epoch == epoch
        assert collator(ROWS) == expected(epoch)
    assert collator([]) == []


@pytest.mark.parametrize(("workers", "persistent"), [(0, False), (2, False), (2, True)])
def test_collator_without_epochs(workers: int, persistent: bool) -> None:
    """Without an epoch, each pass has its own draws, and two runs with the same seed have the same draws."""

    def run(seed: int) -> list[list[str]]:
        torch.manual_seed(seed)
        collator = SwitchingCollator(SWITCHER.on("text", keys="id"))
        assert collator.epoch is None
        options = {"num_workers": workers, "persistent_workers": persistent, "collate_fn": collator}
        loader = DataLoader(ROWS, BATCH, **options)  # type: ignore[arg-type,var-annotated]
        return [[text for batch in loader for text in batch["text"]] for _ in range(3)]

    passes = run(1)
    assert passes == run(1)
    assert (passes == run(2)) is (workers == 0)
    for one, other in combinations(passes, 2):
        assert 0.1 < sum(map(str.__eq__, one, other)) / COUNT < 0.4  # 1/4 of two words at p = 0.5
    assert all(0.4 < sum("Haus" in text for text in one) / COUNT < 0.6 for one in passes)


def test_attributes_of_the_inner_collator() -> None:
    """Attributes that trainers read come from the inner collator."""

    class Inner:
        valid_label_columns = ("label",)

        def __call__(self, rows: Any) -> Any:
            return rows

    collator = pickle.loads(pickle.dumps(SwitchingCollator(COLUMN_SWITCHER, len)))
    assert not hasattr(collator, "valid_label_columns")
    assert SwitchingCollator(COLUMN_SWITCHER, Inner()).valid_label_columns == ("label",)


def test_trainers_set_the_epoch() -> None:
    """Accelerate's loader sets the epoch."""
    from accelerate import Accelerator

    dataset = SwitchedDataset(ROWS, COLUMN_SWITCHER)
    loader = Accelerator(cpu=True).prepare(DataLoader(dataset, BATCH))
    loader.set_epoch(6)
    assert [text for batch in loader for text in batch["text"]] == expected(6)


def test_wrong_arguments() -> None:
    """Wrong column switchers, rows, columns and iterators raise errors that name the remedy."""
    with pytest.raises(TypeError, match=r"column_switcher is CodeSwitcher; pass switcher\.on"):
        SwitchedDataset(ROWS, SWITCHER)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="rows is list_iterator; pass an iterable that can be read again in each epoch"):
        SwitchedIterable(iter(ROWS), COLUMN_SWITCHER)
    for wrong in (None, iter(ROWS)):
        with pytest.raises(TypeError, match=f"dataset is {type(wrong).__name__}, which has no length or no rows by"):
            SwitchedDataset(wrong, COLUMN_SWITCHER)
    with pytest.raises(TypeError, match="collate is int; pass a function of a list of rows"):
        SwitchingCollator(COLUMN_SWITCHER, 5)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="a row is str; pass rows as dicts"):
        SwitchedDataset(TEXTS, COLUMN_SWITCHER)[0]
    with pytest.raises(KeyError, match=r"no column 'text' in row 1 of the batch; it has \['id'\]"):
        SwitchingCollator(COLUMN_SWITCHER)([{"text": "a"}, {"id": 1}])
    with pytest.raises(KeyError, match=r"no column 'query' in the batch; it has \['text', 'id'\]"):
        SwitchedDataset(ROWS, SWITCHER.on("query"))[0]
    with pytest.raises(ValueError, match="epoch is -1"):
        SwitchedDataset(ROWS, COLUMN_SWITCHER).set_epoch(-1)
    with pytest.raises(
        TypeError, match=r"the rows are a DataFrame; pass rows as dicts, such as rows\.to_dict\('records'"
    ):
        SwitchedDataset(pd.DataFrame(ROWS), COLUMN_SWITCHER)
