"""Sheets on which custodians write their recovery shares, a page for each. The words
themselves are never on them: a print system keeps what it prints on its disk.
"""

from __future__ import annotations

from typing import Final

from secterm.paper import Paper
from secterm.paper.sheet import SMALL, WIDTH, Cell, Head, Sheet
from secterm.words import _

COLUMNS: Final = 3
LINE: Final = 10.5  # millimetres from word to word
NUMBER: Final = 8.0


def sheets(head: Head, needed: int, count: int, length: int) -> Paper:
    """A page for each of `count` shares of `length` words, any `needed` of which suffice."""
    sheet = Sheet(head)
    for share in range(1, count + 1):
        if share > 1:
            sheet.new_page()
        _share(sheet, share, needed, count, length)
    return sheet.finished()


def _share(sheet: Sheet, share: int, needed: int, count: int, length: int) -> None:
    sheet.heading(_("Share {n} of {m}").format(n=share, m=count))
    enough = _("This share by itself opens the vault, without any passphrase.")
    if count > 1:
        enough = _(
            "Any {needed} of the {count} shares open the vault together, without any passphrase."
        ).format(needed=needed, count=count)
    sheet.text(
        enough
        + " "
        + _(
            "Only the custodian of this share sees what is written here. Write every word after "
            "its number, in capitals and with a pen that lasts."
        )
    )
    sheet.gap(2)
    deep = -(-length // COLUMNS)
    wide = WIDTH / COLUMNS
    for row in range(deep):
        sheet.gap(LINE - 5)
        numbers = range(row, length, deep)
        sheet.row(*(Cell(at * wide, NUMBER, f"{n + 1}.") for at, n in enumerate(numbers)))
        for at in range(len(numbers)):
            sheet.line(at * wide + NUMBER, (at + 1) * wide - 4)
    sheet.gap(4)
    for text in (
        _(
            "Keep it in a sealed envelope, apart from the vault and from the other shares. "
            "Neither photograph nor copy it."
        ),
        _(
            "To recover: F4 where the vault is unlocked. New shares void these; destroy this "
            "sheet then."
        ),
    ):
        sheet.text(text, size=SMALL)
