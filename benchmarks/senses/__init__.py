"""Benchmark of the choice of translations."""
