"""The list of dossiers: finding somebody in it."""

import pytest
from rich.cells import cell_len

from secterm.desk.desk import Desk
from secterm.dossier.entries import Particulars
from tests.support.house import OFFICER, build

WIDE = "測試者 範例"
LONG = "Zebedee " * 24


def person(name, **more):
    given = {
        "name": name,
        "born": "1990-02-28",
        "identity_number": "TEST-1",
        "post": "Test post",
        "department": "Test department",
        "category": "general",
    }
    return Particulars(**{**given, **more})


@pytest.fixture
def named(tmp_path):
    """A vault with these names in it."""

    def make(*people):
        path = build(tmp_path / "names.db")
        desk = Desk.open(path, *OFFICER)
        for particulars in people:
            desk.open_dossier(particulars)
        desk.close()
        return path

    return make


def rows(screen):
    """The lines of the list under its heading."""
    lines = screen.split("\n")
    first = next(i for i, line in enumerate(lines) if line.startswith("    Name")) + 1
    return [line for line in lines[first:20] if line.strip() and "dossier" not in line]


def column(line, text):
    """The column of the terminal at which a text begins."""
    return cell_len(line[: line.index(text)])


async def test_typing_shows_only_those_whom_every_word_fits(sitting):
    async with sitting() as officer:
        await officer.type("decision core")
        await officer.sees("1 / 14 dossiers")
        assert len(rows(officer.screen)) == 1
        await officer.press("escape")
        await officer.sees("14 dossiers")
        await officer.misses("1 / 14")


async def test_a_stage_after_another_can_be_shown(sitting):
    async with sitting() as officer:
        await officer.press("f3")
        await officer.sees("only: screening (F3 changes)")
        assert all("screening" in row for row in rows(officer.screen))
        await officer.press("f3")
        await officer.sees("only: training (F3 changes)")
        assert all("training" in row for row in rows(officer.screen))


async def test_where_nothing_fits_the_way_back_is_told_and_enter_does_nothing(sitting):
    async with sitting() as officer:
        await officer.type("nobody-of-this-name")
        await officer.sees("0 / 14 dossiers. Esc shows everybody again.")
        await officer.press("enter", "down", "pagedown", "up")
        screen = await officer.settle()
        assert "Show only: nobody-of-this-name" in screen
        assert rows(screen) == []


async def test_an_empty_vault_says_how_to_begin(sitting, named):
    async with sitting(vault=named()) as officer:
        await officer.sees("There is no dossier yet. F2 opens the first.")
        await officer.press("enter", "f3")
        await officer.sees("There is no dossier yet")


async def test_wide_and_very_long_names_keep_the_columns(sitting, named):
    vault = named(person(WIDE), person(LONG), person("Ann", post="測" * 60), person("Bo"))
    async with sitting(vault=vault) as officer:
        await officer.sees(WIDE)
        shown = rows(officer.screen)
        assert len(shown) == 4
        assert len({column(line, "general") for line in shown}) == 1
        assert all(cell_len(line) <= 80 for line in shown)


async def test_text_that_looks_like_markup_is_shown_as_it_is(sitting, named):
    name = "Zed [red]x[/] [@click=app.quit]y"
    async with sitting(vault=named(person(name, post="[b]Post"))) as officer:
        await officer.sees("Zed [red]x[/]")
        await officer.press("enter")
        screen = await officer.sees("> NEXT")
        assert f"{name}, [b]Post" in screen
        assert f"Opened: {name}" in screen
        await officer.press("f3")
        await officer.sees("Timeline")
        await officer.sees(name)
        await officer.press("escape", "f2")
        await officer.sees("> Full name")
        await officer.sees(name)


async def test_a_name_of_letters_with_accents_is_found_in_any_case(sitting, named):
    async with sitting(vault=named(person("Ødegård Émile"), person("Bo"))) as officer:
        await officer.type("øDEGÅRD")
        await officer.sees("1 / 2 dossiers")


async def test_a_new_dossier_is_under_the_cursor_on_the_way_back(sitting):
    async with sitting() as officer:
        await officer.press("down", "down", "f2")
        for label, text in (
            ("> Full name", "Zeb New"),
            ("> Date of birth", "1990-02-28"),
            ("> Identity number", "N-1"),
            ("> Post", "Clerk"),
            ("> Department", "Registry"),
            ("> Category of the post", "1"),
            ("> How to reach them", ""),
        ):
            await officer.sees(label)
            await officer.write(text)
        await officer.sees("Dossier: Zeb New")
        await officer.press("escape")
        await officer.sees("> Zeb New")


async def test_a_refused_dossier_keeps_what_was_typed_and_records_nothing(sitting):
    async with sitting() as officer:
        before = officer.journal
        await officer.press("f2")
        for text in ("Zeb Early", "2999-01-01", "N-1", "Clerk", "Registry", "1", ""):
            await officer.write(text)
        await officer.reads("The date of birth must be a day in the past")
        assert "Zeb Early" in officer.screen
        assert "1 (•) Core" in officer.screen
        assert officer.journal == before


async def test_a_bad_date_is_told_at_once_and_stays(sitting):
    async with sitting() as officer:
        await officer.press("f2")
        await officer.sees("> Full name")
        await officer.write("Zeb Early")
        await officer.write("30.2.1990")
        await officer.sees("Date of birth: Write a date, such as 28.4.1990")
        assert "30.2.1990" in officer.screen


async def test_a_form_is_not_left_with_what_was_typed_unless_escape_is_pressed_again(sitting):
    async with sitting() as officer:
        before = officer.journal
        await officer.press("f2")
        await officer.sees("> Full name")
        await officer.write("Zeb Half")
        await officer.press("escape")
        await officer.sees("What you typed here is not recorded. Esc again leaves without it.")
        await officer.write("1990-02-28")
        await officer.sees("> Identity number")
        await officer.press("escape")
        await officer.sees("Esc again leaves")
        await officer.press("escape")
        await officer.sees("Show only")
        assert officer.journal == before
