"""What is asked wherever a new passphrase is chosen: twice, with a meter, and
whether a key file is needed beside it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from secterm.desk import keyfiles, passphrases
from secterm.tui.screens import folders
from secterm.tui.screens.form import Entry, Values
from secterm.tui.screens.reader import Reader
from secterm.tui.widgets.choices import Choice
from secterm.words import _

METER = (_("very weak"), _("weak"), _("fair"), _("good"), _("strong"))


def entries(
    *others: str,
    label: str = "",
    words: tuple[str, ...] = (),
    when: Callable[[Mapping[str, str]], bool] = lambda values: True,
) -> list[Entry]:
    """The passphrase, and once more. `others` are entries whose words do not count, as `words`."""

    def weak(values: Mapping[str, str]) -> str:
        judged = _judged(values, others, words)
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


def _judged(
    values: Mapping[str, str], others: tuple[str, ...], words: tuple[str, ...]
) -> passphrases.Judgement:
    told = tuple(values.get(other, "") for other in others)
    return passphrases.judge(values.get("passphrase", ""), (*told, *words))


def meter(*others: str, words: tuple[str, ...] = ()) -> Callable[[Values], str]:
    """A line that says how strong it is, beside the same `others` and `words`."""

    def live(values: Mapping[str, str]) -> str:
        if not values.get("passphrase", ""):
            return ""
        judged = _judged(values, others, words)
        blocks = "█" * (judged.score + 1) + "░" * (4 - judged.score)
        advice = "" if judged.good else f" {judged.advice}"
        return _("Strength: {blocks} {word}.{advice}").format(
            blocks=blocks, word=METER[judged.score], advice=advice
        )

    return live


# -- key files ------------------------------------------------------------------


@dataclass(frozen=True)
class KeyFile:
    """What was chosen: another key (32 bytes, or none: empty), or None to leave it as it is."""

    key: bytes | None = field(default=None, repr=False)
    path: Path | None = None  # where one was made


def key_entries(kept: Mapping[str, str], *, change: bool = False) -> list[Entry]:
    """Whether a key file is needed too, and where it is made; or, for a `change`, left."""
    choices = [
        Choice("none", _("None: the passphrase alone opens")),
        Choice("new", _("A new one, made on a medium")),
    ]
    if change:
        choices.insert(0, Choice("keep", _("As it is now")))
    return [
        Entry(
            "key",
            _("Key file beside it"),
            "choice",
            value=kept.get("key", choices[0].key),
            choices=tuple(choices),
            help=_("A file on a stick, without which the passphrase opens nothing."),
        ),
        folders.entry(
            kept,
            help=_("The file is made there. Keep a copy of it on a second medium."),
            when=lambda values: values["key"] == "new",
        ),
    ]


@contextlib.contextmanager
def key_file(values: Values) -> Iterator[KeyFile]:
    """The key file that was chosen; a new one is gone again where its use fails.

    Raises `KeyFileRefused`.
    """
    if values["key"] != "new":
        yield KeyFile() if values["key"] == "keep" else KeyFile(b"")
        return
    path, key = keyfiles.make(Path(values["folder"]).expanduser())
    try:
        yield KeyFile(key, path)
    except BaseException:
        with contextlib.suppress(OSError):
            path.unlink()
        raise


def made(where: str, path: Path) -> Reader:
    """Tells of a key file that was made, and how to keep it."""
    return Reader(
        where,
        _("A key file is made. The passphrase opens nothing without it."),
        _(
            "Key file\n  {path}\n\n"
            "It is found by itself while its medium is mounted. Copy it now to a second "
            "medium that is kept elsewhere: nobody can make it again, and without it and "
            "its copies this officer is locked out. Do not keep it beside the vault."
        ).format(path=path),
    )
