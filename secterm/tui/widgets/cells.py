"""Texts in columns of the terminal: a wide character takes two."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size


def fit(text: str, width: int) -> str:
    """The text in exactly `width` columns, cut with a mark where it is longer."""
    if text.isascii() and len(text) <= width:  # nearly always, and many times for each key
        return text.ljust(width)
    if cell_len(text) <= width:
        return set_cell_size(text, width)
    return set_cell_size(text, width - 1) + "…" if width > 0 else ""
