"""The classes for PyTorch with the compiled engine and with the NumPy engine, in one process and in turns."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from typing import Any

from benchmarks.common import freedict
from benchmarks.common.engines import engine
from benchmarks.common.processes import Row
from benchmarks.integrations.measure import LANGUAGES
from benchmarks.integrations.rows import rows
from lexswitch import CodeSwitcher, ColumnSwitcher, Lexicon

STARTER, FREEDICT = "starter", "FreeDict"
BATCH = 64
ENGINES = ("c", "numpy")
DATASET, COLLATOR, ONE = "DataLoader of SwitchedDataset", "SwitchingCollator", "SwitchedDataset[number]"
AIMS = {DATASET: (4, 7), COLLATOR: (6, 10), ONE: (12, 30)}
"""How many times as fast as NumPy the compiled engine must be, and should be."""
_SHARE_OF_ONE = 8  # rows are read one by one in fewer passes: with NumPy, each takes as long as a batch

Passes = dict[str, Callable[[], Any]]


def compare(lexicon: str, columns: tuple[str, ...], count: int, rounds: int) -> Row:
    """Measure the seconds of each engine with each class.

    Parameters
    ----------
    lexicon
        `STARTER` or `FREEDICT`.
    columns
        Columns that are switched.
    count
        Number of rows of a pass.
    rounds
        Number of passes of each engine, after a warm-up.

    Raises
    ------
    RuntimeError
        If the engines return different rows.
    """
    data = [{name: row[name] for name in ("id", *columns)} for row in rows(count)]
    passes = {name: _passes(_hook(name, _lexicon(lexicon), columns), data) for name in ENGINES}
    methods: dict[str, Row] = {}
    for method in (DATASET, COLLATOR, ONE):
        of_engine = {name: passes[name][method] for name in ENGINES}
        if of_engine["c"]() != of_engine["numpy"]():
            raise RuntimeError(f"{method}: the engines return different rows")
        seconds: dict[str, list[float]] = {name: [] for name in ENGINES}
        gc.collect()
        for _ in range(rounds):
            for name, run in of_engine.items():
                start = time.perf_counter()
                run()
                seconds[name].append(time.perf_counter() - start)
        methods[method] = {"rows": count // _SHARE_OF_ONE if method == ONE else count, **seconds}
    return {"lexicon": lexicon, "columns": columns, "methods": methods}


def _lexicon(name: str) -> Lexicon:
    if name == STARTER:
        return Lexicon.starter()
    return Lexicon.from_pairs({language: freedict.pairs(language) for language in LANGUAGES}, source="en")


def _hook(name: str, lexicon: Lexicon, columns: tuple[str, ...]) -> ColumnSwitcher:
    hook = CodeSwitcher(lexicon, LANGUAGES).on(*columns)
    with engine(name):
        hook.prepare()  # a switcher keeps the engine of its first call
    return hook


def _passes(hook: ColumnSwitcher, data: list[dict[str, Any]]) -> Passes:
    """Return functions that switch the rows with one class each, and return them."""
    from torch.utils.data import DataLoader

    from lexswitch.integrations.torch import SwitchedDataset, SwitchingCollator

    dataset, collator = SwitchedDataset(data, hook), SwitchingCollator(hook, list)
    collator.set_epoch(0)  # so that both engines draw alike
    batches = [data[first : first + BATCH] for first in range(0, len(data), BATCH)]
    return {
        DATASET: lambda: [*DataLoader(dataset, BATCH, collate_fn=list)],
        COLLATOR: lambda: [collator(batch) for batch in batches],
        ONE: lambda: [dataset[number] for number in range(len(data) // _SHARE_OF_ONE)],
    }
