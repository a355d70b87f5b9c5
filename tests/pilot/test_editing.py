"""Text is edited as in a shell, and dates are typed as people write them."""

import pytest
from textual import events
from textual.widgets import Static

from secterm.settings import Settings
from secterm.tui.order import InOrder
from secterm.tui.widgets.line import Line
from secterm.tui.widgets.paragraph import Paragraph
from tests.support.house import Sitting

TEXT = "one two three"


class Fields(InOrder):
    """A line, a paragraph and a secret."""

    def compose(self):
        yield Line(TEXT, id="line")
        yield Paragraph(TEXT, id="paragraph")
        yield Line("first second", password=True, id="secret")
        yield Static()


@pytest.fixture(params=["#line", "#paragraph"])
async def field(request):
    """Each kind of field in turn, with the cursor after its text, and who presses keys."""
    app = Fields()
    async with app.run_test() as pilot:
        widget = app.query_one(request.param)
        widget.focus()
        press = Sitting(pilot).press
        await press("end")
        yield widget, press


@pytest.mark.parametrize(
    ("keys", "then"),
    [
        ("ctrl+w", "one two "),
        ("alt+backspace", "one two "),
        ("alt+b x", "one two xthree"),
        ("ctrl+left ctrl+left x", "one xtwo three"),
        ("ctrl+a alt+d", " two three"),
        ("alt+b ctrl+k", "one two "),
        ("alt+b ctrl+u", "three"),
        ("ctrl+b ctrl+d", "one two thre"),
        ("ctrl+a ctrl+f backspace", "ne two three"),
        ("ctrl+w ctrl+a ctrl+y", "threeone two "),
        ("ctrl+u ctrl+y ctrl+y", "one two threeone two three"),
        ("home delete end x", "ne two threex"),
        ("shift+home ctrl+x", ""),
        ("shift+left shift+left ctrl+x home ctrl+v", "eeone two thr"),
        ("ctrl+u ctrl+z", "one two three"),
        ("ctrl+w ctrl+w ctrl+underscore ctrl+underscore", "one two three"),
        ("x y z ctrl+z", "one two three"),
        ("ctrl+z", "one two three"),
        ("f6 f7", "one two three"),
        ("ctrl+c", "one two three"),
    ],
)
async def test_a_field_edits_like_a_shell(field, keys, then):
    widget, press = field
    await press(*keys.split())
    text = widget.value if isinstance(widget, Line) else widget.text
    # A shell's Alt+D leaves the blank; either way the words are right.
    assert text == then or (keys.endswith("alt+d") and text.split() == then.split())


async def test_nothing_that_is_cut_leaves_the_field_or_stays_of_a_secret():
    app = Fields()
    async with app.run_test() as pilot:
        press = Sitting(pilot).press
        secret, line = app.query_one("#secret"), app.query_one("#line")
        secret.focus()
        await press("end", "x", "ctrl+u", "ctrl+y", "ctrl+z", "ctrl+v")
        assert secret.value == ""
        line.focus()
        await press("ctrl+u", "ctrl+y", "ctrl+v")
        assert line.value == TEXT * 2
        await press("ctrl+a", "shift+end", "ctrl+x", "ctrl+c")
        assert app.clipboard == ""


async def test_a_paste_of_several_lines_is_one_line_and_all_of_it():
    app = Fields()
    async with app.run_test() as pilot:
        line, secret = app.query_one("#line"), app.query_one("#secret")
        for widget in (line, secret):
            widget.focus()
            await Sitting(pilot).press("ctrl+u")
            widget.post_message(events.Paste("first\nsecond\tthird \x1b[2J"))
            await pilot.pause()
        assert line.value == "first second third [2J"
        assert secret.value == "firstsecondthird [2J"


async def test_a_cursor_does_not_blink():
    app = Fields()
    async with app.run_test():
        assert not any(f.cursor_blink for f in (*app.query(Line), *app.query(Paragraph)))


# -- dates in forms ------------------------------------------------------------


@pytest.mark.long
@pytest.mark.parametrize(
    ("order", "typed"),
    [
        ("day-first", "4.5.90"),
        ("month-first", "5/4/1990"),
        ("year-first", "90-5-4"),
        ("day-first", "4 may 1990"),
    ],
)
async def test_a_date_is_typed_loosely_shown_in_full_and_recorded_exactly(sitting, order, typed):
    async with sitting(("decision", "key")) as officer:
        officer.app.settings = Settings(dates=order)
        await officer.press("f2")
        await officer.write("Testperson Datum")
        await officer.sees("> Date of birth")
        await officer.sees("Such as ")
        await officer.type(typed)
        await officer.sees("= Friday, 4 May 1990")
        await officer.press("enter")
        await officer.sees("> Identity number")
        await officer.sees(" 4 May 1990")
        for text in ("TEST-1", "Clerk", "Archive"):
            await officer.write(text)
        await officer.press("1", "enter", "enter")
        await officer.sees("Dossier: Testperson Datum")
        id = officer.app.screen.dossier_id
        assert officer.desk.dossier(id).state.particulars.born == "1990-05-04"
