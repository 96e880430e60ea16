"""Which translation is chosen, and whether real translations have it: ``python -m benchmarks.senses``."""
