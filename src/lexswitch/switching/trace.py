"""Records of switches, and mapping of spans from source texts to switched texts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter
from operator import index as as_index
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from ..engine.packing import Floats, Ints
from ..lexicon.columns import Columns
from .batches import SwitchedBlock
from .keys import Keys
from .markup import FIRST_TEXTS, MarkedText, TextPart, mark, to_html

if TYPE_CHECKING:
    from .outcomes import Explained
    from .report import Report

#: Characters [start, end) of a text.
Span: TypeAlias = "tuple[int, int]"


class Switch(NamedTuple):
    """One replaced span. Offsets count characters of the text, as slices do."""

    row: int
    source_start: int
    source_end: int
    start: int
    end: int
    language: str
    term: str
    translation: str


@dataclass(frozen=True, eq=False)
class Switches(Sequence[Switch]):
    """Switches in columns, sorted by row and offset; also a sequence of `Switch`.

    Attributes
    ----------
    row, source_start, source_end, start, end : int64 arrays
        Row of the batch; characters [source_start, source_end) of the source text became [start, end) of the new one.
    language, term, translation : arrays of str (dtype object)
        Target language, and term and candidate as in the lexicon. In the text, the candidate may have another case, and
        a blank beside it if a script without spaces is switched into a script with spaces.
    margin : float64 array or None
        How far the candidate is ahead of the next one: the difference of their shares of the scores, from 0 to 1. 1 if
        there is no other. None unless a `ContextRanker` chose the candidates.
    """

    row: Ints
    source_start: Ints
    source_end: Ints
    start: Ints
    end: Ints
    language: npt.NDArray[np.object_]
    term: npt.NDArray[np.object_]
    translation: npt.NDArray[np.object_]
    margin: Floats | None = field(default=None, kw_only=True)

    @classmethod
    def join(cls, parts: Sequence[Switches]) -> Switches:
        """Return the switches of all parts, sorted."""
        none = [np.empty(0, dtype=np.int64)] * 5 + [np.empty(0, dtype=object)] * 3
        columns = [np.concatenate(column) for column in zip(none, *(part.columns() for part in parts), strict=True)]
        order = np.argsort(columns[0], kind="stable")
        margins = [part.margin for part in parts if part.margin is not None]
        margin = np.concatenate(margins)[order] if margins else None
        return cls(*(column[order] for column in columns), margin=margin)

    def columns(self) -> tuple[npt.NDArray[Any], ...]:
        """Return the columns, in the order of the fields of `Switch`."""
        return tuple(getattr(self, name) for name in Switch._fields)

    def kept(self, mask: npt.NDArray[np.bool_]) -> Switches:
        """Return the switches of a mask, with their offsets after the others are undone."""
        growth = np.cumsum(np.where(mask, 0, (self.end - self.start) - (self.source_end - self.source_start)))
        first = np.searchsorted(self.row, self.row)
        moved = growth - np.where(first > 0, growth[first - 1], 0)
        columns = dict(zip(Switch._fields, self.columns(), strict=True))
        columns |= {"start": self.start - moved, "end": self.end - moved}
        return Switches(*(column[mask] for column in columns.values()), margin=self._margin_at(mask))

    def _margin_at(self, at: slice | npt.NDArray[np.bool_]) -> Floats | None:
        return None if self.margin is None else self.margin[at]

    def __len__(self) -> int:
        return len(self.row)

    def __getitem__(self, at):  # type: ignore[no-untyped-def]  # an int returns a Switch, a slice returns Switches
        if isinstance(at, slice):
            return Switches(*(column[at] for column in self.columns()), margin=self._margin_at(at))
        return Switch(*(column[at].item() if column.dtype != object else column[at] for column in self.columns()))

    def __iter__(self) -> Iterator[Switch]:
        return map(Switch._make, zip(*(column.tolist() for column in self.columns()), strict=True))


class Explainer(Protocol):
    """Explains and reports what it does to texts, as `CodeSwitcher` does."""

    def explain(self, texts: list[str], *, keys: Keys | None = None, epoch: int = 0) -> Explained: ...
    def report(self, texts: list[str], *, keys: Keys | None = None, epoch: int = 0) -> Report: ...


class TraceCall(NamedTuple):
    """A call of `trace`: the switcher and the arguments."""

    switcher: Explainer
    texts: list[str]
    keys: Keys | None
    epoch: int


class Switched(NamedTuple):
    """Switched texts with their switches."""

    texts: list[str]
    switches: Switches
    call: TraceCall | None = None
    """The call of `trace` that returned this."""

    def explain(self) -> Explained:
        """Return what happened to each word of the source texts, see `CodeSwitcher.explain`.

        Raises
        ------
        ValueError
            If this is not the result of `CodeSwitcher.trace`.
        """
        call = self._call("explain")
        return call.switcher.explain(call.texts, keys=call.keys, epoch=call.epoch)

    def report(self) -> Report:
        """Return shares, coverage, reasons and indices of language mixing, see `CodeSwitcher.report`.

        Raises
        ------
        ValueError
            If this is not the result of `CodeSwitcher.trace`.
        """
        call = self._call("report")
        return call.switcher.report(call.texts, keys=call.keys, epoch=call.epoch)

    def _call(self, method: str) -> TraceCall:
        if self.call is None:
            raise ValueError(
                f"call is None, so the source texts are not known; use the result of switcher.trace(texts), or call "
                f"switcher.{method}(texts)"
            )
        return self.call

    def project(self, spans: Sequence[Sequence[Span]]) -> list[list[Span]]:
        """Map character spans of the source texts (answers, entities) to the switched texts.

        A boundary within a switch moves outwards, so that the new span has the whole translation. An empty span within
        a switch becomes the whole translation, too. A span that begins or ends with a switch does not include a blank
        that was inserted there.

        Parameters
        ----------
        spans : sequence of sequences of (start, end)
            For each text its spans, in any order. They may overlap.

        Raises
        ------
        ValueError
            If there is not one list of spans per text, or a span is not inside the source text. The message names row
            and span.
        """
        bounds = np.searchsorted(self.switches.row, np.arange(len(self.texts) + 1)).tolist()
        lengths = [self._source_length(row, bounds[row], bounds[row + 1]) for row in range(len(self.texts))]
        return [
            [self._project(row, bounds[row], bounds[row + 1], start, end) for start, end in of_row]
            for row, of_row in enumerate(check_spans(spans, lengths))
        ]

    def _repr_html_(self) -> str:
        """Return the first texts for notebooks; their switches are coloured by language, and show the term."""
        return to_html(marked_texts(self, FIRST_TEXTS), len(self.texts))

    def _source_length(self, row: int, first: int, last: int) -> int:
        switches = self.switches
        grown = (switches.end - switches.start)[first:last] - (switches.source_end - switches.source_start)[first:last]
        return len(self.texts[row]) - int(grown.sum())

    def _project(self, row: int, first: int, last: int, start: int, end: int) -> Span:
        switches, text = self.switches, self.texts[row]
        source_starts, source_ends = switches.source_start[first:last], switches.source_end[first:last]
        starts, ends = switches.start[first:last], switches.end[first:last]

        def moved(at: int, outwards: Ints, side: int) -> int:
            """Map one boundary; `side` is the number of switches before it."""
            inside = side < len(starts) and source_starts[side] < at < source_ends[side]
            if inside:
                return int(outwards[side])
            return at + (int(ends[side - 1] - source_ends[side - 1]) if side else 0)

        before_start = int(np.searchsorted(source_ends, start, side="right"))
        before_end = int(np.searchsorted(source_ends, end, side="right"))
        new_start, new_end = moved(start, starts, before_start), moved(end, ends, before_end)
        if start < end:  # no translation begins or ends with a blank
            new_start += new_start in starts[before_start : before_start + 1] and text[new_start] == " "
            new_end -= new_end in ends[max(before_end - 1, 0) : before_end + 1] and text[new_end - 1] == " "
        return new_start, new_end


def marked_texts(switched: Switched, most: int) -> list[MarkedText]:
    """Return the first texts with marked switches; the place of a text is its row."""
    switches = switched.switches[: int(np.searchsorted(switched.switches.row, most))]
    marked = [MarkedText(str(row), [TextPart(text)]) for row, text in enumerate(switched.texts[:most])]
    for row, group in groupby(switches, key=attrgetter("row")):
        text = switched.texts[row]
        spans = [(one.start, one.end, TextPart(text[one.start : one.end], one.language, one.term)) for one in group]
        marked[row] = MarkedText(str(row), mark(text, spans))
    return marked


def describe(block: SwitchedBlock, columns: Columns) -> Switches:
    """Return the switches of a block, with rows of the whole batch and offsets in characters."""
    outcome, packed = block.outcome, block.texts.packed
    switches = outcome.replacements
    rows = np.searchsorted(packed.starts, switches.starts, side="right") - 1
    languages = block.plan.groups.languages_of(switches.groups)
    return Switches(
        np.asarray(block.texts.rows, dtype=np.int64)[rows],
        packed.to_characters(rows, switches.starts),
        packed.to_characters(rows, switches.ends),
        outcome.packed.to_characters(rows, outcome.starts),
        outcome.packed.to_characters(rows, outcome.ends),
        np.array(block.languages, dtype=object)[languages],
        objects(columns.terms_of(switches.candidates)),
        objects(columns.translations[row] for row in switches.candidates.tolist()),
        margin=switches.margins,
    )


def objects(values: Iterable[str]) -> npt.NDArray[np.object_]:
    """Return strings as an array of objects."""
    values = list(values)
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def check_spans(spans: Sequence[Sequence[Span]], lengths: Sequence[int]) -> list[list[Span]]:
    """Return the spans of texts of these lengths.

    Raises
    ------
    TypeError, ValueError
        If there is not one list of spans per text, or a span is not inside its text.
    """
    if not isinstance(spans, Sequence):
        raise TypeError(f"spans is {type(spans).__name__}; pass a list of (start, end) for each text")
    if len(spans) != len(lengths):
        raise ValueError(f"spans has {len(spans)} rows, there are {len(lengths)} texts; pass one list per text")
    checked = [_pairs(row, of_row) for row, of_row in enumerate(spans)]
    for row, (of_row, length) in enumerate(zip(checked, lengths, strict=True)):
        for start, end in of_row:
            if not 0 <= start <= end <= length:
                raise ValueError(
                    f"spans[{row}] has ({start}, {end}); a span has 0 <= start <= end <= {length}, the text's length"
                )
    return checked


def _pairs(row: int, spans: Iterable[Span]) -> list[Span]:
    try:
        return [(as_index(start), as_index(end)) for start, end in spans]
    except (TypeError, ValueError):
        raise TypeError(f"spans[{row}] is {spans!r}; pass a list of (start, end) for each text") from None
