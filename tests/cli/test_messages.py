"""Messages of the library in the terms of the command line."""

from __future__ import annotations

import pytest

from lexswitch.cli import _parser
from lexswitch.cli.messages import in_cli_terms

BUILD = ["lexicon", "build", "a.txt", "--to", "german", "-o", "out"]


@pytest.mark.parametrize(
    ("argv", "message", "expected"),
    [
        (BUILD, "read it with source='de', target='fr'", "read it with --from de, --to fr"),
        (BUILD, """use Lexicon.read("a's", source='de', target='en', format='muse').invert('en')""",
         """use lexswitch lexicon build --from en 'de-en=a'"'"'s' --format muse -o PATH"""),
        (["apply"], "Lexicon.from_pairs({'en': pairs}, source='de').invert('en')",
         "lexswitch lexicon build --from en de-en=FILE -o PATH"),
        (BUILD, "only of de, fr; pass source=... as one of these", "only of de, fr; pass --from as one of these"),
        (BUILD, "pass one: target='de' (command line: de=FILE or --to de)", "write de=FILE or --to de"),
        (BUILD, "or read it with format='json'", "or read it with --format json"),
        (BUILD, "strict=True names the first such line", "--strict names the first such line"),
        (BUILD, "target: 'german' is wrong; did you mean 'de'?", "--to: 'german' is wrong; did you mean 'de'?"),
        (BUILD, "source: 'xx' is wrong", "source: 'xx' is wrong"),  # --from was not given
        (BUILD, "open it with Lexicon.load (lexswitch lexicon merge)", "open it with lexswitch lexicon merge"),
        (BUILD, "f names no target language, and target is None; pass one", "f names no target language; pass one"),
        (BUILD, "a\n  line", "a line"),
        (["apply", "-p", "1"], "p is 1.0; it must be below 1", "--probability is 1.0; it must be below 1"),
        (["apply", "--to", "xx"], "languages has 'xx'", "--to has 'xx'"),
        (["apply"], "use lexicon.invert('de')", "use lexswitch lexicon invert starter de -o PATH"),
        (["apply", "--lexicon", "my lexicon"], "use lexicon.invert('de')",
         "use lexswitch lexicon invert 'my lexicon' de -o PATH"),
        (["lexicon", "build", "a", "-o", "b"], "use lexicon.invert('de')",
         "use lexswitch lexicon invert LEXICON de -o PATH"),
        (["apply"], "Remove such pairs: lexicon.filter(identical=False).",
         "Remove such pairs: lexswitch lexicon filter starter --no-identical -o PATH."),
        (["lexicon", "merge", "a", "b", "-o", "c"], "invert it first: lexicon.invert('en')",
         "invert it first: lexswitch lexicon invert LEXICON en -o PATH"),
        (["apply"], "no runs; use draw_language='text'", "no runs; use --per-text"),
        (["apply", "--skip", "stopwords"], "skip is 'stopwords', a list for English; for 'de' pass a set of words",
         "--skip is 'stopwords', a list for English; for 'de' write words, as in --skip the,a, or --skip @FILE"),
        (BUILD, "see what was dropped in Lexicon.provenance. strict=True names the first such line",
         "lexswitch lexicon info prints what was dropped. --strict names the first such line"),
        (BUILD, "open its folder with Lexicon.load", "name its folder"),
        (BUILD, "unpickle it yourself and pass its pairs to Lexicon.from_pairs",
         "unpickle it yourself and write its pairs to a TSV file"),
        (["apply"], "Raise p.", "Raise --probability."),
        (["apply"], "it must be a number of at least 1, or None for independent units",
         "it must be a number of at least 1, or leave --runs out"),
        (["train", "a.txt", "-o", "b.vec"], "pass more text, or a smaller min_count",
         "pass more text, or a smaller --min-count"),
        (["induce", "embeddings", "en.vec", "de.vec", "-o", "x"], "if this is a dictionary, use Lexicon.read",
         "if this is a dictionary, use lexswitch lexicon build"),
        (["apply"], "Use a larger lexicon, or pass forms=... so that inflected forms match.", "Use a larger lexicon."),
        (["apply"], "query=de has no column", "query=de has no column"),
        (["induce", "embeddings", "en.vec", "de.vec", "-o", "x"], "pass align='vecmap', or identical=False",
         "pass --align vecmap, or --no-identical"),
        (["lexicon", "export", "starter"], "pass format='tsv' or 'jsonl' or 'muse'", "pass --format tsv|jsonl|muse"),
    ],
)  # fmt: skip
def test_terms(argv: list[str], message: str, expected: str) -> None:
    """Arguments become options, if the command has them; the subject of a message becomes the option that was given."""
    assert in_cli_terms(message, _parser().parse_args(argv)) == expected
