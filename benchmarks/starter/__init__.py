"""Benchmark of the starter lexicon, compared with free dictionaries."""
