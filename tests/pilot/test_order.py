"""Keys that come faster than a screen can draw land where they were meant, or nowhere."""

from textual.widgets import Input

from secterm.tui.order import InOrder
from tests.support.house import OFFICER, Sitting

ENTER = "\r"
NAMED = {ENTER: "enter", "\t": "tab", "\b": "backspace"}


def burst(officer, text):
    officer.ahead(*(NAMED.get(character, character) for character in text))


async def test_name_and_passphrase_in_one_burst_unlock(sitting):
    async with sitting(unlocked=False) as officer:
        await officer.sees("> Officer")
        burst(officer, OFFICER[0] + ENTER + OFFICER[1] + ENTER)
        await officer.sees("Show only")


async def test_enter_pressed_before_the_screens_were_there_is_enter(sitting):
    async with sitting(unlocked=False) as officer:
        await officer.sees("> Officer")
        officer.ahead(*OFFICER[0], "ctrl+j", *OFFICER[1], "ctrl+j")
        await officer.sees("Show only")


async def test_a_passphrase_typed_ahead_is_never_seen(sitting):
    async with sitting(unlocked=False) as officer:
        await officer.sees("> Officer")
        burst(officer, OFFICER[0] + ENTER + OFFICER[1])
        await officer.sees("•" * len(OFFICER[1]))
        await officer.sees(OFFICER[0])
        assert OFFICER[1] not in officer.screen


async def test_tab_too_leads_on_before_the_next_key(sitting):
    async with sitting(unlocked=False) as officer:
        await officer.sees("> Officer")
        burst(officer, OFFICER[0] + "\t" + OFFICER[1] + ENTER)
        await officer.sees("Show only")


async def test_what_is_taken_back_is_what_was_typed_before(sitting):
    async with sitting(unlocked=False) as officer:
        await officer.sees("> Officer")
        officer.ahead(*"one", "ctrl+u", *"twp", "backspace", *"o")
        await officer.sees("> Officer                 two")


async def test_a_whole_form_in_one_burst_is_filled_in_line_by_line(sitting):
    async with sitting() as officer:
        await officer.press("f2")
        await officer.sees("> Full name")
        lines = ("Zeb Burst", "1990-02-28", "B-1", "Clerk", "Registry", "3", "by post")
        burst(officer, "".join(line + ENTER for line in lines))
        screen = await officer.sees("Dossier: Zeb Burst")
        assert "Category general (Confidential), born 28 February 1990, number B-1" in screen


async def test_a_row_in_one_burst_goes_field_by_field(sitting):
    async with sitting(("opened", "general")) as officer:
        await officer.opens("screening")
        await officer.next("1. What is your full name")
        await officer.write("Zeb")
        await officer.sees("2. Have you ever used another name")
        burst(officer, "Old Name" + ENTER + "2001-02-03" + ENTER + "marriage" + ENTER)
        await officer.sees("1. Old Name; 3 February 2001; marriage")


async def test_what_is_typed_after_enter_changes_no_answer(sitting):
    async with sitting(("opened", "general")) as officer:
        id = await officer.opens("screening")
        await officer.next("1. What is your full name")
        burst(officer, "Zeb" + ENTER + "ulon" + ENTER)
        await officer.sees("2. Have you ever used another name")
        told = officer.desk.dossier(id).state.answers
        assert [t.act.answer for t in told.values()] == ["Zeb"]


async def test_a_filter_and_enter_in_one_burst_open_the_one_that_fits(sitting):
    async with sitting() as officer:
        card = officer.desk.cards()[-1]
        burst(officer, card.name + ENTER)
        await officer.sees(f"Dossier: {card.name}")


async def test_enter_pressed_twice_does_not_open_a_dossier_behind_a_form(sitting):
    async with sitting() as officer:
        await officer.press("f6")
        await officer.sees("> Earlier checkpoint")
        burst(officer, ENTER + ENTER)
        await officer.sees("The vault holds.")
        await officer.press("escape")
        await officer.sees("Show only")


class Mover(Input):
    """Moves on to the next field by itself, as a page that turns does."""

    def on_key(self, event):
        if event.key in ("x", "f2"):
            self.screen.set_focus(self.screen.query_one("#second"))


class Second(Input):
    BINDINGS = [("f2", "clear", "Clear")]

    def action_clear(self):
        self.value = ""


class Two(InOrder):
    submitted = ()

    def compose(self):
        yield Mover(id="first")
        yield Second("kept", id="second")

    def on_input_submitted(self, event):
        self.submitted = (*self.submitted, event.input.id)


async def test_a_key_that_was_meant_for_what_is_gone_does_nothing():
    app = Two()
    async with app.run_test() as pilot:
        officer = Sitting(pilot)
        officer.ahead("x", "enter")
        await officer.settle()
        assert app.focused.id == "second"
        assert app.submitted == ()
        officer.ahead("enter")
        await officer.settle()
        assert app.submitted == ("second",)


async def test_a_key_is_not_looked_at_a_second_time_by_what_has_the_focus_later():
    app = Two()
    async with app.run_test() as pilot:
        officer = Sitting(pilot)
        officer.ahead("f2")
        await officer.settle()
        assert app.focused.value == "kept"
        officer.ahead("f2")
        await officer.settle()
        assert app.focused.value == ""
