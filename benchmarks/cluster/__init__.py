"""Benchmark of clusters: Spark, Ray and distributed training on three hosts that are made of Linux namespaces."""
