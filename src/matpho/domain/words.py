"""A sentence in the two languages of the program."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence for people, in Vietnamese and in English. Figures are already written into both."""

    vi: str
    en: str

    def in_(self, language: str) -> str:
        """The sentence in ``language`` (``"vi"`` or ``"en"``; anything else reads Vietnamese)."""
        return self.en if language == "en" else self.vi


NOTHING_SAID = Said("", "")
