"""The table of *Choose a lexicon* in docs/lexicons.md: languages and lexicons, with figures from the results."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from benchmarks.common import files
from benchmarks.common.processes import Row
from benchmarks.common.report import short, table
from benchmarks.general.lexicons import DICTIONARY, MERGED, RANKED, STARTER

PAGE = Path(__file__).parents[1] / "docs" / "lexicons.md"
MARKS = "measured lexicons"

_HEAD = ("to", "lexicon", "terms", "pairs", "words known", "first candidate in the translation", "confirmed", "licence")
_OWN = "Apache-2.0"
_LICENCES = {"de": "GPL-3.0, AGPL-3.0", "el": "GPL-2.0-or-later, CC-BY-SA-3.0"}
_USUAL = "GPL-2.0-or-later"
_NAMES = {
    STARTER: "starter",
    DICTIONARY: "FreeDict",
    MERGED: "both, `starter.merge(freedict)`",
    RANKED: 'both, `texts="wordfreq"`',
}


def markdown() -> str:
    """Return the table."""
    return "\n".join(table(_HEAD, _lines())).strip()


def _rows(name: str, part: str) -> list[Row]:
    path = max((Path(__file__).parent / name / "results").glob("[0-9]*.json"))
    rows: list[Row] = files.read_json(path)["parts"][part]["rows"]
    return rows


def _lines() -> Iterator[list[str]]:
    confirmed = {row["language"]: short(row["all"]["share"], digits=2) for row in _rows("starter", "dictionaries")}
    rows = _rows("general", "lexicons")
    for row in rows:
        language, name = row["language"], row["lexicon"]
        yield [
            language,
            _NAMES[name] + (" and Mueller" if (language, name) == ("ru", DICTIONARY) else ""),
            f"{row['terms']:,}",
            f"{row['pairs']:,}",
            short(row["covered"]["forms"]["questions"]["content"], digits=2),
            short(row["found"]["questions"]["content"]["chosen"], digits=2),
            confirmed.get(language, "") if name == STARTER else "",
            _OWN if name == STARTER else _LICENCES.get(language, _USUAL),
        ]
    for language in sorted(confirmed.keys() - {row["language"] for row in rows}):
        yield [language, _NAMES[STARTER], "", "", "", "", confirmed[language], _OWN]
