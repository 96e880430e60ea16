"""``lexswitch train``: word vectors from raw text."""

from __future__ import annotations

import argparse
from pathlib import Path

from .lexicon import Commands
from .lexicon.options import add_action, add_quiet
from .report_output import add_force, check_new


def add_to(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = add_action(
        commands,
        "train",
        _train,
        "train word vectors on raw text",
        ["train german.txt -o de.vec", "train german.txt.gz --epochs 20 -o de.vec.gz"],
        "For languages without vectors. The method is fastText's skip-gram on one processor, so that the same text "
        "gives the same vectors. Some millions of words are a good start.",
    )
    parser.add_argument("corpus", metavar="TEXTS", help="UTF-8 file with one text per line; it may be compressed")
    parser.add_argument(
        "-o", "--output", metavar="FILE", required=True, help="output file for the vectors: de.vec or de.vec.gz"
    )
    parser.add_argument(
        "--dimensions", type=int, default=100, metavar="N", help="number of dimensions of a vector (default: 100)"
    )
    parser.add_argument(
        "--epochs", type=int, default=10, metavar="N", help="number of passes through the text (default: 10)"
    )
    parser.add_argument(
        "--min-count", type=int, default=5, metavar="N", help="minimum count of a word to get a vector (default: 5)"
    )
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="random seed (default: 0)")
    add_quiet(parser)
    add_force(parser)


def _train(args: argparse.Namespace) -> int:
    from ..inducers.embeddings import train_vectors

    check_new(Path(args.output), args.force)
    vectors = train_vectors(
        Path(args.corpus),
        dimensions=args.dimensions,
        epochs=args.epochs,
        min_count=args.min_count,
        seed=args.seed,
        progress=not args.quiet,
    )
    vectors.save(args.output, progress=not args.quiet)
    if not args.quiet:
        print(f"words: {len(vectors):,}\ndimensions: {vectors.dimensions}")
    return 0
