"""Public lexicons: their addresses and licences, and their download."""

from __future__ import annotations

from .download import RetryPolicy, download
from .fetch import Fetched, cache_folder, fetch
from .table import Source, available

__all__ = ["Fetched", "RetryPolicy", "Source", "available", "cache_folder", "download", "fetch"]
