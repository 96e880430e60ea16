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

_CHUNK = 10_000
_ENOUGH = 1000

_HABITS: tuple[Callable[[str, Sequence[str]], Edit | None], ...] = (mark_remover, particle_remover)


def polished(input: Input, entries: Iterable[Entry]) -> Iterator[Entry]:
    """The pairs of a dictionary without its habits of spelling; explanations are dropped and counted.

    Pairs are read by 10,000. The habits in a language are measured on all that were read when there are enough of it.
    """
    entries = iter(entries)
    edit_term: Edit | None = None
    editors: dict[str, Edit] = {}
    samples: defaultdict[str, list[str]] = defaultdict(list)
    while chunk := list(islice(entries, _CHUNK)):
        edit_term = edit_term or _editor(input.source, [entry.term for entry in chunk])
        _measure(editors, samples, chunk)
        for entry in chunk:
            term, translation = edit_term(entry.term), editors[entry.language](entry.translation)
            if is_explanation(term, translation):
                input.drop(EXPLANATION, entry.line, (term, translation))
            else:
                yield entry._replace(term=term, translation=translation)


def _measure(editors: dict[str, Edit], samples: defaultdict[str, list[str]], chunk: Sequence[Entry]) -> None:
    """Take in the translations of a chunk, and renew the editors of languages that had too few before."""
    languages = {entry.language for entry in chunk}
    lacking = {language for language in languages if len(samples[language]) < _ENOUGH}
    for entry in chunk:
        if entry.language in lacking:
            samples[entry.language].append(entry.translation)
    editors.update({language: _editor(language, samples[language]) for language in lacking})


def _editor(language: str, texts: Sequence[str]) -> Edit:
    """What undoes the habits that a dictionary is seen to have in a language."""
    edits = [edit for habit in _HABITS if (edit := habit(language, texts))]

    def edited(text: str) -> str:
        for edit in edits:
            text = edit(text)
        return text

    return edited
