"""Hypothesis profiles: quick by default, repeatable in CI, long on demand (LEXSWITCH_DEEP=1)."""

import os

from hypothesis import HealthCheck, settings

_COMMON = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}

settings.register_profile("default", max_examples=100, **_COMMON)
settings.register_profile("ci", max_examples=500, derandomize=True, print_blob=True, **_COMMON)
settings.register_profile("deep", max_examples=20_000, **_COMMON)
settings.load_profile("deep" if os.environ.get("LEXSWITCH_DEEP") else "ci" if os.environ.get("CI") else "default")
