"""Hypothesis profiles: 100 examples, the same ones in CI; LEXSWITCH_EXAMPLES=20000 for more (or less)."""

import os

from hypothesis import HealthCheck, settings

_COMMON = {
    "deadline": None,
    "max_examples": int(os.environ.get("LEXSWITCH_EXAMPLES", "100")),
    "suppress_health_check": [HealthCheck.too_slow],
}

settings.register_profile("default", **_COMMON)
settings.register_profile("ci", derandomize=True, print_blob=True, **_COMMON)
settings.load_profile("ci" if os.environ.get("CI") else "default")
