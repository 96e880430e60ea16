"""From parallel titles to a lexicon."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from ...errors import LexiconError
from ...lexicon import Lexicon
from ...lexicon.columns import Collector
from ...switching.options import whole_number
from ...text.languages import check_language
from ...version import VERSION
from .checkpoint import TitlesCheckpoint
from .cleaning import Cleaner
from .title_source import DAMAGED, TitleSource, TitlesWarning
from .vocabulary import Vocabulary


class TitleInducer:
    """Induces a lexicon from the titles of the same things in several languages, as Wikipedia and Wikidata have them.

    Titles are cleaned first: namespaces and a final "(...)" are cut off; disambiguation pages, lists, dates, pages
    about Wikipedia itself, names of too many words or in another script are left out. A pair's weight is the sum over
    the things with these names: 1 for an article's title, .5 for a label of Wikidata, .1 for a redirect or alias, in
    both languages multiplied, and half of it where "(...)" was cut off. So of the translations of a term that of the
    best known thing is the best.

    This is the lexicon of Wiki-CS (Litschko et al., 2023); switch with it by `CodeSwitcher.titles`.

    Parameters
    ----------
    titles : TitleSource
        Such as `WikidataDump`, `SqlDump`, `LinguatoolsTitles`, `WikidataApi` or `WikidataQuery`.
    languages : iterable of str
        Target languages (BCP 47), all read in one pass.
    source_language : str, default "en"
    max_words : int, default 3
        Words of a term, at most; `CodeSwitcher` looks for three by default.
    lowercase : bool, default False
        Spell terms and translations in small letters, as the paper does. Otherwise they are spelled as in Wikidata's
        labels or, if there are none, as in titles, which begin with a capital. Terms are compared folded in any case.
    identical : bool, default True
        Whether to keep translations that are spelled like their term.
    alternatives : bool, default True
        Whether to take redirects, labels and aliases as well.
    vocabulary : Vocabulary, optional
        Keep only terms that occur in it: that of your corpus.

    Raises
    ------
    TypeError, LexiconError
        If an argument is not as described; the message names it.
    """

    def __init__(
        self,
        titles: TitleSource,
        languages: Iterable[str],
        source_language: str = "en",
        *,
        max_words: int = 3,
        lowercase: bool = False,
        identical: bool = True,
        alternatives: bool = True,
        vocabulary: Vocabulary | None = None,
    ) -> None:
        if not callable(getattr(titles, "read", None)):
            raise TypeError(f"titles is {titles!r}; pass a source of titles such as WikidataDump(path)")
        if vocabulary is not None and not isinstance(vocabulary, Vocabulary):
            raise TypeError(f"vocabulary is {type(vocabulary).__name__}; pass Vocabulary(texts)")
        self.titles = titles
        self.cleaner = Cleaner(
            check_language("source_language", source_language),
            _targets(languages, source_language),
            whole_number("max_words", max_words, 1, 1 << 16),
            bool(lowercase),
            bool(identical),
            bool(alternatives),
            vocabulary,
        )

    def induce(self, checkpoint: str | Path | None = None, strict: bool = False, progress: bool = True) -> Lexicon:
        """Read all titles and make a lexicon of them; its provenance tells what was read and what was left out.

        Parameters
        ----------
        checkpoint : str or Path, optional
            A folder, which should be this run's own, where a long run keeps what it has found; a killed run that is
            repeated goes on from there. Remove it afterwards.
        strict : bool, default False
            Whether damage is an error: otherwise broken records are counted, and of a truncated file what can be read
            is kept; the provenance then has ``"complete": False``.
        progress : bool, default True
            Show progress on standard error, if that is a terminal.

        Warns
        -----
        TitlesWarning
            If a source is damaged, or has no titles in one of the languages.

        Raises
        ------
        FileNotFoundError
            If there is no file.
        LexiconError
            If a source is not what it should be, no pair is found, or with `strict` anything is damaged.
        """
        settings = self._settings()
        run = {"titles": self.titles.record, **settings, "version": VERSION}
        saved_parts = TitlesCheckpoint(None if checkpoint is None else Path(checkpoint), run)
        collector, skipped = Collector(languages=self.cleaner.languages), Counter[str]()
        earlier = saved_parts.load()
        if earlier is not None:
            collector.add_pairs(earlier.pairs, self.cleaner.languages)
            skipped.update(earlier.skipped)
        position = None if earlier is None else earlier.position
        try:
            for part in self.titles.read(self.cleaner, position, strict, progress):
                collector.add_pairs(part.pairs, self.cleaner.languages)
                skipped.update(part.skipped)
                saved_parts.add(part)
        finally:
            saved_parts.save()
        record = {
            **self.titles.record,
            **settings,
            "complete": DAMAGED not in skipped,
            "skipped": dict(sorted(skipped.items())),
            "version": VERSION,
        }
        return self._lexicon(collector, record)

    def _settings(self) -> dict[str, Any]:
        cleaner = self.cleaner
        return {
            "source_language": cleaner.source,
            "languages": list(cleaner.languages),
            "max_words": cleaner.max_words,
            "lowercase": cleaner.lowercase,
            "identical": cleaner.identical,
            "alternatives": cleaner.alternatives,
            "vocabulary": None if cleaner.vocabulary is None else cleaner.vocabulary.signature,
        }

    def _lexicon(self, collector: Collector, record: dict[str, Any]) -> Lexicon:
        """The lexicon in the languages that have pairs."""
        if not collector.num_pairs:
            what = ", ".join(f"{reason} {count:,}" for reason, count in record["skipped"].items()) or "nothing"
            raise LexiconError(
                f"{record['name']} has no title in {self.cleaner.source!r} with one in {list(self.cleaner.languages)}; "
                f"left out: {what}; check the languages"
            )
        lexicon = Lexicon._from_collector(self.cleaner.source, collector, [record], "sum")
        found = [lexicon.languages[code] for code in np.unique(lexicon.columns.languages).tolist()]
        if missing := sorted(set(self.cleaner.languages) - set(found)):
            warnings.warn(f"{record['name']} has no titles in {missing}", TitlesWarning, stacklevel=3)
        return lexicon.select(found) if missing else lexicon


def _targets(languages: Iterable[str], source: str) -> tuple[str, ...]:
    if isinstance(languages, str) or not isinstance(languages, Iterable):
        raise TypeError(f"languages is {languages!r}; pass a list of languages: ['de', 'ru']")
    targets = tuple(sorted({check_language("languages", language) for language in languages}))
    if not targets:
        raise LexiconError("languages is empty; name target languages such as 'de'")
    if source in targets:
        raise LexiconError(f"languages has {source!r}, the source language; leave it out")
    return targets
