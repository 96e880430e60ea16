"""Benchmark of the hooks for other libraries."""
