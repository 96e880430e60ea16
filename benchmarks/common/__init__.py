"""Shared parts of the benchmarks: data, command lines, runs, statistics, tables, and a description of the machine."""
