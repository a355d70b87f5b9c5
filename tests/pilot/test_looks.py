"""How the screens look, on a bare console and on a wide terminal with colours.

The README shows some of these pictures, so it shows what the program shows.
"""

import re
from pathlib import Path

import pytest

from secterm.tui.app import SectermApp
from tests.pilot.conftest import Seated
from tests.support import console, drawn, walks
from tests.support.house import Sitting, copied
from tests.support.walks import WALKS

TERMINALS = {
    "80x24": ({"TERM": "linux", "COLORTERM": ""}, (80, 24)),
    "132x43": ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, (132, 43)),
}
OFTEN = ("dossiers", "dossier", "adverse answer", "decision", "share", "help")
# Screens that few officers see, or see once.
SELDOM = (
    *("recovery", "kept", "timeline", "course", "second officer", "jump", "print", "erased"),
    *("next medium", "not written", "receipts", "cosignature", "new witness", "put back"),
    *("archives here", "opening an archive", "whose archive", "not taken in", "taken in"),
    *("officer", "recipient", "comparing", "export to the book", "words back", "erasing last"),
    *("all keys", "tour", "palette", "at work", "first run", "particulars", "new dossier wrong"),
    *("rows", "teaching", "reading", "signature", "back to the officer", "verify", "verified"),
    *("officers", "book", "shares", "erasing", "settings", "export"),
    *("machine", "stopped"),
)


class Drawn(SectermApp):
    """The app; its picture names no font that is somewhere on a network."""

    def export_screenshot(self, *, title=None, simplify=False):
        picture = super().export_screenshot(title=title, simplify=simplify)
        picture = re.sub(r"\s*@font-face \{[^}]*\}", "", picture)
        return picture.replace("Fira Code", "DejaVu Sans Mono")


class SeatedAndDrawn(Drawn, Seated):
    """The same, at a vault that is unlocked already."""


@pytest.fixture
def looks(snap_compare, same_vault, tmp_path, monkeypatch):
    """Whether the screen to which an officer walked looks as it was accepted."""
    walks.steady(monkeypatch, tmp_path)
    monkeypatch.chdir(tmp_path)

    def compare(walk, terminal):
        environment, size = TERMINALS[terminal]
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        if not walk.empty:
            copied(same_vault, tmp_path)
        kind = SeatedAndDrawn if walk.inside else Drawn
        app = kind(Path("vault.db"), clock=lambda: walks.THEN)
        told = []

        async def before(pilot):
            try:
                await walk.take(Sitting(pilot))
                assert not set("".join(drawn.lines(app))) - console.drawn()
            except AssertionError as error:
                told.append(error)  # Textual would only say that there is no picture
                raise

        try:
            return snap_compare(app, terminal_size=size, run_before=before)
        except AssertionError as error:
            raise (app.crash or [*told, error][0]) from None

    return compare


def cases():
    """Every screen on both terminals; the wide pictures mostly with the long tests, and some of
    the others.
    """
    for name in WALKS:
        for terminal in TERMINALS:
            rare = name in SELDOM or (terminal == "132x43" and name not in OFTEN)
            marks = [pytest.mark.long] if rare else []
            yield pytest.param(
                name, terminal, id=f"{name.replace(' ', '_')}-{terminal}", marks=marks
            )


@pytest.mark.parametrize(("name", "terminal"), cases())
def test_a_screen(looks, name, terminal):
    assert looks(WALKS[name], terminal)


def test_every_screen_has_a_picture():
    assert not walks.unseen()
