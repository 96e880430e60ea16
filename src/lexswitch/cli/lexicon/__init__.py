"""``lexswitch lexicon``: make, inspect and measure lexicons."""

from __future__ import annotations

import argparse

from . import build, change, show
from .options import Commands, add_lexicon_option, add_maker, open_lexicon

__all__ = ["Commands", "add_lexicon_option", "add_maker", "add_to", "open_lexicon"]

_EXAMPLES = """\
examples:
  lexswitch lexicon build de=en-de.txt ru=mueller7.dict.dz muse:en-fr -o en-xx.lexicon
  lexswitch lexicon info en-xx.lexicon
  lexswitch lexicon get "credit card" --lexicon en-xx.lexicon
  lexswitch lexicon reweight en-xx.lexicon de=manual-de.txt -o domain.lexicon
  lexswitch lexicon ACTION --help
"""


def add_to(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = commands.add_parser(
        "lexicon",
        help="make, inspect and measure lexicons",
        description="Make, inspect and measure lexicons.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    build.add_to(actions)
    change.add_to(actions)
    show.add_to(actions)
