"""The same rows have the same SHA-256 in every integration. Set LEXSWITCH_ROWS=100000 for more rows."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Any

import datasets
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import ray
import ray.data
from pyspark.sql import SparkSession
from torch.utils.data import DataLoader

from lexswitch import CodeSwitcher, Lexicon
from lexswitch.integrations import huggingface, spark
from lexswitch.integrations import ray as on_ray
from lexswitch.integrations.torch import SwitchedDataset, SwitchedIterable, SwitchingCollator

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
DATASET = datasets.Dataset(TABLE)


def digest(texts: Iterable[str]) -> str:
    """Return the SHA-256 of texts as lines."""
    return hashlib.sha256("".join(f"{text}\n" for text in texts).encode()).hexdigest()


EXPECTED = digest(SWITCHER.apply(TEXTS, keys=range(COUNT)))


def in_batches(size: int) -> Iterator[str]:
    for start in range(0, COUNT, size):
        yield from SWITCHER.apply(TEXTS[start : start + size], keys=range(start, min(start + size, COUNT)))


def loaded(dataset: Any, workers: int, **options: Any) -> Iterator[str]:
    for batch in DataLoader(dataset, BATCH, num_workers=workers, **options):
        yield from batch["text"]


def collator() -> SwitchingCollator:
    """Return a collator with an epoch, as the callback of a trainer sets it."""
    collator = SwitchingCollator(COLUMN_SWITCHER)
    collator.set_epoch(0)
    return collator


METHODS: dict[str, Callable[[], Iterable[str]]] = {
    "batches of 1": lambda: in_batches(1),
    "batches of 1000": lambda: in_batches(1000),
    "Arrow": lambda: SWITCHER.apply_arrow(TABLE["text"], keys=range(COUNT)).to_pylist(),
    "Arrow table": lambda: COLUMN_SWITCHER(TABLE)["text"].to_pylist(),  # noqa: PLW0108  # lazy
    "pandas": lambda: COLUMN_SWITCHER(pd.DataFrame(ROWS))["text"],
    "pandas Series": lambda: SWITCHER.apply_arrow(pd.Series(TEXTS), keys=range(COUNT)),
    "polars": lambda: pl.LazyFrame(ROWS).map_batches(COLUMN_SWITCHER).collect()["text"],
    "datasets": lambda: DATASET.map(BY_INDEX, batched=True, with_indices=True)["text"],
    "datasets, arrow": lambda: huggingface.map_dataset(DATASET, BY_INDEX)["text"],
    "datasets, 2 processes": lambda: huggingface.map_dataset(DATASET, BY_INDEX, num_proc=2)["text"],
    "datasets, plain, 2 processes": lambda: DATASET.map(BY_INDEX, batched=True, with_indices=True, num_proc=2)["text"],
    "IterableDataset": lambda: (
        row["text"] for row in huggingface.map_dataset(DATASET.to_iterable_dataset(num_shards=3), BY_INDEX)
    ),
    "with_transform": lambda: huggingface.transform_dataset(DATASET, COLUMN_SWITCHER)["text"],
    "DataLoader": lambda: loaded(SwitchedDataset(ROWS, BY_INDEX), 0),
    "DataLoader, 2 workers": lambda: loaded(SwitchedDataset(DATASET, BY_INDEX), 2),
    "DataLoader, stream": lambda: loaded(SwitchedIterable(ROWS, BY_INDEX, BATCH), 0),
    "DataLoader, stream, 2 workers": lambda: loaded(SwitchedIterable(ROWS, BY_INDEX, BATCH), 2),
    "collator": lambda: loaded(ROWS, 0, collate_fn=collator()),
    "collator, 2 workers": lambda: loaded(ROWS, 2, collate_fn=collator()),
}


@pytest.mark.parametrize("method", METHODS)
def test_methods_in_this_process(method: str) -> None:
    """Each method returns the bytes of one call of ``apply``."""
    assert digest(METHODS[method]()) == EXPECTED


@pytest.mark.parametrize("workers", [1, 2])
def test_command_line(tmp_path: Path, workers: int) -> None:
    """The command returns the same bytes, with one worker and with two."""
    (tmp_path / "in.tsv").write_text("".join(f"{text}\n" for text in TEXTS), encoding="utf-8", newline="")
    lexicon = tmp_path / "a.lexicon"
    SWITCHER.lexicon.save(lexicon)
    arguments = ("--columns", "1=de,ru", "-p", 0.7, "--workers", workers, "--lexicon", lexicon)
    output_of("apply", tmp_path / "in.tsv", "-o", tmp_path / "out.tsv", *arguments)
    assert digest((tmp_path / "out.tsv").read_text(encoding="utf-8").split("\n")[:-1]) == EXPECTED


@pytest.fixture(scope="module")
def session() -> Iterator[SparkSession]:
    """A local Spark session."""
    builder = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    for setting in ("spark.driver.bindAddress", "spark.driver.host"):
        builder = builder.config(setting, "127.0.0.1")
    spark_session = builder.getOrCreate()
    yield spark_session
    spark_session.stop()


@pytest.mark.parametrize("partitions", [1, 3, 16])
def test_spark(session: SparkSession, partitions: int) -> None:
    """Spark returns the same bytes for any number of partitions."""
    frame = session.createDataFrame(pd.DataFrame(ROWS)).repartition(partitions)
    assert frame.rdd.getNumPartitions() == partitions
    rows = spark.map_dataframe(frame, COLUMN_SWITCHER).orderBy("id").collect()
    assert digest(row["text"] for row in rows) == EXPECTED


def test_spark_columns(session: SparkSession) -> None:
    """New columns follow the others; wrong columns and arguments raise errors before any job runs."""
    frame = session.createDataFrame([(1, "the house", ["a house", None])], "id long, text string, more array<string>")
    column_switcher = CodeSwitcher(Lexicon.starter(), ["de"], 1.0).on("text", "more", into={"text": "new"})
    switched = spark.map_dataframe(frame, column_switcher)
    assert switched.columns == ["id", "text", "more", "new"]
    assert [tuple(row) for row in switched.collect()] == [(1, "the house", ["a Haus", None], "the Haus")]
    with pytest.raises(KeyError, match=r"no column 'query' in the data frame; it has \['id', 'text', 'more'\]"):
        spark.map_dataframe(frame, SWITCHER.on("query"))
    with pytest.raises(TypeError, match=r"column_switcher is CodeSwitcher; pass switcher\.on"):
        spark.map_dataframe(frame, SWITCHER)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"frame is list; pass a pyspark\.sql\.DataFrame"):
        spark.map_dataframe([], COLUMN_SWITCHER)


@pytest.fixture(scope="module")
def cluster() -> Iterator[None]:
    """A local Ray cluster."""
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, logging_level="error")
    ray.data.DataContext.get_current().enable_progress_bars = False
    yield
    ray.shutdown()


@pytest.mark.usefixtures("cluster")
@pytest.mark.parametrize("blocks", [1, 5])
def test_ray(blocks: int) -> None:
    """Ray returns the same bytes for any number of blocks."""
    dataset = ray.data.from_arrow(TABLE).repartition(blocks)
    rows = on_ray.map_dataset(dataset, COLUMN_SWITCHER).to_pandas().sort_values("id")
    assert digest(rows["text"]) == EXPECTED


@pytest.mark.usefixtures("cluster")
def test_ray_wrong_arguments() -> None:
    """Wrong arguments raise errors at once; a missing column raises one when rows are read."""
    with pytest.raises(TypeError, match=r"dataset is list; pass a ray\.data\.Dataset"):
        on_ray.map_dataset([], COLUMN_SWITCHER)
    dataset = ray.data.from_arrow(TABLE.slice(0, 10))
    with pytest.raises(TypeError, match=r"column_switcher is CodeSwitcher; pass switcher\.on"):
        on_ray.map_dataset(dataset, SWITCHER)  # type: ignore[arg-type]
    with pytest.raises(Exception, match="no column 'query' in the batch; it has"):
        on_ray.map_dataset(dataset, SWITCHER.on("query")).take_all()
