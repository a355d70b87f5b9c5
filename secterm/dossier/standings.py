"""The words for what is owed in a dossier, and for how far it has come."""

from __future__ import annotations

from typing import Literal

Kind = Literal[
    "question",
    "check",
    "finding",
    "review",
    "teaching",
    "quiz",
    "signature",
    "rule",
    "decision",
    "second",
    "reopening",
]
Stage = Literal[
    "screening",
    "training",
    "undertaking",
    "rules",
    "decision",
    "second",
    "admitted",
    "refused",
    "deferred",
    "withdrawn",
    "lapsed",
    "left",
]
