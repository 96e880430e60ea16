"""The data of a page: texts, and what happens to their words at some values of p.

The page has the switches of each value of p. A switch that several values share is stored once, with the bit set of
these values. So the page shows exactly what `CodeSwitcher.apply` returns.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol, TypeAlias

from ...lexicon import Candidate, Lexicon
from ..keys import Keys
from ..outcomes import Explained, Reason
from ..report import Report
from ..trace import Switched
from .compact import encode_numbers
from .sampling import SampledText

# Values of p that each page has. For 1, the reasons why words stay are those that do not depend on p.
_P = (0.0, 0.25, 0.5, 0.75, 1.0)
# Candidates of a term in one language that the page lists.
_MOST_CANDIDATES = 4
# Candidates that the page lists in all languages. Less frequent terms have only those in the languages drawn for them.
_CANDIDATES_IN_ALL = 25_000

Progress: TypeAlias = Callable[[int], Any]


class ExplainingSwitcher(Protocol):
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
    def explain(self, texts: Sequence[str], *, keys: Keys | None = None, epoch: int = 0) -> Explained: ...
    def report(self, texts: Sequence[str], *, keys: Keys | None = None, epoch: int = 0) -> Report: ...
    def replace(self, **options: Any) -> ExplainingSwitcher: ...


class Step(NamedTuple):
    """One value of p, or one value for each language."""

    label: str
    p: float | Mapping[str, float]


class SwitchedUnit(NamedTuple):
    """A unit with what it becomes at some steps."""

    start: int
    end: int
    term: str
    language: str
    text: str
    """The text that replaces the unit."""


class StayingSpan(NamedTuple):
    """A word, or a unit, that stays at each step."""

    start: int
    end: int
    reason: int
    """A `Reason`."""
    term: str
    """The term of a unit; empty for a word outside units."""


class SampledOutcomes(NamedTuple):
    """What happens to the words of a text."""

    units: dict[SwitchedUnit, int]
    """Units with the bit set of the steps at which they are switched."""
    stays: list[StayingSpan]


def steps_of(switcher: ExplainingSwitcher) -> tuple[list[Step], int]:
    """Return the steps of the page, and the number of the step with the switcher's own p."""
    own = _own_step(switcher.p)
    steps = [Step(f"{p:g}", p) for p in _P if f"{p:g}" != own.label and _is_possible(switcher, p)]
    mean = sum(switcher.p.values()) / len(switcher.p)
    at = sum(step.p < mean for step in steps)
    return [*steps[:at], own, *steps[at:]], at


def _is_possible(switcher: ExplainingSwitcher, p: float) -> bool:
    """Return whether the other options of a switcher allow this p; short runs exclude a high p."""
    try:
        switcher.replace(p=p)
    except ValueError:
        return False
    return True


def _own_step(p: Mapping[str, float]) -> Step:
    if len(set(p.values())) == 1:
        value = next(iter(p.values()))
        return Step(f"{value:g}", value)
    return Step(", ".join(f"{language} {value:g}" for language, value in p.items()), dict(p))


def report_of(texts: Sequence[SampledText], switchers: Mapping[str, ExplainingSwitcher], epoch: int) -> Report:
    """Return the report of the texts of all columns."""
    columns = _columns(texts, switchers)
    return Report.merge([switcher.report(batch, keys=keys, epoch=epoch) for switcher, _, batch, keys in columns])


def find_outcomes(
    texts: Sequence[SampledText],
    switchers: Mapping[str, ExplainingSwitcher],
    steps: Sequence[Step],
    epoch: int,
    progress: Progress = lambda _: None,
) -> list[SampledOutcomes]:
    """Return what happens to the words of each text at some steps.

    Parameters
    ----------
    texts : sequence of SampledText
    switchers : mapping of str to ExplainingSwitcher
        The switcher of each column.
    steps : sequence of Step
        If p = 1 is among them, the result has the words that stay.
    epoch : int
    progress : callable
        Called after each step of a column.
    """
    found = [SampledOutcomes({}, []) for _ in texts]
    for switcher, rows, batch, keys in _columns(texts, switchers):
        results = [found[row] for row in rows]
        for bit, step in enumerate(steps):
            changed = switcher.replace(p=step.p)
            if step.p == 1:
                explained = changed.explain(batch, keys=keys, epoch=epoch)
                _add_stays(results, explained)
                _add_units(results, explained.switched, bit)
            else:
                _add_units(results, changed.trace(batch, keys=keys, epoch=epoch), bit)
            progress(1)
    return found


def _columns(
    texts: Sequence[SampledText], switchers: Mapping[str, ExplainingSwitcher]
) -> Iterator[tuple[ExplainingSwitcher, list[int], list[str], list[int] | None]]:
    """Yield the switcher of each column, the positions of its texts, the texts, and their keys if they have some."""
    for column, switcher in switchers.items():
        rows = [row for row, text in enumerate(texts) if text.column == column]
        keys = [key for row in rows if (key := texts[row].key) is not None]
        yield switcher, rows, [texts[row].text for row in rows], keys if len(keys) == len(rows) else None


def _add_units(results: Sequence[SampledOutcomes], switched: Switched, bit: int) -> None:
    for switch in switched.switches:
        units, text = results[switch.row].units, switched.texts[switch.row][switch.start : switch.end]
        unit = SwitchedUnit(switch.source_start, switch.source_end, switch.term, switch.language, text)
        units[unit] = units.get(unit, 0) | 1 << bit


def _add_stays(results: Sequence[SampledOutcomes], explained: Explained) -> None:
    """Add the words outside units, and the units that are not switched."""
    words, units = explained.words, explained.units
    columns = (words.row, words.start, words.end, words.reason, words.unit)
    for row, start, end, reason, unit in zip(*(column.tolist() for column in columns), strict=True):
        if unit < 0:
            results[row].stays.append(StayingSpan(start, end, reason, ""))
        elif units.switch[unit] < 0 and reason != Reason.INSIDE_UNIT:
            results[row].stays.append(StayingSpan(start, int(units.end[unit]), reason, units.term[unit]))


def page_data(
    texts: Sequence[SampledText],
    outcomes: Sequence[SampledOutcomes],
    lexicon: Lexicon,
    languages: Sequence[str],
) -> dict[str, Any]:
    """Return texts and outcomes in a compact form that can be written as JSON; page.js reads it.

    A text is [row, column, text, code]. The code has four numbers for each span: the characters from the start of the
    span before, the length, the position in "choices" and the position in "sets", the bit sets of steps. A choice is

    - a reason, for a word outside units,
    - [term, reason], for a unit that stays,
    - [term, language, replacement], for a switch. The replacement is a text, or the position of a listed candidate.

    Terms and languages are positions in their lists, too. A term is [text, candidates, languages that are not listed].
    Its candidates are lists for each language, see `_group`.
    """
    spans = [_spans(one) for one in outcomes]
    choices = _Numbers(choice for of_text in spans for _, _, choice, _ in of_text)
    sets = _Numbers(steps for of_text in spans for _, _, _, steps in of_text)
    terms = _Numbers(choice[0] for of_text in spans for _, _, choice, _ in of_text if isinstance(choice, tuple))
    entries = _entries(lexicon, terms, choices, languages)
    return {
        "source": lexicon.source,
        "languages": languages,
        "reasons": [reason.text for reason in Reason],
        "terms": [[term, *entry] for term, entry in entries.items()],
        "choices": [_choice(choice, terms, languages, entries) for choice in choices],
        "sets": list(sets),
        "texts": [
            [text.row + 1, text.label, text.text, _code(of_text, choices, sets)]
            for text, of_text in zip(texts, spans, strict=True)
        ],
    }


class _Numbers(dict[Any, int]):
    """Numbers values; the most frequent ones have the smallest numbers."""

    def __init__(self, values: Iterator[Any]) -> None:
        super().__init__((value, number) for number, (value, _) in enumerate(Counter(values).most_common()))


def _spans(outcomes: SampledOutcomes) -> list[tuple[int, int, Any, int]]:
    """Return the spans of a text, sorted: start, end, choice and bit set of steps."""
    switched = [(one.start, one.end, one[2:], steps) for one, steps in outcomes.units.items()]
    stays = [(one.start, one.end, (one.term, one.reason) if one.term else one.reason, 0) for one in outcomes.stays]
    return sorted([*switched, *stays], key=lambda span: span[:2])


def _code(spans: Sequence[tuple[int, int, Any, int]], choices: _Numbers, sets: _Numbers) -> str:
    numbers, before = [], 0
    for start, end, choice, steps in spans:
        numbers += [start - before, end - start, choices[choice], sets[steps]]
        before = start
    return encode_numbers(numbers)


def _choice(choice: Any, terms: _Numbers, languages: Sequence[str], entries: Mapping[str, list[Any]]) -> Any:
    match choice:
        case (term, reason):
            return [terms[term], reason]
        case (term, language, text):
            number = languages.index(language)
            listed = next(group[1] for group in entries[term][0] if group[0] == number)
            return [terms[term], number, listed.index(text) if text in listed else text]
    return choice


def _entries(
    lexicon: Lexicon, terms: Iterable[str], choices: Iterable[Any], languages: Sequence[str]
) -> dict[str, list[Any]]:
    """Return the candidates of each term in some languages, and the number of its other languages."""
    drawn: dict[str, set[str]] = defaultdict(set)
    for term, language, _ in (choice for choice in choices if isinstance(choice, tuple) and len(choice) == 3):
        drawn[term].add(language)
    entries: dict[str, list[Any]] = {}
    left = _CANDIDATES_IN_ALL
    for term in terms:
        known = lexicon[term]
        numbers = [number for number, language in enumerate(languages) if language in known]
        listed = [number for number in numbers if left > 0 or languages[number] in drawn[term]]
        groups = [_group(number, known[languages[number]]) for number in listed]
        left -= sum(len(group[1]) for group in groups)
        entries[term] = [groups, len(numbers) - len(listed)]
    return entries


def _group(language: int, candidates: Sequence[Candidate]) -> list[Any]:
    """Return a language with the translations and weights of some of its candidates, and the number of the others.

    A language that has only one translation, of weight 1, has no weights.
    """
    some = candidates[:_MOST_CANDIDATES]
    translations, weights = [one.translation for one in some], [float(f"{one.weight:.2g}") for one in some]
    more = len(candidates) - len(some)
    return [language, translations] if weights == [1.0] and not more else [language, translations, weights, more]
