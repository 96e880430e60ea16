"""How switchers reach other processes: lexicons once per machine in mapped files, or once per process by value."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..lexicon import Lexicon
from ..switching.columns import ColumnSwitcher

# Switchers that forked processes find here as they were in their parent, pages shared.
_INHERITED: dict[str, ColumnSwitcher] = {}


@contextmanager
def for_workers(column_switcher: ColumnSwitcher) -> Iterator[ColumnSwitcher]:
    """A switcher for the worker processes of this machine, good until the end of the context.

    A forked worker takes what its parent has, index and all. Another one maps the lexicon's file; a lexicon that has
    none is saved to a temporary folder meanwhile.
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
    """The same switcher, which takes its lexicons along to other machines instead of the paths of their files."""
    return column_switcher.map_lexicons(Lexicon.detach)


class _Inheritable(ColumnSwitcher):
    """Pickles as itself, and as the name by which forked processes know it."""

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
    """Keeps a switcher pickled until it is wanted."""

    def __init__(self, column_switcher: ColumnSwitcher) -> None:
        import pickle

        self.data = pickle.dumps(column_switcher)

    def load(self) -> ColumnSwitcher:
        import pickle

        column_switcher: ColumnSwitcher = pickle.loads(self.data)  # noqa: S301  # made a moment ago, by this program
        return column_switcher


def _inherited(token: str, pickled: _Pickled) -> ColumnSwitcher:
    return _INHERITED.get(token) or pickled.load()


def _saved(lexicon: Lexicon, folder: Path) -> Lexicon:
    if lexicon.is_mapped:
        return lexicon
    path = folder / lexicon.content_hash
    lexicon.save(path)
    return Lexicon.load(path, verify=False)
