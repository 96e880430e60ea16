"""Compare the compiled engine with NumPy on many texts: ``python -m tests.fuzz --texts 1000000 --seed 7 [FILE...]``.

Texts are random, with every option, or the lines of files in UTF-8 named after their language, such as ``de.txt``.
"""

from __future__ import annotations

import argparse
import random
import sys
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tqdm import tqdm

from lexswitch import CharacterTokenizer, RegexTokenizer, SpanTokenizer, WordTokenizer
from lexswitch.text.protection import DEFAULT

from .differential import make_pairs
from .engines import differences, labelled_results
from .strategies import HARD_WORDS, NEWER, SEPARATORS, Case, some_words

_SIGN_LIST = """
www. http:// https://a.b/c ftp:// [MASK] [CLS] <s> </s> #tag @name a@b.c x.y+z@host.example don't ' '' - _ [ ] < > / ww
\ufb01 \uff9e \u0439 \u0301 \u0323 \u00ad \u200b \u200d \U0001f600 \uff41\uff22 \U00010428 \u01c4
"""
_WORD_LIST = """
house houses House HOUSE car card cards credit old new teacher bank banks went women's the a school of york york city
street isn't e-mail bigger internationalisation incomprehensibilities counterrevolutionaries administrator
"""
_SIGNS, _WORDS = tuple(_SIGN_LIST.split()), tuple(_WORD_LIST.split())
_ATOMS = (*HARD_WORDS, *NEWER, *_SIGNS, *_WORDS, *_WORDS, *_WORDS)
_TRANSLATIONS = (
    "Haus",
    "\u0434\u043e\u043c",
    "\u0e40\u0e21\u0e37\u0e2d\u0e07",
    "\u57ce\u5e02",
    "(x)",
    "gr\u00f6\u00dfe Stadt",
    "iki \u0131\u015f\u0131k i",
    "\ufb01ne",
    "\u00dfa",
    "\u01c6",
    "a",
    "longer than eight bytes",
    "\u00e9!",
)
_TOKENIZERS = (*[WordTokenizer()] * 4, CharacterTokenizer(), RegexTokenizer(r"\w+"), SpanTokenizer(some_words))
_PATTERNS = (*[DEFAULT] * 3, None, r"o\w|-")
_LANGUAGES = ("de", "gag", "ru", "th", "zh")


@dataclass
class CaseMaker:
    """Makes random cases.

    Parameters
    ----------
    chance : Random
    texts : sequence of str, optional
        Real texts to choose from. By default texts are random.
    pairs : dict, optional
        Pairs of the lexicon for real texts.
    source : str, optional
        Language of the real texts.
    """

    chance: random.Random
    texts: Sequence[str] = ()
    pairs: dict[str, list[tuple[Any, ...]]] = field(default_factory=dict)
    source: str = "en"

    def text(self) -> str:
        """A random text: atoms in any order, words with separators, or any characters around a word."""
        chance, kind = self.chance, self.chance.random()
        if kind < 0.35:
            return "".join(chance.choices(_ATOMS + SEPARATORS, k=chance.randint(0, 40)))
        if kind < 0.95:
            separators = chance.choice(((" ",), (" ",), ("-", "  ", "\u2010"), ("",), SEPARATORS))
            ways = (str, str, str, str.title, str.upper)
            return "".join(
                chance.choice(ways)(chance.choice(_WORDS if chance.random() < 0.6 else _ATOMS))
                + chance.choice(separators)
                for _ in range(chance.randint(0, 30))
            )
        return chr(chance.randint(0, 0xD7FF)) * 2 + chance.choice(_WORDS) + chr(chance.randint(0xE000, 0x10FFFF))

    def random_pairs(self) -> dict[str, list[tuple[Any, ...]]]:
        """Pairs of phrases of one to three words."""
        chance = self.chance
        vocabulary = [*chance.choices(_WORDS, k=20), *chance.choices(HARD_WORDS, k=6)]
        return {
            language: [
                (
                    " ".join(chance.choices(vocabulary, k=chance.choice((1, 1, 1, 2, 2, 3)))),
                    chance.choice(_TRANSLATIONS),
                    chance.choice((0.5, 1.0, 3.0)),
                )
                for _ in range(chance.randint(1, 40))
            ]
            for language in chance.sample(_LANGUAGES, chance.randint(1, len(_LANGUAGES)))
        }

    def options(self, languages: Sequence[str], source: str) -> dict[str, Any]:
        """Any options of `CodeSwitcher`."""
        chance = self.chance
        weights = {
            one: chance.choice((0.1, 1, 1, 2)) for one in chance.sample(languages, chance.randint(1, len(languages)))
        }
        per_text = chance.random() < 0.3
        p: Any = chance.choice((0, 1, 0.5, 0.5, 1 / 3))
        runs = chance.choice((1.0, 1.5, 3, 20)) if p < 1 and chance.random() < 0.3 else None
        if runs is None and chance.random() < 0.2:
            p = {one: chance.random() for one in weights}
        elif per_text and chance.random() < 0.5:
            weights[source] = 1.0
        return {
            "languages": weights,
            "p": p,
            "runs": runs,
            "draw_language": "text" if per_text else "unit",
            "candidates": chance.choice(("best", "uniform", "weighted")),
            "missing": chance.choice(("redraw", "keep")),
            "max_words": chance.choice((1, 2, 3, 3, 8)),
            "skip": chance.choice(((), (), ("the", "house"))),
            "protect": chance.choice(_PATTERNS),
            "case": chance.choice(("match", "match", "lexicon")),
            "tokenizer": chance.choice(_TOKENIZERS),
            "forms": chance.choice(("auto", None)),
            "keep_names": chance.random() < 0.1,
            "seed": chance.choice((0, chance.getrandbits(64))),
        }

    def case(self, count: int) -> Case:
        """A case with a number of texts."""
        chance = self.chance
        source = self.source if self.texts else chance.choice(("en", "en", "en", "tr", "km"))
        pairs = self.pairs if self.texts else self.random_pairs()
        texts = chance.choices(self.texts, k=count) if self.texts else [self.text() for _ in range(count)]
        numbers = [chance.getrandbits(70) - 2**66 for _ in texts]
        keys = chance.choice((None, None, numbers, [str(number) for number in numbers]))
        options = self.options(list(pairs), source)
        return Case(pairs, options, texts, keys, chance.choice((0, 3, 2**64 - 1)), source)


def cases(maker: CaseMaker, count: int) -> Iterator[Case]:
    """Cases with `count` texts in all."""
    while count > 0:
        case = maker.case(min(count, maker.chance.choice((1, 2, 30, 300, 1000))))
        count -= len(case.texts)
        yield case


def smallest(case: Case) -> Case:
    """The case with the first of its texts for which the engines differ."""
    for row, text in enumerate(case.texts):
        keys = None if case.keys is None else case.keys[row : row + 1]
        alone = case._replace(texts=[text], keys=keys)
        if differences(alone) or differences(alone, labelled_results):
            return alone
    return case


def compare(maker: CaseMaker, count: int, name: str) -> int:
    """Compare both engines on `count` texts; return the number of cases that differ."""
    different = 0
    with tqdm(total=count, desc=name, disable=None) as bar:
        for case in cases(maker, count):
            found = differences(case)
            if len(case.texts) <= 30:
                found += differences(case, labelled_results)
            if found:
                different += 1
                print(f"{name}: {found} differ for {smallest(case)!a}", flush=True)
            bar.update(len(case.texts))
    print(f"{name}: {count:,} texts compared, {different:,} cases different", flush=True)
    return different


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="UTF-8 text, one text per line")
    parser.add_argument("--texts", type=int, default=10_000, help="number of texts, of each file if there are files")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args(arguments)
    warnings.simplefilter("ignore")  # random lexicons cover few words of the texts
    different = 0
    for file in given.files:
        texts = file.read_text(encoding="utf-8").splitlines()
        pairs = make_pairs(texts[::20], WordTokenizer())
        maker = CaseMaker(random.Random(given.seed), texts, pairs, file.stem)
        different += compare(maker, given.texts, file.name)
    if not given.files:
        different = compare(CaseMaker(random.Random(given.seed)), given.texts, "random texts")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
