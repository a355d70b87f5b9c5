"""The appointee has the keyboard: nothing leads out, and nobody else shows."""

import asyncio
import contextlib
import time
from datetime import timedelta

import pytest
from textual import events

from secterm.desk import model
from secterm.desk.model import now
from secterm.dossier.entries import Trained
from secterm.tui.screens import handover
from secterm.tui.screens.form import Form
from secterm.tui.screens.helping import AllKeys, Help
from secterm.tui.screens.quiz import QuizRoom
from secterm.tui.screens.rules import RulesRoom
from secterm.tui.screens.undersigning import SigningRoom
from secterm.tui.widgets.choices import Choices
from tests.support import keyboard
from tests.support.house import OFFICER, SECOND

ENTER = {"enter", "return", "ctrl+m", "ctrl+j", "newline"}
LOCK = "ctrl+l"


async def to_quiz(officer, id):
    module = officer.desk.dossier(id).standing.gate("training").owed[0].id
    today = officer.desk.today.isoformat()
    taught = Trained(module=module, hours=9.0, on=today, trainer="T. Ainer", place="Room")
    officer.desk.act(id, taught)
    await officer.next("modules done.")
    await officer.press("f5")
    await officer.sees("Enter begins.")


async def to_its_page(officer, _id):
    await officer.next("Enter begins.")


STEPS = {"training": to_quiz, "undertaking": to_its_page, "rules": to_its_page}
FIRST = {"training": "page 1 of", "undertaking": "Please read", "rules": "I have read this rule"}


@pytest.fixture
def handed(sitting):
    """`async with handed(step) as (officer, id, name)`: the first of the appointee's pages."""

    @contextlib.asynccontextmanager
    async def at(step, **how):
        async with sitting(**how) as officer:
            id = await officer.opens(step, "general")
            await STEPS[step](officer, id)
            yield officer, id, officer.desk.dossier(id).state.particulars.name

    return at


async def begins(officer, step):
    await officer.press("enter")
    return await officer.sees(FIRST[step])


def others(officer, id):
    """Everybody's name but the appointee's."""
    cards = officer.desk.cards()
    name = next(card.name for card in cards if card.id == id)
    return {card.name for card in cards} | {OFFICER[0], SECOND[0]} - {name}


# -- what it looks like ---------------------------------------------------------------------


@pytest.mark.parametrize("step", STEPS)
async def test_it_begins_in_plain_words_with_nobody_s_name_but_the_appointee_s(handed, step):
    async with handed(step) as (officer, id, name):
        screen = await officer.settle()
        assert screen.split("\n")[0].endswith(name)
        await officer.reads("The officer turns the keyboard to you now.")
        await officer.reads("What you do here is recorded.")
        assert "Esc calls the officer." in screen
        for other in (*others(officer, id) - {name}, "Test unit", "Quit", "Commands"):
            assert other not in screen
        assert FIRST[step] in await begins(officer, step)


@pytest.mark.long
@pytest.mark.parametrize("size", [(80, 24), (132, 43), (200, 60)])
@pytest.mark.parametrize("step", ["undertaking", "rules"])
async def test_the_text_stands_in_a_narrow_column_in_the_middle(handed, step, size):
    async with handed(step, size=size) as (officer, _, _name):
        await begins(officer, step)
        lines = (await officer.settle()).split("\n")[1:-2]
        text = [line.rstrip(" │█") for line in lines if line.strip(" │█")]
        left = min(len(line) - len(line.lstrip()) for line in text)
        assert left == (size[0] - 76) // 2
        assert max(len(line) for line in text) - left <= 72
        assert lines[0].strip() == lines[1].strip() == ""


@pytest.mark.parametrize("size", [(80, 24), (132, 43), (200, 60)])
async def test_what_is_said_stands_in_the_column_too(handed, size):
    async with handed("rules", size=size) as (officer, _, _name):
        await begins(officer, "rules")
        await officer.press("2", "enter")
        await officer.sees("> Your reason")
        await officer.press("enter")
        screen = await officer.sees("! Your reason is missing.")
        line = next(line for line in screen.split("\n") if "is missing" in line)
        assert line.index("!") == (size[0] - 76) // 2


# -- nothing leads out ------------------------------------------------------------------------


async def the_first_page(officer):
    await officer.sees("Enter begins.")


async def a_page_to_read(officer):
    await begins(officer, "undertaking")


async def the_refusal(officer):
    await begins(officer, "undertaking")
    await officer.press("f4")
    await officer.sees("> Your reason")


async def the_signature(officer):
    await begins(officer, "undertaking")
    await officer.reads_on("> Your full name")


async def the_way_back(officer):
    await officer.press("escape")
    await officer.sees("> Officer's passphrase")


async def the_help(officer):
    await officer.press("f1")
    await officer.sees("Esc closes this.")


async def a_quiz_question(officer):
    await officer.press("enter")
    await officer.reads_on(": question ")


async def a_rule(officer):
    await begins(officer, "rules")


async def a_rule_refused(officer):
    await begins(officer, "rules")
    await officer.press("2", "enter")
    await officer.sees("> Your reason")


PAGES = {
    the_first_page: "undertaking",
    a_page_to_read: "undertaking",
    the_refusal: "undertaking",
    the_signature: "undertaking",
    the_way_back: "rules",
    the_help: "rules",
    a_quiz_question: "training",
    a_rule: "rules",
    a_rule_refused: "rules",
}
ROOMS = {"training": QuizRoom, "undertaking": SigningRoom, "rules": RulesRoom}


async def tries(officer, page, key, names):
    """One key: what is in front then is the appointee's, and nobody else is named."""
    if key in ENTER:  # nothing that was typed before is to be taken for a passphrase
        await officer.press("ctrl+u")
    before = officer.app.screen
    await officer.press(key)
    app = officer.app
    assert app.return_code is None, key
    assert app.desk is not None, key
    assert app.handed_over is page, key
    above = app.screen_stack[app.screen_stack.index(page) + 1 :]
    assert all(type(each) in (Form, Help, AllKeys) for each in above), key
    if app.screen is not before:
        screen = await officer.settle()
        assert not [name for name in names if name in screen], key


@pytest.mark.long
async def test_of_all_keys_there_are_none_leads_out_and_nobody_else_is_named(sitting):
    keys = [*sorted(keyboard.common() - {LOCK})]
    assert len(keys) > 90
    async with sitting() as officer:
        for walk in (a_page_to_read, the_way_back, a_quiz_question, a_rule):
            await every_key(officer, walk, keys)


@pytest.mark.long
@pytest.mark.parametrize("walk", PAGES)
async def test_of_all_keys_that_a_terminal_can_send_none_leads_out(sitting, walk):
    keys = [*sorted(keyboard.known() - {LOCK})]
    assert len(keys) > 600
    async with sitting() as officer:
        await every_key(officer, walk, keys)


async def every_key(officer, walk, keys):
    step = PAGES[walk]
    id = await officer.opens(step, "general")
    room = {
        "training": lambda: QuizRoom(id, [to_be_quizzed(officer, id)]),
        "undertaking": lambda: SigningRoom(id, officer.desk.undertaking(id), None),
        "rules": lambda: RulesRoom(id),
    }[step]
    page, fresh, names = None, True, others(officer, id)
    if step == "undertaking":
        names -= {OFFICER[0]}  # it is a party to the text
    name = officer.desk.dossier(id).state.particulars.name
    names -= {name}
    for key in keys:
        if fresh:
            page = room()
            await officer.app.push_screen(page)
            await officer.sees("Enter begins.")
            await walk(officer)
            front, fresh = officer.app.screen, False
        await tries(officer, page, key, names)
        if officer.app.screen is not front or page.over:
            await gone(officer, page)
            fresh = True
    await gone(officer, page)
    await officer.app.pop_screen()


async def gone(officer, page):
    while page in officer.app.screen_stack:
        await officer.app.pop_screen()


def to_be_quizzed(officer, id):
    module = officer.desk.dossier(id).standing.gate("training").owed[0]
    if module.kind == "teaching":
        today = officer.desk.today.isoformat()
        taught = Trained(module=module.id, hours=9.0, on=today, trainer="T. Ainer", place="Room")
        officer.desk.act(id, taught)
    return module.id


async def test_help_is_about_this_page_alone(handed):
    async with handed("rules") as (officer, id, name):
        await officer.press("f1")
        screen = await officer.sees("Esc closes this.")
        for other in (*others(officer, id) - {name}, "Quit", "Commands", "Colours", "Settings"):
            assert other not in screen


async def test_the_colours_are_the_appointee_s_own_choice_and_lead_nowhere(handed):
    async with handed("rules") as (officer, _, _name):
        page, themes = officer.app.screen, {officer.app.theme}
        for _press in range(3):
            await officer.press("f12")
            themes.add(officer.app.theme)
            assert officer.app.screen is page
        assert "contrast" in themes
        await begins(officer, "rules")


async def test_the_hint_of_a_short_text_stands_right_under_it(handed):
    async with handed("training", size=(132, 43)) as (officer, _, _name):
        await begins(officer, "training")
        await officer.sees("Enter turns the page.")
        lines = [line.strip() for line in (await officer.settle()).split("\n")]
        at = lines.index("Enter turns the page.")
        assert not lines[at - 1]
        assert lines[at - 2]


# -- locked out of it --------------------------------------------------------------------------


async def test_who_locks_out_of_a_handover_can_neither_quit_nor_recover(handed):
    async with handed("rules") as (officer, _, _name):
        await officer.press("ctrl+l")
        screen = await officer.sees("Locked. Checkpoint")
        for offered in ("Quit", "Recover", "Commands"):
            assert offered not in screen
        before = await officer.settle()
        await officer.press("ctrl+q", "ctrl+p", "f4", "ctrl+c", "escape", "ctrl+z")
        assert await officer.settle() == before
        assert officer.app.return_code is None
        await officer.press("f3")
        await officer.sees("Path of the key file")
        await officer.press("f3")
        await officer.unlock()
        await officer.sees("Enter begins.")
        await officer.gives_back()
        await officer.sees("> NEXT")
        await officer.press("ctrl+q")
        assert await officer.ends() == 0


# -- holding Enter ------------------------------------------------------------------------------


@pytest.mark.long
async def test_enter_held_down_rushes_through_nothing(handed, monkeypatch):
    monkeypatch.setattr(handover, "HELD", 0.3)
    async with handed("rules") as (officer, id, _):
        before = len(officer.desk.dossier(id).state.acknowledged)
        until = time.monotonic() + 1.2
        while time.monotonic() < until:
            officer.app.post_message(events.Key("enter", None))
            await asyncio.sleep(0.03)
        await officer.settle()
        assert len(officer.desk.dossier(id).state.acknowledged) == before
        await asyncio.sleep(0.3)
        await officer.press("enter")
        await officer.sees("I have read this rule")
        await asyncio.sleep(0.3)
        await officer.press("enter")
        await officer.sees(f" {before + 1}/48")


# -- a lock, and its place -----------------------------------------------------------------------


async def interrupted(officer, room):
    """The screen locks; another sitting begins, and another such room takes up the place."""
    front = officer.app.screen
    place = front.place() if front is officer.app.handed_over else ""
    doing = officer.app.handed_over.doing
    await officer.press("ctrl+l")
    await officer.sees("Locked. Checkpoint")
    await officer.sits_down_again()
    page = room()
    await officer.app.push_screen(page)
    page.take_up(place or doing, {})
    await officer.reads("Officer: turn the keyboard to")
    await officer.press("enter")
    return page


@pytest.mark.long
async def test_the_undertaking_goes_on_where_it_was_read(handed):
    async with handed("undertaking") as (officer, id, _):
        await begins(officer, "undertaking")
        for _page in range(3):
            await officer.turn()
            screen = await officer.settle()
        await interrupted(officer, lambda: SigningRoom(id, officer.desk.undertaking(id), None))
        await officer.sees("57 of")
        assert (await officer.settle()).split("\n")[4:20] == screen.split("\n")[4:20]


@pytest.mark.long
async def test_what_was_read_of_the_undertaking_is_not_read_again_before_the_signature(handed):
    async with handed("undertaking") as (officer, id, _):
        await begins(officer, "undertaking")
        await officer.reads_on("> Your full name")
        await interrupted(officer, lambda: SigningRoom(id, officer.desk.undertaking(id), None))
        await officer.sees("> Your full name")


@pytest.mark.long
async def test_an_undertaking_with_another_day_is_read_anew(handed):
    days = [0]
    async with handed("undertaking", clock=lambda: now() + timedelta(days=days[0])) as (
        officer,
        id,
        _,
    ):
        await begins(officer, "undertaking")
        await officer.reads_on("This is the end.")
        days[0] = 1
        await interrupted(officer, lambda: SigningRoom(id, officer.desk.undertaking(id), None))
        await officer.reads("The text is another now, with another day in it.")
        await officer.sees("More below")


async def test_a_refusal_is_asked_for_again(handed):
    async with handed("undertaking") as (officer, id, _):
        await begins(officer, "undertaking")
        await officer.press("f4")
        await officer.sees("> Your reason")
        await interrupted(officer, lambda: SigningRoom(id, officer.desk.undertaking(id), None))
        await officer.sees("> Your reason")


async def test_a_rule_refused_before_the_lock_is_not_put_again_after_it(handed):
    async with handed("rules") as (officer, id, _):
        await begins(officer, "rules")
        refused = officer.app.screen._rule.id
        await officer.press("2", "enter")
        await officer.sees("> Your reason")
        await officer.write("I cannot promise that")
        await officer.sees("I have read this rule")
        page = await interrupted(officer, lambda: RulesRoom(id))
        await officer.sees("I have read this rule")
        assert page._rule.id != refused


async def test_a_module_goes_on_at_the_page_that_was_read(handed):
    async with handed("training") as (officer, id, _):
        module = officer.desk.dossier(id).standing.gate("training").owed[0].id
        await begins(officer, "training")
        await officer.reads_on("page 2 of")
        await interrupted(officer, lambda: QuizRoom(id, [module]))
        await officer.sees("page 2 of")


@pytest.mark.parametrize("odd", ["-9 1 1", "x 1 1", "99 1 1", "0 nan nan"])
async def test_a_page_that_is_none_begins_the_reading(handed, odd):
    async with handed("training") as (officer, id, _):
        module = to_be_quizzed(officer, id)
        page = QuizRoom(id, [module])
        page.take_up(f"read {module} {odd}", {})
        await officer.app.push_screen(page)
        await officer.sees("The screen was locked.")
        await officer.press("enter")
        await officer.sees("page 1 of")


@pytest.mark.long
async def test_a_quiz_that_began_goes_on_without_the_reading(handed):
    async with handed("training") as (officer, id, _):
        module = officer.desk.dossier(id).standing.gate("training").owed[0].id
        await begins(officer, "training")
        await officer.reads_on("question 1 of 5")
        await interrupted(officer, lambda: QuizRoom(id, [module]))
        await officer.sees("question 1 of 5")
        assert isinstance(officer.app.focused, Choices)


# -- back to the officer ------------------------------------------------------------------


@pytest.mark.long
async def test_the_wait_grows_for_whoever_guesses_the_officer_s_passphrase(handed, monkeypatch):
    monkeypatch.setattr(model, "LONGEST_WAIT", 0.2)
    async with handed("rules") as (officer, _, _name):
        await officer.press("escape")
        for _guess in range(3):
            await officer.sees("> Officer's passphrase")
            await officer.write("a wrong test passphrase")
            await officer.sees("That is not the passphrase")
        await officer.press("escape")
        await officer.gives_back()
        await officer.sees("> NEXT")
