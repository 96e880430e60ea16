"""Code-switching augmentation: replace words of a text by translations from bilingual lexicons."""

from .column_switcher import ColumnSwitcher, switch_columns
from .errors import LexiconError, LexiconLanguageWarning, LossyReadWarning
from .language_check import LowCoverageWarning, WrongLanguageWarning
from .lexicon import Candidate, Lexicon
from .switched import Switch, Switched, Switches
from .switcher import CodeSwitcher
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
    "ColumnSwitcher",
    "Lexicon",
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
