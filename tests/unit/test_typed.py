"""What is typed, read from what a terminal sends."""

import pytest
from textual import events

from secterm.tui import typed
from secterm.tui.typed import Typed


def keys(messages):
    return [message.key for message in messages if isinstance(message, events.Key)]


@pytest.fixture
def clock(monkeypatch):
    """What the time is; a test moves it."""
    at = [0.0]
    monkeypatch.setattr(typed.time, "monotonic", lambda: at[0])
    return at


def test_enter_typed_before_the_screens_were_there_is_enter():
    assert keys(Typed().feed("ab\nc\r")) == ["a", "b", "enter", "c", "enter"]


@pytest.mark.parametrize(
    "sent", ["\x1b[48;5;20;100;200t", "\x1b[<0;10;22M", "\x1b[O", "\x1b[I", "\x1b[?2048;1$y"]
)
def test_what_is_not_typed_is_nothing(sent):
    assert list(Typed().feed(sent)) == []


def test_a_paste_comes_whole():
    (pasted,) = Typed().feed("\x1b[200~one\r\ntwo\x1b[201~")
    assert isinstance(pasted, events.Paste)
    assert pasted.text.splitlines() == ["one", "two"]


def test_a_paste_that_nobody_ends_is_over_after_a_moment(clock):
    terminal = Typed()
    assert list(terminal.feed("\x1b[200~x")) == []
    assert list(terminal.tick()) == []
    clock[0] = typed.SILENT
    list(terminal.tick())
    assert keys(terminal.feed("y")) == ["y"]
    assert list(terminal.tick()) == []
