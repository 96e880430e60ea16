"""A few own sentences in the published layouts, for the smoke test. Figures on them say nothing.

The other languages are English text translated word by word with the starter lexicon.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.common import files, xquad
from benchmarks.xquad_r import lexicons
from benchmarks.xquad_r.sources import Pair, Source
from lexswitch import CodeSwitcher

_PARAGRAPHS = (
    (
        Pair("Where is the bank?", "The bank is in the old city."),
        Pair("When does the bank open?", "The bank opens in the morning."),
        Pair("Who works there?", "A woman and a man work in the bank."),
    ),
    (
        Pair("What does the farmer sell?", "The farmer sells milk and bread."),
        Pair("How many cows does he have?", "He has seven white cows."),
        Pair("Where does his brother live?", "His brother lives in a house by the sea."),
    ),
    (
        Pair("What did the doctor write?", "The doctor wrote a book about sleep."),
        Pair("Why do children need sleep?", "Children need sleep because they learn in the night."),
        Pair("Who reads the book?", "Many teachers read the book in school."),
    ),
    (
        Pair("How long is the river?", "The river is two hundred miles long."),
        Pair("What animals live near the water?", "Birds and small fish live near the water."),
        Pair("When was the bridge built?", "The bridge was built before the war."),
    ),
)
_THINGS = ("table", "garden", "horse", "window", "church", "mountain", "ship", "letter")
_QUALITIES = ("new", "heavy", "beautiful")


def write(folder: Path) -> Source:
    """Write the files, and return their folders.

    Parameters
    ----------
    folder
        The folder; files that are there are replaced.
    """
    source = Source(*(str(folder / name) for name in ("xquad-r", "pairs", "sentences")))
    pairs = [
        Pair(f"what is {quality} in picture {number} ?", f"the {thing} in picture {number} is {quality} .")
        for number, thing in enumerate(_THINGS)
        for quality in _QUALITIES
    ]
    # the names of the published files
    _write_lines(Path(source.pairs, "tgt-test.txt"), [pair.question for pair in pairs])
    _write_lines(Path(source.pairs, "src-test.txt"), [pair.sentence for pair in pairs])
    for language in xquad.LANGUAGES:
        sentences = _translated([pair.sentence for pair in pairs], language)
        _write_lines(Path(source.sentences, f"{language}.txt"), sentences)
        paragraphs = [_paragraph(pairs, language) for pairs in _PARAGRAPHS]
        content = {"version": "1", "data": [{"title": "samples", "paragraphs": paragraphs}]}
        files.write_bytes(Path(source.xquad_r, f"{language}.json"), json.dumps(content, ensure_ascii=False).encode())
    return source


def _paragraph(pairs: Sequence[Pair], language: str) -> dict[str, Any]:
    questions = _translated([pair.question for pair in pairs], language)
    sentences = _translated([pair.sentence for pair in pairs], language)
    breaks = []
    start = 0
    for sentence in sentences:
        breaks.append([start, start + len(sentence)])
        start += len(sentence) + 1
    return {
        "context": " ".join(sentences),
        "sentences": sentences,
        "sentence_breaks": breaks,
        "qas": [
            {"id": question, "question": question, "answers": [{"answer_start": first, "text": sentence}]}
            for question, sentence, (first, _) in zip(questions, sentences, breaks, strict=True)
        ],
    }


def _translated(texts: Sequence[str], language: str) -> list[str]:
    return list(texts) if language == "en" else CodeSwitcher.translate(lexicons.build("starter"), language).apply(texts)


def _write_lines(path: Path, lines: Sequence[str]) -> None:
    files.write_bytes(path, "".join(f"{line}\n" for line in lines).encode())
