"""``python -m benchmarks.inducers.sentences LEXICON``: write sentences that are switched with it and a dictionary."""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.common import freedict, help_text, report
from benchmarks.common.report import put_between_marks
from lexswitch import CodeSwitcher, Lexicon

LANGUAGES = ("de", "ru")
PAGE = Path(__file__).parents[2] / "docs" / "embeddings.md"
COUNT = 20

_STEP = 211
"""Distance of the sentences that are shown."""


def dictionary() -> Lexicon:
    """Return FreeDict, with Mueller for Russian."""
    return Lexicon.from_pairs({language: freedict.all_pairs(language) for language in LANGUAGES})


def sentences() -> list[str]:
    """Return sentences of LibreOffice's help of readable length, far from each other."""
    texts = dict.fromkeys(text for page in help_text.pages("en").values() for text in page.values())
    fit = [text for text in texts if 50 <= len(text) <= 100 and text.endswith(".") and text[0].isupper()]
    return [text for text in fit if "|" not in text][::_STEP][:COUNT]


def table(induced: Lexicon) -> str:
    """Return a table of sentences, as they are and switched with both lexicons."""
    texts = sentences()
    switched = [CodeSwitcher.multilingual(lexicon, list(LANGUAGES)).apply(texts) for lexicon in (dictionary(), induced)]
    head = ["English", "with a dictionary", "with the induced lexicon"]
    return "\n".join(report.table(head, zip(texts, *switched, strict=True)))


if __name__ == "__main__":
    put_between_marks(PAGE, table(Lexicon.load(sys.argv[1])), "sentences")
    print(f"{PAGE} has {COUNT} sentences", file=sys.stderr)
