"""``python -m benchmarks.titles.paragraphs``: switch 1,000 paragraphs by Wiki-CS, for the documentation."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

from benchmarks.common import help_text
from benchmarks.common.report import put_between_marks, table
from benchmarks.titles import dumps, measure, world
from lexswitch import CodeSwitcher
from lexswitch.engine.packing import pack
from lexswitch.inducers.titles import SqlDump
from lexswitch.text.tokenizers import WordTokenizer, words_of

PAGE = Path(__file__).parents[2] / "docs" / "titles.md"
PARAGRAPHS, SHOWN = 1_000, 20


def paragraphs() -> list[str]:
    """Return paragraphs of English help of readable length, at equal distances."""
    texts = [text for text in help_text.paragraphs("en") if 40 <= len(text) <= 160 and "|" not in text]
    return texts[:: len(texts) // PARAGRAPHS][:PARAGRAPHS]


def report() -> str:
    """Return the share of words that are covered, and paragraphs before and after."""
    lexicon = measure.induce(SqlDump(*dumps.sql(len(world.names()))))
    switcher = CodeSwitcher.wiki_cs(lexicon, ["de", "it", "nl", "ru"])
    texts = paragraphs()
    switched = switcher.trace(texts)
    total = len(words_of(pack(texts), WordTokenizer()).starts)
    words: Counter[int] = Counter()
    for term in switched.switches.term:
        words[len(term.split())] += 1
    shares = ", ".join(
        f"{count:,} units of {size} word{'s' * (size > 1)} ({size * count / total:.1%} of the words)"
        for size, count in sorted(words.items())
    )
    changed = [row for row, text in enumerate(texts) if switched.texts[row] != text]
    shown = changed[:: len(changed) // SHOWN][:SHOWN]
    lines = [f"{total:,} words in {len(texts):,} paragraphs; switched: {shares}.", ""]
    return "\n".join([*lines, *table(["English", "Wiki-CS"], ([texts[row], switched.texts[row]] for row in shown))])


if __name__ == "__main__":
    put_between_marks(PAGE, report(), "paragraphs")
    print(f"{PAGE} is written", file=sys.stderr)
