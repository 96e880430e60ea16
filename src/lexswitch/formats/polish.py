"""The last step of reading a dictionary made for people: its habits of spelling are found out and undone.

Such dictionaries mark stress and vowels, or cite verbs with "to". What one does shows in its first pairs. Formats that
hold words as text has them (MUSE, tables, JSON) are read as they are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

from .base import Entry, Input
from .cleaning import EXPLANATION, is_explanation
from .infinitives import particle_remover
from .marks import Edit, mark_remover

_SAMPLE = 10_000

_HABITS: tuple[Callable[[str, Sequence[str]], Edit | None], ...] = (mark_remover, particle_remover)


def polished(input: Input, entries: Iterable[Entry]) -> Iterator[Entry]:
    """The pairs of a dictionary without its habits of spelling; explanations are dropped and counted.

    Habits are measured on the pairs that are read together with the first one in a language, 10,000 at most.
    """
    entries = iter(entries)
    edit_term: Edit | None = None
    editors: dict[str, Edit] = {}
    while chunk := list(islice(entries, _SAMPLE)):
        edit_term = edit_term or _editor(input.source, [entry.term for entry in chunk])
        _add_editors(editors, chunk)
        for entry in chunk:
            term, translation = edit_term(entry.term), editors[entry.language](entry.translation)
            if is_explanation(term, translation):
                input.drop(EXPLANATION, entry.line, (term, translation))
            else:
                yield entry._replace(term=term, translation=translation)


def _add_editors(editors: dict[str, Edit], entries: Sequence[Entry]) -> None:
    """Add the editors of languages that first occur in these entries."""
    texts = defaultdict(list)
    for entry in entries:
        if entry.language not in editors:
            texts[entry.language].append(entry.translation)
    editors.update({language: _editor(language, found) for language, found in texts.items()})


def _editor(language: str, texts: Sequence[str]) -> Edit:
    """What undoes the habits that a dictionary is seen to have in a language."""
    edits = [edit for habit in _HABITS if (edit := habit(language, texts))]

    def edited(text: str) -> str:
        for edit in edits:
            text = edit(text)
        return text

    return edited
