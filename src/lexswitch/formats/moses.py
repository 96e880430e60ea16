"""Lexical translation tables of Moses, ``lex.f2e`` and ``lex.e2f``, as in the smt packages of OPUS.

A line is ``word1 word2 probability``. The probability is p(word1 | word2): for each second word, the probabilities of
all first words sum to 1. So the second word is the term, and the first word is its translation. Moses calls its source
language f and its target language e. It writes "e f p(e|f)" into lex.f2e and "f e p(f|e)" into lex.e2f
(scripts/training/LexicalTranslationModel.pm; https://www2.statmt.org/moses/?n=FactoredTraining.GetLexicalTranslationTable).
For a model trained with ``--f en --e de``, lex.f2e is a lexicon from English into German, and lex.e2f is a lexicon from
German into English. The files do not name their languages, so pass both.

A file is recognised if its name begins with ``lex.`` or a word is ``NULL``. Otherwise its columns could be term,
translation and weight; pass ``format="moses"`` for such a file.

Weights are the probabilities. Characters escaped by scripts/tokenizer/escape-special-chars.perl are restored.
Skipped: ``NULL``, which means no word, and probabilities that were rounded to zero.
Dropped: "ragged line" (not three fields), "line too long", "weight is not a number".
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from ..lexicon.pairs import PairBlock
from .base import Format, LexiconFile, Sample
from .table import columns_of, numbers

_SAMPLE = 200
_PROBABILITY = re.compile(r"0?\.[0-9]+|[01](\.0*)?|[0-9](\.[0-9]+)?e-[0-9]+")
_ESCAPES = {
    "&#124;": "|", "&bar;": "|", "&lt;": "<", "&gt;": ">", "&bra;": "[", "&ket;": "]", "&#91;": "[", "&#93;": "]",
    "&apos;": "'", "&quot;": '"', "&amp;": "&",
}  # fmt: skip
_ESCAPED = re.compile("|".join(_ESCAPES))


def _detect(sample: Sample) -> bool:
    """Whether lines are two words and a probability, separated by single spaces, and the second word is the term."""
    rows = [line.split(" ") for line in sample.lines[:_SAMPLE] if line.strip()]
    regular = bool(rows) and all(len(row) == 3 and all(row[:2]) and _PROBABILITY.fullmatch(row[2]) for row in rows)
    return regular and (
        sample.path.name.startswith("lex.") or any("NULL" in line.split(" ")[:2] for line in sample.lines)
    )


def _read(file: LexiconFile) -> Iterator[PairBlock]:
    target = file.target
    for line, text, _ in file.texts():
        lines, (translations, terms, fields) = columns_of(file, line, text, " ", 3)
        weights = numbers(fields)
        kept = []
        for row, weight in enumerate(weights):
            if math.isnan(weight):
                file.drop("weight is not a number", lines[row], fields[row])
            kept.append(weight > 0 and terms[row] != "NULL" != translations[row])
        if "&" in text:
            terms, translations = _restored(terms), _restored(translations)
        yield PairBlock(lines, terms, target, translations, weights).where(kept)


def _restored(words: list[str]) -> list[str]:
    return [_ESCAPED.sub(lambda escape: _ESCAPES[escape[0]], word) for word in words]


FORMAT = Format("moses", "lexical translation tables of Moses and OPUS (lex.f2e, lex.e2f)", _detect, _read)
