"""Actions that make a lexicon from others: one for each such method of `Lexicon`."""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Literal

from ...engine.packing import pack
from ...engine.vocabulary import WordList
from ...errors import LexiconError
from ...lexicon import Lexicon
from ...text.languages import primary_language
from ...text.tokenizers import WordTokenizer, words_of
from ..parser import Joined
from .corpora import FREQUENCIES, add_ranking, chosen_texts, frequencies_of, read_lines
from .options import Commands, add_lexicon, add_maker, language_file, languages, open_lexicon, print_dropped

_LINES = 10_000
"""Number of lines whose words are read at a time."""


def add_to(actions: Commands) -> None:
    """Add the actions."""
    _add_merge(actions)
    _add_invert(actions)
    _add_compose(actions)
    _add_filter(actions)
    _add_normalise(actions)
    _add_reweight(actions)
    _add_agree(actions)
    _add_rank(actions)
    _add_inflect(actions)


def _add_merge(actions: Commands) -> None:
    parser = add_maker(
        actions,
        "merge",
        _merge,
        "merge lexicons with the same source language",
        [
            "merge starter en-xx.lexicon --frequencies wordfreq -o all.lexicon",
            "merge a.lexicon b.lexicon --combine sum -o ab.lexicon",
        ],
        "Among pairs of equal weight, those of the earlier lexicon rank higher.",
    )
    add_lexicon(parser)
    add_lexicon(parser, "others", "more lexicons", nargs="+")
    parser.add_argument(
        "--combine",
        metavar="HOW",
        default="votes",
        help="weight of a pair that several lexicons have: votes (greatest weight times number of lexicons; your "
        "own lexicons first, then the built-in one; translations spelled as their term are dropped unless these have "
        "them), max, min, "
        "mean or sum (default: %(default)s)",
    )
    add_ranking(parser)


def _merge(args: argparse.Namespace) -> Lexicon:
    first, *others = map(open_lexicon, (args.lexicon, *args.others))
    merged = first.merge(*others, combine=args.combine, texts=chosen_texts((first, *others), args.frequencies))
    print_dropped(merged, args)
    return merged


def _add_invert(actions: Commands) -> None:
    parser = add_maker(
        actions,
        "invert",
        lambda args: open_lexicon(args.lexicon).invert(args.language),
        "invert a lexicon, from one of its target languages into its source language",
        ["invert en-de.lexicon de -o de-en.lexicon"],
    )
    add_lexicon(parser)
    parser.add_argument("language", metavar="LANGUAGE", help="the target language that becomes the source language")


def _add_compose(actions: Commands) -> None:
    parser = add_maker(
        actions,
        "compose",
        lambda args: open_lexicon(args.lexicon).compose(open_lexicon(args.other), args.min_support),
        "compose two lexicons through a language that they share",
        ["compose de-en.lexicon en-ru.lexicon --min-support 2 -o de-ru.lexicon"],
        "The weight of a pair is the sum, over the words in between, of the product of both weights.",
    )
    add_lexicon(parser)
    add_lexicon(parser, "other", "a lexicon whose source language is a target language of the first")
    parser.add_argument(
        "--min-support",
        type=int,
        default=1,
        metavar="N",
        help="keep only pairs with at least N words in between (default: %(default)s)",
    )


def _add_filter(actions: Commands) -> None:
    parser = add_maker(
        actions,
        "filter",
        _filter,
        "keep some pairs of a lexicon",
        [
            "filter en-xx.lexicon --to de,ru --own-script --no-identical -o clean.lexicon",
            "filter en-xx.lexicon --max-words 3 --top 5 -o small.lexicon",
            "filter en-xx.lexicon --frequencies de=de.tsv --min-frequency 10 -o common.lexicon",
        ],
        "Pairs that pass every test are kept.",
    )
    add_lexicon(parser)
    parser.add_argument(
        "--to", type=languages, action=Joined, metavar="LANGUAGES", help="keep these target languages: de,ru"
    )
    parser.add_argument("--min-weight", type=float, metavar="W", help="keep pairs of at least this weight")
    parser.add_argument(
        "--max-words", type=int, metavar="N", help="keep pairs of terms and translations of at most N words"
    )
    parser.add_argument(
        "--max-characters", type=int, metavar="N", help="keep pairs of terms and translations of at most N characters"
    )
    parser.add_argument(
        "--own-script", action="store_true", help="drop translations that are not in a script of their language"
    )
    parser.add_argument(
        "--no-identical",
        dest="identical",
        action="store_false",
        help="drop translations that equal their term, except for case",
    )
    parser.add_argument("--frequencies", action="append", type=language_file, metavar="LANGUAGE=FILE", help=FREQUENCIES)
    parser.add_argument(
        "--min-frequency",
        type=float,
        metavar="F",
        help="drop pairs with a word that is rarer than this in the list of its language, or missing from it",
    )
    parser.add_argument(
        "--top", type=int, metavar="N", help="then keep the N best candidates of each term and language"
    )


def _filter(args: argparse.Namespace) -> Lexicon:
    if (args.frequencies is None) != (args.min_frequency is None):
        raise LexiconError("--frequencies and --min-frequency need each other; give both or none")
    lexicon = open_lexicon(args.lexicon).select(args.to, min_weight=args.min_weight)
    tests = {
        "max_words": args.max_words,
        "max_characters": args.max_characters,
        "own_script": args.own_script,
        "identical": args.identical,
        "frequencies": frequencies_of([lexicon], args.frequencies),
        "min_frequency": args.min_frequency or 0.0,
    }
    return lexicon.filter(**tests).select(top=args.top)


def _add_normalise(actions: Commands) -> None:
    parser = add_maker(
        actions,
        "normalise",
        lambda args: open_lexicon(args.lexicon).normalise(),
        "turn weights into probabilities, which sum to 1 over the candidates of a term in a language",
        ["normalise en-de.lexicon -o en-de-p.lexicon"],
    )
    add_lexicon(parser)


def _add_reweight(actions: Commands) -> None:
    parser = add_maker(
        actions,
        "reweight",
        lambda args: _reweight(open_lexicon(args.lexicon), args),
        "weight candidates by how often they occur in texts of your domain",
        [
            "reweight en-xx.lexicon de=manual-de.txt ru=manual-ru.txt ru=help-ru.txt -o domain.lexicon",
            "reweight en-xx.lexicon --frequencies wordfreq -o common.lexicon",
        ],
        "The texts need not be parallel. If you also give texts in the source language, the contexts of words are "
        "used. Languages without texts keep their weights, normalised.",
    )
    add_lexicon(parser)
    _add_texts(parser)


def _add_texts(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that `_texts` reads."""
    parser.add_argument(
        "texts",
        nargs="*",
        type=language_file,
        metavar="LANGUAGE=FILE",
        help='UTF-8 texts in a target language or the source language, or "-" for standard input; may be repeated',
    )
    add_ranking(parser, "instead of texts: ")


def _texts(
    lexicon: Lexicon, args: argparse.Namespace
) -> Literal["wordfreq"] | dict[str, Iterable[str] | Mapping[str, float]]:
    """Return texts or word frequencies by language, or the name of a list of frequencies."""
    texts: defaultdict[str, list[str]] = defaultdict(list)
    for language, path in args.texts:
        texts[language].append(path)
    frequencies = chosen_texts([lexicon], args.frequencies) or {}
    if isinstance(frequencies, str):
        if texts:
            raise LexiconError(f"--frequencies {frequencies} cannot be combined with texts of {sorted(texts)}")
        return frequencies
    if twice := sorted(texts.keys() & frequencies.keys()):
        raise LexiconError(f"{twice} have texts and frequencies; give each language one of them")
    lines: dict[str, Iterable[str] | Mapping[str, float]] = {
        language: read_lines(paths, args.quiet) for language, paths in texts.items()
    }
    return {**lines, **frequencies}


def _reweight(lexicon: Lexicon, args: argparse.Namespace) -> Lexicon:
    return lexicon.reweight(_texts(lexicon, args))


def _add_agree(actions: Commands) -> None:
    parser = add_maker(
        actions,
        "agree",
        lambda args: open_lexicon(args.lexicon).agree(*map(open_lexicon, args.others)),
        "weight candidates by the number of other lexicons, of either direction, that have them",
        ["agree en-de.lexicon other-en-de.lexicon de-en.lexicon -o agreed.lexicon"],
    )
    add_lexicon(parser)
    add_lexicon(parser, "others", "lexicons to compare with", nargs="+")


def _add_rank(actions: Commands) -> None:
    parser = add_maker(
        actions,
        "rank",
        _rank,
        "rank candidates by all evidence: other lexicons, then texts of your domain",
        ["rank en-xx.lexicon de=manual-de.txt --with other.lexicon --with de-en.lexicon -o ranked.lexicon"],
        "First as agree with the lexicons of --with, then as reweight with the texts or frequencies.",
    )
    add_lexicon(parser)
    _add_texts(parser)
    parser.add_argument(
        "--with", dest="others", action="append", metavar="LEXICON", help="another lexicon, of either direction"
    )


def _rank(args: argparse.Namespace) -> Lexicon:
    lexicon = open_lexicon(args.lexicon)
    others, texts = [open_lexicon(path) for path in args.others or ()], _texts(lexicon, args)
    if not others and not texts:
        raise LexiconError("rank has no evidence; give lexicons, --with other.lexicon, or texts, de=FILE")
    return lexicon.rank(others=others, texts=texts or None)


def _add_inflect(actions: Commands) -> None:
    parser = add_maker(
        actions,
        "inflect",
        _inflect,
        "add inflected English words of texts, with the translations of their citation form",
        ["inflect en-xx.lexicon queries.txt -o inflected.lexicon"],
        'Texts that have "houses" then find the translations of "house" in every tool. lexswitch apply finds them '
        "without this action, by its option --forms.",
    )
    add_lexicon(parser)
    parser.add_argument("texts", nargs="+", metavar="FILE", help='UTF-8 texts, or "-" for standard input')


def _inflect(args: argparse.Namespace) -> Lexicon:
    lexicon = open_lexicon(args.lexicon)
    if primary_language(lexicon.source) != "en":
        raise LexiconError(
            f"inflect has rules for English, not for {lexicon.source!r}; use Python: lexicon.inflect(words, lemmas)"
        )
    words: set[str] = set()
    lines = read_lines(args.texts, args.quiet)
    while block := list(islice(lines, _LINES)):
        found = words_of(pack(block), WordTokenizer(), language=lexicon.source)
        words.update(WordList(found.buffer, found.offsets, found.lengths).unpack())
    return lexicon.inflect(sorted(words))
