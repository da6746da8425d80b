"""Cells of the spreadsheets that we write."""


def cell(text: str) -> str:
    """A text as a cell that no spreadsheet takes for a formula: one that would be gets an apostrophe."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
