"""Results that every Python must give, byte for byte: ``python -m tests.golden`` writes data/golden.json.

The specification makes them; the texts are full of characters that Python versions know differently. A change of
results shows in this file, and changes the version of the package as well.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lexswitch import CharacterTokenizer, RegexTokenizer, WordTokenizer
from lexswitch.text.protection import DEFAULT

from .reference import Reference
from .sentences import SENTENCES
from .strategies import HARD_WORDS, NEWER, SEPARATORS

PATH = Path(__file__).parent / "data" / "golden.json"
TOKENIZERS = {
    "words": WordTokenizer(),
    "characters": CharacterTokenizer(),
    r"\w+": RegexTokenizer(r"\w+"),
    r"[\p{L}\p{M}]+": RegexTokenizer(r"[\p{L}\p{M}]+"),
    r"\S+": RegexTokenizer(r"\S+"),
}
PATTERNS = (DEFAULT, DEFAULT, None, r"#\w+", r"\b\w{2}\b", r"(?i)[a-z]\W", r"\d+|[^\w\s]", r"[\U00010000-\U0010ffff]\w")
TRANSLATIONS = ("Haus", "über etwas", "дом", "世界", "กำ", "etc.", "(a)", "\u01c6ep", "ıß", "\U00010428")


def options_of(case: dict[str, Any]) -> dict[str, Any]:
    """The options of a case, its tokenizer among them."""
    return {**case["options"], "tokenizer": TOKENIZERS[case["tokenizer"]]}


def make_cases() -> Iterator[dict[str, Any]]:
    """Cases without their results."""
    chance = random.Random(0)
    words = [*HARD_WORDS, *NEWER, *(word for text in SENTENCES["en"][:5] for word in text.split())]
    for number in range(60):
        vocabulary = chance.sample(words, 6)
        terms = [" ".join(chance.choices(vocabulary, k=chance.choice((1, 1, 1, 2)))) for _ in range(8)]
        pairs = {
            language: [
                [term, chance.choice(TRANSLATIONS), chance.choice((1.0, 2.5))] for term in chance.sample(terms, 5)
            ]
            for language in ("de", "ru", "zh")
        }
        texts = [
            "".join(
                chance.choice((str, str, str.upper, str.title))(chance.choice(vocabulary)) + chance.choice(SEPARATORS)
                for _ in range(9)
            )
            for _ in range(5)
        ]
        yield {
            "source": chance.choice(("en", "en", "tr")),
            "pairs": pairs,
            "tokenizer": chance.choice(("words", "words", *TOKENIZERS)),
            "options": {
                "p": chance.choice((0.5, 1.0)),
                "protect": chance.choice(PATTERNS),
                "draw_language": chance.choice(("unit", "text")),
                "candidates": chance.choice(("best", "uniform", "weighted")),
                "missing": chance.choice(("redraw", "keep")),
                "seed": number,
            },
            "texts": texts,
            "keys": chance.choice((None, list(range(5)))),
            "epoch": chance.randrange(3),
        }
    yield {
        "source": "en",
        "pairs": {"de": [["house", "Haus", 1.0]]},
        "tokenizer": "words",
        "options": {"p": 1.0},
        "texts": ["#\U00010570house here", "#house", "\U00010570house", "@\ua7c1 house"],
        "keys": None,
        "epoch": 0,
    }


def with_results(case: dict[str, Any]) -> dict[str, Any]:
    """The case with the texts and switches of the specification."""
    reference = Reference(case["pairs"], **options_of(case), source=case["source"])
    results, switches = reference.switch(case["texts"], case["keys"], case["epoch"])
    return {**case, "results": results, "switches": [list(switch) for switch in switches]}


if __name__ == "__main__":
    PATH.parent.mkdir(exist_ok=True)
    lines = (json.dumps(with_results(case), ensure_ascii=True) for case in make_cases())
    PATH.write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8")
