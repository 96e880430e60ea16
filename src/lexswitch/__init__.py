"""Code-switching augmentation: replaces words in text with translations from bilingual lexicons."""

from .errors import LexiconError, LexiconLanguageWarning, LossyReadWarning
from .lexicon import Candidate, Lexicon, LexiconBuilder
from .switching.columns import ColumnSwitcher, switch_columns
from .switching.language_check import LowCoverageWarning, WrongLanguageWarning
from .switching.switcher import CodeSwitcher
from .switching.trace import Switch, Switched, Switches
from .text.tokenizers import (
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
    "ColumnSwitcher",
    "Lexicon",
    "LexiconBuilder",
    "LexiconError",
    "LexiconLanguageWarning",
    "LossyReadWarning",
    "LowCoverageWarning",
    "MosesTokenizer",
    "RegexTokenizer",
    "SpanTokenizer",
    "Switch",
    "Switched",
    "Switches",
    "Tokenizer",
    "WordTokenizer",
    "WrongLanguageWarning",
    "__version__",
    "switch_columns",
]
