"""The data of a page: texts, and what happens to them at each value of p.

The page has the switches of some values of p. A unit that these values share is stored once, with the numbers of the
values for which it is switched, as a bit set. So the page shows exactly what `CodeSwitcher.apply` returns.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol, TypeAlias

from ...lexicon import Lexicon
from ..keys import Keys
from ..trace import Switch, Switched
from .sampling import SampledText

Progress: TypeAlias = Callable[[int], Any]

_P = (0.0, 0.25, 0.5, 0.75, 1.0)
# Candidates of a term in one language that the page lists.
_MOST_CANDIDATES = 6


class TracingSwitcher(Protocol):
    """What a preview needs from `CodeSwitcher`."""

    @property
    def lexicon(self) -> Lexicon: ...
    @property
    def languages(self) -> Any: ...
    @property
    def p(self) -> Any: ...
    @property
    def signature(self) -> str: ...
    def trace(self, texts: Sequence[str], *, keys: Keys | None = None, epoch: int = 0) -> Switched: ...
    def replace(self, **options: Any) -> TracingSwitcher: ...


class Step(NamedTuple):
    """One value of p, or one value for each language."""

    label: str
    p: float | Mapping[str, float]


class Unit(NamedTuple):
    """A span that is switched at some steps, and what it becomes."""

    start: int
    end: int
    language: str
    term: str
    text: str
    """The text that replaces the span."""


def steps_of(switcher: TracingSwitcher) -> tuple[list[Step], int]:
    """Return the steps of the slider, and the number of the step with the switcher's own p."""
    own = _own_step(switcher.p)
    steps = [Step(f"{p:g}", p) for p in _P if f"{p:g}" != own.label]
    mean = sum(switcher.p.values()) / len(switcher.p)
    at = sum(step.p < mean for step in steps)
    return [*steps[:at], own, *steps[at:]], at


def _own_step(p: Mapping[str, float]) -> Step:
    if len(set(p.values())) == 1:
        value = next(iter(p.values()))
        return Step(f"{value:g}", value)
    return Step(", ".join(f"{language} {value:g}" for language, value in p.items()), dict(p))


def find_units(
    texts: Sequence[SampledText],
    switchers: Mapping[str, TracingSwitcher],
    steps: Sequence[Step],
    epoch: int,
    progress: Progress = lambda _: None,
) -> list[dict[Unit, int]]:
    """Return the units of each text, with the bit set of the steps at which they are switched.

    Parameters
    ----------
    texts : sequence of SampledText
    switchers : mapping of str to TracingSwitcher
        The switcher of each column.
    steps : sequence of Step
    epoch : int
    progress : callable
        Called after each pass through the texts of a column.
    """
    found: list[dict[Unit, int]] = [{} for _ in texts]
    for column, switcher in switchers.items():
        at = [number for number, text in enumerate(texts) if text.column == column]
        keys = [texts[number].key for number in at]
        given: Any = None if None in keys else keys
        for bit, step in enumerate(steps):
            switched = switcher.replace(p=step.p).trace([texts[number].text for number in at], keys=given, epoch=epoch)
            for switch in switched.switches:
                units = found[at[switch.row]]
                unit = _unit_of(switch, switched.texts[switch.row])
                units[unit] = units.get(unit, 0) | 1 << bit
            progress(1)
    return [dict(sorted(units.items())) for units in found]


def _unit_of(switch: Switch, text: str) -> Unit:
    replacement = text[switch.start : switch.end]
    return Unit(switch.source_start, switch.source_end, switch.language, switch.term, replacement)


class _Numbers(dict[str, int]):
    """Numbers strings in the order in which they are first asked for."""

    def __missing__(self, key: str) -> int:
        self[key] = len(self)
        return self[key]


def page_data(
    texts: Sequence[SampledText], units: Sequence[dict[Unit, int]], switchers: Mapping[str, TracingSwitcher]
) -> dict[str, Any]:
    """Return the texts and their units in a compact form that can be written as JSON; page.js reads it.

    A text is [row, column, text, numbers]. Its numbers are those of its units, six for each: characters from the start
    of the unit before, length, language, term, bit set of steps, replacement. Languages, terms and replacements are
    numbers of elements of lists.
    """
    lexicon = next(iter(switchers.values())).lexicon
    languages = sorted({language for switcher in switchers.values() for language in switcher.languages})
    terms, replacements = _Numbers(), _Numbers()
    rows = []
    for text, of_text in zip(texts, units, strict=True):
        numbers, before = [], 0
        for unit, steps in of_text.items():
            ids = languages.index(unit.language), terms[unit.term], steps, replacements[unit.text]
            numbers += [unit.start - before, unit.end - unit.start, *ids]
            before = unit.start
        rows.append([text.row + 1, text.column, text.text, numbers])
    return {
        "source": lexicon.source,
        "languages": languages,
        "terms": [[term, _candidates(lexicon, term, languages)] for term in terms],
        "replacements": list(replacements),
        "texts": rows,
    }


def _candidates(lexicon: Lexicon, term: str, languages: Sequence[str]) -> list[list[Any]]:
    """Return the candidates of a term: language, number of more candidates, then translations and weights by turns."""
    entry = lexicon[term]
    return [
        [
            number,
            max(0, len(entry[language]) - _MOST_CANDIDATES),
            *(value for one in entry[language][:_MOST_CANDIDATES] for value in (one.translation, round(one.weight, 3))),
        ]
        for number, language in enumerate(languages)
        if language in entry
    ]
