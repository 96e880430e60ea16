"""Preview: texts before and after switching, to look at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from ..._io.atomic import replace_file
from ..._io.progress import progress_bar
from ..markup import FIRST_TEXTS, MarkedText, TextPart, mark, to_html, to_terminal
from .page import to_page
from .page_data import ExplainingSwitcher, SwitchedUnit, find_outcomes, page_data, report_of, steps_of
from .sampling import SampledText, TextSample

#: Maximum number of texts of a page.
MOST_TEXTS = 2000


class Preview:
    """Texts before and after switching, to look at. `CodeSwitcher.preview` returns one.

    `save` writes a page for browsers. ``print(preview)`` shows the texts in a terminal. Notebooks show the first 20.
    """

    def __init__(
        self, title: str, sample: TextSample, switchers: Mapping[str, ExplainingSwitcher], *, epoch: int = 0
    ) -> None:
        self._title = title
        self._texts = sample.texts()
        self._rows, self._is_whole = sample.rows, sample.is_whole
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
        return f"<Preview: {len(self._texts):,} texts>"

    def _repr_html_(self) -> str:
        return to_html(self._marked(FIRST_TEXTS), len(self._texts))

    def _page(self, progress: bool) -> str:
        steps, own = steps_of(self._first)
        with progress_bar(len(steps) * len(self._switchers), "preview", "pass", progress) as bar:
            outcomes = find_outcomes(self._texts, self._switchers, steps, self._epoch, bar.update)
        languages = sorted({language for switcher in self._switchers.values() for language in switcher.languages})
        data = {"steps": [step.label for step in steps], "step": own}
        data |= page_data(self._texts, outcomes, self._first.lexicon, languages)
        report = report_of(self._texts, self._switchers, self._epoch)._repr_html_() if self._texts else ""
        return to_page(self._title, self.scope, self._first.signature, data, report)

    @property
    def scope(self) -> str:
        """What part of the texts is shown."""
        if self._is_whole:
            return f"All texts: {len(self._texts):,}"
        return f"A random sample of the texts: {len(self._texts):,}, from {self._rows:,} rows"

    @property
    def notes(self) -> tuple[str, ...]:
        """Advice on the texts, such as that they are in another language than the lexicon's source language."""
        return report_of(self._texts, self._switchers, self._epoch).notes if self._texts else ()

    def _marked(self, most: int) -> list[MarkedText]:
        texts = self._texts[:most]
        steps, own = steps_of(self._first)
        outcomes = find_outcomes(texts, self._switchers, [steps[own]], self._epoch)
        return [_marked(text, of_text.units) for text, of_text in zip(texts, outcomes, strict=True)]

    @property
    def _first(self) -> ExplainingSwitcher:
        return next(iter(self._switchers.values()))


def _marked(text: SampledText, units: Iterable[SwitchedUnit]) -> MarkedText:
    source = text.text
    spans = [(one.start, one.end, TextPart(one.text, one.language, source[one.start : one.end])) for one in units]
    return MarkedText(f"{text.row + 1} {text.label}".strip(), mark(source, spans))
