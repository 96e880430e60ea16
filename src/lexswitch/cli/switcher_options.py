"""Options of commands that switch texts: one for each option of `CodeSwitcher`, and the presets."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from .._io.streams import open_unpacked, read_texts
from ..errors import LexiconError
from ..lexicon import Lexicon
from ..retrieval import RetrievalSwitcher
from ..switching.switcher import CodeSwitcher
from ..text.tokenizers import CharacterTokenizer, MosesTokenizer, RegexTokenizer, Tokenizer, WordTokenizer
from .lexicon import add_lexicon_option
from .parser import Joined

#: Names of presets in arguments.
PRESETS = ("ml-cs", "bl-cs", "wiki-cs", "translate", "word-by-word")

_TOKENIZERS: dict[str, Callable[[], Tokenizer]] = {
    "words": WordTokenizer,
    "characters": CharacterTokenizer,
    "moses": MosesTokenizer,
}

#: What to do instead of options that the commands do not have.
REMEDIES = {
    **dict.fromkeys(["--lang", "--langs", "--language", "--languages", "--target", "--targets"], "did you mean --to?"),
    "--draw-language": "did you mean --per-text?",
}


def add_switcher_options(parser: argparse.ArgumentParser) -> None:
    """Add the options from which `make_switcher` makes a switcher."""
    parser.add_argument(
        "--to",
        type=languages,
        action=Joined,
        metavar="LANGUAGES",
        help='target languages: "de,ru", or with weights "de:2,ru:1" (default: all languages of the lexicon)',
    )
    parser.add_argument(
        "-p",
        "--probability",
        type=_probability,
        metavar="P",
        help=f"probability that a unit is switched (default: {CodeSwitcher.p})",
    )
    add_lexicon_option(parser)
    group = parser.add_argument_group("switching")
    group.add_argument(
        "--preset",
        choices=PRESETS,
        help="settings of a method; other options override them. Of the paper: ml-cs (single words, each into a "
        "language of its own), bl-cs (the same into one language), wiki-cs (phrases, one language per text, p = 1) "
        "and translate (every term into one language, p = 1). Our own: word-by-word (one language per text, "
        "candidates by weight, p = 0.9)",
    )
    group.add_argument(
        "--seed", type=int, default=CodeSwitcher.seed, metavar="N", help="random seed (default: %(default)s)"
    )
    group.add_argument("--epoch", type=int, default=0, metavar="N", help="number of the epoch (default: %(default)s)")
    add_choices(group)


def add_choices(group: Any) -> None:
    """Add the options that have a default of `CodeSwitcher`, or of the preset."""
    group.add_argument(
        "--per-text", action="store_const", const="text", help="choose one target language per text, not per unit"
    )
    group.add_argument(
        "--max-words",
        type=int,
        metavar="N",
        help=f"maximum number of words per unit (default: {CodeSwitcher.max_words})",
    )
    group.add_argument(
        "--runs",
        type=float,
        metavar="N",
        help="average number of switched units in a row (default: units are independent)",
    )
    group.add_argument(
        "--candidates", choices=("best", "uniform", "weighted"), help="how a translation is chosen (default: best)"
    )
    group.add_argument(
        "--missing",
        choices=("redraw", "keep"),
        help="if the language has no translation: choose another language (default), or leave the unit",
    )
    group.add_argument(
        "--skip", metavar="WORDS", help='words that are not units on their own: "stopwords", "the,a", or @FILE'
    )
    group.add_argument(
        "--keep-names",
        action="store_const",
        const=True,
        help="leave capitalised words inside sentences unchanged, such as Doctor Who",
    )
    group.add_argument(
        "--protect",
        metavar="PATTERN",
        help='regular expression of text that is not changed, or "none" (default: URLs, e-mail addresses, @names, '
        "#tags and special tokens)",
    )
    group.add_argument(
        "--case", choices=("match", "lexicon"), help="follow the case of the text (default), or of the lexicon"
    )
    group.add_argument(
        "--tokenizer",
        metavar="NAME",
        help='"words" (default), "characters" for scripts without spaces, "moses", or "regex:PATTERN"',
    )
    group.add_argument(
        "--forms",
        choices=("auto", "none"),
        help="whether inflected forms match, as houses matches house: for English (default: auto), or never",
    )


def make_switcher(args: argparse.Namespace, lexicon: Lexicon, to: dict[str, float] | None) -> CodeSwitcher:
    """Return the switcher into some languages that the options describe."""
    options = {**choices(args), "seed": args.seed}
    if args.probability is not None:
        options["p"] = args.probability
    return _preset(args.preset, lexicon, to, options)


def choices(args: argparse.Namespace) -> dict[str, Any]:
    """Return the options of `CodeSwitcher` that `add_choices` adds, if they were given."""
    given = {
        "draw_language": args.per_text,
        "max_words": args.max_words,
        "runs": args.runs,
        "candidates": args.candidates,
        "missing": args.missing,
        "skip": _skipped(args.skip),
        "keep_names": args.keep_names,
        "protect": args.protect,
        "case": args.case,
        "tokenizer": _tokenizer(args.tokenizer),
    }
    options = {name: value for name, value in given.items() if value is not None}
    options |= {name: None for name in ("forms", "protect") if getattr(args, name) == "none"}
    return options


def _preset(preset: str | None, lexicon: Lexicon, to: dict[str, float] | None, options: dict[str, Any]) -> CodeSwitcher:
    if preset == "ml-cs":
        return CodeSwitcher.multilingual(lexicon, to, **options)
    if preset == "wiki-cs":
        return CodeSwitcher.wiki_cs(lexicon, to, **options)
    if preset == "word-by-word":
        switcher = RetrievalSwitcher.word_by_word(lexicon, to, **options).query
        return cast(CodeSwitcher, switcher)  # word_by_word switches both sides
    if preset is None:
        return CodeSwitcher(lexicon, to, **options)
    single = list(to or lexicon.languages)
    if len(single) != 1:
        raise LexiconError(
            f"--preset {preset} switches into one language, not {', '.join(single)}; write --to {single[0]}, or "
            "--preset ml-cs for several"
        )
    make = CodeSwitcher.bilingual if preset == "bl-cs" else CodeSwitcher.translate
    return make(lexicon, single[0], **options)


def _skipped(value: str | None) -> str | list[str] | None:
    """Parse ``stopwords``, ``the,a`` or ``@FILE``."""
    if value is None or value == "stopwords":
        return value
    if value.startswith("@"):
        with open_unpacked(Path(value[1:])) as stream:
            value = "".join(block.text for block in read_texts(stream, value[1:])).replace("\n", ",")
    return [word for part in value.split(",") if (word := part.strip())]


def _tokenizer(value: str | None) -> Tokenizer | None:
    if value is None:
        return None
    name, _, pattern = value.partition(":")
    if name == "regex" and pattern:
        return RegexTokenizer(pattern)
    if value not in _TOKENIZERS:
        raise LexiconError(f"--tokenizer is {value!r}; choose words, characters, moses or regex:PATTERN")
    return _TOKENIZERS[value]()


def _probability(value: str) -> float:
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not 0 <= number <= 1:
        raise argparse.ArgumentTypeError(f"{value!r} is not a probability; pass a number from 0 to 1")
    return number


def languages(value: str) -> dict[str, float]:
    """Parse ``de,ru`` or ``de:2,ru:1``."""
    weights: dict[str, float] = {}
    for part in value.split(","):
        language, colon, weight = part.strip().partition(":")
        if not language or language in weights:
            raise argparse.ArgumentTypeError(f"{value!r} must name each language once, as de,ru or de:2,ru:1")
        try:
            weights[language] = float(weight) if colon else 1.0
        except ValueError:
            raise argparse.ArgumentTypeError(f"{part!r} has no number after the colon; write {language}:2") from None
    return weights
