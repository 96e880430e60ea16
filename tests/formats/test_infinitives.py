import pytest

from lexswitch.formats.infinitives import particle_remover

CITED = {
    "en": ["house", "to want", "to go home", "green"],
    "sv": ["hus", "att vilja"],
    "da": ["hus", "at ville"],
    "no": ["hus", "å ville"],
    "ro": ["casă", "a vrea"],
}


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "to want", "want"),
        ("en", "to be in business", "be in business"),
        ("en", "to date a letter", "date a letter"),
        ("en", "to accumulate", "accumulate"),
        ("en-GB", "to award", "award"),
        ("sv", "att göra", "göra"),
        ("da", "at gøre", "gøre"),
        ("no", "å gjøre", "gjøre"),
        ("ro", "a face", "face"),
        ("en", "to", "to"),
        ("en", "today", "today"),
        ("en", "to date", "to date"),
        ("en", "to and fro", "to and fro"),  # codespell:ignore fro
        ("en", "to the left", "to the left"),
        ("en", "to an extent", "to an extent"),
        ("en", "to me", "to me"),
        ("en", "to himself", "to himself"),
        ("en", "to seaward", "to seaward"),
        ("en", "to Paris", "to Paris"),
        ("en", "to his taste", "to his taste"),
        ("ro", "a doua", "a doua"),
    ],
)
def test_infinitives(language: str, text: str, expected: str) -> None:
    """Infinitives lose their particle; other phrases that begin with the same word keep it."""
    remove = particle_remover(language, CITED[language.partition("-")[0]])
    assert remove is not None
    assert remove(text) == expected


@pytest.mark.parametrize(
    ("language", "texts"),
    [
        ("en", ["house", "want"]),
        ("en", ["house", "to date", "to and fro"]),  # codespell:ignore fro
        ("en", ["to me", "to you", "to him", "to tell the truth"]),
        ("en", [*["house"] * 999, "to tell the truth"]),
        ("hu", ["a ház", "akar"]),
        ("de", ["zu Hause", "wollen"]),
        ("en", []),
    ],
)
def test_no_habit(language: str, texts: list[str]) -> None:
    """Dictionaries with few infinitives, or as many other phrases, are not changed."""
    assert particle_remover(language, texts) is None
