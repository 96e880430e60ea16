"""``lexswitch induce``: lexicons from word vectors or Wikipedia titles, without a dictionary."""

from __future__ import annotations

import argparse
import shutil
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ..errors import LexiconError
from ..lexicon import Lexicon
from ..text.languages import to_bcp47
from .lexicon import Commands, add_maker, open_lexicon
from .lexicon.corpora import read_lines
from .lexicon.options import format_counts, languages
from .messages import warning_printer
from .parser import Joined

if TYPE_CHECKING:
    from ..inducers.embeddings import Seeds, Vectors

# Names of methods in inducers.embeddings, which is slow to import.
_ALIGN = ("none", "procrustes", "vecmap")
_RETRIEVE = ("csls", "nearest", "inverted-softmax")


class _VectorArgument(NamedTuple):
    """A file of vectors and its language."""

    language: str
    path: str


def add_to(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = commands.add_parser(
        "induce",
        help="make a lexicon without a dictionary",
        description="Make a lexicon without a dictionary.",
    )
    actions = parser.add_subparsers(metavar="FROM", required=True)
    _add_embeddings(actions)
    _add_titles(actions)


def _add_embeddings(actions: Commands) -> None:
    parser = add_maker(
        actions,
        "embeddings",
        _induce_embeddings,
        "make a lexicon from word vectors",
        [
            "embeddings wiki.multi.en.vec wiki.multi.de.vec -o en-de.lexicon",
            "embeddings en.vec de.vec ru.vec --align vecmap -o en-xx.lexicon",
            "embeddings cc.en.300.vec.gz de=german.bin --align procrustes --seeds starter -o en-de.lexicon",
        ],
        "Each word of the first file gets its best translations among the words of the other files. A weight is the "
        "estimated probability that the translation maps back to its word. To resume a killed run, repeat the command.",
        _remove_checkpoint,
    )
    parser.add_argument(
        "source",
        metavar="SOURCE",
        type=_parse,
        help="vectors of the source language: text or .bin of word2vec and fastText, which may be compressed, or .npy "
        "with the words in a .txt beside it. The language is read from the name, as in en.vec or wiki.multi.en.vec; "
        "otherwise write it before the name, as in en=vectors.bin",
    )
    parser.add_argument(
        "targets", metavar="TARGET", nargs="+", type=_parse, help="vectors of a target language, in the same form"
    )
    parser.add_argument(
        "--align",
        choices=_ALIGN,
        default="none",
        help="how to align the vector spaces: none if the vectors share a space (default); procrustes, which needs "
        "seeds; vecmap, with or without seeds",
    )
    parser.add_argument(
        "--seeds",
        metavar="SEEDS",
        help='pairs to learn the alignment from: a lexicon ("starter" for the built-in one), "identical" for words '
        'with the same spelling, or "numerals"',
    )
    parser.add_argument(
        "--retrieve", choices=_RETRIEVE, default="csls", help="method to rank translations (default: csls)"
    )
    parser.add_argument(
        "--top-k", type=int, default=1, metavar="K", help="number of translations per word (default: 1)"
    )
    parser.add_argument(
        "--mutual", action="store_true", help="keep only pairs of words that are each other's best translation"
    )
    parser.add_argument("--min-similarity", type=float, default=-1.0, metavar="COSINE", help="minimum cosine of a pair")
    parser.add_argument("--min-weight", type=float, metavar="WEIGHT", help="minimum weight of a pair, from 0 to 1")
    parser.add_argument(
        "--no-identical", action="store_true", help="skip translations with the same spelling as their word"
    )
    parser.add_argument("--max-words", type=int, metavar="N", help="read only the first N words of each file")
    parser.add_argument("--gold", metavar="LEXICON", help="lexicon of correct translations, to measure precision")


def _add_titles(actions: Commands) -> None:
    parser = add_maker(
        actions,
        "titles",
        _induce_titles,
        "make a lexicon from the titles of Wikipedia and Wikidata",
        [
            "titles latest-all.json.gz --to de,it,nl,ru,ar --workers 8 -o titles.lexicon",
            "titles latest-all.json.gz --to de --vocabulary corpus.txt -o titles.lexicon",
            "titles enwiki-latest-page.sql.gz enwiki-latest-langlinks.sql.gz --to de,ru -o titles.lexicon",
            "titles wikititles-2014_deen.xml.bz2 --source de --to en --lowercase -o de-en.lexicon",
        ],
        "The type of the dumps is detected from their content: the JSON dump of Wikidata; the SQL tables page and "
        "langlinks of a Wikipedia, optionally with redirect and page_props; Wikipedia Parallel Titles of linguatools. "
        "All may be compressed. To resume a killed run, repeat the command.",
        _remove_checkpoint,
    )
    parser.add_argument("dumps", metavar="DUMP", nargs="+", help="dump file, or the files of one Wikipedia")
    parser.add_argument("--source", "--from", metavar="LANGUAGE", default="en", help="source language (default: en)")
    parser.add_argument(
        "--to", type=languages, action=Joined, metavar="LANGUAGES", required=True, help="target languages: de,ru"
    )
    parser.add_argument(
        "--vocabulary",
        metavar="CORPUS",
        action="append",
        default=[],
        help="keep only terms that occur in this text; may be repeated",
    )
    parser.add_argument(
        "--workers", type=int, default=1, metavar="N", help="number of processes for the JSON dump (default: 1)"
    )
    parser.add_argument(
        "--max-words", type=int, default=3, metavar="N", help="maximum number of words per term (default: 3)"
    )
    parser.add_argument("--lowercase", action="store_true", help="lowercase terms and translations, as in the paper")
    parser.add_argument(
        "--no-identical", action="store_true", help="skip translations with the same spelling as their term"
    )
    parser.add_argument("--no-alternatives", action="store_true", help="use no redirects, labels and aliases")
    parser.add_argument("--strict", action="store_true", help="fail at the first damaged entry")


def _parse(argument: str) -> _VectorArgument:
    language, sign, path = argument.partition("=")
    if sign and not Path(argument).exists():
        return _VectorArgument(language, path)
    names = Path(argument).name.split(".")[:-1]
    if found := next((name for name in names if to_bcp47(name) == name and name[2:3] in ("", "-")), None):
        return _VectorArgument(found, argument)
    raise argparse.ArgumentTypeError(f"the name {argument!r} has no language; write LANGUAGE=FILE, as in de={argument}")


def _induce_titles(args: argparse.Namespace) -> Lexicon:
    from ..inducers.titles import TitleInducer, Vocabulary, open_dump

    checkpoint = _checkpoint(args)
    with warnings.catch_warnings():
        warnings.showwarning = warning_printer(args)
        titles = open_dump(args.dumps, args.workers)
        texts = read_lines(args.vocabulary, args.quiet)
        inducer = TitleInducer(
            titles,
            args.to,
            args.source,
            max_words=args.max_words,
            lowercase=args.lowercase,
            identical=not args.no_identical,
            alternatives=not args.no_alternatives,
            vocabulary=Vocabulary(texts, args.max_words, args.source) if args.vocabulary else None,
        )
        lexicon = inducer.induce(checkpoint, args.strict, progress=not args.quiet)
    if not args.quiet and (skipped := lexicon.provenance[0]["skipped"]):
        print(f"skipped: {format_counts(skipped)}", file=sys.stderr)
    return lexicon


def _checkpoint(args: argparse.Namespace) -> Path:
    """Return the folder with the results of a killed run."""
    folder = Path(args.output).with_name(f".{Path(args.output).name}.resume")
    if folder.is_symlink():
        raise FileExistsError(f"{folder} is a link, so lexswitch did not make it; remove it, or choose another output")
    return folder


def _remove_checkpoint(args: argparse.Namespace) -> None:
    shutil.rmtree(_checkpoint(args), ignore_errors=True)


def _induce_embeddings(args: argparse.Namespace) -> Lexicon:
    from ..inducers.embeddings import EmbeddingInducer, quality_table

    for file in (args.source, *args.targets):
        Path(file.path).stat()  # a missing file is an error before the first is read
    _check_languages(args.targets)
    seeds, gold = _seeds(args.seeds), None if args.gold is None else open_lexicon(args.gold)
    checkpoint = _checkpoint(args)
    with warnings.catch_warnings():
        warnings.showwarning = warning_printer(args)
        inducer = EmbeddingInducer(
            _read(args.source, args),
            {file.language: _read(file, args) for file in args.targets},
            args.source.language,
            align=args.align,
            seeds=seeds,
            retrieval=args.retrieve,
            top_k=args.top_k,
            mutual=args.mutual,
            min_similarity=args.min_similarity,
            identical=not args.no_identical,
        )
        lexicon = inducer.induce(gold, checkpoint, progress=not args.quiet)
    if not args.quiet:
        print(quality_table(lexicon), file=sys.stderr)
    return lexicon if args.min_weight is None else lexicon.select(min_weight=args.min_weight)


def _check_languages(files: list[_VectorArgument]) -> None:
    """Raise an error if two files have the same language; the second one would replace the first."""
    for number, file in enumerate(files):
        if earlier := [other.path for other in files[:number] if other.language == file.language]:
            raise LexiconError(
                f"TARGET has {file.language} twice: {earlier[0]} and {file.path}; pass one file per language"
            )


def _seeds(seeds: str | None) -> Seeds | None:
    return seeds if seeds in (None, "identical", "numerals") else open_lexicon(seeds)


def _read(file: _VectorArgument, args: argparse.Namespace) -> Vectors:
    from ..inducers.embeddings import Vectors

    vocabulary = Path(file.path).with_suffix(".txt") if file.path.endswith(".npy") else None
    return Vectors.read(file.path, args.max_words, vocabulary, progress=not args.quiet)
