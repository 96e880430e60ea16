"""Errors and warnings of this package."""


class LexiconError(ValueError):
    """A lexicon, or the input from which it is made, is not valid."""


class LossyReadWarning(UserWarning):
    """Less than half of the entries of a lexicon file yield a pair. The message has counts and the likely cause."""


class LexiconLanguageWarning(UserWarning):
    """Terms or translations of a lexicon file seem to be in another language than expected."""
