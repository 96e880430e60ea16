"""``python -m benchmarks.titles.paragraphs``: Wiki-CS on 1,000 paragraphs, for the documentation."""

from __future__ import annotations

import re
import sys
from collections import Counter
from pathlib import Path

from benchmarks.common import help_text
from benchmarks.common.files import write_bytes
from benchmarks.titles import dumps, measure, world
from lexswitch import CodeSwitcher
from lexswitch.engine.packing import pack
from lexswitch.inducers.titles import SqlDump
from lexswitch.text.tokenizers import WordTokenizer, words_of

PAGE = Path(__file__).parents[2] / "docs" / "titles.md"
PARAGRAPHS, SHOWN = 1_000, 20

_MARKED = re.compile(r"(?<=<!-- paragraphs -->\n).*?(?=<!-- end of paragraphs -->)", re.DOTALL)


def paragraphs() -> list[str]:
    """Every so many of the paragraphs of English help, of a readable length."""
    texts = [text for text in help_text.paragraphs("en") if 40 <= len(text) <= 160 and "|" not in text]
    return texts[:: len(texts) // PARAGRAPHS][:PARAGRAPHS]


def report() -> str:
    """How many words are covered, and paragraphs before and after."""
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
    lines = [
        f"{total:,} words in {len(texts):,} paragraphs; switched: {shares}.",
        "",
        "| English | Wiki-CS |",
        "|---|---|",
    ]
    changed = [row for row, text in enumerate(texts) if switched.texts[row] != text]
    lines += [f"| {texts[row]} | {switched.texts[row]} |" for row in changed[:: len(changed) // SHOWN][:SHOWN]]
    return "\n".join(lines)


if __name__ == "__main__":
    text = PAGE.read_text(encoding="utf-8")
    write_bytes(PAGE, _MARKED.sub(lambda _: f"\n{report()}\n\n", text).encode())
    print(f"{PAGE} is written", file=sys.stderr)
