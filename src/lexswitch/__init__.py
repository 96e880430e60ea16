"""Code-switching augmentation: replaces words in text with translations from bilingual lexicons."""

from .engine.kernel import backend
from .errors import LexiconError, LexiconLanguageWarning, LossyReadWarning
from .lexicon import Candidate, Lexicon, LexiconBuilder
from .switching.columns import ColumnSwitcher, TokenSwitcher, switch_columns
from .switching.context import ContextRanker
from .switching.encoders import Encoder, TransformersEncoder
from .switching.labels import SwitchedSpans, SwitchedTokens, align_labels
from .switching.language_check import LowCoverageWarning, WrongLanguageWarning
from .switching.outcomes import Explained, Reason, UnitOutcomes, WordOutcomes
from .switching.report import Report
from .switching.switcher import CodeSwitcher
from .switching.trace import Switch, Switched, Switches
from .text.inflection import english_lemmas
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
    "ContextRanker",
    "Encoder",
    "Explained",
    "Lexicon",
    "LexiconBuilder",
    "LexiconError",
    "LexiconLanguageWarning",
    "LossyReadWarning",
    "LowCoverageWarning",
    "MosesTokenizer",
    "Reason",
    "RegexTokenizer",
    "Report",
    "SpanTokenizer",
    "Switch",
    "Switched",
    "SwitchedSpans",
    "SwitchedTokens",
    "Switches",
    "TokenSwitcher",
    "Tokenizer",
    "TransformersEncoder",
    "UnitOutcomes",
    "WordOutcomes",
    "WordTokenizer",
    "WrongLanguageWarning",
    "__version__",
    "align_labels",
    "backend",
    "english_lemmas",
    "switch_columns",
]
