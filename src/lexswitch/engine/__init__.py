"""The hot path: arrays in, arrays out. Imports NumPy and nothing else."""
