"""What a dossier refuses with, by name."""

from __future__ import annotations


class NotAllowed(Exception):
    """An act that the dossier's rules do not allow; `reason` is for the officer."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
