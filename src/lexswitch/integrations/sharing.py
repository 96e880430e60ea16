"""Move column switchers to other processes, with mapped files on one machine or by value between machines."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..lexicon import Lexicon
from ..switching.columns import ColumnSwitcher

# Forked processes inherit this dict: the switchers in it share the memory pages of the parent.
_INHERITED: dict[str, ColumnSwitcher] = {}


@contextmanager
def for_workers(column_switcher: ColumnSwitcher) -> Iterator[ColumnSwitcher]:
    """Yield a switcher for the worker processes of this machine; it is valid inside the context only.

    A forked worker inherits the lexicon and the index of its parent. A spawned worker maps the file of the lexicon. A
    lexicon without a file is saved to a temporary folder for the duration of the context.
    """
    with tempfile.TemporaryDirectory(prefix="lexswitch-") as folder:
        mapped = column_switcher.map_lexicons(lambda lexicon: _saved(lexicon, Path(folder)))
        mapped.prepare()
        shared = _Inheritable(mapped, folder)
        _INHERITED[shared.token] = mapped
        try:
            yield shared
        finally:
            del _INHERITED[shared.token]


def by_value(column_switcher: ColumnSwitcher) -> ColumnSwitcher:
    """Return the same switcher; its pickle holds the pairs of the lexicons instead of the paths of their files."""
    return column_switcher.map_lexicons(Lexicon.detach)


class _Inheritable(ColumnSwitcher):
    """A switcher whose pickle holds the switcher and the token under which forked processes find it."""

    def __init__(self, column_switcher: ColumnSwitcher, token: str) -> None:
        self.__dict__.update(column_switcher.__dict__)
        self.token = token
        self._column_switcher = column_switcher

    def __call__(self, batch: Any, indices: Sequence[int] | None = None) -> Any:
        return self._column_switcher(batch, indices)

    @property
    def signature(self) -> str:
        return self._column_switcher.signature

    def _changed(self, **attributes: Any) -> Any:
        return self._column_switcher._changed(**attributes)

    def __reduce__(self) -> tuple[Any, ...]:
        return _inherited, (self.token, _Pickled(self._column_switcher))


class _Pickled:
    """Holds the pickle of a switcher, so that a forked process need not unpickle it."""

    def __init__(self, column_switcher: ColumnSwitcher) -> None:
        import pickle

        self.data = pickle.dumps(column_switcher)

    def load(self) -> ColumnSwitcher:
        import pickle

        column_switcher: ColumnSwitcher = pickle.loads(self.data)  # noqa: S301  # this program made the bytes
        return column_switcher


def _inherited(token: str, pickled: _Pickled) -> ColumnSwitcher:
    """Return the inherited switcher, or unpickle it."""
    return _INHERITED.get(token) or pickled.load()


def _saved(lexicon: Lexicon, folder: Path) -> Lexicon:
    """Return the lexicon, mapped from a file."""
    if lexicon.is_mapped:
        return lexicon
    path = folder / lexicon.content_hash
    lexicon.save(path)
    return Lexicon.load(path, verify=False)
