"""The last step of reading a dictionary made for people: its habits of spelling are found out and undone.

Such dictionaries mark stress and vowels, or cite verbs with "to". What one does shows in its first pairs. Formats that
hold words as text has them (MUSE, tables, JSON) are read as they are.
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
_ENOUGH = 1000

Habit = Callable[[str, Sequence[str]], Edit | None]
"""What undoes a habit in some texts of a language, if they show it."""

_HABITS: tuple[Habit, ...] = (mark_remover, particle_remover)


def without_habits(file: LexiconFile, entries: Iterable[Entry]) -> Iterator[Entry]:
    """The pairs of a dictionary without its habits of spelling; explanations are dropped and counted.

    Pairs are read by 10,000. A habit in the terms is looked for in each part, for terms that begin with "to" may all be
    in one; a habit in a language of translations, in all that were read when there are enough of it.
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
    """Take in the translations of a chunk, and measure again the languages that had too few before."""
    languages = {entry.language for entry in chunk}
    lacking = {language for language in languages if len(samples[language]) < _ENOUGH}
    for entry in chunk:
        if entry.language in lacking:
            samples[entry.language].append(entry.translation)
    edits.update({language: _habits(language, samples[language]) for language in lacking})


def _habits(language: str, texts: Sequence[str]) -> dict[Habit, Edit]:
    """The habits that a dictionary is seen to have in a language, and what undoes them."""
    return {habit: edit for habit in _HABITS if (edit := habit(language, texts))}


def _edited(text: str, edits: dict[Habit, Edit]) -> str:
    for edit in edits.values():
        text = edit(text)
    return text
