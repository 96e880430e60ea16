"""Benchmark of lexicons from titles: how fast large dumps are read, and in how little memory."""
