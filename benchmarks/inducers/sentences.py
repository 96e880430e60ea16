"""``python -m benchmarks.inducers.sentences LEXICON``: sentences switched with it and with dictionaries."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from benchmarks.common import freedict, help_text
from benchmarks.common.files import write_bytes
from lexswitch import CodeSwitcher, Lexicon

LANGUAGES = ("de", "ru")
PAGE = Path(__file__).parents[2] / "docs" / "embeddings.md"
COUNT = 20

_MARKED = re.compile(r"(?<=<!-- sentences -->\n).*?(?=<!-- end of sentences -->)", re.DOTALL)
_STEP = 211
"""Every so many of the sentences are shown."""


def dictionary() -> Lexicon:
    """FreeDict, and for Russian Mueller."""
    return Lexicon.from_pairs({"de": freedict.pairs("de"), "ru": freedict.pairs("ru") + freedict.mueller_pairs()})


def sentences() -> list[str]:
    """Sentences of LibreOffice's help of a readable length, far apart."""
    texts = dict.fromkeys(text for page in help_text.pages("en").values() for text in page.values())
    fit = [text for text in texts if 50 <= len(text) <= 100 and text.endswith(".") and text[0].isupper()]
    return [text for text in fit if "|" not in text][::_STEP][:COUNT]


def table(induced: Lexicon) -> str:
    """Each sentence as it is, and switched with both lexicons."""
    texts = sentences()
    switched = [CodeSwitcher.multilingual(lexicon, list(LANGUAGES)).apply(texts) for lexicon in (dictionary(), induced)]
    lines = ["| English | with a dictionary | with the induced lexicon |", "|---|---|---|"]
    lines += [f"| {' | '.join(cells)} |" for cells in zip(texts, *switched, strict=True)]
    return "\n".join(lines)


if __name__ == "__main__":
    text = PAGE.read_text(encoding="utf-8")
    write_bytes(PAGE, _MARKED.sub(lambda _: f"\n{table(Lexicon.load(sys.argv[1]))}\n\n", text).encode())
    print(f"{PAGE} has {COUNT} sentences", file=sys.stderr)
