"""Measurement: how many words a lexicon knows, and whether the chosen candidates are in the parallel text."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from statistics import mean
from typing import Any

import numpy as np

from benchmarks.common import files, xquad
from benchmarks.common.processes import Row
from benchmarks.common.xquad import Paragraph
from benchmarks.general.lexicons import DICTIONARY, LANGUAGES, STARTER, lexicons
from benchmarks.general.occurrence import Text
from lexswitch import CodeSwitcher, Lexicon
from lexswitch._io.data import read_data
from lexswitch.engine.characters import normalise_term, normalise_word
from lexswitch.engine.packing import pack
from lexswitch.lexicon.coverage import Coverage
from lexswitch.text.forms import choose_forms
from lexswitch.text.tokenizers import WordTokenizer, words_of

SEEDS = tuple(range(5))
"""Seeds of the switchers with p < 1."""
FORMS: dict[str, Any] = {"forms": "auto", "terms": None}
"""What matches -> option `forms` of the switcher."""

_MAX_WORDS = 3

folder: Path | None = None
"""Folder of XQuAD-R; None if it is downloaded."""


def describe(_: bool) -> Row:
    """Return the signature of the starter lexicon, the seeds, a digest of the files, and counts of English texts."""
    starter, counts = Lexicon.starter(), {}
    for name, texts in _english_texts(xquad.read("en", folder)).items():
        found = _coverage(starter, texts, None)
        counts[name] = {"texts": len(texts), "words": found.words, "content": found.content_words}
    digest = files.origin(xquad.file(language, folder) for language in ("en", *LANGUAGES))
    return {"lexicon": starter.signature, "seeds": SEEDS, "digest": digest, "texts": counts}


def measure(language: str) -> list[Row]:
    """Return a row for each lexicon of a language."""
    english, other = xquad.read("en", folder), xquad.read(language, folder)
    of_language = lexicons(language)
    return [
        {
            "language": language,
            "lexicon": name,
            "terms": len(lexicon),
            "pairs": lexicon.num_pairs,
            "covered": {forms: _covered(lexicon, english, option) for forms, option in FORMS.items()},
            "unchanged": {forms: _unchanged(lexicon, english, option) for forms, option in FORMS.items()},
            "found": _found(lexicon, of_language.get(DICTIONARY) if name != STARTER else None, english, other),
        }
        for name, lexicon in of_language.items()
    ]


# -- coverage ---------------------------------------------------------------------------------------------------------


def _english_texts(english: list[Paragraph]) -> dict[str, list[str]]:
    return {"questions": xquad.questions(english), "paragraphs": [paragraph.text for paragraph in english]}


def _covered(lexicon: Lexicon, english: list[Paragraph], forms: Any) -> Row:
    """Return the shares of words and of content words that are in units."""
    found = {name: _coverage(lexicon, texts, forms) for name, texts in _english_texts(english).items()}
    return {name: {"words": round(of.share, 4), "content": round(of.content_share, 4)} for name, of in found.items()}


def _coverage(lexicon: Lexicon, texts: list[str], forms: Any) -> Coverage:
    tokenizer, coverage, every = WordTokenizer(), Coverage(), np.ones(len(lexicon), dtype=np.bool_)
    words = words_of(pack(texts), tokenizer, language="en")
    index = lexicon.index(tokenizer, _MAX_WORDS, choose_forms(forms, "en")).select(every, every)
    coverage.add(words, index.match(words), "en")
    return coverage


def _unchanged(lexicon: Lexicon, english: list[Paragraph], forms: Any) -> Row:
    """Return the shares of the questions that stay as they are with p = .5 and p = 1."""
    asked = xquad.questions(english)
    switcher = CodeSwitcher(lexicon, forms=forms, max_words=_MAX_WORDS)
    half = mean(_same(switcher.replace(seed=seed), asked) for seed in SEEDS)
    return {".5": round(half, 4), "1": round(_same(switcher.replace(p=1.0), asked), 4)}


def _same(switcher: CodeSwitcher, texts: list[str]) -> float:
    return mean(one == other for one, other in zip(texts, switcher.apply(texts), strict=True))


# -- candidates in the parallel text ----------------------------------------------------------------------------------


def _found(lexicon: Lexicon, dictionary: Lexicon | None, english: list[Paragraph], other: list[Paragraph]) -> Row:
    texts = parallel(english, other)
    return {name: shares(lexicon, dictionary, *pair) for name, pair in texts.items()}


def parallel(english: list[Paragraph], other: list[Paragraph]) -> dict[str, tuple[list[str], list[str]]]:
    """Return name -> English texts and their translations."""
    return {
        "questions": (xquad.questions(english), xquad.questions(other)),
        "sentences": xquad.parallel_sentences(english, other),
    }


def shares(
    lexicon: Lexicon, dictionary: Lexicon | None, source: list[str], target: list[str], *, candidates: Any = "best"
) -> Row:
    """Return the shares of units whose candidates are in the parallel text, for all units and for content units.

    Parameters
    ----------
    lexicon
        The lexicon that is measured.
    dictionary
        The one whose order is compared.
    source, target
        Texts and their translations.
    candidates
        How the switcher chooses a candidate.
    """
    (language,) = lexicon.languages
    switcher = CodeSwitcher.translate(lexicon, language, max_words=_MAX_WORDS, candidates=candidates)
    texts = [Text(text, language) for text in target]
    translations, first = _translations(lexicon), {} if dictionary is None else _translations(dictionary)
    is_content = _content_test()
    found: dict[str, list[tuple[float, ...]]] = {"all": [], "content": []}
    for switch in switcher.trace(source).switches:
        term, text = normalise_term(switch.term), texts[switch.row]
        known = {each: text.has(each) for each in translations[term]}
        chosen = known[switch.translation]
        ordered = text.has(first[term][0]) if term in first else chosen
        elsewhere = texts[(switch.row + len(texts) // 2) % len(texts)].has(switch.translation)
        found_shares = (sum(known.values()) / len(known), ordered, chosen, any(known.values()), elsewhere)
        found["all"].append(found_shares)
        if is_content(source[switch.row][switch.source_start : switch.source_end]):
            found["content"].append(found_shares)
    return {name: _means(of_units) for name, of_units in found.items()}


def _translations(lexicon: Lexicon) -> dict[str, list[str]]:
    """Return the translations of each term in its compared form, the best first."""
    found: dict[str, list[str]] = {}
    for term, _, translation, _ in lexicon.pairs():
        found.setdefault(normalise_term(term), []).append(translation)
    return found


def _means(shares: list[tuple[float, ...]]) -> Row:
    names = ("random", "dictionary", "chosen", "any", "elsewhere")
    means = np.array(shares, dtype=float).mean(0) if shares else np.zeros(len(names))
    return {"units": len(shares)} | dict(zip(names, means.round(4).tolist(), strict=True))


def _content_test() -> Callable[[str], bool]:
    """Return a function that finds units with a word that is not a stop word and has a letter."""
    stopwords = set(read_data("text", "stopwords-en.txt").split())

    def is_content(unit: str) -> bool:
        words = map(normalise_word, unit.split())
        return any(word not in stopwords and any(map(str.isalpha, word)) for word in words)

    return is_content
