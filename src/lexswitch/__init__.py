"""Code-switching augmentation: replace words of a text by translations from bilingual lexicons."""

from .errors import LexiconError
from .lexicon import Candidate, Lexicon
from .switched import Switch, Switched, Switches
from .switcher import CodeSwitcher, LowCoverageWarning
from .tokenizers import (
    CharacterTokenizer,
    MosesTokenizer,
    RegexTokenizer,
    SpanTokenizer,
    Tokenizer,
    WordTokenizer,
)
from .version import VERSION as __version__

__all__ = [
    "Candidate",
    "CharacterTokenizer",
    "CodeSwitcher",
    "Lexicon",
    "LexiconError",
    "LowCoverageWarning",
    "MosesTokenizer",
    "RegexTokenizer",
    "SpanTokenizer",
    "Switch",
    "Switched",
    "Switches",
    "Tokenizer",
    "WordTokenizer",
    "__version__",
]
