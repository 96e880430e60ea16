"""Preview: texts before and after switching, to look at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from ..._io.atomic import replace_file
from ..._io.progress import progress_bar
from ..markup import FIRST_TEXTS, MarkedText, Part, mark, to_html, to_terminal
from .page import to_page
from .page_data import TracingSwitcher, Unit, find_units, page_data, steps_of
from .sampling import SampledText, TextSample

#: Maximum number of texts of a page.
MOST_TEXTS = 2000


class Preview:
    """Texts before and after switching, to look at. `CodeSwitcher.preview` returns one.

    `save` writes a page for browsers. ``print(preview)`` shows the texts in a terminal. Notebooks show the first 20.
    """

    def __init__(
        self, title: str, sample: TextSample, switchers: Mapping[str, TracingSwitcher], *, epoch: int = 0
    ) -> None:
        self._title = title
        self._rows = sample.rows
        self._is_whole = sample.is_whole
        self._texts = sample.texts()
        self._switchers = switchers
        self._epoch = epoch

    def save(self, path: str | Path, *, progress: bool = True) -> None:
        """Write a page for browsers: one HTML file that loads nothing from elsewhere.

        The page has the texts before and after switching, for several values of p. It shows the candidates of each
        unit, and why a word stayed. The file is written atomically; an existing file is replaced.

        Parameters
        ----------
        path : str or path
        progress : bool, default True
            Show a progress bar on standard error if it is a terminal.
        """
        with replace_file(Path(path)) as temporary:
            temporary.write_text(self._page(progress), encoding="utf-8")

    def to_text(self, color: bool = False) -> str:
        """Return the texts for a terminal.

        Parameters
        ----------
        color : bool, default False
            Colour the switches by language. Without colours, switches are in brackets: ``[de: Haus]``.
        """
        return to_terminal(self._marked(len(self._texts)), color=color)

    def __str__(self) -> str:
        return self.to_text()

    def __repr__(self) -> str:
        return f"<Preview of {self._title}: {len(self._texts):,} texts>"

    def _repr_html_(self) -> str:
        return to_html(self._marked(FIRST_TEXTS), len(self._texts))

    def _page(self, progress: bool) -> str:
        steps, own = steps_of(self._first)
        with progress_bar(len(steps) * len(self._switchers), "preview", "pass", progress) as bar:
            units = find_units(self._texts, self._switchers, steps, self._epoch, bar.update)
        data = {"steps": [step.label for step in steps], "step": own}
        data |= page_data(self._texts, units, self._switchers)
        return to_page(self._title, self._scope, self._first.signature, data)

    @property
    def _scope(self) -> str:
        """What part of the texts is shown."""
        count, rows = len(self._texts), f"{self._rows:,} row{'s' * (self._rows != 1)}"
        texts = f"{count:,} text{'s' * (count != 1)}"
        return f"{texts} of {rows}" if self._is_whole else f"A random sample: {texts} of {rows}"

    def _marked(self, most: int) -> list[MarkedText]:
        texts = self._texts[:most]
        steps, own = steps_of(self._first)
        units = find_units(texts, self._switchers, [steps[own]], self._epoch)
        return [_marked(text, of_text) for text, of_text in zip(texts, units, strict=True)]

    @property
    def _first(self) -> TracingSwitcher:
        return next(iter(self._switchers.values()))


def _marked(text: SampledText, units: Iterable[Unit]) -> MarkedText:
    source = text.text
    spans = [(one.start, one.end, Part(one.text, one.language, source[one.start : one.end])) for one in units]
    return MarkedText(f"{text.row + 1} {text.column}".strip(), mark(source, spans))
