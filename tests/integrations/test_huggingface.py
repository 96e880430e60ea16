"""Hugging Face datasets: cache, formats, features, splits, transforms, workers."""

from __future__ import annotations

import copy
import pickle
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import datasets
import pytest
from datasets.fingerprint import Hasher

from lexswitch import CodeSwitcher, Lexicon
from lexswitch.integrations.huggingface import map_dataset, transform_dataset
from lexswitch.integrations.torch import SwitchedDataset
from lexswitch.retrieval import RetrievalSwitcher

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


def test_the_epoch_of_a_transform_moves() -> None:
    """The epoch that is set holds for the data set and for all that are made from it; it starts with the hook's."""
    source = dataset().add_column("id", list(range(COUNT)))
    hook = CodeSwitcher(LEXICON).on("text", keys="id")
    switched = transform_dataset(source, hook.at(2))
    part = switched.select(range(10, 20))
    assert switched.epoch == part.epoch == 2
    texts = [switched["text"][:]]
    switched.set_epoch(5)
    assert part.epoch == 5
    texts.append(switched["text"][:])
    assert texts == [transform_dataset(source, hook.at(epoch))["text"][:] for epoch in (2, 5)]
    assert part["text"][:] == texts[1][10:20]


DERIVED: dict[str, Callable[[Any], Any]] = {
    "add_column": lambda one: one.add_column("new", [0] * len(one)),
    "add_item": lambda one: one.add_item({**one.with_format(None)[0], "id": 7}),
    "cast": lambda one: one.cast(one.features),
    "cast_column": lambda one: one.cast_column("id", datasets.Value("int32")),
    "deepcopy": copy.deepcopy,
    "filter": lambda one: one.filter(lambda row: row["id"] % 2 and "house" in row["text"]),
    "flatten_indices": lambda one: one.select([3, 1]).flatten_indices(),
    "pickle": lambda one: pickle.loads(pickle.dumps(one)),
    "remove_columns": lambda one: one.remove_columns("more"),
    "rename_column": lambda one: one.rename_column("more", "other"),
    "select": lambda one: one.select([5, 3, 1]),
    "select a range": lambda one: one.select(range(5, 9)),
    "select_columns": lambda one: one.select_columns(["text", "id"]),
    "shard": lambda one: one.shard(3, 1),
    "shuffle": lambda one: one.shuffle(seed=1),
    "sort": lambda one: one.sort("id", reverse=True),
    "train_test_split": lambda one: one.train_test_split(0.5, seed=1)["test"],
}


@pytest.mark.parametrize("name", DERIVED)
def test_what_is_made_from_a_transformed_dataset(name: str) -> None:
    """It is switched once, by the epoch that is set, and ``map`` is refused there too."""
    hook = CodeSwitcher(LEXICON, p=1).on("text", keys="id")
    source = dataset().select(range(20)).add_column("id", list(range(20)))
    switched = transform_dataset(source, hook)
    made = DERIVED[name](switched)
    made.set_epoch(4)
    rows = dict(zip(made["id"][:], made["text"][:], strict=True))
    texts = ["a house with a card"] * len(rows)
    assert rows == dict(zip(rows, CodeSwitcher(LEXICON, p=1).apply(texts, keys=[*rows], epoch=4), strict=True))
    assert switched.epoch == (0 if name == "pickle" else 4)
    with pytest.raises(ValueError, match="the data set comes from transform_dataset, which switches rows whenever"):
        made.map(lambda row: row)


def test_nothing_is_switched_twice() -> None:
    """Mapping what a transform switches, and a second transform, are errors that say why; without it both work."""
    hook = CodeSwitcher(LEXICON).on("text")
    switched = transform_dataset(dataset(), hook)
    message = (
        "the data set comes from transform_dataset, .*; map.* would store switched rows, and they would be switched"
    )
    calls: list[Callable[[Any], Any]] = [
        lambda one: one.map(lambda row: {"length": len(row["text"])}),
        lambda one: datasets.DatasetDict(train=one).map(lambda row: row),
        lambda one: map_dataset(one, hook),
    ]
    for call in calls:
        with pytest.raises(ValueError, match=message):
            call(switched)
    for one in (switched, dataset().with_transform(lambda batch: batch)):
        with pytest.raises(ValueError, match="the data set has a transform already, which this one would replace"):
            transform_dataset(one, hook)
    plain = switched.with_format(None)
    assert map_dataset(plain, hook)["text"][:] == map_dataset(dataset(), hook)["text"][:]
    assert plain.map(lambda row: {"length": 1})["text"][:] == dataset()["text"][:]


NAMES = ["O", "B-LOC", "I-LOC"]
CITY = CodeSwitcher(
    Lexicon.from_pairs({"de": [("new york", "New York City"), ("in", "zu"), ("england", "England")]}), p=1
)
TOKENS = ["in", "New", "York", "and", "England"]


def tagged() -> datasets.Dataset:
    """Sentences as the Hub has them: tags are numbers of names."""
    features = {
        "tokens": _listed(datasets.Value("string")),
        "ner_tags": _listed(datasets.ClassLabel(names=NAMES)),
        "id": datasets.Value("int32"),
    }
    columns = {"tokens": [TOKENS] * 20, "ner_tags": [[0, 1, 2, 0, 1]] * 20, "id": list(range(20))}
    return datasets.Dataset.from_dict(columns, datasets.Features(features))


def _listed(feature: Any) -> Any:
    return datasets.Sequence(feature)


@pytest.mark.parametrize("names", [None, NAMES, tagged().features["ner_tags"], tagged().features["ner_tags"].feature])
@pytest.mark.parametrize(
    "way",
    [
        lambda source, hook: source.map(hook, batched=True, with_indices=True),
        lambda source, hook: source.map(hook, batched=True, with_indices=True, num_proc=2),
        map_dataset,
        lambda source, hook: map_dataset(source, hook, num_proc=2),
        transform_dataset,
        lambda source, hook: map_dataset(datasets.DatasetDict(train=source), hook)["train"],
        lambda source, hook: datasets.Dataset.from_generator(
            lambda: iter(map_dataset(source.to_iterable_dataset(), hook)), features=source.features
        ),
    ],
    ids=["map", "map, 2 processes", "map_dataset", "map_dataset, 2 processes", "transform", "dict", "stream"],
)
def test_tokens_with_class_labels(way: Any, names: Any) -> None:
    """Numbers of tags are understood by their features, and stay numbers of the same feature."""
    if names is not None and way is not map_dataset:
        names = NAMES
    source = tagged()
    switched = way(source, CITY.on_tokens("tokens", "ner_tags", names=names))
    assert switched.features == source.features
    assert switched["tokens"][:] == [["zu", "New", "York", "City", "and", "England"]] * 20
    assert switched["ner_tags"][:] == [[0, 1, 2, 2, 0, 1]] * 20


@pytest.mark.parametrize("form", ["numpy", "pandas", "arrow", "torch"])
def test_tokens_in_other_formats(form: str) -> None:
    """A data set keeps its format; with names the hook alone serves there, too."""
    source = tagged().with_format(form)
    hook = CITY.on_tokens("tokens", "ner_tags", names=NAMES)
    for switched in (map_dataset(source, hook), source.map(hook, batched=True, with_indices=True)):
        assert switched.format["type"] == form
        assert switched.with_format(None)["ner_tags"][:] == [[0, 1, 2, 2, 0, 1]] * 20


def test_tokens_in_a_loader() -> None:
    """So are they in a data set of PyTorch."""
    switched = SwitchedDataset(tagged(), CITY.on_tokens("tokens", "ner_tags", inside="nothing"))
    assert switched[3] == {"tokens": ["zu", *TOKENS[1:]], "ner_tags": [0, 1, 2, 0, 1], "id": 3}


def test_rows_of_a_dataset() -> None:
    """Rows of a data set are switched by name, as its columns are by index."""
    source = datasets.Dataset.from_dict({"positive": ["a house"] * 9, "label": [1] * 9, "query": ["a card"] * 9})
    switcher = RetrievalSwitcher.multilingual(LEXICON)
    rows = list(switcher.rows(source))
    assert [*rows[0]] == ["positive", "label", "query"]
    assert rows == list(map_dataset(source, switcher.on("query", "positive")))
    with pytest.raises(TypeError, match=r"texts\[0\] is dict, not str; switch columns with switcher\.on"):
        CodeSwitcher(LEXICON).apply(source)


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
    for wrong in ([], dataset().to_iterable_dataset()):
        with pytest.raises(TypeError, match=r"dataset is \w+; pass a Dataset of datasets, or a stream to map_dataset"):
            transform_dataset(wrong, HOOK)
    with pytest.raises(TypeError, match="column 'label': column has type int64; pass strings"):
        map_dataset(dataset(), CodeSwitcher(LEXICON).on("label"))
