"""Benchmark of lexicons on general text: questions and paragraphs from Wikipedia."""
