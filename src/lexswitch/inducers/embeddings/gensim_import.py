"""Checks that gensim, which has no wheel for the newest Python, is installed."""


def require_gensim(task: str) -> None:
    """Raise ImportError with the remedy if gensim, which does this task, cannot be imported."""
    try:
        import gensim  # noqa: F401 - only whether it can be imported counts
    except ImportError as error:
        raise ImportError(
            f"{task} needs gensim ({error}); install it with: pip install gensim. There is no wheel for Python 3.14 "
            "yet: use Python 3.13 or older"
        ) from error
