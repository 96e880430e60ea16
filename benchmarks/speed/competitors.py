"""Methods that lexswitch is compared with. Each is a function from texts to texts, written as its users write it.

All get the same texts and dictionaries and switch with probability `P`. Only lexswitch and the n-grams switch phrases.
The dictionaries contain phrases for all methods; single words never match them.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.common.engines import switcher_with
from benchmarks.speed.lexicons import Dictionaries
from benchmarks.speed.measure import Run, Texts
from lexswitch import Lexicon

P = 0.5


@dataclass(frozen=True)
class Competitor:
    """A method of switching texts.

    Parameters
    ----------
    name
        Name in tables and plot.
    make
        Prepares it for a lexicon, in both forms; this is not measured.
    lacks
        What it does not do, or loses, compared with lexswitch.
    package
        Distribution that it needs besides the standard library.
    by_batch
        Whether its speed depends on the number of texts in a call, beyond 1,000. Others switch text by text.
    """

    name: str
    make: Callable[[Lexicon, Dictionaries], Run]
    lacks: str
    package: str | None = None
    by_batch: bool = False


def lexswitch(lexicon: Lexicon, dictionaries: Dictionaries) -> Run:
    """Switch phrases of up to 3 words, with default options and the compiled engine."""
    return switcher_with("c", lexicon, p=P).apply


def lexswitch_numpy(lexicon: Lexicon, dictionaries: Dictionaries) -> Run:
    """Do the same with the NumPy engine."""
    return switcher_with("numpy", lexicon, p=P).apply


def treebank(lexicon: Lexicon, dictionaries: Dictionaries) -> Run:
    """Use the paper's pipeline (Litschko et al. 2023, ML-CS): a language for each token, its nearest neighbour."""
    from nltk.tokenize import TreebankWordDetokenizer, TreebankWordTokenizer

    tokenize, detokenize = TreebankWordTokenizer().tokenize, TreebankWordDetokenizer().detokenize
    return _by_token(tokenize, detokenize, dictionaries)


def moses(lexicon: Lexicon, dictionaries: Dictionaries) -> Run:
    """Use the same loop between the tokenizer and the detokenizer of Moses."""
    from sacremoses import MosesDetokenizer, MosesTokenizer

    tokenizer, detokenizer = MosesTokenizer("en"), MosesDetokenizer("en")
    return _by_token(lambda text: tokenizer.tokenize(text, escape=False), detokenizer.detokenize, dictionaries)


def _by_token(
    tokenize: Callable[[str], list[str]], detokenize: Callable[[list[str]], str], dictionaries: Dictionaries
) -> Run:
    languages = list(dictionaries)

    def run(texts: Texts) -> Texts:
        result = []
        for text in texts:
            switched = []
            for token in tokenize(text):
                if random.random() < P:
                    dictionary = dictionaries[random.choice(languages)]
                    if token.lower() in dictionary:
                        token = dictionary[token.lower()][0]
                switched.append(token)
            result.append(detokenize(switched))
        return result

    return run


def split(lexicon: Lexicon, dictionaries: Dictionaries) -> Run:
    """Use a simple loop, as one would write it in five minutes."""
    languages = list(dictionaries)

    def run(texts: Texts) -> Texts:
        result = []
        for text in texts:
            words = []
            for word in text.split():
                if random.random() < P:
                    candidates = dictionaries[random.choice(languages)].get(word.lower())
                    if candidates:
                        word = random.choice(candidates)
                words.append(word)
            result.append(" ".join(words))
        return result

    return run


def split_tuned(lexicon: Lexicon, dictionaries: Dictionaries) -> Run:
    """Use the fastest plain Python: a comprehension, bound methods, single words and their first translation only."""
    first = [
        {term: candidates[0] for term, candidates in dictionary.items() if " " not in term}
        for dictionary in dictionaries.values()
    ]
    look_up = [dictionary.get for dictionary in first]
    draw, count = random.random, len(look_up)

    def run(texts: Texts) -> Texts:
        return [
            " ".join(
                [look_up[int(draw() * count)](word.lower(), word) if draw() < P else word for word in text.split()]
            )
            for text in texts
        ]

    return run


def regex_sub(lexicon: Lexicon, dictionaries: Dictionaries) -> Run:
    """Call a function for each word; text between words is kept."""
    import regex

    word = regex.compile(r"\w+(?:['’]\w+)*")
    languages = list(dictionaries)

    def switched(match: regex.Match[str]) -> str:
        if random.random() < P:
            candidates = dictionaries[random.choice(languages)].get(match[0].lower())
            if candidates:
                return random.choice(candidates)
        return str(match[0])

    return lambda texts: [word.sub(switched, text) for text in texts]


def ngrams(lexicon: Lexicon, dictionaries: Dictionaries) -> Run:
    """Use the paper's method for titles (Wiki-CS): a language for each text, n-grams replaced, longest first."""
    languages = list(dictionaries)

    def run(texts: Texts) -> Texts:
        result = []
        for text in texts:
            dictionary = dictionaries[random.choice(languages)]
            words = text.lower().split()
            text = f" {' '.join(words)} "
            for size in (3, 2, 1):
                for first in range(len(words) - size + 1):
                    term = " ".join(words[first : first + size])
                    if term in dictionary and random.random() < P:
                        text = text.replace(f" {term} ", f" {dictionary[term][0]} ")
            result.append(text.strip())
        return result

    return run


def nlpaug(lexicon: Lexicon, dictionaries: Dictionaries) -> Run:
    """Use nlpaug's swap by a dictionary file (`SpellingAug`); its format allows single words only."""
    from nlpaug.augmenter.word import SpellingAug

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "dictionary.txt"
        with open(path, "w", encoding="utf-8") as file:
            for dictionary in dictionaries.values():
                for term, candidates in dictionary.items():
                    swaps = [candidate for candidate in candidates if not set(candidate) & set(" \u00a0")]
                    if " " not in term and swaps:
                        print(term, *swaps, file=file)
        augmenter = SpellingAug(dict_path=str(path), aug_p=P, aug_max=None, include_reverse=False)
    swap: Run = augmenter.augment
    return swap


def fast_aug(lexicon: Lexicon, dictionaries: Dictionaries) -> Run:
    """Use fast-aug (Rust), which replaces words by random words of a list, here all translations, without look-up."""
    return _fast_aug(_translations(dictionaries))


def fast_aug_short(lexicon: Lexicon, dictionaries: Dictionaries) -> Run:
    """Use fast-aug with few words, which stay in the processor's cache: its best case."""
    return _fast_aug(random.Random(0).sample(_translations(dictionaries), 1000))


def _fast_aug(words: list[str]) -> Run:
    from fast_aug.text import WordsRandomSubstituteAugmenter

    augmenter = WordsRandomSubstituteAugmenter((P, None, None), words)
    one, many = augmenter.augment, augmenter.augment_batch
    return lambda texts: [one(texts[0])] if len(texts) == 1 else many(texts)


def _translations(dictionaries: Dictionaries) -> list[str]:
    return sorted({word for dictionary in dictionaries.values() for words in dictionary.values() for word in words})


def floor(lexicon: Lexicon, dictionaries: Dictionaries) -> Run:
    """Convert ``list[str]`` to bytes and back, as every method that works on bytes must do."""
    return lambda texts: "\n".join(texts).encode().decode().split("\n")


OURS = Competitor("lexswitch", lexswitch, "", "numpy", by_batch=True)
NUMPY = Competitor("lexswitch, NumPy engine", lexswitch_numpy, "", by_batch=True)
PAPER = Competitor("NLTK Treebank + dict (the paper)", treebank, "phrases, case, spacing, quotes", "nltk")
SPLIT = Competitor("str.split + dict", split, "phrases, case, spacing, words next to punctuation")
TUNED = Competitor(
    "str.split + dict, tuned by hand", split_tuned, "phrases, case, spacing, words next to punctuation, choice"
)
FAST_AUG = Competitor("fast-aug, 1,000 words", fast_aug_short, "any look-up, spacing", "fast-aug", by_batch=True)
FLOOR = Competitor("floor: join, encode, decode, split", floor, "everything", by_batch=True)
COMPETITORS = (
    OURS,
    NUMPY,
    PAPER,
    Competitor("sacremoses + dict", moses, "phrases, case, spacing", "sacremoses"),
    Competitor("nlpaug, swap by dictionary", nlpaug, "phrases, case, spacing, capitalised words", "nlpaug"),
    Competitor("n-grams + str.replace (the paper)", ngrams, "case, spacing, words next to punctuation"),
    Competitor("regex.sub + dict", regex_sub, "phrases, case", "regex"),
    SPLIT,
    TUNED,
    Competitor("fast-aug, all translations", fast_aug, "any look-up, spacing", "fast-aug", by_batch=True),
    FAST_AUG,
    FLOOR,
)
