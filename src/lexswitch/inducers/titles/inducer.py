"""Induces a lexicon from parallel titles."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from ...checks import whole_number
from ...errors import LexiconError
from ...lexicon import Lexicon, LexiconBuilder
from ...text.languages import check_language
from ...version import VERSION
from .checkpoint import TitlesCheckpoint
from .cleaning import Cleaner
from .title_source import DAMAGED, TitleSource, TitlesWarning
from .vocabulary import Vocabulary


class TitleInducer:
    """Induces a lexicon from the titles of the same entities in several languages, from Wikipedia or Wikidata.

    Titles are cleaned first. Namespaces and a final "(...)" are removed. Disambiguation pages, lists, dates, pages
    about Wikipedia itself, and names with too many words or in another script are left out.

    The weight of a pair is a sum over the entities with these names. Each adds the product of the weights of the two
    names: 1 for the title of an article, .5 for a label of Wikidata, .1 for a redirect or an alias. A name from which
    "(...)" was removed has half the weight. So the best translation of a term is that of the best known entity.

    This is the lexicon of Wiki-CS (Litschko et al., 2023); to switch with it, use `CodeSwitcher.wiki_cs`.

    Parameters
    ----------
    titles : TitleSource
        `WikidataDump`, `SqlDump`, `LinguatoolsTitles`, `WikidataApi`, `WikidataQuery`, or a source of your own.
    languages : iterable of str
        Target languages (BCP 47); one pass reads all of them.
    source_language : str, default "en"
    max_words : int, default 3
        Maximum number of words per term; `CodeSwitcher` matches up to three by default.
    lowercase : bool, default False
        Whether to lower-case terms and translations, as the paper does. Otherwise they are spelled like the labels of
        Wikidata or, without labels, like titles, which begin with a capital. Terms are always compared case-folded.
    identical : bool, default True
        Whether to keep translations spelled like their term.
    alternatives : bool, default True
        Whether to use redirects, labels and aliases as well.
    vocabulary : Vocabulary, optional
        Vocabulary of your corpus; only terms that occur in it are kept.

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
            raise TypeError(f"titles is {titles!r}; pass a source of titles, such as WikidataDump(path)")
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
        """Read all titles and return their lexicon. Its provenance describes what was read and what was left out.

        Parameters
        ----------
        checkpoint : str or Path, optional
            Folder for the state of a long run; use one folder per run. If a killed run is repeated, it resumes from
            there. Remove the folder afterwards.
        strict : bool, default False
            Whether damage is an error. Otherwise broken records are counted, and the sound beginning of a truncated
            file is kept; the provenance then has ``"complete": False``.
        progress : bool, default True
            Whether to show progress on standard error, if that is a terminal.

        Warns
        -----
        TitlesWarning
            If a source is damaged, or has no titles in one of the languages.

        Raises
        ------
        FileNotFoundError
            If there is no file.
        LexiconError
            If the source does not hold what it should, no pair is found, or it is damaged and `strict` is true.
        """
        settings = self._settings()
        run = {"titles": self.titles.record, **settings, "version": VERSION}
        saved_parts = TitlesCheckpoint(None if checkpoint is None else Path(checkpoint), run)
        builder = LexiconBuilder(self.cleaner.source, self.cleaner.languages)
        skipped = Counter[str]()
        earlier = saved_parts.load()
        if earlier is not None:
            builder.add_normalised(earlier.pairs, self.cleaner.languages)
            skipped.update(earlier.skipped)
        position = None if earlier is None else earlier.position
        try:
            for part in self.titles.read(self.cleaner, position, strict, progress):
                builder.add_normalised(part.pairs, self.cleaner.languages)
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
        return self._lexicon(builder, record)

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

    def _lexicon(self, builder: LexiconBuilder, record: dict[str, Any]) -> Lexicon:
        """Return the lexicon in the languages that have pairs."""
        if not builder.num_pairs:
            what = ", ".join(f"{reason} {count:,}" for reason, count in record["skipped"].items()) or "nothing"
            raise LexiconError(
                f"{record['name']} has no title in {self.cleaner.source!r} with one in {list(self.cleaner.languages)}; "
                f"left out: {what}; check the languages"
            )
        lexicon = builder.build([record], "sum")
        found = [lexicon.languages[code] for code in np.unique(lexicon.columns.languages).tolist()]
        if missing := sorted(set(self.cleaner.languages) - set(found)):
            warnings.warn(f"{record['name']} has no titles in {missing}", TitlesWarning, stacklevel=3)
        return lexicon.select(found) if missing else lexicon


def _targets(languages: Iterable[str], source: str) -> tuple[str, ...]:
    if isinstance(languages, str) or not isinstance(languages, Iterable):
        raise TypeError(f"languages is {languages!r}; pass a list of languages: ['de', 'ru']")
    targets = tuple(sorted({check_language("languages", language) for language in languages}))
    if not targets:
        raise LexiconError("languages is empty; pass target languages, such as ['de', 'ru']")
    if source in targets:
        raise LexiconError(f"languages has {source!r}, the source language; leave it out")
    return targets
