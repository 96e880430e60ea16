"""Errors whose message is all that a user of a benchmark needs to see."""


class FetchError(RuntimeError):
    """Data could not be fetched, or differs from what was pinned."""


class CollectionError(ValueError):
    """A collection is incomplete, damaged or inconsistent; the message says where, and what to do."""


class DeviceError(ValueError):
    """A device is unknown, not there, or too small; the message says what to do."""


class RunError(RuntimeError):
    """A run could not be finished; the message says why, and what to do."""
