"""Detects and removes spelling habits of dictionaries made for people, the last step of reading them.

Such dictionaries mark stress and vowels, or cite verbs with "to". Their first pairs show which habits they have.
Formats with ordinary spelling (MUSE, tables, JSON) are not changed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

from .base import Entry, LexiconFile
from .cleaning import EXPLANATION, is_explanation
from .infinitives import particle_remover
from .marks import Edit, mark_remover

_CHUNK = 10_000
_MIN_TEXTS = 1000

Habit = Callable[[str, Sequence[str]], Edit | None]
"""Returns an edit that removes a habit from texts of a language, or None if the texts do not show it."""

_HABITS: tuple[Habit, ...] = (mark_remover, particle_remover)


def without_habits(file: LexiconFile, entries: Iterable[Entry]) -> Iterator[Entry]:
    """Yield the pairs of a dictionary without its spelling habits; explanations are dropped and counted.

    Pairs are read in chunks of 10,000. Terms are checked in each chunk, because all terms that begin with "to" may be
    in one chunk. Translations into a language are checked until at least 1,000 were read.
    """
    entries = iter(entries)
    term_edits: dict[Habit, Edit] = {}
    edits: dict[str, dict[Habit, Edit]] = {}
    samples: defaultdict[str, list[str]] = defaultdict(list)
    while chunk := list(islice(entries, _CHUNK)):
        term_edits = _habits(file.source, [entry.term for entry in chunk]) | term_edits
        _measure(edits, samples, chunk)
        for entry in chunk:
            term = _edited(entry.term, term_edits)
            translation = _edited(entry.translation, edits[entry.language])
            if is_explanation(term, translation):
                file.drop(EXPLANATION, entry.line, (term, translation))
            else:
                yield entry._replace(term=term, translation=translation)


def _measure(edits: dict[str, dict[Habit, Edit]], samples: defaultdict[str, list[str]], chunk: Sequence[Entry]) -> None:
    """Add the translations of a chunk to the samples, and check again the languages that had too few before."""
    languages = {entry.language for entry in chunk}
    lacking = {language for language in languages if len(samples[language]) < _MIN_TEXTS}
    for entry in chunk:
        if entry.language in lacking:
            samples[entry.language].append(entry.translation)
    edits.update({language: _habits(language, samples[language]) for language in lacking})


def _habits(language: str, texts: Sequence[str]) -> dict[Habit, Edit]:
    """The habits that the texts show, with the edits that remove them."""
    return {habit: edit for habit in _HABITS if (edit := habit(language, texts))}


def _edited(text: str, edits: dict[Habit, Edit]) -> str:
    for edit in edits.values():
        text = edit(text)
    return text
