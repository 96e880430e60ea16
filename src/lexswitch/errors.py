"""Errors of their own kind."""


class LexiconError(ValueError):
    """A lexicon, or what one is to be made from, is not as it must be."""
