"""What is asked wherever a new passphrase is chosen: twice, with a meter."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from secterm.desk import passphrases
from secterm.tui.screens.form import Entry, Values
from secterm.words import _

METER = (_("very weak"), _("weak"), _("fair"), _("good"), _("strong"))


def entries(label: str = "") -> list[Entry]:
    """The passphrase, and once more."""
    return [
        Entry(
            "passphrase",
            label or _("Passphrase"),
            "secret",
            help=_("At least 12 characters. Four or more words that do not belong together."),
        ),
        Entry("again", _("Once more"), "secret"),
    ]


def meter(*others: str) -> Callable[[Values], str]:
    """A line that says how strong it is. `others` are entries whose words do not count."""

    def live(values: Mapping[str, str]) -> str:
        passphrase = values.get("passphrase", "")
        if not passphrase:
            return ""
        judged = passphrases.judge(passphrase, tuple(values.get(o, "") for o in others))
        blocks = "█" * (judged.score + 1) + "░" * (4 - judged.score)
        advice = "" if judged.good else f" {judged.advice}"
        return _("Strength: {blocks} {word}.{advice}").format(
            blocks=blocks, word=METER[judged.score], advice=advice
        )

    return live


def check(*others: str) -> Callable[[Values], str]:
    """Why the passphrase is not taken; empty where it is."""

    def wrong(values: Values) -> str:
        judged = passphrases.judge(values["passphrase"], tuple(values[o] for o in others))
        if not judged.good:
            return judged.advice
        if values["passphrase"] != values["again"]:
            return _("The two passphrases are not the same. Type both again.")
        return ""

    return wrong
