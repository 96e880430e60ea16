"""Reads every public dictionary with lexswitch and with a plain parse, and compares the results."""

from __future__ import annotations

import hashlib
import json
import sys
import time
import warnings
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import cache
from pathlib import Path
from typing import NamedTuple

from tqdm import tqdm

import lexswitch
from benchmarks.common import fetch, files, machine
from benchmarks.common.report import put_between_marks
from benchmarks.lexicons import plain
from benchmarks.lexicons.measure import Row
from lexswitch import Lexicon
from lexswitch.errors import LexiconError
from lexswitch.text.languages import to_bcp47

RESULTS = Path(__file__).with_name("results") / "everything.json"
README = Path(__file__).with_name("README.md")
LEAST_SHARE = 0.98
"""Minimum share of the plain pairs that must be read, unless `REASONS` lists the dictionary."""

_FREEDICT, _WIKDICT = ("freedict", "2022.04.21-1"), ("freedict-wikdict", "2024.11.01-2")
_DICTD = "usr/share/dictd"
_KEPT = ("dictionary", "pairs", "plain", "lost", "error", "code")
"""Fields that are kept for all dictionaries. The others are printed if dictionaries are named."""

_OWN_CODES = {"rom": "ro"}
"""FreeDict's meaning of codes that mean other languages in ISO 639."""

_BRACKETS = "an older edition with definitions in brackets and commas; the plain parse splits them"
_NO_PHRASES = "affixes, explanations and placeholders, which are counted as dropped"
_NUMBERED = (
    "definitions in Dutch that begin with a number, which the plain parse takes for translations; of the pairs in the "
    "script of the target 1.4 % (rus), 0.2 % (bul) and 0.1 % (ell) are lost"
)
_FORMS = "inflected forms in brackets, which are headwords in the TEI file, are not terms"
REASONS: dict[str, str] = {
    **{f"dictd nld-{target}": _NUMBERED for target in ("bul", "ell", "fin", "lat", "pol", "por", "rus", "swe")},
    "dictd ckb-kmr": _NO_PHRASES,
    "tei ckb-kmr": _NO_PHRASES,
    "dictd fra-tur": _BRACKETS,
    "dictd nld-ita": _BRACKETS,
    "dictd kha-deu": "headwords such as `painpoh, belt` stay whole; their parts are not alike",
    **{f"dictd {name}": _FORMS for name in ("bre-fra", "fra-bre", "lat-deu")},
    "dictd eng-tur": "explanations in Turkish, and English phrases after the translations, which are dropped",
    "tei eng-tur": "explanations in Turkish, and English phrases after the translations, which are dropped",
    "dictd san-deu": "its text lacks the translations of 4 of 112 entries, which the TEI file has",
    "dictd spa-deu": "parts of compounds such as `Haupt-`, which are counted as dropped",
    "tei spa-deu": "parts of compounds such as `Haupt-`, which are counted as dropped",
    "tei eng-pol": "it has no entries itself; the error says how to join its parts",
}
"""Why less than `LEAST_SHARE` of a dictionary is read, or nothing."""


class Dictionary(NamedTuple):
    """A dictionary file."""

    name: str
    """Such as ``dictd eng-bul``."""
    path: Path
    source: str
    target: str
    twin: Path | None
    """TEI file of a dictionary in dictd's format. WikDict's is from a later edition."""


def dictionaries() -> list[Dictionary]:
    """Return all dictionaries: TEI of FreeDict and of WikDict, then dictd's format."""
    tei = {kind: fetch.debian_source(*source) for kind, source in (("tei", _FREEDICT), ("wikdict", _WIKDICT))}
    found = [
        Dictionary(f"{kind} {path.stem}", path, *_languages(path.stem), None)
        for kind, folder in tei.items()
        for path in sorted(folder.rglob("???-???.tei"))
    ]
    twins = {one.path.stem: one.path for one in reversed(found)}  # FreeDict's own has priority over WikDict's
    for package in _packages():
        for index in sorted((fetch.debian(package) / _DICTD).glob("*.index")):
            stem = index.stem.removeprefix("freedict-")
            found.append(Dictionary(f"dictd {stem}", index, *_languages(stem), twins.get(stem)))
    found.sort(key=lambda one: one.path.stat().st_size)  # indexes first, the largest TEI files last
    return found


def _packages() -> list[str]:
    """Return the packages in dictd's format that have pinned sums."""
    sums = json.loads(fetch.CHECKSUMS.read_text(encoding="utf-8"))
    packages = {name.partition("_")[0] for name in sums if name.endswith(".deb")}
    return sorted(name for name in packages if name.startswith("dict-") or name == "mueller7-dict")


def _languages(stem: str) -> tuple[str, str]:
    codes = stem.split("-") if "-" in stem else ["eng", "rus"]  # Mueller's
    source, target = (_OWN_CODES.get(code) or to_bcp47(code) or code for code in codes[:2])
    return source, target


def measure(dictionary: Dictionary) -> Row:
    """Read a dictionary with both parsers and compare."""
    start = time.perf_counter()
    pairs: list[plain.Pair] = []
    row: Row
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            lexicon = Lexicon.read(dictionary.path, dictionary.source, dictionary.target, progress=False)
    except LexiconError as error:
        row = {"error": str(error).replace(str(dictionary.path), dictionary.path.name)}
    else:
        (record,) = lexicon.provenance
        pairs = [(term, translation) for term, _, translation, _ in lexicon.pairs()]
        row = {"pairs": len(pairs), "dropped": record["dropped"], "licence": record.get("licence")}
    row["seconds"] = round(time.perf_counter() - start, 1)
    expected = plain.usable(_plain_pairs(dictionary))
    lost = plain.missing(expected, pairs)
    return {
        "dictionary": dictionary.name,
        **row,
        "plain": len(expected),
        "lost": len(lost),
        "examples": _drawn(lost, 5),
        "drawn": _drawn(pairs, 20),
    }


def _plain_pairs(dictionary: Dictionary) -> Iterator[plain.Pair]:
    if dictionary.path.suffix == ".tei":
        return plain.tei_pairs(dictionary.path)
    if _is_wikdict(dictionary.path):
        return plain.wikdict_pairs(dictionary.path, plain.tei_definitions(dictionary.twin) if dictionary.twin else ())
    return plain.tei_pairs(dictionary.twin) if dictionary.twin else iter(())


def _is_wikdict(index: Path) -> bool:
    return any("WikDict" in text for text in plain.descriptions(index))


def _drawn(pairs: Iterable[plain.Pair], count: int) -> list[plain.Pair]:
    """Return the pairs with the smallest hashes, which are the same in every run."""
    return sorted(pairs, key=lambda pair: hashlib.sha256("\t".join(pair).encode()).digest())[:count]


def run(names: Sequence[str], workers: int = 2) -> int:
    """Measure all dictionaries, or those with one of `names` in their names; return the exit code."""
    chosen = [one for one in dictionaries() if not names or any(name in one.name for name in names)]
    rows: dict[str, Row] = _load() if not names else {}
    todo = [one for one in chosen if rows.get(one.name, {}).get("code") != _code()]
    with ProcessPoolExecutor(workers) as pool:
        running = [pool.submit(measure, one) for one in todo]
        for finished in tqdm(as_completed(running), total=len(running), disable=None):
            row = finished.result()
            rows[row["dictionary"]] = {**row, "code": _code()}
            if not names:
                _save(rows)
    failed = [row for row in rows.values() if _fails(row)]
    for row in rows.values() if names else failed:
        print(json.dumps(row, ensure_ascii=False))
    if not names:
        _write_readme(rows)
    print(
        f"{len(rows)} dictionaries, {len(failed)} lose more than {1 - LEAST_SHARE:.0%} of their pairs", file=sys.stderr
    )
    return 1 if failed else 0


def _fails(row: Row) -> bool:
    return _is_low(row) and row["dictionary"] not in REASONS


def _is_low(row: Row) -> bool:
    """Return whether a dictionary was refused, or too many of its pairs are lost."""
    return "error" in row or row["lost"] > (1 - LEAST_SHARE) * row["plain"]


@cache
def _code() -> str:
    """Return a digest of the code that reads and compares."""
    package = Path(lexswitch.__file__).parent
    readers = [*sorted((package / "formats").glob("*.py")), package / "text" / "languages.py"]
    return files.origin([*readers, Path(plain.__file__)])


def _load() -> dict[str, Row]:
    if not RESULTS.exists():
        return {}
    return {row["dictionary"]: row for row in files.read_json(RESULTS)["rows"]}


def _save(rows: dict[str, Row]) -> None:
    kept = [{name: value for name, value in rows[key].items() if name in _KEPT} for key in sorted(rows)]
    files.write_json(RESULTS, {"machine": machine.description(("lxml", "numpy")), "rows": kept})


# -- tables -------------------------------------------------------------------------------------------------------

_KINDS = {"tei": "FreeDict, TEI", "wikdict": "WikDict, TEI", "dictd": "FreeDict, WikDict and Mueller, dictd"}


def table(rows: Sequence[Row]) -> str:
    """Return a table of sums by kind, and one of the dictionaries with too many losses."""
    lines = [
        "| dictionaries | files | pairs read | plain pairs | of these lost | refused |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for kind, name in _KINDS.items():
        chosen = [row for row in rows if row["dictionary"].startswith(f"{kind} ")]
        if not chosen:
            continue
        read, expected, lost = (sum(row.get(column, 0) for row in chosen) for column in ("pairs", "plain", "lost"))
        refused = sum("error" in row for row in chosen)
        share = f"{lost / expected:.2%}" if expected else "-"
        lines.append(f"| {name} | {len(chosen)} | {read:,} | {expected:,} | {share} | {refused} |")
    low = [row for row in rows if _is_low(row)]
    if low:
        lines += ["", "| dictionary | pairs read | plain pairs | lost | why |", "|---|--:|--:|--:|---|"]
    for row in low:
        share = f"{row['lost'] / row['plain']:.1%}" if row["plain"] else "-"
        why = REASONS.get(row["dictionary"], "**not known**")
        lines.append(f"| {row['dictionary']} | {row.get('pairs', 0):,} | {row['plain']:,} | {share} | {why} |")
    return "\n".join(lines)


def _write_readme(rows: dict[str, Row]) -> None:
    put_between_marks(README, table([rows[name] for name in sorted(rows)]), "everything")
