"""``python -m benchmarks.lexicons``: measure, write the results as JSON and print the tables."""

from __future__ import annotations

import argparse
import datetime
import hashlib
import json
import platform
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from tqdm import tqdm

import lexswitch
from benchmarks.common import freedict, machine
from benchmarks.common.fetch import FetchError
from benchmarks.common.files import write_bytes
from benchmarks.lexicons import dictionaries, everything, kills, pivot, report, sharing, speed
from benchmarks.lexicons.measure import FULL, QUICK, Effort, Row

RESULTS = Path(__file__).with_name("results")
PACKAGES = ("numpy", "lmdb", "marisa-trie", "pandas")

PARTS: dict[str, Callable[[Effort], list[Row]]] = {
    "dictionaries": dictionaries.dictionaries,
    "pivot": pivot.pivot,
    "reading": speed.reading,
    "keeping": speed.keeping,
    "sharing": sharing.sharing,
    "kills": kills.kills,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.lexicons", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few minutes: fewer pairs, rounds and kills")
    parser.add_argument("--only", choices=PARTS, help="measure this part alone, even if it was measured before")
    parser.add_argument(
        "--output", metavar="PATH", help="save the lexicon from English to seven languages; no measuring"
    )
    parser.add_argument("--report", action="store_true", help="measure nothing; write the tables into the README")
    parser.add_argument(
        "--everything",
        metavar="NAME",
        nargs="*",
        help="read every public dictionary, or those with NAME in their names, and compare with a plain parse of each; "
        "the exit code is 1 if one loses more than 2 %% of its pairs without a known reason",
    )
    options = parser.parse_args(arguments)
    try:
        if options.everything is not None:
            return everything.run(options.everything)
        if options.output:
            print(dictionaries.save(options.output))
        elif options.report:
            report.write_readme(report.load(_newest(options.quick)))
        else:
            print(report.markdown(_measure(options.quick, options.only)))
    except ModuleNotFoundError as error:
        print(f"error: {error}; python -m pip install -r benchmarks/lexicons/requirements.txt", file=sys.stderr)
        return 1
    except (FetchError, FileNotFoundError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def _measure(quick: bool, only: str | None) -> report.Results:
    """Measure one part, or all that were not measured before with the same code on the same machine."""
    effort = QUICK if quick else FULL
    path = RESULTS / f"{'quick-' if quick else ''}{_now()[:10]}.json"
    results = report.load(path) if path.exists() else {"parts": {}}
    signature = dictionaries.everything().signature
    results |= {"machine": machine.description(PACKAGES), "quick": quick, "lexicon": signature}
    fingerprint = _fingerprint(effort)
    bar = tqdm([only] if only else list(PARTS), disable=None)
    for name in bar:
        bar.set_description(name)
        if not only and results["parts"].get(name, {}).get("fingerprint") == fingerprint:
            continue
        start = time.monotonic()
        rows = PARTS[name](effort)
        seconds = round(time.monotonic() - start, 1)
        part = {"fingerprint": fingerprint, "measured": _now(), "seconds": seconds, "rows": rows}
        results["parts"][name] = part
        write_bytes(path, (json.dumps(results, indent=1, ensure_ascii=False) + "\n").encode())
    return results


def _now() -> str:
    return datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")


def _fingerprint(effort: Effort) -> str:
    """A digest of all that the figures depend on: the code of lexswitch and of the parts, Python, the machine."""
    here = Path(__file__).parent
    code = [*sorted(Path(lexswitch.__file__).parent.rglob("*.py")), *sorted(here.glob("*.py"))]
    shown = {here / "report.py", here / "__main__.py"}
    digest = hashlib.sha256(f"{effort}{sys.version}{platform.node()}".encode())
    for path in (*code, Path(freedict.__file__)):
        if path not in shown:
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _newest(quick: bool) -> Path:
    paths = sorted(RESULTS.glob("quick-*.json" if quick else "[0-9]*.json"))
    if not paths:
        raise FileNotFoundError(f"no results in {RESULTS}: run python -m benchmarks.lexicons{' --quick' * quick} first")
    return paths[-1]


if __name__ == "__main__":
    sys.exit(main())
