"""The compiled engine: the same results as the NumPy engine, several times as fast. See kernel/kernel.h.

The C module gets the addresses of arrays; the objects of this module keep the arrays alive.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache, partial
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from .characters import character_table, has_dotless_i
from .draws import draw_limit
from .packing import Floats, Hashes, Ints, Packed
from .plan import Plan
from .switching import Outcome, Replacements
from .words import Words, normal_form

_VARIABLE = "LEXSWITCH_BACKEND"
_INTERFACE = 5  # of the C module, see kernel/kernel.h; a module of other sources would read wrong addresses
_RECORD = 7  # numbers per switch, see put_rows in kernel/module.c

_logger = logging.getLogger(__name__)


class Backend(NamedTuple):
    """The engine in use."""

    name: str
    """"c" or "numpy"."""
    reason: str
    """Why it is in use."""


@lru_cache(maxsize=1)
def _load() -> tuple[Any, Backend]:
    """Return the C module, or None, and the backend."""
    wanted = os.environ.get(_VARIABLE, "")
    if wanted not in ("", "c", "numpy"):
        raise ValueError(f"{_VARIABLE} is {wanted!r}; it must be 'c', 'numpy' or not set")
    if wanted == "numpy":
        return None, Backend("numpy", f"{_VARIABLE} is 'numpy'")
    try:
        from . import _kernel  # type: ignore[attr-defined]  # compiled
    except ImportError as error:
        reason, remedy = f"the compiled engine cannot be loaded: {error}", "install lexswitch with a C compiler"
    else:
        if getattr(_kernel, "INTERFACE", 0) == _INTERFACE:
            return _kernel, Backend("c", "the compiled engine is installed")
        reason, remedy = "the compiled engine is that of another version", "install lexswitch again"
    if wanted == "c":
        raise ImportError(f"{_VARIABLE} is 'c', but {reason}; {remedy}")
    _logger.debug("%s; NumPy is used, which gives the same results", reason)
    return None, Backend("numpy", reason)


def backend() -> Backend:
    """Return the engine in use: the compiled one, or NumPy if it was not compiled or cannot be loaded.

    Both give the same results; only their speed differs. Set the environment variable ``LEXSWITCH_BACKEND`` to "numpy"
    or "c" before the first use to choose one, for tests and bug reports.

    Returns
    -------
    Backend
        With ``name``, "c" or "numpy", and ``reason``.

    Raises
    ------
    ValueError, ImportError
        If the variable has another value, or is "c" and the compiled engine cannot be loaded.
    """
    return _load()[1]


def _address(array: npt.NDArray[Any] | None) -> int:
    """Return the address of an array, or 0 for None."""
    return 0 if array is None else int(array.__array_interface__["data"][0])


def _string_maker() -> int:
    """Return the address of ``PyUnicode_FromKindAndData``, or 0. It is public, but the stable ABI does not link it."""
    try:
        import ctypes  # not every Python has it

        return ctypes.cast(ctypes.pythonapi.PyUnicode_FromKindAndData, ctypes.c_void_p).value or 0
    except (ImportError, AttributeError):
        return 0


#: Switches a list of str, given keys (a list of int or None) and the epoch. It returns the switched texts; for a batch
#: of many words a tuple of them, the number of words, and of words in units. It returns None if an argument has another
#: type or a text is not valid Unicode: then the NumPy engine must check the arguments.
Apply: TypeAlias = "Callable[[Any, Any, Any], list[str] | tuple[list[str], int, int] | None]"


class CompiledPlans:
    """Plans of a switcher, for the C module.

    Parameters
    ----------
    plans : sequence of Plan
        One plan, or one for each language that a text may draw.
    counted : sequence of bool
        Whether the words of the texts of each plan count as words.
    text_languages : float64 array or None
        Running sums of the weights of the plans, if texts draw their plan.
    language : str
        Language of the texts (BCP 47).
    splits_characters : bool
        Whether words are those of `words.characters_as_words` instead of `words.unicode_words`.
    find_protected : callable or None
        Takes a text in UTF-8; returns the byte offsets of the spans that the default pattern protects, as one list:
        start, end, start, end, ... The C module calls it for texts beyond ASCII. None protects nothing.
    seed : int
        Seed of the draws, for `apply`.
    checked_words : int
        If a batch has at least this number of words, `apply` returns their number too.
    """

    def __init__(
        self,
        plans: Sequence[Plan],
        counted: Sequence[bool],
        text_languages: Floats | None,
        language: str,
        splits_characters: bool,
        find_protected: Callable[[bytes], list[int]] | None,
        seed: int,
        checked_words: int,
    ) -> None:
        self._module = _load()[0]
        self._kept: list[Any] = []
        table = character_table()
        self._capsule = self._module.switcher(
            tuple(self._plan(plan, is_counted) for plan, is_counted in zip(plans, counted, strict=True)),
            self._keep(text_languages, np.float64),
            *(self._keep(column, np.int32) for column in (table.fold, table.title, table.flags)),
            has_dotless_i(language),
            splits_characters,
            partial(normal_form, language=language if has_dotless_i(language) else ""),
            find_protected,
            _string_maker(),
            seed,
            checked_words,
        )
        #: ``apply(texts, keys, epoch)`` in one call of C; see `Apply`.
        self.apply: Apply = self._module.apply(self._capsule)

    def _keep(self, array: npt.NDArray[Any] | None, dtype: Any) -> int:
        """Keep an array alive as contiguous numbers of a type; return its address."""
        if array is None:
            return 0
        whole = np.ascontiguousarray(array, dtype=dtype)
        self._kept.append(whole)
        return _address(whole)

    def _numbers(self, array: npt.NDArray[Any] | None) -> tuple[int, int, bool]:
        """Keep an array of int32 or int64 alive; return its address, its length and whether it has int64."""
        if array is None:
            return 0, 0, False
        is_wide = array.dtype.itemsize > 4
        return self._keep(array, np.int64 if is_wide else np.int32), len(array), is_wide

    def _plan(self, plan: Plan, is_counted: bool) -> Any:
        """Return a plan of the C module. The order of the numbers is that of the enum in kernel/module.c."""
        index, groups, keep = plan.finder, plan.groups, self._keep
        vocabulary, places = index.vocabulary, index.arrays.places
        limits = [draw_limit(p) for p in plan.p.tolist()]
        pairs = np.array([(max(limit - 1, 0), limit == 0) for limit in limits], dtype=np.uint64)
        has_one_limit = plan.language_weights is None and len(set(limits)) == 1
        words, forms = vocabulary.buffers
        return self._module.plan(
            (
                *(keep(vocabulary.table.slots, np.uint64), vocabulary.table.bits),
                *(vocabulary.salt, vocabulary.longest, vocabulary.size, vocabulary.total),
                *(keep(vocabulary.records, np.uint64), keep(vocabulary.flags, np.uint8)),
                *(keep(words, np.uint8), len(words), keep(forms, np.uint8), len(forms)),
                *(keep(index.bases, np.int32), keep(index.edges.slots, np.uint64), index.edges.bits),
                *(keep(index.filter, np.uint64), len(index.filter), index.longest),
                *(keep(index.terms, np.int32), len(index.terms), index.is_whole),
                *(keep(places, np.uint64) if len(places) == len(groups.languages) else 0,),
                *self._numbers(groups.ranges.starts),
                *(keep(groups.ranges.sums, np.float64), *self._numbers(groups.numbers)),
                *(keep(groups.languages, np.uint16), len(groups.languages)),
                *(keep(groups.enabled, np.int64), len(groups.enabled)),
                *(len(plan.p), keep(plan.language_weights, np.float64), keep(pairs, np.uint64), has_one_limit),
                *(max(max(limits) - 1, 0), max(limits) == 0),
                keep(None if plan.chain is None else np.array(plan.chain), np.float64),
                *(*self._numbers(plan.candidates.starts), keep(plan.candidates.sums, np.float64)),
                *(plan.first_candidate, *self._numbers(plan.offsets.starts)),
                *(keep(plan.translations, np.uint8), len(plan.translations), int(plan.match_case)),
                *(keep(plan.dotless, np.uint8), is_counted),
            )
        )

    def switch(self, packed: Packed, streams: Hashes, words: Words | None = None) -> Outcome | None:
        """Switch a batch as `switching.switch` does; the C module finds the words unless they are given.

        The result is None if a text is too large for the C module.
        """
        given = None if words is None else _word_arrays(words)
        starts, streams = np.ascontiguousarray(packed.starts, np.int64), np.ascontiguousarray(streams)
        done = self._module.switch_buffer(
            self._capsule,
            *(_address(packed.buffer), _address(starts), len(packed), 1, _address(streams), 0, 0),
            None if given is None else (len(given[0]), *map(_address, given)),
        )
        if done is None:
            return None
        buffer, row_starts, records, count, covered = done
        result = Packed(np.frombuffer(buffer, dtype=np.uint8), np.frombuffer(row_starts, dtype=np.int64))
        starts, ends, units, groups, candidates, new_starts, new_ends = _columns(records)
        return Outcome(
            result, Replacements(starts, ends, units, groups, candidates, None), new_starts, new_ends, count, covered
        )

    def switch_strings(self, data: int, offsets: Ints, keys: Hashes | None, epoch: int) -> SwitchedStrings | None:
        """Switch strings in Arrow's layout: without bytes between them. None if one is too large for the C module.

        Parameters
        ----------
        data : int
            Address of the UTF-8 of all strings.
        offsets : int64 array, shape (strings + 1,)
            Byte offset of each string, and the end of the last.
        keys : uint64 array, shape (strings,), or None
            None hashes the strings.
        epoch : int
        """
        addresses = (data, _address(offsets), len(offsets) - 1, 0, 0, _address(keys), epoch)
        done = self._module.switch_buffer(self._capsule, *addresses, None)
        return None if done is None else SwitchedStrings(done[0], done[1], done[3], done[4])


class SwitchedStrings(NamedTuple):
    """Switched strings in Arrow's layout."""

    data: bytearray
    """Their UTF-8, and padding."""
    offsets: bytes
    """Byte offsets as int64, shape (strings + 1,)."""
    words: int
    """Number of words."""
    covered: int
    """Number of words inside units."""


def _columns(records: bytes) -> Iterator[Ints]:
    """Yield one column per number of a record."""
    yield from np.frombuffer(records, dtype=np.int64).reshape(-1, _RECORD).T


def _word_arrays(words: Words) -> list[npt.NDArray[Any]]:
    """Return the columns of words in the order and types of `switch_buffer`."""
    columns = (words.starts, words.ends, words.joined, words.buffer, words.offsets, words.lengths)
    types: tuple[Any, ...] = (np.int64, np.int64, np.uint8, np.uint8, np.int64, np.int64)
    return [np.ascontiguousarray(column, dtype) for column, dtype in zip(columns, types, strict=True)]
