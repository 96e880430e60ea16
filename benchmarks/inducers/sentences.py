"""Sentences switched with an induced lexicon beside the same with a dictionary, written into the documentation."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from benchmarks.common import freedict, help_text
from benchmarks.common.files import write_bytes
from benchmarks.inducers import spaces
from lexswitch import CodeSwitcher, Lexicon
from lexswitch.inducers.embeddings import EmbeddingInducer, VecMap, Vectors

LANGUAGES = ("de", "ru")
PAGE = Path(__file__).parents[2] / "docs" / "embeddings.md"
COUNT = 20

_MARKED = re.compile(r"(?<=<!-- sentences -->\n).*?(?=<!-- end of sentences -->)", re.DOTALL)
_STEP = 211
"""Every so many of the sentences are shown."""


def induced() -> Lexicon:
    """VecMap without seeds, from vectors in spaces of their own."""
    source = Vectors(spaces.vocabulary(spaces.SOURCE), spaces.vectors(spaces.SOURCE))
    targets = {language: Vectors(spaces.vocabulary(language), spaces.turned(language)) for language in LANGUAGES}
    return EmbeddingInducer(source, targets, align=VecMap(), identical=False).induce().select(min_weight=0.3)


def dictionary() -> Lexicon:
    """FreeDict, and for Russian Mueller."""
    return Lexicon.from_pairs({"de": freedict.pairs("de"), "ru": freedict.pairs("ru") + freedict.mueller_pairs()})


def sentences() -> list[str]:
    """Sentences of LibreOffice's help of a readable length, far apart."""
    texts = dict.fromkeys(text for page in help_text.pages("en").values() for text in page.values())
    fit = [text for text in texts if 50 <= len(text) <= 100 and text.endswith(".") and text[0].isupper() and "|" not in text]
    return fit[::_STEP][:COUNT]


def table() -> str:
    """Each sentence in three lines."""
    texts = sentences()
    switched = [
        CodeSwitcher.multilingual(lexicon, list(LANGUAGES)).trace(texts) for lexicon in (dictionary(), induced())
    ]
    lines = ["| English | with a dictionary | with the induced lexicon |", "|---|---|---|"]
    lines += [f"| {' | '.join(cells)} |" for cells in zip(texts, *(each.texts for each in switched), strict=True)]
    return "\n".join(lines)


if __name__ == "__main__":
    text = PAGE.read_text(encoding="utf-8")
    write_bytes(PAGE, _MARKED.sub(lambda _: f"\n{table()}\n\n", text).encode())
    print(f"{PAGE} has {COUNT} sentences", file=sys.stderr)
