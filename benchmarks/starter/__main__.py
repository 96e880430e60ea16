"""``python -m benchmarks.starter``: which translations of the starter lexicon a dictionary confirms."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from benchmarks.common import files, freedict
from benchmarks.common.fetch import FetchError
from benchmarks.starter.confirm import Dictionary, Pair, dictionary, verdicts
from benchmarks.starter.folding import fold
from lexswitch import Lexicon

_RESULTS = Path(__file__).parent / "results" / "starter.json"
_TARGETS = {"de": 0.85, "ar": 0.75}
_ROW = "{:<8} {:>14} {:>14} {:>14} {:>12} {:>24} {:>7}"
_HEADER = ("language", "all", "words", "phrases", "+inflections", "...same part of speech", "target")


def main() -> int:
    """Print one row for each language and write the results; return 1 if a target or a dictionary is missing."""
    lexicon = Lexicon.starter()
    pairs: dict[str, list[Pair]] = {}
    for english, language, translation, _ in lexicon.pairs():
        pairs.setdefault(language, []).append((english, translation))
    nouns = {fold(english, "en") for english, german in pairs["de"] if german.split()[-1][0].isupper()}
    print(_ROW.format(*_HEADER))
    results = {}
    try:
        for language in freedict.LANGUAGES:
            results[language] = _result(pairs[language], dictionary(language), nouns)
            print(_row(language, results[language]), flush=True)
    except FetchError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    document = {"lexicon": lexicon.signature, "languages": results}
    files.write_bytes(_RESULTS, (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode())
    missed = [language for language, target in _TARGETS.items() if results[language]["all"]["share"] < target]
    if missed:
        print(f"below target: {', '.join(missed)}", file=sys.stderr)
    return 1 if missed else 0


def _result(pairs: list[Pair], asked: Dictionary, nouns: set[str]) -> dict[str, Any]:
    """Counts and shares of one language, its target and the pairs that were not confirmed."""
    only_as_noun = asked.nouns - nouns  # the dictionary has the noun, the lexicon the verb or adjective
    parts = {
        "all": pairs,
        "words": [pair for pair in pairs if " " not in pair[0]],
        "phrases": [pair for pair in pairs if " " in pair[0]],
        "same_part_of_speech": [pair for pair in pairs if fold(pair[0], "en") not in only_as_noun],
    }
    result: dict[str, Any] = {name: _counts(part, asked) for name, part in parts.items()}
    result["target"] = _TARGETS.get(asked.language)
    result["unconfirmed"] = [list(pair) for pair in verdicts(pairs, asked).unconfirmed]
    return result


def _counts(pairs: list[Pair], asked: Dictionary) -> dict[str, float]:
    found = verdicts(pairs, asked)
    count = sum(map(len, found))
    equal, inflected = len(found.equal), len(found.inflected)
    return {
        "pairs": count,
        "confirmed": equal,
        "inflected": inflected,
        "share": round(equal / max(1, count), 4),
        "share_with_inflections": round((equal + inflected) / max(1, count), 4),
    }


def _row(language: str, result: dict[str, Any]) -> str:
    cells = [f"{result[name]['share']:.3f} of {result[name]['pairs']:,}" for name in ("all", "words", "phrases")]
    wider = ["", ""]
    if result["all"]["inflected"]:
        same = result["same_part_of_speech"]
        wider = [f"{result['all']['share_with_inflections']:.3f}"]
        wider.append(f"{same['share_with_inflections']:.3f} of {same['pairs']:,}")
    return _ROW.format(language, *cells, *wider, result["target"] or "")


if __name__ == "__main__":
    sys.exit(main())
