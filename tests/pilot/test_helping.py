"""Help, commands and footer tell the same, on every screen."""

import importlib
import pkgutil

import pytest

from secterm.tui import screens
from secterm.tui.screens.room import Room
from secterm.tui.widgets.chrome import bindings_of, key_name, parted_bindings
from tests.pilot.test_locking import EVERYWHERE, at_commands, at_help


def rooms(kind=Room):
    for module in pkgutil.iter_modules(screens.__path__):
        importlib.import_module(f"{screens.__name__}.{module.name}")
    found = set()
    for each in kind.__subclasses__():
        found |= rooms(each) if each.__subclasses__() else {each}
    return found


def test_every_screen_says_what_it_is_for():
    assert len(rooms()) > 10
    assert [room.__name__ for room in rooms() if len(room.HELP_TEXT) < 40] == []


@pytest.mark.long
async def test_help_names_every_key_of_the_screen_and_what_it_is_for(sitting):
    async with sitting() as officer:
        for place in EVERYWHERE:
            if place in (at_help, at_commands):
                continue
            await place(officer)
            room = officer.app.screen
            if not isinstance(room, Room):
                continue
            await officer.press("f1")
            await officer.sees("Esc closes this.")
            screen = await officer.reads(room.help_text)
            assert room.where in screen
            for binding in (b for b in parted_bindings(room)[0] if b.show):
                assert key_name(binding.key.split(",")[0]) in screen
                assert binding.description in screen
            await officer.press("ctrl+l")
            await officer.sees("Locked.")
            await officer.sits_down_again()


@pytest.mark.long
async def test_every_help_fits_on_one_page_and_tells_the_rule(sitting):
    async with sitting() as officer:
        for place in EVERYWHERE:
            if place in (at_help, at_commands):
                continue
            await place(officer)
            room = officer.app.screen
            if not isinstance(room, Room):
                continue
            assert room.RULE
            await officer.press("f1")
            await officer.sees("Esc closes this.")
            await officer.reads(f"The rule: {room.RULE}")
            box = officer.app.screen.query_one(".box")
            assert box.max_scroll_y == 0, room
            await officer.press("ctrl+l")
            await officer.sees("Locked.")
            await officer.sits_down_again()


async def test_each_key_stands_beside_what_it_does(sitting):
    async with sitting() as officer:
        await officer.press("f1")
        await officer.sees("Enter  Open        F6  Verify")
        await officer.press("question_mark")
        await officer.sees("^Q  Quit        ^P   Commands")


async def test_all_keys_of_a_screen_are_told_also_those_that_lists_have_too(interview):
    async with interview("identity_papers") as (officer, _):
        await officer.press("question_mark")
        await officer.sees("Home  First")
        assert "End   Last" in officer.screen


async def test_all_keys_are_a_question_mark_away(sitting):
    async with sitting() as officer:
        await officer.opens("admitted")
        await officer.press("question_mark")
        screen = await officer.sees("All keys")
        assert "F3" in screen
        for _ in range(12):
            if "Alt+Backspace" in await officer.settle():
                break
            await officer.press("pagedown")
        await officer.sees("Alt+Backspace")
        await officer.press("escape", "f1")
        await officer.sees("? shows all keys")
        await officer.press("question_mark")
        await officer.sees("All keys")
        for binding in (b for b in bindings_of(officer.app.screen_stack[-2]) if b.show):
            assert key_name(binding.key.split(",")[0]) in officer.app.screen.text
            assert binding.description in officer.app.screen.text
        await officer.press("question_mark")
        await officer.sees("NEXT" if "NEXT" in officer.screen else "Dossier:")


async def test_a_question_mark_in_the_list_is_for_help_unless_something_is_typed(sitting):
    async with sitting() as officer:
        await officer.press("question_mark")
        await officer.sees("All keys")
        await officer.press("escape")
        await officer.misses("All keys")
        await officer.type("who?")
        await officer.sees("who?")
        assert "All keys" not in await officer.settle()


async def test_the_commands_are_those_of_the_footer(sitting):
    async with sitting() as officer:
        footer = officer.screen.split("\n")[-2:]
        await officer.press("ctrl+p")
        screen = await officer.sees("What do you want to do?")
        for offered in ("Open", "New", "Stage", "Officers", "Export", "Verify", "Lock", "Quit"):
            assert offered in " ".join(footer)
            assert f" {offered} " in screen


async def test_a_command_is_found_by_typing_and_run(sitting):
    async with sitting() as officer:
        await officer.press("ctrl+p")
        await officer.sees("What do you want to do?")
        await officer.type("offi")
        await officer.misses("Verify  ")
        await officer.press("enter")
        await officer.sees("Officers of this vault")


async def test_a_command_of_a_dossier_is_run_there(sitting):
    async with sitting() as officer:
        await officer.opens("admitted")
        await officer.press("ctrl+p")
        await officer.sees("What do you want to do?")
        await officer.write("timel")
        await officer.sees("Timeline: ")


async def test_where_no_command_fits_enter_does_nothing_and_escape_leads_back(sitting):
    async with sitting() as officer:
        await officer.press("ctrl+p")
        await officer.sees("What do you want to do?")
        await officer.write("nothing of the kind")
        await officer.settle()
        await officer.sees("What do you want to do?")
        await officer.press("escape")
        await officer.sees("Show only")


async def test_the_colours_change_and_the_screen_stays(sitting):
    async with sitting() as officer:
        before, themes = officer.screen, {officer.app.theme}
        for _ in range(3):
            await officer.press("f12")
            assert await officer.settle() == before
            themes.add(officer.app.theme)
        assert themes == {"console", "dark", "light", "contrast"}
