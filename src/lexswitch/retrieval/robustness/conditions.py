"""Conditions of a stress test: what is switched, into which languages, with which probability."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from numbers import Real
from typing import Any, Literal, TypeAlias, cast

from ...checks import check_choice, whole_number
from ...lexicon import Lexicon
from ...switching.options import check_lexicon, check_names
from ...switching.switcher import CodeSwitcher

Side: TypeAlias = Literal["query", "document", "both"]
Languages: TypeAlias = "Sequence[str | Sequence[str]]"

SIDE_NAMES = {"query": "queries", "document": "documents", "both": "queries and documents"}
SIDES = tuple(SIDE_NAMES)
DEFAULT_P = (0.0, 0.25, 0.5, 0.75, 1.0)
_OWN = ("side", "seeds", "folder", "run_files", "progress")
_OF_SWITCHER = tuple(
    field.name for field in fields(CodeSwitcher) if field.name not in {"_", "lexicon", "languages", "p", "seed"}
)
"""Options of the switchers; the others have arguments of their own."""
BASE = "unchanged"
"""Name of the condition without switches."""


@dataclass(frozen=True)
class Condition:
    """One way to switch a data set.

    Attributes
    ----------
    switcher : CodeSwitcher or None
        None for the data as it is.
    side : {"query", "document", "both"}
        What is switched.
    """

    switcher: CodeSwitcher | None
    side: Side = "query"

    @cached_property
    def name(self) -> str:
        """A short name that can be part of a file name, such as ``de-p0.5`` or ``de+ru-p0.5-seed1``.

        Two conditions with other languages, another p or another seed have other names.
        """
        if self.switcher is None:
            return BASE
        seed = f"-seed{self.seed}" if self.seed else ""
        return f"{self.language}-p{shortest(self.p)}{seed}"

    @property
    def language(self) -> str:
        """Target languages, joined by plus signs; empty for the data as it is."""
        return "" if self.switcher is None else "+".join(self.switcher.languages or ())

    @property
    def p(self) -> float:
        """Translation probability."""
        p: Any = {} if self.switcher is None else self.switcher.p
        return float(max(p.values(), default=0.0))

    @property
    def seed(self) -> int:
        """Random seed."""
        return 0 if self.switcher is None else self.switcher.seed

    @property
    def signature(self) -> str:
        """A string that identifies the switched texts: options, lexicon, seed, version and side. Ids are the keys."""
        return BASE if self.switcher is None else f"{self.switcher.signature}|side:{self.side}|keys:ids"

    @property
    def query_switcher(self) -> CodeSwitcher | None:
        """The switcher of queries, if they are switched."""
        return self.switcher if self.side != "document" else None

    @property
    def document_switcher(self) -> CodeSwitcher | None:
        """The switcher of documents, if they are switched."""
        return self.switcher if self.side != "query" else None


def plan(
    lexicon: Lexicon,
    languages: Languages,
    p: float | Iterable[float] = DEFAULT_P,
    side: Side = "query",
    seeds: Iterable[int] = (0,),
    **options: Any,
) -> list[Condition]:
    """Return the conditions of a stress test; the first is the data as it is.

    The parameters are those of `lexswitch.retrieval.stress`.
    """
    check_lexicon(lexicon)
    check_choice("side", side, SIDES)
    if "seed" in options:
        raise TypeError(f"unknown option 'seed'; pass seeds=[{options['seed']!r}]")
    check_names(options, [*_OWN, *_OF_SWITCHER])
    values, groups = _probabilities(p), _groups(lexicon, languages)
    numbers = _distinct("seeds", [whole_number("seeds", seed, 0, 2**64) for seed in _listed("seeds", seeds)])
    conditions = [
        Condition(CodeSwitcher(lexicon, group, p=value, seed=seed, **options), side)
        for group in groups
        for value in values
        for seed in numbers
    ]
    if options.get("draw_language") == "text":
        _warn_of_single_languages(lexicon, groups)
    return [Condition(None, side), *conditions]


def _warn_of_single_languages(lexicon: Lexicon, groups: list[list[str]]) -> None:
    """Warn if no condition has several languages to draw from. The warning points to the caller's caller's caller."""
    if any(len(group) > 1 for group in groups):
        return
    mixed = list(dict.fromkeys([*(group[0] for group in groups), *lexicon.languages]))[:2]
    remedy = f"; mix languages in one condition, as in languages={[mixed]}" if len(mixed) > 1 else ""
    warnings.warn(f"draw_language='text' has no effect, because each condition has one language{remedy}", stacklevel=4)


def _groups(lexicon: Lexicon, languages: Languages) -> list[list[str]]:
    """Return the languages of each condition."""
    if isinstance(languages, str):
        raise TypeError(f"languages is {languages!r}; pass a list such as [{languages!r}]")
    groups = [_group(one) for one in _listed("languages", languages)]
    lexicon.check_languages(sorted({language for group in groups for language in group}))
    _distinct("languages", ["+".join(group) for group in groups])
    return groups


def _group(languages: Any) -> list[str]:
    """Return the languages of a condition, once each and in the order in which names have them."""
    if isinstance(languages, str):
        return [languages]
    is_listed = isinstance(languages, Iterable) and not isinstance(languages, Mapping)  # all weights are equal
    group = list(languages) if is_listed else []
    if not group or not all(isinstance(language, str) for language in group):
        raise TypeError(f"languages has {languages!r}; pass languages, or lists of them, such as ['de', ['de', 'ru']]")
    return sorted(set(group))


def _probabilities(p: float | Iterable[float]) -> list[float]:
    """Return the positive probabilities, ascending; the unchanged data are measured anyway."""
    values = [p] if isinstance(p, Real) else _listed("p", p, "a number from 0 to 1, or a list of them")
    for value in values:
        if isinstance(value, bool) or not isinstance(value, Real) or not 0 <= cast(Any, value) <= 1:
            raise ValueError(f"p has {value!r}; pass numbers from 0 to 1, such as {list(DEFAULT_P)}")
    positive = sorted(value for value in _distinct("p", [float(value) for value in values]) if value)
    if not positive:
        raise ValueError(f"p is {values}, so nothing is switched; pass at least one number above 0")
    return positive


def shortest(number: float) -> str:
    """Return the shortest text that Python reads as the same number: ``0.5``, ``1``, ``1e-07``."""
    return repr(float(number)).removesuffix(".0")


def _distinct(name: str, values: list[Any]) -> list[Any]:
    """Return the values; none may occur twice."""
    twice = [value for number, value in enumerate(values) if value in values[:number]]
    if twice:
        raise ValueError(f"{name} has {twice[0]!r} twice; pass each value once")
    return values


def _listed(name: str, values: Any, allowed: str = "a list with at least one element") -> list[Any]:
    if not isinstance(values, Iterable) or isinstance(values, (str, bytes)) or not (listed := list(values)):
        hint = f", such as [{values!r}]" if isinstance(values, int) else ""
        raise TypeError(f"{name} is {values!r}; pass {allowed}{hint}")
    return listed
