"""``python -m benchmarks.integrations``: measure, write the results as JSON and the tables into the README."""

from __future__ import annotations

import argparse
import datetime
import json
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from tqdm import tqdm

from benchmarks.common import machine
from benchmarks.common.fetch import FetchError
from benchmarks.common.files import write_bytes
from benchmarks.common.processes import Row, run
from benchmarks.integrations import measure
from lexswitch import CodeSwitcher, Lexicon

RESULTS = Path(__file__).with_name("results")
README = Path(__file__).with_name("README.md")
PACKAGES = ("numpy", "pyarrow", "pandas", "polars", "datasets", "torch", "pyspark", "ray")

_MARKED = re.compile(r"(?<=<!-- results -->\n).*?(?=<!-- end of results -->)", re.DOTALL)

Task = tuple[Callable[..., Row], tuple[object, ...]]


def parts(quick: bool) -> dict[str, list[Task]]:
    """The rows of each part."""
    count, pairs, many = (10_000, 100_000, 100_000) if quick else (100_000, 1_000_000, 5_000_000)
    datasets_ways = [(way, workers) for way in ("map_dataset", "map") for workers in (1, 2)]
    return {
        "hooks": [
            (measure.columns, (count,)),
            (measure.arrow, (count,)),
            *((measure.huggingface, (count, *way)) for way in datasets_ways),
            *((measure.torch, (count, workers)) for workers in (0, 2)),
            *((measure.spark, (count, partitions)) for partitions in (1, 16)),
            (measure.on_ray, (count,)),
        ],
        "arrow": [(measure.arrow_against_lists, (count, column)) for column in measure.COLUMNS],
        "memory": [(measure.worker_memory, (pairs, workers)) for workers in (1, 2)],
        "entities": [(measure.entity_texts, (inside,)) for inside in ("whole", "units", "nothing")],
        "file": [(measure.big_file, (many, 2, 5))],
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.integrations", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="some minutes: fewer rows and pairs")
    parser.add_argument("--only", choices=parts(True), help="measure this part alone")
    parser.add_argument("--report", action="store_true", help="measure nothing; write the tables into the README")
    options = parser.parse_args(arguments)
    try:
        if not options.report:
            _measure(options.quick, options.only)
        newest = max(RESULTS.glob("quick-*.json" if options.quick else "[0-9]*.json"))
    except (FetchError, ValueError, ModuleNotFoundError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    tables = _tables(json.loads(newest.read_text(encoding="utf-8")))
    print(tables)
    if not options.quick:
        text = README.read_text(encoding="utf-8")
        write_bytes(README, _MARKED.sub(lambda _: f"\n{tables}\n\n", text).encode())
    return 0


def _measure(quick: bool, only: str | None) -> None:
    """Measure one part anew, or all; a run that was stopped goes on behind the last row that it wrote."""
    today = datetime.datetime.now(datetime.timezone.utc).date().isoformat()
    path = RESULTS / f"{'quick-' * quick}{today}.json"
    results = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"parts": {}}
    signature = CodeSwitcher(Lexicon.starter(), measure.LANGUAGES).signature
    results |= {"machine": machine.description(PACKAGES), "date": today, "quick": quick, "signature": signature}
    for name, tasks in parts(quick).items():
        if only not in (None, name):
            continue
        rows = results["parts"].setdefault(name, [])
        if len(rows) == len(tasks):
            rows.clear()
        for function, values in tqdm(tasks[len(rows) :], desc=name, disable=None):
            rows.append(run(function, *values))
            write_bytes(path, (json.dumps(results, indent=1, ensure_ascii=False) + "\n").encode())


# --- tables -----------------------------------------------------------------------------------------------------------


def _tables(results: dict) -> str:
    about, found = results["machine"], results["parts"]
    packages = ", ".join(f"{name} {version}" for name, version in about["packages"].items() if version)
    lines = [f"{about['cpu']}, {about['cores_usable']} cores, {about['python']}, {packages}, {results['date']}."]
    if "hooks" in found:
        head = ("", "time / identity", "rows/s switching", "rows/s identity")
        rows = [
            (
                row["way"],
                f"{row['seconds'] / row['identity']:.2f}",
                f"{row['count'] / row['seconds']:,.0f}",
                f"{row['count'] / row['identity']:,.0f}",
            )
            for row in found["hooks"]
        ]
        lines.append(_table("Hooks", head, rows))
    if "arrow" in found:
        head = ("", "apply_arrow is faster than list from and to Arrow", "than list alone", "rows/s")
        rows = [
            (
                row["column"],
                f"{row['list from and to Arrow'] / row['apply_arrow']:.2f} x",
                f"{row['list alone'] / row['apply_arrow']:.2f} x",
                f"{row['count'] / row['apply_arrow']:,.0f}",
            )
            for row in found["arrow"]
        ]
        lines.append(_table("Arrow", head, rows))
    if "memory" in found:
        rows = [(row["workers"], f"{row['pairs']:,}", f"{row['pss_mb']:.0f}") for row in found["memory"]]
        lines.append(_table("Memory of datasets' workers", ("processes", "pairs", "PSS in all, MB"), rows))
    if "entities" in found:
        names = ("inside", "entities", "untouched", "translation", "neither", "words", "switched")
        rows = [[row[name] for name in names] for row in found["entities"]]
        lines.append(_table("Entities of CoNLL-2003", names, rows))
    if "file" in found:
        head = ("rows", "GB", "workers", "rows/s", "PSS in all, MB", "kills", "same bytes")
        rows = [
            (
                f"{row['count']:,}",
                f"{row['bytes'] / 1e9:.1f}",
                row["workers"],
                f"{row['count'] / row['seconds']:,.0f}",
                f"{row['pss_mb']:.0f}",
                row["kills"],
                row["same"],
            )
            for row in found["file"]
        ]
        lines.append(_table("Triples on the command line", head, rows))
    return "\n\n".join(lines)


def _table(title: str, head: Sequence[object], rows: Sequence[Sequence[object]]) -> str:
    rule = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join([f"### {title}", "", *(f"| {' | '.join(map(str, row))} |" for row in (head, rule, *rows))])


if __name__ == "__main__":
    sys.exit(main())
