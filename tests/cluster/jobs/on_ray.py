"""The driver of Ray: reads rows from the shared folder, switches them on the nodes and writes them there."""

from __future__ import annotations

import time
import warnings
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import ray
import ray.data

import lexswitch
from lexswitch.integrations.ray import check_keys, map_dataset

from .settings import DRIVER, FEW, ROWS, column_switcher, error_of, main, switcher_of


def _connect(**options: Any) -> None:
    ray.init(address=f"{DRIVER}:6379", log_to_driver=False, logging_level="error", **options)
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False


def whole(output: str) -> None:
    """Switch the rows on the nodes."""
    _connect()
    _switch_all(output)


def _switch_all(output: str) -> None:
    map_dataset(ray.data.read_parquet(ROWS).repartition(32), column_switcher()).write_parquet(output)


def blocks_and_whole(output: str) -> dict[str, Any]:
    """Switch the rows after each number of blocks, and then all rows.

    Returns
    -------
    dict
        The errors of `_bad_input`, and the number of nodes at the end.
    """
    _connect()
    for count in (1, 7, 64):
        dataset = ray.data.read_parquet(FEW).repartition(count)
        map_dataset(dataset, column_switcher()).write_parquet(f"{output}/{count}")
    Path(output, "blocks are written").touch()
    errors = _bad_input()
    _switch_all(f"{output}/whole")
    return {**errors, "nodes": sum(node["Alive"] for node in ray.nodes())}


def rates() -> list[dict[str, Any]]:
    """Return the seconds for all rows: reading alone, with a function that returns its batches, and switching."""
    _connect()
    found = []
    for cores in (1, 2):
        options: dict[str, Any] = {"concurrency": cores}
        rows = ray.data.read_parquet(ROWS, concurrency=cores, override_num_blocks=16)
        datasets = {
            "read": rows,
            "identity": rows.map_batches(_same, batch_format="pyarrow", **options),
            "switch": map_dataset(rows, column_switcher(), **options),
        }
        best = dict.fromkeys(datasets, float("inf"))
        for turn in range(3):
            for name, dataset in datasets.items():
                start = time.perf_counter()
                for _ in dataset.iter_internal_ref_bundles():
                    pass
                if turn:  # the first one starts the workers
                    best[name] = min(best[name], time.perf_counter() - start)
        found.append({"method": "Ray", "cores": cores, **best})
    return found


def _same(table: pa.Table) -> pa.Table:
    return table


def other_workers(output: str) -> dict[str, str]:
    """Switch rows on workers without lexswitch, with another version, and with the package that Ray ships.

    Returns
    -------
    dict of str to str
        The errors.
    """
    errors = {}
    for name in ("bare", "other", "shipped"):
        environment: dict[str, Any] = {"py_executable": f"/mnt/{'other' if name == 'other' else 'bare'}/bin/python"}
        if name == "shipped":
            environment["py_modules"] = [lexswitch]
        _connect(runtime_env=environment)
        dataset = map_dataset(ray.data.read_parquet(FEW), column_switcher())
        errors[name] = error_of(partial(dataset.write_parquet, f"{output}/{name}"))
        ray.shutdown()
    return errors


def _bad_input() -> dict[str, str]:
    """Return the errors and warnings of null and repeated keys, and of none."""
    errors = {}
    table = pa.table({"id": [1, None, 3, 3], "text": ["a house", "a house", "a door", "a house"]})
    dataset = ray.data.from_arrow(table)
    errors["null"] = error_of(map_dataset(dataset, column_switcher()).take_all)
    errors["checked"] = error_of(lambda: check_keys(dataset, "id"))
    errors["good"] = error_of(lambda: check_keys(ray.data.from_arrow(table.slice(2, 1)), "id"))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        map_dataset(dataset, switcher_of(lexswitch.Lexicon.starter()).on("text"))
    errors["no keys"] = str(caught[-1].message)
    return errors


if __name__ == "__main__":
    main(whole, blocks_and_whole, rates, other_workers)
