"""Benchmark of the speed of switching, compared with other methods."""
