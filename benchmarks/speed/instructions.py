"""Instructions of the compiled engine by stage, counted by callgrind.

The names of the functions are those of the kernel. They are in its symbols unless these were stripped.
"""

from __future__ import annotations

import functools
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from benchmarks.common.parts import Step
from benchmarks.common.processes import Row, command, say
from benchmarks.speed import lexicons
from benchmarks.speed.measure import Effort, batched, count_words

STAGES = {
    "read the str": ["read_text"],
    "hashes of texts": ["text_key"],
    "protected spans": ["find_protected_spans", "apply_protection"],
    "words": ["find_words", "normalise_odd_words"],
    "matches, draws": ["match_and_draw"],
    "candidates": ["choose_candidates"],
    "splice, case": ["splice_texts"],
    "make the str": ["make_text"],
}
"""Stage -> functions, which do not call each other."""

_TOTAL = "apply"
_LINE = re.compile(r"^\s*([\d,]+) \([\d. ]+%\)\s+\S*:(\w+)(?:'\d+)? \[\S*_kernel\S*\]", re.MULTILINE)


def steps(effort: Effort) -> list[Step]:
    """Return a step for each lexicon and size of batches."""
    cases = [(lexicon, size) for lexicon in lexicons.LEXICONS for size in (1, 1000)]
    return [functools.partial(_count, lexicon, size, effort.instructed) for lexicon, size in cases]


def switch(lexicon: str, size: int, texts: int) -> Row:
    """Switch texts in batches; this is called below callgrind."""
    from benchmarks.speed.competitors import P
    from lexswitch import CodeSwitcher

    switcher = CodeSwitcher(lexicons.LEXICONS[lexicon](), p=P)
    chosen = lexicons.english()[:texts]
    switcher.apply(chosen[:1])  # prepares the lexicon, not yet observed: that would take minutes
    subprocess.run(["callgrind_control", "--instr=on", str(os.getpid())], check=True, stdout=subprocess.DEVNULL)
    for batch in batched(chosen, size):
        switcher.apply(batch)
    return {"words": count_words(chosen)}


def _count(lexicon: str, size: int, texts: int) -> list[Row]:
    """Return the instructions per word; nothing if there is no callgrind."""
    if shutil.which("valgrind") is None:
        say("valgrind is not installed; instructions are not counted")
        return []
    with tempfile.TemporaryDirectory() as folder:
        profile = Path(folder) / "profile"
        options = [
            "--tool=callgrind",
            "--instr-atstart=no",
            f"--toggle-collect={_TOTAL}",
            f"--callgrind-out-file={profile}",
        ]
        _run(["valgrind", *options, *command(switch, lexicon, size, texts)])
        text = _run(["callgrind_annotate", "--inclusive=yes", "--threshold=100", str(profile)])
    counts = {name: int(number.replace(",", "")) for number, name in _LINE.findall(text)}
    if not {"read_text", "find_words", "splice_texts", _TOTAL} <= set(counts):
        raise RuntimeError("the profile lacks functions of the compiled engine; build it without stripping its symbols")
    words = count_words(lexicons.english()[:texts])
    stages = {stage: sum(counts.get(name, 0) for name in names) / words for stage, names in STAGES.items()}
    stages["the rest"] = counts[_TOTAL] / words - sum(stages.values())
    about = {"lexicon": lexicon, "batch": size, "texts": texts, "words": words}
    return [{**about, "stages": {stage: round(count, 1) for stage, count in stages.items()}}]


def _run(arguments: list[str]) -> str:
    result = subprocess.run(arguments, check=False, capture_output=True, text=True)
    if result.returncode:
        raise RuntimeError(f"{arguments[0]} failed with {result.returncode}:\n{result.stderr[-2000:]}")
    return result.stdout
