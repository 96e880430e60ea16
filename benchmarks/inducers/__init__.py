"""Benchmark of lexicons from word vectors: alignment, retrieval and reading, measured on real words."""
