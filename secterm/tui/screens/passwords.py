"""What is asked wherever a new passphrase is chosen: twice, with a meter."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from secterm.desk import passphrases
from secterm.tui.screens.form import Entry, Values
from secterm.words import _

METER = (_("very weak"), _("weak"), _("fair"), _("good"), _("strong"))


def entries(
    *others: str,
    label: str = "",
    when: Callable[[Mapping[str, str]], bool] = lambda values: True,
) -> list[Entry]:
    """The passphrase, and once more. `others` are entries whose words do not count."""

    def weak(values: Mapping[str, str]) -> str:
        judged = _judged(values, others)
        return "" if judged.good else judged.advice

    return [
        Entry(
            "passphrase",
            label or _("Passphrase"),
            "secret",
            help=_("At least 12 characters. Four or more words that do not belong together."),
            when=when,
            check=weak,
        ),
        Entry("again", _("Once more"), "secret", again="passphrase", when=when),
    ]


def _judged(values: Mapping[str, str], others: tuple[str, ...]) -> passphrases.Judgement:
    words = tuple(values.get(other, "") for other in others)
    return passphrases.judge(values.get("passphrase", ""), words)


def meter(*others: str) -> Callable[[Values], str]:
    """A line that says how strong it is, beside the same `others`."""

    def live(values: Mapping[str, str]) -> str:
        if not values.get("passphrase", ""):
            return ""
        judged = _judged(values, others)
        blocks = "█" * (judged.score + 1) + "░" * (4 - judged.score)
        advice = "" if judged.good else f" {judged.advice}"
        return _("Strength: {blocks} {word}.{advice}").format(
            blocks=blocks, word=METER[judged.score], advice=advice
        )

    return live
