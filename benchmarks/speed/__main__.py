"""``python -m benchmarks.speed``: measure, write the results as JSON and print the tables."""

from __future__ import annotations

import argparse
import datetime
import hashlib
import json
import platform
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tqdm import tqdm

import lexswitch
from benchmarks.common import machine
from benchmarks.common.fetch import FetchError
from benchmarks.common.files import write_bytes
from benchmarks.speed import lexicons, measure, report, sweeps
from benchmarks.speed.competitors import COMPETITORS, P
from benchmarks.speed.measure import FULL, QUICK, Effort

RESULTS = Path(__file__).with_name("results")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="about a minute: fewer texts, smaller lexicons")
    parser.add_argument(
        "--only", choices=sweeps.STAGES, help="measure this stage alone, even if it was measured before"
    )
    parser.add_argument("--report", action="store_true", help="measure nothing; write the tables into the README")
    parser.add_argument("--plot", action="store_true", help="measure nothing; draw docs/speed.png")
    options = parser.parse_args(arguments)
    try:
        if not (options.report or options.plot):
            print(report.markdown(_measure(options.quick, options.only)))
            return 0
        results = report.load(_newest(options.quick))
    except ModuleNotFoundError as error:
        print(f"error: {error}; python -m pip install -r benchmarks/speed/requirements.txt", file=sys.stderr)
        return 1
    except (FetchError, FileNotFoundError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    if options.report:
        report.write_readme(results)
    if options.plot:
        report.plot(results)
    return 0


def _measure(quick: bool, only: str | None) -> report.Results:
    """Measure one stage, or all that were not measured before with the same code on the same machine."""
    effort = QUICK if quick else FULL
    today = datetime.datetime.now(datetime.timezone.utc).date()
    path = RESULTS / f"{'quick-' if quick else ''}{today}.json"
    results = report.load(path) if path.exists() else {"stages": {}}
    results |= _description(effort, quick)
    fingerprint = _fingerprint(effort)
    bar = tqdm([only] if only else list(sweeps.STAGES), disable=None)
    for name in bar:
        bar.set_description(name)
        if not only and results["stages"].get(name, {}).get("fingerprint") == fingerprint:
            continue
        start = time.monotonic()
        rows = sweeps.STAGES[name](effort)
        results["stages"][name] = {
            "fingerprint": fingerprint,
            "measured": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
            "seconds": round(time.monotonic() - start, 1),
            "rows": rows,
        }
        write_bytes(path, (json.dumps(results, indent=1, ensure_ascii=False) + "\n").encode())
    return results


def _description(effort: Effort, quick: bool) -> report.Results:
    """What was measured, and on what."""
    packages = ["numpy", *sorted({one.package for one in COMPETITORS if one.package} - {"numpy"})]
    texts, lexicon = sweeps.english(effort), lexicons.real()
    return {
        "machine": machine.description(packages),
        "switcher": lexswitch.CodeSwitcher(lexicon, p=P).signature,
        "quick": quick,
        "texts": {"paragraphs": len(texts), "words": measure.count_words(texts)},
        "lexicon": {
            "terms": len(lexicon),
            "pairs": lexicon.num_pairs,
            "languages": lexicon.languages,
            "coverage": round(lexicon.coverage(texts), 4),
        },
    }


def _fingerprint(effort: Effort) -> str:
    """A digest of all that the figures depend on: the code of lexswitch and of the stages, Python, the machine."""
    here = Path(__file__).parent
    code = [*sorted(Path(lexswitch.__file__).parent.rglob("*.py")), *sorted(here.glob("*.py"))]
    shown = {here / "report.py", here / "__main__.py"}
    digest = hashlib.sha256(f"{effort}{sys.version}{platform.node()}".encode())
    for path in code:
        if path not in shown:
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _newest(quick: bool) -> Path:
    paths = sorted(RESULTS.glob("quick-*.json" if quick else "[0-9]*.json"))
    if not paths:
        raise FileNotFoundError(f"no results in {RESULTS}: run python -m benchmarks.speed{' --quick' * quick} first")
    return paths[-1]


if __name__ == "__main__":
    sys.exit(main())
