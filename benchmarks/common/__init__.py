"""What the benchmarks share: fetched real data, cleaned text and word pairs, and a description of the machine."""
