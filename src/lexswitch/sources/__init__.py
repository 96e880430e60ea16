"""Public lexicons: where they are, under which licence, and how they come here."""

from __future__ import annotations

from .download import RetryPolicy, download
from .fetch import Fetched, cache_folder, fetch
from .table import Source, available

__all__ = ["Fetched", "RetryPolicy", "Source", "available", "cache_folder", "download", "fetch"]
