"""``python -m benchmarks.titles``: measure, write the results as JSON and the tables into the README."""

from __future__ import annotations

import argparse
import datetime
import hashlib
import json
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from tqdm import tqdm

import lexswitch
from benchmarks.common import machine
from benchmarks.common.fetch import FetchError
from benchmarks.common.files import write_bytes
from benchmarks.common.processes import run
from benchmarks.inducers.measure import Row
from benchmarks.titles import measure

RESULTS = Path(__file__).with_name("results")
README = Path(__file__).with_name("README.md")
PACKAGES = ("numpy", "orjson", "qwikidata", "mwsql", "pycountry")
ROUNDS = 3

_MARKED = re.compile(r"(?<=<!-- results -->\n).*?(?=<!-- end of results -->)", re.DOTALL)
_BARE = "zlib alone"

Task = tuple[Callable[..., Row], tuple[object, ...]]


def parts(quick: bool) -> dict[str, list[Task]]:
    """The rows of each part; the ways to read take turns, so that the machine's moods meet all."""
    small, large, rounds = (10_000, 20_000, 1) if quick else (100_000, 1_000_000, ROUNDS)
    return {
        "json": [(measure.read_json, (small, name)) for _ in range(rounds) for name in measure.json_methods()],
        "sql": [(measure.read_sql, (small, name)) for _ in range(rounds) for name in measure.sql_methods()],
        "memory": [(measure.memory, (small, kind)) for kind in ("JSON", "SQL")] + [(measure.memory, (large, "JSON"))],
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.titles", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="some minutes: smaller dumps, one round")
    parser.add_argument("--only", choices=parts(True), help="measure this part alone")
    parser.add_argument("--report", action="store_true", help="measure nothing; write the tables into the README")
    options = parser.parse_args(arguments)
    try:
        if not options.report:
            _measure(options.quick, options.only)
        tables = _tables(json.loads(_newest(options.quick).read_text(encoding="utf-8")))
    except (FetchError, FileNotFoundError, ModuleNotFoundError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(tables)
    if not options.quick:
        text = README.read_text(encoding="utf-8")
        write_bytes(README, _MARKED.sub(lambda _: f"\n{tables}\n\n", text).encode())
    return 0


def _measure(quick: bool, only: str | None) -> None:
    """Measure one part, or all; rows that were measured before with the same code stay."""
    today = datetime.datetime.now(datetime.timezone.utc).date().isoformat()
    path, fingerprint = RESULTS / f"{'quick-' * quick}{today}.json", _fingerprint()
    results = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"parts": {}}
    results |= {"machine": machine.description(PACKAGES), "date": today, "quick": quick}
    for name, tasks in parts(quick).items():
        if only not in (None, name):
            continue
        part = results["parts"].get(name, {})
        if part.get("fingerprint") != fingerprint:
            part = {"fingerprint": fingerprint, "rows": []}
        results["parts"][name] = part
        for function, values in tqdm(tasks[len(part["rows"]) :], desc=name, disable=None):
            part["rows"].append(run(function, *values))
            write_bytes(path, (json.dumps(results, indent=1, ensure_ascii=False) + "\n").encode())


def _fingerprint() -> str:
    """A digest of the code that the figures depend on."""
    code = sorted((Path(lexswitch.__file__).parent / "inducers" / "titles").glob("*.py"))
    digest = hashlib.sha256(sys.version.encode())
    for path in [*code, *(Path(__file__).with_name(name) for name in ("dumps.py", "measure.py", "world.py"))]:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _newest(quick: bool) -> Path:
    paths = sorted(RESULTS.glob("quick-*.json" if quick else "[0-9]*.json"))
    if not paths:
        raise FileNotFoundError(f"no results in {RESULTS}: run python -m benchmarks.titles{' --quick' * quick} first")
    return paths[-1]


# --- tables -----------------------------------------------------------------------------------------------------------


def _tables(results: dict) -> str:
    about, found = results["machine"], results["parts"]
    packages = ", ".join(f"{name} {version}" for name, version in about["packages"].items() if version)
    lines = [f"{about['cpu']}, {about['cores_usable']} cores, {about['python']}, {packages}, {results['date']}."]
    titles = {"json": "JSON dump of Wikidata", "sql": "SQL dumps: page and langlinks"}
    lines += [_speeds(title, found[name]["rows"]) for name, title in titles.items() if name in found]
    if "memory" in found:
        head = ("", "items or articles", "while reading, MB", "lexicon, MB", "most in all, MB")
        rows = [
            (row["kind"], f"{row['count']:,}", row["reading_mb"], row["lexicon_mb"], row["whole_mb"])
            for row in found["memory"]["rows"]
        ]
        lines.append(_table("Memory", head, rows))
    return "\n\n".join(lines)


def _speeds(title: str, rows: list[Row]) -> str:
    def seconds(method: str) -> float:
        values = sorted(row["seconds"] for row in rows if row["method"] == method)
        return values[len(values) // 2]

    bare = seconds(_BARE)
    size = next(row["bytes"] for row in rows if row["method"] == _BARE)
    lines = [
        (name, f"{seconds(name) / bare:.2f}", f"{seconds(name):.1f}", f"{size / seconds(name) / 1e6:.0f}")
        for name in dict.fromkeys(row["method"] for row in rows)
    ]
    about = f"{rows[0]['count']:,}, {size / 1e6:,.0f} MB unpacked, {rows[0]['packed'] / 1e6:,.0f} MB packed"
    head = ("", "time / zlib alone", "s, median", "MB/s unpacked")
    return _table(f"{title} ({about})", head, lines)


def _table(title: str, head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    rule = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join([f"### {title}", "", *(f"| {' | '.join(map(str, row))} |" for row in (head, rule, *rows))])


if __name__ == "__main__":
    sys.exit(main())
