"""Errors and warnings of their own kind."""


class LexiconError(ValueError):
    """A lexicon, or what one is to be made from, is not as it must be."""


class LossyReadWarning(UserWarning):
    """Less than half of the entries of a lexicon file gave a pair; the message has the counts and the likely cause."""


class LexiconLanguageWarning(UserWarning):
    """Terms or translations of a lexicon file seem to be in another language than they should be."""
