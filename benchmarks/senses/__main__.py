"""``python -m benchmarks.senses``: how often the chosen translation of a title's word is in the translated title."""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import re
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.common import fetch, files, freedict, help_text, machine
from benchmarks.common.fetch import FetchError
from lexswitch import Lexicon
from lexswitch._io.data import read_data
from lexswitch.engine.characters import normalise_word
from lexswitch.lexicon.senses import agreement_weights, domain_weights
from lexswitch.text.inflection import inflected_pairs

LANGUAGES = ("de", "it", "nl", "fr", "es", "ru")
AIM = 0.8
"""Share of the gap between the first candidate and any of them."""

_FOLDER = Path(__file__).parent
_RESULTS = _FOLDER / "results" / "senses.json"
_MARKS = "<!-- results -->\n", "<!-- end of results -->"
_TRANSLATED = 0.9
_INVERSES = {"it": "ita", "nl": "nld", "fr": "fra", "es": "spa"}
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_CHOICES = {
    "general": "general frequency",
    "agreement": "agreement",
    "sum": "both",
    "frequency": "in-domain frequency",
    "contexts": "and contexts",
}
_PAIRS = _WORDS = 1_000_000

# -- the text ---------------------------------------------------------------------------------------------------------


class Title(NamedTuple):
    """An English title, and the words of its translation and of the translated page."""

    words: list[str]
    title: frozenset[str]
    page: frozenset[str]


def part(path: str, salt: str = "") -> int:
    """Return 0 or 1: the half to which a page belongs, whatever the language."""
    return hashlib.sha256(f"{salt}{path}".encode()).digest()[0] & 1


def domain_text(language: str, half: int, quarter: int | None = None) -> list[str]:
    """Return the text of one half of the pages in one language, or of half of it; nothing is left out or aligned."""
    return [
        text
        for path, blocks in help_text.pages(language).items()
        if part(path) == half and quarter in (None, part(path, "quarter "))
        for text in blocks.values()
    ]


def titles(language: str, half: int) -> list[Title]:
    """Return the titles of the pages of one half that are translated."""
    stopwords, english, found = set(read_data("text", "stopwords-en.txt").split()), help_text.pages("en"), []
    for path, blocks in help_text.pages(language).items():
        original = english.get(path, {})
        key = next((key for key in blocks if key[1] == "h1"), None)
        if part(path) != half or key is None or blocks[key] == original.get(key, blocks[key]):
            continue
        if help_text.translated_share(blocks, original) >= _TRANSLATED:
            content = [word for word in words(original[key]) if word not in stopwords and not word.isdigit()]
            page = beginnings(word for text in blocks.values() for word in words(text))
            found.append(Title(content, beginnings(words(blocks[key])), page))
    return found


def words(text: str) -> list[str]:
    return [normalise_word(word) for word in _WORD.findall(text)]


def beginnings(of: Iterable[str]) -> frozenset[str]:
    """Return whole words, marked, and all their beginnings of three letters or more."""
    return frozenset(
        part for word in set(of) for part in ("=" + word, *(word[:end] for end in range(3, len(word) + 1)))
    )


def occurs(candidate: str, text: frozenset[str]) -> bool:
    """Tell whether each word of a candidate occurs: itself if it is short, else a word that begins like it."""
    found = words(candidate)
    return bool(found) and all(("=" + word if len(word) <= 3 else stem(word)) in text for word in found)


def stem(word: str) -> str:
    """Return the first 70 % of a word, three letters at least: the crude stem, the same for all."""
    return word[: max(3, math.floor(0.7 * len(word) + 0.5))]


# -- the lexicons -----------------------------------------------------------------------------------------------------


class Lexicons(NamedTuple):
    """One more source from each to the next."""

    dictionary: Lexicon
    joined: Lexicon
    inflected: Lexicon


def lexicons(language: str) -> Lexicons:
    pairs = freedict.pairs(language) + (freedict.mueller_pairs() if language == "ru" else [])
    dictionary = Lexicon.from_pairs({language: pairs})
    starter = [(term, other) for term, _, other, _ in Lexicon.starter().select([language]).pairs()]
    joined = Lexicon.from_pairs({language: [*pairs, *starter]})
    vocabulary = {word for blocks in help_text.pages("en").values() for text in blocks.values() for word in words(text)}
    forms = [
        (term, other) for term, _, other, _ in inflected_pairs(joined, joined.languages, joined.source, vocabulary)
    ]
    return Lexicons(dictionary, joined, Lexicon.from_pairs({language: [*pairs, *starter, *forms]}))


def in_order(lexicon: Lexicon, language: str) -> Lexicon:
    """Return the same pairs in the same order; the k-th candidate of a term weighs 1/sqrt(k)."""
    places, pairs = Counter[str](), []
    for term, _, translation, _ in lexicon.pairs():
        places[term] += 1
        pairs.append((term, translation, places[term] ** -0.5))
    return Lexicon.from_pairs({language: pairs})


def dictionaries(language: str) -> list[Lexicon]:
    """Return the dictionaries that may agree: the forward one, the inverse, Mueller's, the starter lexicon."""
    code = {"de": "deu", "ru": "rus", **_INVERSES}[language]
    found = [_read(f"freedict-eng-{code}", "en", language), Lexicon.starter().select([language])]
    if language in _INVERSES:
        found.append(_read(f"freedict-{code}-eng", language, "en"))
    if language == "ru":
        found.append(Lexicon.from_pairs({"ru": freedict.mueller_pairs()}))
    return found


def _read(name: str, source: str, target: str) -> Lexicon:
    path = fetch.debian(f"dict-{name}") / f"usr/share/dictd/{name}.index"
    return Lexicon.read(path, source, target, progress=False)


def general_frequencies(language: str) -> dict[str, float]:
    from wordfreq import get_frequency_dict

    return dict(get_frequency_dict(language, wordlist="best"))


# -- the measure ------------------------------------------------------------------------------------------------------


def shares(asked: list[Title], lexicon: Lexicon, weights: Any = None) -> dict[str, float]:
    """Return the shares of known words whose chosen candidate is in the translated title and in the page."""
    chosen = best(lexicon, weights)
    known = [(title, word) for title in asked for word in title.words if word in chosen]
    found = {
        "title": sum(occurs(chosen[word], title.title) for title, word in known),
        "page": sum(occurs(chosen[word], title.page) for title, word in known),
    }
    return {where: count / max(1, len(known)) for where, count in found.items()}


def best(lexicon: Lexicon, weights: Any) -> dict[str, str]:
    """Return the candidate of each term that has the greatest weight; of equal ones the first."""
    chosen: dict[str, tuple[float, str]] = {}
    for row, (term, _, translation, weight) in enumerate(lexicon.pairs()):
        weight = weight if weights is None else float(weights[row])
        if term not in chosen or weight > chosen[term][0]:
            chosen[term] = weight, translation
    return {term: translation for term, (_, translation) in chosen.items()}


def any_candidate(asked: list[Title], lexicon: Lexicon, language: str) -> dict[str, float]:
    found, known = Counter[str](), 0
    for title in asked:
        for word in title.words:
            if candidates := lexicon.get(word):
                known += 1
                found["title"] += any(occurs(each.translation, title.title) for each in candidates[language])
                found["page"] += any(occurs(each.translation, title.page) for each in candidates[language])
    return {where: found[where] / max(1, known) for where in ("title", "page")}


def known_words(asked: list[Title], lexicon: Lexicon) -> float:
    each = [word in lexicon for title in asked for word in title.words]
    return sum(each) / len(each)


def measure(language: str, half: int) -> dict[str, Any]:
    """Measure one language on the titles of one half; the other half is the domain."""
    asked, of = titles(language, half), lexicons(language)
    english, text = domain_text("en", 1 - half), domain_text(language, 1 - half)
    return {
        "titles": len(asked),
        "words": sum(len(title.words) for title in asked),
        "text_words": sum(len(words(block)) for block in text),
        "known": {name: known_words(asked, lexicon) for name, lexicon in of._asdict().items()},
        "joined": _choices(asked, of.inflected, language, english, text, half),
        "dictionary": _choices(asked, of.dictionary, language, english, text, half),
    }


def _choices(
    asked: list[Title], lexicon: Lexicon, language: str, english: list[str], text: list[str], half: int
) -> dict[str, Any]:
    general, others = general_frequencies(language), dictionaries(language)
    apart = domain_text("en", 1 - half, 0), domain_text(language, 1 - half, 1)
    ranked = in_order(lexicon, language)
    agreeing = agreement_weights(lexicon, others)
    frequent = domain_weights(lexicon, {language: general})
    choices: dict[str, Callable[[], Any]] = {
        "first": lambda: None,
        "general": lambda: frequent,
        "agreement": lambda: agreeing,
        "sum": lambda: agreeing * frequent,
        "frequency": lambda: domain_weights(lexicon, {language: text}),
        "contexts": lambda: domain_weights(lexicon, {"en": english, language: text}),
        "ordered": lambda: domain_weights(ranked, {"en": english, language: text}),
        "frequency_half": lambda: domain_weights(lexicon, {language: apart[1]}),
        "contexts_apart": lambda: domain_weights(lexicon, {"en": apart[0], language: apart[1]}),
    }
    result: dict[str, Any] = {name: shares(asked, lexicon, weigh()) for name, weigh in choices.items()}
    result["any"] = any_candidate(asked, lexicon, language)
    result["pairs"] = lexicon.num_pairs
    return result


def closed(result: dict[str, Any], choice: str, where: str) -> float:
    """Return which share of the gap between the first candidate and any of them a choice closes."""
    first, limit = result["first"][where], result["any"][where]
    return (result[choice][where] - first) / (limit - first)


def speed() -> dict[str, float]:
    """Seconds for a million pairs and a million words of each side, the median of three."""
    lexicon = Lexicon.from_pairs({"de": _million_pairs()})
    texts = {language: list(_million_words(language)) for language in ("en", "de")}
    result: dict[str, float] = {"pairs": lexicon.num_pairs}
    result |= {f"words_{language}": sum(map(len, map(words, text))) for language, text in texts.items()}
    inverse = lexicon.invert("de")
    runs: dict[str, Callable[[], object]] = {
        "frequency": lambda: domain_weights(lexicon, {"de": texts["de"]}),
        "contexts": lambda: domain_weights(lexicon, texts),
        "agreement": lambda: agreement_weights(lexicon, [inverse]),
    }
    for name, run in runs.items():
        times = []
        for _ in range(3):
            start = time.perf_counter()
            run()
            times.append(time.perf_counter() - start)
        result[name] = statistics.median(times)
    return result


def _million_pairs() -> list[tuple[str, str]]:
    """German has 760,000 pairs; the rest are the same with another term."""
    pairs = freedict.pairs("de")
    return [*pairs, *((f"x {term}", other) for term, other in pairs[: max(0, _PAIRS - len(pairs))])]


def _million_words(language: str) -> Iterator[str]:
    count = 0
    while count < _WORDS:
        for text in help_text.paragraphs(language):
            yield text
            count += len(text.split())
            if count >= _WORDS:
                return


# -- the report -------------------------------------------------------------------------------------------------------


def report(document: dict[str, Any]) -> str:
    """Return the tables as Markdown."""
    lines = [_machine_line(document["machine"]), ""]
    for half, heading in (("test", "Test half"), ("development", "Development half (constants were chosen here)")):
        of = document[half]
        lines += [f"### {heading}", "", *_gap_table(of), "", *_share_table(of, "joined"), ""]
    of = document["test"]
    lines += ["### Words known", "", *_known_table(of), ""]
    lines += [
        "### The dictionaries alone: no starter lexicon, no inflected forms",
        "",
        *_share_table(of, "dictionary"),
        "",
    ]
    lines += ["### Variants", "", *_variants_table(of), ""]
    lines += ["### Speed", "", *_speed_table(document["speed"]), ""]
    return "\n".join(lines)


def _row(cells: Iterable[object]) -> str:
    return f"| {' | '.join(map(str, cells))} |"


def _table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> list[str]:
    head = list(head)
    return [_row(head), _row(["---"] * len(head)), *map(_row, rows)]


def _two(values: dict[str, float]) -> str:
    return " / ".join(_short(values[where]) for where in ("title", "page"))


def _short(value: float) -> str:
    return f"{value:.2f}".replace("0.", ".", 1)


def _gap(result: dict[str, Any], choice: str) -> str:
    return _two({where: closed(result, choice, where) for where in ("title", "page")})


def _gap_table(of: dict[str, Any]) -> list[str]:
    head = ["share of the gap closed, title / page", *_CHOICES.values(), f"{AIM} reached"]
    rows = []
    for language, result in of.items():
        joined = result["joined"]
        reached = all(closed(joined, "contexts", where) >= AIM for where in ("title", "page"))
        gaps = [_gap(joined, choice) for choice in _CHOICES]
        rows.append([language, *gaps[:-1], f"**{gaps[-1]}**", "yes" if reached else "**no**"])
    return _table(head, rows)


def _share_table(of: dict[str, Any], lexicon: str) -> list[str]:
    head = ["title / page", "first in dictionary", *_CHOICES.values(), "any candidate", "words known"]
    known = {"joined": "inflected", "dictionary": "dictionary"}[lexicon]
    rows = []
    for language, result in of.items():
        part = result[lexicon]
        cells = [_two(part[choice]) for choice in ("first", *_CHOICES, "any")]
        rows.append([language, *cells, _short(result["known"][known])])
    return _table(head, rows)


def _known_table(of: dict[str, Any]) -> list[str]:
    head = ["", "titles", "content words", "dictionaries", "and the starter lexicon", "and inflected forms", "pairs"]
    rows = [
        [
            language,
            f"{result['titles']:,}",
            f"{result['words']:,}",
            *(_short(share) for share in result["known"].values()),
            f"{result['joined']['pairs']:,}",
        ]
        for language, result in of.items()
    ]
    return _table(head, rows)


def _variants_table(of: dict[str, Any]) -> list[str]:
    head = [
        "share of the gap closed, title / page",
        "frequency, a quarter of the pages",
        "and contexts, English from another quarter",
        "contexts, candidates weighed by place first",
    ]
    choices = ("frequency_half", "contexts_apart", "ordered")
    return _table(head, ([language, *(_gap(of[language]["joined"], choice) for choice in choices)] for language in of))


def _speed_table(speed: dict[str, float]) -> list[str]:
    what = f"{speed['pairs']:,} pairs, {speed['words_de']:,} German words"
    return _table(
        [what, "s"],
        [
            ["frequency", f"{speed['frequency']:.1f}"],
            [f"and contexts, with {speed['words_en']:,} English words", f"{speed['contexts']:.1f}"],
            ["agreement with one lexicon of as many pairs", f"{speed['agreement']:.1f}"],
        ],
    )


def _machine_line(about: dict[str, Any]) -> str:
    packages = ", ".join(f"{name} {version}" for name, version in about["packages"].items())
    where = [about["date"][:10], about["cpu"], f"{about['cores']} cores", about["system"], about["python"]]
    return f"{', '.join(where)}; {packages}."


def write_report(document: dict[str, Any]) -> None:
    """Put the tables into the README, between its marks."""
    readme = _FOLDER / "README.md"
    text = readme.read_text(encoding="utf-8")
    before, _, rest = text.partition(_MARKS[0])
    _, _, after = rest.partition(_MARKS[1])
    files.write_bytes(readme, f"{before}{_MARKS[0]}\n{report(document)}\n{_MARKS[1]}{after}".encode())


def main() -> int:
    """Measure, write results and tables; return 1 if the aim is missed somewhere on the test half."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.senses", description=__doc__)
    parser.add_argument("--report", action="store_true", help="only write the tables again, from the last results")
    options = parser.parse_args()
    if options.report:
        document = json.loads(_RESULTS.read_text(encoding="utf-8"))
    else:
        try:
            document = _measured()
        except FetchError as error:
            print(f"error: {error}", file=sys.stderr)
            return 1
        files.write_bytes(_RESULTS, (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode())
    write_report(document)
    print(report(document))
    missed = [
        language
        for language, result in document["test"].items()
        if any(closed(result["joined"], "contexts", where) < AIM for where in ("title", "page"))
    ]
    if missed:
        print(f"below the aim: {', '.join(missed)}", file=sys.stderr)
    return 1 if missed else 0


def _measured() -> dict[str, Any]:
    document: dict[str, Any] = {"machine": machine.description(["numpy", "wordfreq", "lxml"])}
    for name, half in (("development", 1), ("test", 0)):
        document[name] = {}
        for language in LANGUAGES:
            document[name][language] = measure(language, half)
            print(name, language, _gap(document[name][language]["joined"], "contexts"), file=sys.stderr, flush=True)
    document["speed"] = speed()
    return document


if __name__ == "__main__":
    sys.exit(main())
