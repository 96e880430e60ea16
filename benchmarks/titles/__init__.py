"""Benchmark of lexicons from titles: time and memory for reading large dumps."""
