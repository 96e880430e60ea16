"""Benchmark of the integrations; see README.md."""
