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
    """The state has the epoch and the rows passed, and another data set goes on from it, once."""
    dataset = SwitchedIterable(ROWS, HOOK, BATCH)
    dataset.set_epoch(2)
    rows = iter(dataset)
    first = [next(rows)["text"] for _ in range(30)]
    assert dataset.state_dict() == {"epoch": 2, "first": 0, "row": 30}
    other = SwitchedIterable(ROWS, HOOK, BATCH)
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
    """Workers begin at the row of a state once, and at the first row from then on, in that epoch or another one."""
    dataset = SwitchedIterable(ROWS, HOOK, BATCH)
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
@pytest.mark.parametrize("dealt", [False, True])
def test_stateful_loader(workers: int, batch: int, persistent: bool, dealt: bool) -> None:
    """A loader of torchdata, stopped anywhere and resumed, gives the batches that it would have given."""
    from torchdata.stateful_dataloader import StatefulDataLoader

    def loader() -> tuple[Any, Any]:
        rows = _Stream() if dealt else ROWS
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
    """A state that was saved when an epoch had ended does not keep the next one from its own epoch and first row."""
    from torchdata.stateful_dataloader import StatefulDataLoader

    stopped, resumed = (SwitchedIterable(ROWS, HOOK, BATCH) for _ in range(2))
    loader = StatefulDataLoader(stopped, BATCH, num_workers=workers)
    stopped.set_epoch(5)
    assert [text for batch in loader for text in batch["text"]] == expected(5)
    state = loader.state_dict()
    loader = StatefulDataLoader(resumed, BATCH, num_workers=workers)
    loader.load_state_dict(state)
    resumed.set_epoch(6)
    assert [text for batch in loader for text in batch["text"]] == expected(6)


def test_state_that_is_not_known() -> None:
    """Where workers of a plain loader are, and where rows are that a stream deals itself, is an error, not row 0."""
    dataset = SwitchedIterable(ROWS, HOOK, BATCH)
    assert dataset.state_dict() == {"epoch": 0, "first": 0, "row": 0}
    next(iter(DataLoader(dataset, BATCH, num_workers=2)))
    with pytest.raises(ValueError, match=r"2 workers read the rows.*StatefulDataLoader.*'row': batches \* 10"):
        dataset.state_dict()
    dataset.load_state_dict({"epoch": 0, "row": 50})
    assert dataset.state_dict()["row"] == 50
    dealt = SwitchedIterable(_Stream(), HOOK, BATCH)
    dealt.load_state_dict({"epoch": 0, "row": 50})
    with pytest.raises(ValueError, match="row is 50, and _Stream deals its rows to 2 workers"):
        read(dealt, num_workers=2)


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


class _Shuffled(_Stream):
    """Has an epoch of its own."""

    epoch = 0

    def set_epoch(self, epoch: int) -> None:
        self.epoch = epoch


def test_rows_that_have_epochs() -> None:
    """Rows that are shuffled by epoch get the epoch, which trainers hand to the outer data set alone."""
    rows = _Shuffled()
    SwitchedIterable(rows, HOOK, BATCH).set_epoch(3)
    assert rows.epoch == 3


def test_collator() -> None:
    """Once an epoch is set, rows draw by it and their keys before they are collated."""
    collator = SwitchingCollator(SWITCHER.on("text", keys="id"), lambda rows: [row["text"] for row in rows])
    for epoch in (0, 5):
        collator.set_epoch(epoch)
        assert collator.epoch == epoch
        assert collator(ROWS) == expected(epoch)
    assert collator([]) == []


@pytest.mark.parametrize(("workers", "persistent"), [(0, False), (2, False), (2, True)])
def test_collator_without_epochs(workers: int, persistent: bool) -> None:
    """As long as no epoch is set, each pass has draws of its own, and two runs with one seed have the same."""

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


def test_collators_lend_their_attributes() -> None:
    """What a trainer asks of a collator is that of the inner one."""

    class Inner:
        valid_label_columns = ("label",)

        def __call__(self, rows: Any) -> Any:
            return rows

    collator = pickle.loads(pickle.dumps(SwitchingCollator(HOOK, len)))
    assert not hasattr(collator, "valid_label_columns")
    assert SwitchingCollator(HOOK, Inner()).valid_label_columns == ("label",)


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
    with pytest.raises(
        TypeError, match=r"the rows are a DataFrame; pass rows as dicts, such as rows\.to_dict\('records'"
    ):
        SwitchedDataset(pd.DataFrame(ROWS), HOOK)
