"""Hugging Face datasets: cache, formats, features, splits, transforms, workers."""

from __future__ import annotations

import re
from pathlib import Path

import datasets
import pytest
from datasets.fingerprint import Hasher

from lexswitch import CodeSwitcher, Lexicon
from lexswitch.integrations.huggingface import map_dataset, transform_dataset

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]

PAIRS = {"de": [("house", "Haus"), ("card", "Karte")], "ru": [("house", "дом"), ("card", "карта")]}
LEXICON = Lexicon.from_pairs(PAIRS)
HOOK = CodeSwitcher(LEXICON).on("text", "more", into={"text": "new"})
COUNT = 300


def dataset() -> datasets.Dataset:
    columns = {
        "text": ["a house with a card"] * (COUNT - 1) + [None],
        "more": [["card", None, "house"]] * COUNT,
        "label": [number % 2 for number in range(COUNT)],
    }
    return datasets.Dataset.from_dict(columns).cast_column("label", datasets.ClassLabel(names=["no", "yes"]))


EXPECTED = HOOK(dataset()[:], range(COUNT))


@pytest.mark.parametrize("form", [None, "arrow", "numpy", "pandas", "polars", "torch"])
def test_map_keeps_format_and_features(form: str | None) -> None:
    """Whatever the format, rows are switched, other columns and features stay, and so does the format."""
    source = dataset().with_format(form)
    switched = map_dataset(source, HOOK)
    assert switched.format["type"] == source.format["type"]
    text = datasets.Value("string")
    assert switched.features == {**source.features, "new": text}
    assert {name: switched.with_format(None)[name][:] for name in EXPECTED} == EXPECTED
    assert switched.with_format(None)["label"][:] == dataset()["label"][:]


@pytest.mark.parametrize("form", ["arrow", "pandas", "polars", "numpy"])
def test_plain_map(form: str) -> None:
    """The hook alone serves ``dataset.map`` in the other formats, too."""
    switched = dataset().with_format(form).map(HOOK, batched=True, with_indices=True).with_format(None)
    assert {name: switched[name][:] for name in EXPECTED} == EXPECTED


def test_chosen_columns_of_a_format() -> None:
    """A format that shows some columns shows the same afterwards."""
    source = dataset().with_format("numpy", columns=["label", "text"])
    switched = map_dataset(source, CodeSwitcher(LEXICON).on("text"))
    assert switched.format["columns"] == ["label", "text"] or set(switched.format["columns"]) == {"label", "text"}
    assert set(switched[0]) == {"label", "text"}


def test_cache_follows_the_signature(tmp_path: Path) -> None:
    """Equal options and lexicons hit the cache, wherever the lexicon lies; any change misses it."""
    source = dataset()
    first = map_dataset(source, HOOK)._fingerprint
    LEXICON.save(tmp_path / "a.lexicon")
    same = [Lexicon.from_pairs(PAIRS), Lexicon.load(tmp_path / "a.lexicon")]
    for lexicon in same:
        hook = CodeSwitcher(lexicon).on("text", "more", into={"text": "new"})
        assert map_dataset(source, hook)._fingerprint == map_dataset(source, hook, num_proc=2)._fingerprint == first
    switcher = CodeSwitcher(LEXICON)
    more = Lexicon.from_pairs({**PAIRS, "de": [*PAIRS["de"], ("with", "mit")]})
    others = [
        HOOK.at(1),
        *(one.on("text", "more", into={"text": "new"}) for one in (switcher.replace(seed=1), switcher.replace(p=0.4))),
        CodeSwitcher(more).on("text", "more", into={"text": "new"}),
        switcher.on("text", "more", into={"text": "other"}),
        switcher.on("text", "more", into={"text": "new"}, keys="label"),
    ]
    prints = [map_dataset(source, hook)._fingerprint for hook in others]
    prints.append(map_dataset(source, HOOK, remove_columns=["label"])._fingerprint)
    prints.append(map_dataset(source.select(range(10)), HOOK)._fingerprint)
    assert len({first, *prints}) == 1 + len(prints)


def test_plain_fingerprint(tmp_path: Path) -> None:
    """For a plain ``dataset.map`` a loaded lexicon is hashed by its path and content, without its pairs."""
    LEXICON.save(tmp_path / "a.lexicon")
    hooks = [CodeSwitcher(Lexicon.load(tmp_path / "a.lexicon"), skip={"a", "b", "c"}).on("text") for _ in range(2)]
    assert Hasher.hash(hooks[0]) == Hasher.hash(hooks[1]) != Hasher.hash(hooks[0].at(1))


def test_splits_and_streams() -> None:
    """Splits are switched one by one; a stream knows its features still."""
    splits = map_dataset(datasets.DatasetDict(train=dataset(), test=dataset().select(range(3))), HOOK)
    assert isinstance(splits, datasets.DatasetDict)
    assert splits["test"]["new"][:] == EXPECTED["new"][:3]
    stream = map_dataset(dataset().to_iterable_dataset(num_shards=4), HOOK, batch_size=7)
    assert stream.features is not None
    assert set(stream.features) == {"text", "more", "label", "new"}
    assert [row["new"] for row in stream] == EXPECTED["new"]
    streams = map_dataset(datasets.IterableDatasetDict(train=dataset().to_iterable_dataset()), HOOK)
    assert next(iter(streams["train"]))["new"] == EXPECTED["new"][0]


def test_transform_draws_anew_in_each_epoch() -> None:
    """Rows have all columns, and each epoch has draws of its own that come again."""
    source = dataset().add_column("id", list(range(COUNT)))
    hook = CodeSwitcher(LEXICON).on("text", keys="id")
    epochs = [transform_dataset(source, hook.at(epoch))["text"][:] for epoch in (0, 1, 0)]
    assert epochs[0] == epochs[2] != epochs[1]
    row = transform_dataset(datasets.DatasetDict(train=source), hook)["train"][5]
    assert (set(row), row["text"]) == ({"text", "more", "label", "id"}, epochs[0][5])


def test_wrong_arguments() -> None:
    """Wrong data sets, hooks and columns are told before any work."""
    missing = re.escape("no column 'query' in the data set; it has ['text', 'more', 'label']")
    for function in (map_dataset, transform_dataset):
        with pytest.raises(KeyError, match=missing):
            function(dataset(), CodeSwitcher(LEXICON).on("query"))
        with pytest.raises(TypeError, match=r"hook is CodeSwitcher; pass switcher\.on"):
            function(dataset(), CodeSwitcher(LEXICON))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="dataset is list; pass a Dataset or IterableDataset"):
        map_dataset([], HOOK)
    with pytest.raises(TypeError, match="column 'label': column has type int64; pass strings"):
        map_dataset(dataset(), CodeSwitcher(LEXICON).on("label"))
