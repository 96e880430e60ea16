"""Checks the starter lexicon against free dictionaries: ``python -m benchmarks.starter``."""
