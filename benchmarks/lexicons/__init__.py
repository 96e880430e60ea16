"""Benchmark of lexicons: reading, building, saving, loading, sharing, killed runs, quality."""
