"""The same rows have the same SHA-256 in every integration. Set LEXSWITCH_ROWS=100000 for more rows.

Tests whose library is not installed are skipped, so libraries are imported when they are needed.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from importlib import import_module
from itertools import chain, islice
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from lexswitch import CodeSwitcher, Lexicon

from ..cli.running import output_of

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore"),  # warnings of other libraries
]

COUNT = int(os.environ.get("LEXSWITCH_ROWS", "5000"))
BATCH = 50
SWITCHER = CodeSwitcher(Lexicon.starter(), ["de", "ru"], 0.7)
COLUMN_SWITCHER = SWITCHER.on("text", keys="id")
BY_INDEX = SWITCHER.on("text")


def _texts() -> list[str]:
    """Return real sentences, repeated."""
    lines = Path(__file__).parents[2].joinpath("README.md").read_text(encoding="utf-8").replace("\t", " ").splitlines()
    return list(islice(chain.from_iterable([line for line in lines if line] for _ in iter(int, 1)), COUNT))


TEXTS = _texts()
TABLE = pa.table({"id": range(COUNT), "text": TEXTS})
ROWS: list[dict[str, Any]] = TABLE.to_pylist()


def digest(texts: Iterable[str]) -> str:
    """Return the SHA-256 of texts as lines."""
    return hashlib.sha256("".join(f"{text}\n" for text in texts).encode()).hexdigest()


@cache
def expected() -> str:
    return digest(SWITCHER.apply(TEXTS, keys=range(COUNT)))


def integration(name: str) -> Any:
    return import_module(f"lexswitch.integrations.{name}")


def dataset() -> Any:
    """Return the rows as a data set of Hugging Face."""
    return import_module("datasets").Dataset(TABLE)


def in_batches(size: int) -> Iterator[str]:
    for start in range(0, COUNT, size):
        yield from SWITCHER.apply(TEXTS[start : start + size], keys=range(start, min(start + size, COUNT)))


def loaded(dataset: Any, workers: int, **options: Any) -> Iterator[str]:
    for batch in import_module("torch.utils.data").DataLoader(dataset, BATCH, num_workers=workers, **options):
        yield from batch["text"]


def collator() -> Any:
    """Return a collator with an epoch, as the callback of a trainer sets it."""
    collator = integration("torch").SwitchingCollator(COLUMN_SWITCHER)
    collator.set_epoch(0)
    return collator


METHODS: dict[str, Callable[[], Iterable[str]]] = {
    "batches of 1": lambda: in_batches(1),
    "batches of 1000": lambda: in_batches(1000),
    "pyarrow": lambda: SWITCHER.apply_arrow(TABLE["text"], keys=range(COUNT)).to_pylist(),
    "pyarrow table": lambda: COLUMN_SWITCHER(TABLE)["text"].to_pylist(),  # noqa: PLW0108  # lazy
    "pandas": lambda: COLUMN_SWITCHER(pd.DataFrame(ROWS))["text"],
    "pandas Series": lambda: SWITCHER.apply_arrow(pd.Series(TEXTS), keys=range(COUNT)),
    "polars": lambda: pl.LazyFrame(ROWS).map_batches(COLUMN_SWITCHER).collect()["text"],
}
HUGGING_FACE: dict[str, Callable[[], Iterable[str]]] = {
    "map": lambda: dataset().map(BY_INDEX, batched=True, with_indices=True)["text"],
    "map, 2 processes": lambda: dataset().map(BY_INDEX, batched=True, with_indices=True, num_proc=2)["text"],
    "map_dataset": lambda: integration("huggingface").map_dataset(dataset(), BY_INDEX)["text"],
    "map_dataset, 2 processes": lambda: integration("huggingface").map_dataset(dataset(), BY_INDEX, num_proc=2)["text"],
    "IterableDataset": lambda: (
        row["text"]
        for row in integration("huggingface").map_dataset(dataset().to_iterable_dataset(num_shards=3), BY_INDEX)
    ),
    "with_transform": lambda: integration("huggingface").transform_dataset(dataset(), COLUMN_SWITCHER)["text"],
}
TORCH: dict[str, Callable[[], Iterable[str]]] = {
    "DataLoader": lambda: loaded(integration("torch").SwitchedDataset(ROWS, BY_INDEX), 0),
    "DataLoader, 2 workers": lambda: loaded(integration("torch").SwitchedDataset(ROWS, BY_INDEX), 2),
    "DataLoader, stream": lambda: loaded(integration("torch").SwitchedIterable(ROWS, BY_INDEX, BATCH), 0),
    "DataLoader, stream, 2 workers": lambda: loaded(integration("torch").SwitchedIterable(ROWS, BY_INDEX, BATCH), 2),
    "collator": lambda: loaded(ROWS, 0, collate_fn=collator()),
    "collator, 2 workers": lambda: loaded(ROWS, 2, collate_fn=collator()),
}


@pytest.mark.parametrize("method", METHODS)
def test_methods_in_this_process(method: str) -> None:
    """Each method returns the bytes of one call of ``apply``."""
    assert digest(METHODS[method]()) == expected()


@pytest.mark.parametrize("method", HUGGING_FACE)
def test_huggingface(method: str) -> None:
    """Data sets of Hugging Face have the same bytes."""
    pytest.importorskip("datasets")
    assert digest(HUGGING_FACE[method]()) == expected()


@pytest.mark.parametrize("method", TORCH)
def test_torch(method: str) -> None:
    """Batches of PyTorch have the same bytes, with and without workers."""
    pytest.importorskip("torch")
    assert digest(TORCH[method]()) == expected()


def test_torch_and_huggingface() -> None:
    """A data set of Hugging Face can be the source of batches of PyTorch."""
    pytest.importorskip("torch")
    pytest.importorskip("datasets")
    assert digest(loaded(integration("torch").SwitchedDataset(dataset(), BY_INDEX), 2)) == expected()


@pytest.mark.parametrize("workers", [1, 2])
def test_command_line(tmp_path: Path, workers: int) -> None:
    """The command returns the same bytes, with one worker and with two."""
    (tmp_path / "in.tsv").write_text("".join(f"{text}\n" for text in TEXTS), encoding="utf-8", newline="")
    lexicon = tmp_path / "a.lexicon"
    SWITCHER.lexicon.save(lexicon)
    arguments = ("--columns", "1=de,ru", "-p", 0.7, "--workers", workers, "--lexicon", lexicon)
    output_of("apply", tmp_path / "in.tsv", "-o", tmp_path / "out.tsv", *arguments)
    assert digest((tmp_path / "out.tsv").read_text(encoding="utf-8").split("\n")[:-1]) == expected()


@pytest.fixture(scope="module")
def session() -> Iterator[Any]:
    """A local Spark session."""
    builder = (
        pytest.importorskip("pyspark.sql").SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    )
    for setting in ("spark.driver.bindAddress", "spark.driver.host"):
        builder = builder.config(setting, "127.0.0.1")
    spark_session = builder.getOrCreate()
    yield spark_session
    spark_session.stop()


@pytest.mark.parametrize("partitions", [1, 3, 16])
def test_spark(session: Any, partitions: int) -> None:
    """Spark returns the same bytes for any number of partitions."""
    frame = session.createDataFrame(pd.DataFrame(ROWS)).repartition(partitions)
    assert frame.rdd.getNumPartitions() == partitions
    rows = integration("spark").map_dataframe(frame, COLUMN_SWITCHER).orderBy("id").collect()
    assert digest(row["text"] for row in rows) == expected()


def test_spark_columns(session: Any) -> None:
    """New columns follow the others; wrong columns and arguments raise errors before any job runs."""
    frame = session.createDataFrame([(1, "the house", ["a house", None])], "id long, text string, more array<string>")
    column_switcher = CodeSwitcher(Lexicon.starter(), ["de"], 1.0).on("text", "more", into={"text": "new"})
    switched = integration("spark").map_dataframe(frame, column_switcher)
    assert switched.columns == ["id", "text", "more", "new"]
    assert [tuple(row) for row in switched.collect()] == [(1, "the house", ["a Haus", None], "the Haus")]
    with pytest.raises(KeyError, match=r"no column 'query' in the data frame; it has \['id', 'text', 'more'\]"):
        integration("spark").map_dataframe(frame, SWITCHER.on("query"))
    with pytest.raises(TypeError, match=r"column_switcher is CodeSwitcher; pass switcher\.on"):
        integration("spark").map_dataframe(frame, SWITCHER)
    with pytest.raises(TypeError, match=r"frame is list; pass a pyspark\.sql\.DataFrame"):
        integration("spark").map_dataframe([], COLUMN_SWITCHER)


KEYS: list[tuple[int | None, str]] = [(1, "a house"), (None, "a house"), (3, "a door"), (3, "a house")]
WRONG_KEYS = (
    r"column 'id' has 1 rows without a key and 1 keys that several rows have, such as 3; rows with the same key"
)


def test_spark_keys(session: Any) -> None:
    """Null and repeated keys are found before rows are switched; a switcher without keys has a warning."""
    spark = integration("spark")
    frame = session.createDataFrame(KEYS, "id int, text string")
    with pytest.raises(ValueError, match=WRONG_KEYS):
        spark.check_keys(frame, "id")
    spark.check_keys(frame.limit(0), "id")
    with pytest.raises(KeyError, match=r"no column 'key' in the data frame; it has \['id', 'text'\]"):
        spark.check_keys(frame, "key")
    with pytest.raises(Exception, match="column 'id' has no key in 1 of "):
        spark.map_dataframe(frame, COLUMN_SWITCHER).collect()
    with pytest.warns(UserWarning, match=r"no column of keys.*switcher\.on\('text', keys='id'\)"):
        spark.map_dataframe(frame, BY_INDEX)


@pytest.fixture(scope="module")
def cluster() -> Iterator[None]:
    """A local Ray cluster."""
    ray = pytest.importorskip("ray")
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, logging_level="error")
    import_module("ray.data").DataContext.get_current().enable_progress_bars = False
    yield
    ray.shutdown()


@pytest.mark.usefixtures("cluster")
@pytest.mark.parametrize("blocks", [1, 5])
def test_ray(blocks: int) -> None:
    """Ray returns the same bytes for any number of blocks."""
    dataset = import_module("ray.data").from_arrow(TABLE).repartition(blocks)
    rows = integration("ray").map_dataset(dataset, COLUMN_SWITCHER).to_pandas().sort_values("id")
    assert digest(rows["text"]) == expected()


@pytest.mark.usefixtures("cluster")
def test_ray_keys() -> None:
    """Null and repeated keys are found before rows are switched; a switcher without keys has a warning."""
    of_ray = integration("ray")
    table = pa.table({"id": [key for key, _ in KEYS], "text": [text for _, text in KEYS]})
    dataset = import_module("ray.data").from_arrow(table)
    with pytest.raises(ValueError, match=WRONG_KEYS):
        of_ray.check_keys(dataset, "id")
    of_ray.check_keys(import_module("ray.data").from_arrow(table.slice(2, 1)), "id")
    with pytest.raises(KeyError, match=r"no column 'key' in the data set; it has \['id', 'text'\]"):
        of_ray.check_keys(dataset, "key")
    with pytest.raises(Exception, match="column 'id' has no key in 1 of 4 rows"):
        of_ray.map_dataset(dataset, COLUMN_SWITCHER).take_all()
    with pytest.warns(UserWarning, match=r"no column of keys.*switcher\.on\('text', keys='id'\)"):
        of_ray.map_dataset(dataset, BY_INDEX)


@pytest.mark.usefixtures("cluster")
def test_ray_wrong_arguments() -> None:
    """Wrong arguments raise errors at once; a missing column raises one when rows are read."""
    with pytest.raises(TypeError, match=r"dataset is list; pass a ray\.data\.Dataset"):
        integration("ray").map_dataset([], COLUMN_SWITCHER)
    dataset = import_module("ray.data").from_arrow(TABLE.slice(0, 10))
    with pytest.raises(TypeError, match=r"column_switcher is CodeSwitcher; pass switcher\.on"):
        integration("ray").map_dataset(dataset, SWITCHER)
    with pytest.raises(Exception, match="no column 'query' in the batch; it has"):
        integration("ray").map_dataset(dataset, SWITCHER.on("query")).take_all()
