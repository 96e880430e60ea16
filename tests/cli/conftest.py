"""The test server of public dictionaries, as in the tests of `lexswitch.sources`."""

from ..sources.conftest import authority, site, world

__all__ = ["authority", "site", "world"]
