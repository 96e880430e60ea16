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
COLUMN_SWITCHER = CodeSwitcher(LEXICON).on("text", "more", into={"text": "new"})
COUNT = 300


def dataset() -> datasets.Dataset:
    columns = {
        "text": ["a house with a card"] * (COUNT - 1) + [None],
        "more": [["card", None, "house"]] * COUNT,
        "label": [number % 2 for number in range(COUNT)],
    }
    return datasets.Dataset.from_dict(columns).cast_column("label", datasets.ClassLabel(names=["no", "yes"]))


EXPECTED = COLUMN_SWITCHER(dataset()[:], range(COUNT))


@pytest.mark.parametrize("form", [None, "arrow", "numpy", "pandas", "polars", "torch"])
def test_map_keeps_format_and_features(form: str | None) -> None:
    """In each format, rows are switched; other columns, the features and the format are kept."""
    source = dataset().with_format(form)
    switched = map_dataset(source, COLUMN_SWITCHER)
    assert switched.format["type"] == source.format["type"]
    text = datasets.Value("string")
    assert switched.features == {**source.features, "new": text}
    assert {name: switched.with_format(None)[name][:] for name in EXPECTED} == EXPECTED
    assert switched.with_format(None)["label"][:] == dataset()["label"][:]


@pytest.mark.parametrize("form", ["arrow", "pandas", "polars", "numpy"])
def test_plain_map(form: str) -> None:
    """A column switcher passed to ``dataset.map`` also works in the other formats."""
    switched = dataset().with_format(form).map(COLUMN_SWITCHER, batched=True, with_indices=True).with_format(None)
    assert {name: switched[name][:] for name in EXPECTED} == EXPECTED


def test_chosen_columns_of_a_format() -> None:
    """A format that selects columns still selects them after the switch."""
    source = dataset().with_format("numpy", columns=["label", "text"])
    switched = map_dataset(source, CodeSwitcher(LEXICON).on("text"))
    assert switched.format["columns"] == ["label", "text"] or set(switched.format["columns"]) == {"label", "text"}
    assert set(switched[0]) == {"label", "text"}


def test_cache_follows_the_signature(tmp_path: Path) -> None:
    """Equal options and lexicons hit the cache, whatever the path of the lexicon; any change misses it."""
    source = dataset()
    first = map_dataset(source, COLUMN_SWITCHER)._fingerprint
    LEXICON.save(tmp_path / "a.lexicon")
    same = [Lexicon.from_pairs(PAIRS), Lexicon.load(tmp_path / "a.lexicon")]
    for lexicon in same:
        column_switcher = CodeSwitcher(lexicon).on("text", "more", into={"text": "new"})
        assert (
            map_dataset(source, column_switcher)._fingerprint
            == map_dataset(source, column_switcher, num_proc=2)._fingerprint
            == first
        )
    switcher = CodeSwitcher(LEXICON)
    more = Lexicon.from_pairs({**PAIRS, "de": [*PAIRS["de"], ("with", "mit")]})
    others = [
        COLUMN_SWITCHER.at(1),
        *(one.on("text", "more", into={"text": "new"}) for one in (switcher.replace(seed=1), switcher.replace(p=0.4))),
        CodeSwitcher(more).on("text", "more", into={"text": "new"}),
        switcher.on("text", "more", into={"text": "other"}),
        switcher.on("text", "more", into={"text": "new"}, keys="label"),
    ]
    prints = [map_dataset(source, column_switcher)._fingerprint for column_switcher in others]
    prints.append(map_dataset(source, COLUMN_SWITCHER, remove_columns=["label"])._fingerprint)
    prints.append(map_dataset(source.select(range(10)), COLUMN_SWITCHER)._fingerprint)
    assert len({first, *prints}) == 1 + len(prints)


def test_cache_follows_the_options(tmp_path: Path) -> None:
    """Options that change rows miss the cache; a stored result of other options is never returned."""
    dataset().save_to_disk(tmp_path / "stored")
    source = datasets.load_from_disk(tmp_path / "stored")
    column_switcher = CodeSwitcher(LEXICON).on("text")
    for indices in (True, False, True):
        expected = column_switcher(dataset()[:], range(COUNT) if indices else None)["text"]
        assert map_dataset(source, column_switcher, with_indices=indices)["text"][:] == expected
    counts = {
        (size, processes): len(
            map_dataset(source, column_switcher, drop_last_batch=True, batch_size=size, num_proc=processes)
        )
        for size, processes in ((70, None), (80, None), (80, 2))
    }
    assert counts == {(70, None): 280, (80, None): 240, (80, 2): 160}


def test_fingerprints_of_equal_results_are_equal() -> None:
    """Options that cannot change rows, and those with their default value, do not change the fingerprint."""
    source, column_switcher = dataset(), CodeSwitcher(LEXICON).on("text")
    plain = map_dataset(source, column_switcher)._fingerprint
    options: list[dict[str, Any]] = [
        {"batch_size": 7, "desc": "x", "keep_in_memory": True, "load_from_cache_file": False, "writer_batch_size": 9},
        {"with_indices": True, "drop_last_batch": False, "remove_columns": None},
    ]
    assert [map_dataset(source, column_switcher, **some)._fingerprint for some in options] == [plain, plain]


def test_options_of_a_dataset_only() -> None:
    """A stream has no processes and no progress bar; the error says so."""
    stream = dataset().to_iterable_dataset()
    for some in (stream, datasets.IterableDatasetDict(train=stream)):
        with pytest.raises(TypeError, match="num_proc is 2, but dataset is an IterableDataset, and num_proc is for a"):
            map_dataset(some, COLUMN_SWITCHER, num_proc=2)
        with pytest.raises(TypeError, match="desc is 'x', but dataset is an IterableDataset"):
            map_dataset(some, COLUMN_SWITCHER, desc="x")


def test_plain_fingerprint(tmp_path: Path) -> None:
    """A plain ``dataset.map`` hashes a loaded lexicon by its path and content hash, without its pairs."""
    LEXICON.save(tmp_path / "a.lexicon")
    hooks = [CodeSwitcher(Lexicon.load(tmp_path / "a.lexicon"), skip={"a", "b", "c"}).on("text") for _ in range(2)]
    assert Hasher.hash(hooks[0]) == Hasher.hash(hooks[1]) != Hasher.hash(hooks[0].at(1))


def test_splits_and_streams() -> None:
    """Each split is switched, and a stream keeps its features."""
    splits = map_dataset(datasets.DatasetDict(train=dataset(), test=dataset().select(range(3))), COLUMN_SWITCHER)
    assert isinstance(splits, datasets.DatasetDict)
    assert splits["test"]["new"][:] == EXPECTED["new"][:3]
    stream = map_dataset(dataset().to_iterable_dataset(num_shards=4), COLUMN_SWITCHER, batch_size=7)
    assert stream.features is not None
    assert set(stream.features) == {"text", "more", "label", "new"}
    assert [row["new"] for row in stream] == EXPECTED["new"]
    streams = map_dataset(datasets.IterableDatasetDict(train=dataset().to_iterable_dataset()), COLUMN_SWITCHER)
    assert next(iter(streams["train"]))["new"] == EXPECTED["new"][0]


def test_transform_draws_anew_in_each_epoch() -> None:
    """Rows have all columns, and each epoch has its own, repeatable draws."""
    source = dataset().add_column("id", list(range(COUNT)))
    column_switcher = CodeSwitcher(LEXICON).on("text", keys="id")
    epochs = [transform_dataset(source, column_switcher.at(epoch))["text"][:] for epoch in (0, 1, 0)]
    assert epochs[0] == epochs[2] != epochs[1]
    row = transform_dataset(datasets.DatasetDict(train=source), column_switcher)["train"][5]
    assert (set(row), row["text"]) == ({"text", "more", "label", "id"}, epochs[0][5])


def test_the_epoch_of_a_transform_moves() -> None:
    """The epoch starts with that of the column switcher; setting it also changes derived data sets."""
    source = dataset().add_column("id", list(range(COUNT)))
    column_switcher = CodeSwitcher(LEXICON).on("text", keys="id")
    switched = transform_dataset(source, column_switcher.at(2))
    part = switched.select(range(10, 20))
    assert switched.epoch == part.epoch == 2
    texts = [switched["text"][:]]
    switched.set_epoch(5)
    assert part.epoch == 5
    texts.append(switched["text"][:])
    assert texts == [transform_dataset(source, column_switcher.at(epoch))["text"][:] for epoch in (2, 5)]
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
def test_derived_from_a_transformed_dataset(name: str) -> None:
    """A derived data set is switched once, with the epoch that is set, and its ``map`` raises an error."""
    column_switcher = CodeSwitcher(LEXICON, p=1).on("text", keys="id")
    source = dataset().select(range(20)).add_column("id", list(range(20)))
    switched = transform_dataset(source, column_switcher)
    made = DERIVED[name](switched)
    made.set_epoch(4)
    rows = dict(zip(made["id"][:], made["text"][:], strict=True))
    texts = ["a house with a card"] * len(rows)
    assert rows == dict(zip(rows, CodeSwitcher(LEXICON, p=1).apply(texts, keys=[*rows], epoch=4), strict=True))
    assert switched.epoch == (0 if name == "pickle" else 4)
    with pytest.raises(ValueError, match="the data set comes from transform_dataset, which switches rows each time"):
        made.map(lambda row: row)


def test_nothing_is_switched_twice() -> None:
    """``map`` after a transform raises an error, and so does a second transform; without the transform both work."""
    column_switcher = CodeSwitcher(LEXICON).on("text")
    switched = transform_dataset(dataset(), column_switcher)
    message = "the data set comes from transform_dataset, .*; map.* would store switched rows, which would be switched"
    calls: list[Callable[[Any], Any]] = [
        lambda one: one.map(lambda row: {"length": len(row["text"])}),
        lambda one: datasets.DatasetDict(train=one).map(lambda row: row),
        lambda one: map_dataset(one, column_switcher),
    ]
    for call in calls:
        with pytest.raises(ValueError, match=message):
            call(switched)
    for one in (switched, dataset().with_transform(lambda batch: batch)):
        with pytest.raises(ValueError, match="the data set already has a transform, which this one would replace"):
            transform_dataset(one, column_switcher)
    plain = switched.with_format(None)
    assert map_dataset(plain, column_switcher)["text"][:] == map_dataset(dataset(), column_switcher)["text"][:]
    assert plain.map(lambda row: {"length": 1})["text"][:] == dataset()["text"][:]


NAMES = ["O", "B-LOC", "I-LOC"]
CITY = CodeSwitcher(
    Lexicon.from_pairs({"de": [("new york", "New York City"), ("in", "zu"), ("england", "England")]}), p=1
)
TOKENS = ["in", "New", "York", "and", "England"]


def tagged() -> datasets.Dataset:
    """Sentences as data sets on the Hub store them: tags are numbers of class names."""
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
    "method",
    [
        lambda source, column_switcher: source.map(column_switcher, batched=True, with_indices=True),
        lambda source, column_switcher: source.map(column_switcher, batched=True, with_indices=True, num_proc=2),
        map_dataset,
        lambda source, column_switcher: map_dataset(source, column_switcher, num_proc=2),
        transform_dataset,
        lambda source, column_switcher: map_dataset(datasets.DatasetDict(train=source), column_switcher)["train"],
        lambda source, column_switcher: datasets.Dataset.from_generator(
            lambda: iter(map_dataset(source.to_iterable_dataset(), column_switcher)), features=source.features
        ),
    ],
    ids=["map", "map, 2 processes", "map_dataset", "map_dataset, 2 processes", "transform", "dict", "stream"],
)
def test_tokens_with_class_labels(method: Any, names: Any) -> None:
    """The features map numbers to tags, and the switched tags are numbers of the same feature."""
    if names is not None and method is not map_dataset:
        names = NAMES
    source = tagged()
    switched = method(source, CITY.on_tokens("tokens", "ner_tags", names=names))
    assert switched.features == source.features
    assert switched["tokens"][:] == [["zu", "New", "York", "City", "and", "England"]] * 20
    assert switched["ner_tags"][:] == [[0, 1, 2, 2, 0, 1]] * 20


@pytest.mark.parametrize("form", ["numpy", "pandas", "arrow", "torch"])
def test_tokens_in_other_formats(form: str) -> None:
    """A data set keeps its format; with names, a column switcher passed to ``map`` also works."""
    source = tagged().with_format(form)
    column_switcher = CITY.on_tokens("tokens", "ner_tags", names=NAMES)
    for switched in (
        map_dataset(source, column_switcher),
        source.map(column_switcher, batched=True, with_indices=True),
    ):
        assert switched.format["type"] == form
        assert switched.with_format(None)["ner_tags"][:] == [[0, 1, 2, 2, 0, 1]] * 20


def test_tokens_in_a_loader() -> None:
    """A data set of PyTorch also maps numbers to tags."""
    switched = SwitchedDataset(tagged(), CITY.on_tokens("tokens", "ner_tags", inside="nothing"))
    assert switched[3] == {"tokens": ["zu", *TOKENS[1:]], "ner_tags": [0, 1, 2, 0, 1], "id": 3}


def test_rows_of_a_dataset() -> None:
    """Rows of a data set draw by their numbers, as its columns draw by indices."""
    source = datasets.Dataset.from_dict({"positive": ["a house"] * 9, "label": [1] * 9, "query": ["a card"] * 9})
    switcher = RetrievalSwitcher.multilingual(LEXICON)
    rows = list(switcher.rows(source))
    assert [*rows[0]] == ["positive", "label", "query"]
    assert rows == list(map_dataset(source, switcher.on("query", "positive")))
    with pytest.raises(TypeError, match=r"texts\[0\] is dict, not str; switch columns with switcher\.on"):
        CodeSwitcher(LEXICON).apply(source)


def test_wrong_arguments() -> None:
    """Wrong data sets, column switchers and columns raise errors before any work."""
    missing = re.escape("no column 'query' in the data set; it has ['text', 'more', 'label']")
    for function in (map_dataset, transform_dataset):
        with pytest.raises(KeyError, match=missing):
            function(dataset(), CodeSwitcher(LEXICON).on("query"))
        with pytest.raises(TypeError, match=r"column_switcher is CodeSwitcher; pass switcher\.on"):
            function(dataset(), CodeSwitcher(LEXICON))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="dataset is list; pass a Dataset or IterableDataset"):
        map_dataset([], COLUMN_SWITCHER)
    unsupported: tuple[Any, ...] = ([], dataset().to_iterable_dataset())
    for wrong in unsupported:
        with pytest.raises(TypeError, match=r"dataset is \w+; pass a Dataset of datasets, or a stream to map_dataset"):
            transform_dataset(wrong, COLUMN_SWITCHER)
    with pytest.raises(TypeError, match="column 'label': column has type int64; pass strings"):
        map_dataset(dataset(), CodeSwitcher(LEXICON).on("label"))
