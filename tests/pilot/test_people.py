"""The list of dossiers: what the day asks for, and finding somebody in it."""

from datetime import date, timedelta

import pytest
from rich.cells import cell_len

from secterm.desk import index, shelf
from secterm.desk.desk import Desk
from secterm.desk.model import now
from secterm.dossier.entries import Particulars
from secterm.settings import Settings, View
from secterm.tui import dates
from secterm.tui.screens import people
from tests.support.house import OFFICER, build, lived

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


class Clock:
    """A clock that stands still at noon, and can be put on: an hour ago is the same day."""

    def __init__(self):
        self.time = now().replace(hour=12)

    def __call__(self):
        return self.time


@pytest.fixture
def clock():
    return Clock()


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


@pytest.fixture
def waiting(tmp_path, clock):
    """A vault in which people began to wait so long ago, each after the one before."""

    def make(*ago):
        began = clock.time
        clock.time = began - max(ago)
        path = build(tmp_path / "waiting.db", clock=clock)
        desk = Desk.open(path, *OFFICER, clock=clock)
        for number, back in enumerate(ago):
            clock.time = began - back
            desk.open_dossier(person(f"Zeb {number}"))
        desk.close()
        clock.time = began
        return path

    return make


def under_cursor(screen):
    """The line on which the cursor stands."""
    return next((line for line in screen.split("\n") if line.startswith("  > ")), "")


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
        await officer.sees("10 / 14 dossiers")


async def test_a_stage_after_another_can_be_shown(sitting):
    async with sitting() as officer:
        await officer.press("f3")
        await officer.sees("only: screening (F3 changes)")
        assert all("interview" in row for row in rows(officer.screen))
        await officer.press("f3")
        await officer.sees("only: training (F3 changes)")
        assert all("teaching" in row for row in rows(officer.screen))


async def test_where_nothing_fits_the_way_back_is_told_and_enter_does_nothing(sitting):
    async with sitting() as officer:
        await officer.type("nobody-of-this-name")
        await officer.sees("0 / 14 dossiers. Esc clears the filter.")
        await officer.press("enter", "down", "pagedown", "up")
        screen = await officer.settle()
        assert "Show only: nobody-of-this-name" in screen
        assert rows(screen) == []


@pytest.fixture
def crowd(named, monkeypatch):
    """A vault with two pages of people, in which the list looks at few at once."""
    monkeypatch.setattr(index, "PIECE", 4)
    return named(*(person(f"{'Zeb' if n % 2 else 'Ann'} {n:02}") for n in range(90)))


async def test_the_rows_that_fit_show_at_once_and_how_many_they_are_follows(
    sitting, crowd, monkeypatch
):
    async with sitting(vault=crowd) as officer:
        await officer.sees("90 dossiers")
        await officer.settle()  # it has its size now
        monkeypatch.setattr(people, "SOON", 3600.0)
        await officer.type("zeb")
        assert [row.split()[1] for row in rows(await officer.sees("Zeb 01"))].count("Ann") == 0
        assert "90 dossiers" in officer.screen
        assert "45 / 90" not in officer.screen
        monkeypatch.setattr(people, "SOON", 0.02)
        await officer.type(" ")
        await officer.sees("45 / 90 dossiers")


async def test_a_key_that_moves_waits_for_all_that_fit(sitting, crowd, monkeypatch):
    async with sitting(vault=crowd) as officer:
        await officer.sees("90 dossiers")
        await officer.settle()
        monkeypatch.setattr(people, "SOON", 3600.0)
        await officer.press("z", *["pagedown"] * 9)
        await officer.sees("45 / 90 dossiers")
        assert "Zeb 89" in under_cursor(officer.screen)


async def test_whoever_is_under_the_cursor_stays_there_while_they_fit(sitting, crowd):
    async with sitting(vault=crowd) as officer:
        await officer.sees("90 dossiers")
        await officer.press(*["pagedown"] * 3)
        here = under_cursor(officer.screen).split()[1:3]
        await officer.type(here[0].lower())
        await officer.sees("45 / 90 dossiers")
        assert under_cursor(officer.screen).split()[1:3] == here
        await officer.press("escape")
        await officer.sees("  90 dossiers")
        assert under_cursor(officer.screen).split()[1:3] == here


async def test_an_empty_vault_says_how_to_begin(sitting, named):
    async with sitting(vault=named()) as officer:
        await officer.sees("There is no dossier yet. F2 opens the first.")
        await officer.press("enter", "f3")
        await officer.sees("There is no dossier yet")
        assert "Esc leads back" not in officer.screen


async def test_wide_and_very_long_names_keep_the_columns(sitting, named):
    vault = named(person(WIDE), person(LONG), person("Ann", post="測" * 60), person("Bo"))
    async with sitting(vault=vault) as officer:
        await officer.sees(WIDE)
        shown = rows(officer.screen)
        assert len(shown) == 4
        assert len({column(line, "interview") for line in shown}) == 1
        assert all(cell_len(line) <= 80 for line in shown)


async def test_text_that_looks_like_markup_is_shown_as_it_is(sitting, named):
    name = "Zed [red]x[/] [@click=app.quit]y"
    async with sitting(vault=named(person(name, post="[b]Post"))) as officer:
        await officer.sees("Zed [red]x[/]")
        await officer.press("enter")
        screen = await officer.sees("> NEXT")
        assert f"{name}, [b]Post" in screen
        await officer.reads(f"opened the dossier of {name}")
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
        for text in ("Zeb Early", "1899-12-31", "N-1", "Clerk", "Registry", "1", ""):
            await officer.write(text)
        await officer.reads("The date of birth must be a day in the past")
        assert "Zeb Early" in officer.screen
        assert "1 (•) Core" in officer.screen
        assert officer.journal == before


@pytest.mark.long
async def test_a_second_dossier_for_an_identity_number_is_opened_only_when_meant(sitting):
    async with sitting() as officer:
        card, before = officer.desk.cards()[0], officer.journal
        await officer.press("f2")
        number = card.identity_number.lower()
        for text in ("Zeb Twice", "1990-02-28", number, "Clerk", "Registry", "1", ""):
            await officer.write(text)
        await officer.reads(f"{card.name} has this identity number already.")
        await officer.sees(f"> Identity number         {number}")
        assert officer.journal == before
        for _ in range(4):
            await officer.press("enter")
        await officer.sees("> How to reach them")
        await officer.press("enter")
        await officer.sees("Dossier: Zeb Twice")


async def test_a_bad_date_is_told_at_once_and_stays(sitting):
    async with sitting() as officer:
        await officer.press("f2")
        await officer.sees("> Full name")
        await officer.write("Zeb Early")
        await officer.write("30.2.1990")
        await officer.sees("Date of birth: That month has no such day. Write a date, such as")
        assert "30.2.1990" in officer.screen


async def test_how_old_a_date_of_birth_makes_them_is_told(sitting):
    async with sitting() as officer:
        today = officer.desk.today
        await officer.press("f2")
        await officer.sees("> Full name")
        await officer.press("down")
        await officer.type(f"1.1.{today.year - 36}")
        await officer.sees("Age: 36")
        await officer.press("ctrl+u")
        await officer.type(f"31.12.{today.year - 36}")
        await officer.sees(f"Age: {36 if (today.month, today.day) == (12, 31) else 35}")
        await officer.press("ctrl+u")
        await officer.type("tomorrow")
        await officer.misses("Age:")


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


# -- the day ------------------------------------------------------------------


async def test_enter_alone_opens_whoever_waits_longest(sitting, waiting, clock):
    vault = waiting(timedelta(days=40), timedelta(days=3), timedelta(hours=2), timedelta())
    async with sitting(vault=vault, clock=clock) as officer:
        await officer.sees("[1 To do 4]")
        waits = [row.split("interview")[1].strip() for row in rows(officer.screen)]
        assert waits == ["40 days", "3 days", "2 h", "today"]
        await officer.press("enter")
        await officer.sees("Dossier: Zeb 0")


async def test_who_is_owed_nothing_is_not_to_do(sitting):
    async with sitting(("admitted", "general"), ("opened", "key")) as officer:
        await officer.sees("[1 To do 1]")
        assert "1 / 2 dossiers" in officer.screen
        assert "(admitted)" not in officer.screen


async def test_what_is_owed_stands_in_words(sitting):
    async with sitting() as officer:
        shown = "\n".join(rows(await officer.sees("[1 To do 10]")))
        for owed in ("interview", "teaching", "signature", "rules", "decision", "2nd officer"):
            assert owed in shown


async def test_what_has_lapsed_says_so_in_a_word(sitting, vault, clock):
    clock.time += timedelta(days=4000)
    async with sitting(vault=vault, clock=clock) as officer:
        await officer.press("3")
        await officer.sees("[3 Lapsing")
        shown = rows(officer.screen)
        assert shown
        assert all("lapsed" in row for row in shown)


async def test_the_lapsing_come_before_they_lapse_and_not_too_early(sitting, clock):
    async with sitting(("admitted", "general"), clock=clock) as officer:
        lapses_on = officer.desk.cards()[0].lapses_on
        await officer.press("3")
        await officer.sees("[3 Lapsing 0]")
        clock.time += timedelta(days=(date.fromisoformat(lapses_on) - clock.time.date()).days - 90)
        await officer.press("f4")
        await officer.sees("Officers of this vault")
        await officer.press("escape")
        await officer.sees("[3 Lapsing 1]")
        await officer.sees(dates.short(lapses_on))


async def test_more_room_shows_more_columns(sitting):
    async with sitting(size=(200, 60)) as officer:
        screen = await officer.sees("[1 To do 10]")
        for heading in ("Category", "Department", "Stage", "Identity no.", "Opened"):
            assert heading in screen
        assert "SAMPLE-" in screen
        assert dates.short(officer.desk.today) in screen


async def test_work_recorded_elsewhere_shows_at_once(sitting):
    async with sitting(("opened", "key")) as officer:
        await officer.sees("[1 To do 1]")
        lived(officer.desk, "decision", "general")
        await officer.press("f4")
        await officer.sees("Officers of this vault")
        await officer.press("escape")
        await officer.sees("[1 To do 2] 2 To decide 1")


async def test_an_auditor_sees_the_same_list(sitting, vault):
    desk = Desk.open(vault, *OFFICER)
    desk.add_officer("Cas Test", "test ribbon canyon walnut", "auditor")
    desk.close()
    async with sitting(vault=vault, unlocked=False) as officer:
        await officer.unlock(("Cas Test", "test ribbon canyon walnut"))
        await officer.sees("[1 To do 10]")
        assert "F2 New" not in officer.screen


# -- views --------------------------------------------------------------------


async def test_a_digit_chooses_a_view_and_esc_leads_back_to_the_first(sitting):
    async with sitting() as officer:
        await officer.press("5")
        screen = await officer.sees("[5 Over 3]")
        assert len(rows(screen)) == 3
        await officer.press("escape")
        await officer.sees("[1 To do 10]")


async def test_a_number_without_a_view_says_how_many_there_are(sitting):
    async with sitting() as officer:
        await officer.press("9")
        await officer.sees("There are 6 views.")
        await officer.sees("[1 To do 10]")
        await officer.type("core")
        await officer.misses("There are 6 views.")


async def test_the_views_stand_in_one_line_of_a_small_terminal(sitting):
    async with sitting() as officer:
        screen = await officer.sees("[1 To do 10]")
        assert " 6 All 14" in screen.split("\n")[2]


async def test_the_bar_beside_a_long_list_covers_nothing(sitting, vault):
    desk = Desk.open(vault, *OFFICER)
    lived(desk, "opened", "general")
    lived(desk, "opened", "general")
    desk.close()
    async with sitting(vault=vault) as officer:
        await officer.press("6")
        plain = rows(await officer.sees("[6 All 16]"))
        await officer.press("end", "home", "9")
        beside = rows(await officer.sees("There are 6 views."))
        assert all(line[-1] in "█│" for line in beside)
        assert {line[:-1].rstrip() for line in beside} <= {line.rstrip("█│ ") for line in plain}


async def test_once_something_is_typed_digits_are_text_however_fast(sitting, named):
    vault = named(person("Ann", identity_number="T3-77"), person("Bo", identity_number="T2-44"))
    async with sitting(vault=vault) as officer:
        officer.ahead(*"t3")
        await officer.sees("Show only: t3")
        await officer.sees("1 / 2 dossiers")
        assert under_cursor(officer.screen).startswith("  > Ann")


async def test_after_a_slash_digits_are_text(sitting, named):
    vault = named(person("Ann", identity_number="33-77"), person("Bo", identity_number="22-44"))
    async with sitting(vault=vault) as officer:
        officer.ahead(*"/33-7")
        await officer.sees("Show only: / 33-7")
        await officer.sees("1 / 2 dossiers")
        await officer.press("escape", "2")
        await officer.sees("[2 To decide 0]")


async def test_views_are_those_of_the_settings_with_their_words(sitting):
    async with sitting() as officer:
        officer.app.settings = Settings(
            views=(
                View(name="Core", words="core"),
                View(name="Signing", owed=("signature",), order="name"),
            )
        )
        await officer.press("2")
        screen = await officer.sees("[2 Signing 2]")
        assert all("signature" in row for row in rows(screen))
        await officer.press("1")
        screen = await officer.sees("[1 Core 3]")
        assert "Show only: core" in screen
        assert len(rows(screen)) == 3


async def test_stages_are_stepped_through_within_the_view(sitting):
    async with sitting() as officer:
        await officer.press("2", "f3")
        await officer.sees("only: decision (F3 changes)")
        await officer.press("f3", "f3")
        await officer.sees("only: deferred (F3 changes)")
        await officer.press("f3")
        await officer.misses("F3 changes")


async def test_who_is_in_no_view_at_hand_is_found_all_the_same(sitting):
    async with sitting() as officer:
        await officer.type("withdrawn")
        await officer.sees("1 / 14 dossiers, none of them in this view")
        await officer.press("enter")
        await officer.sees("Stage: withdrawn")


# -- the filter ---------------------------------------------------------------


async def test_accents_case_and_width_do_not_matter(sitting, named):
    vault = named(person("Jörg Müller"), person("Ｗｉｄｅ Name"), person("Bo"))
    async with sitting(vault=vault) as officer:
        await officer.type("MULLER jorg")
        await officer.sees("1 / 3 dossiers")
        assert "Müller" in under_cursor(officer.screen)
        await officer.press("escape")
        await officer.type("wide")
        await officer.sees("1 / 3 dossiers")
        assert "Ｗｉｄｅ" in under_cursor(officer.screen)


async def test_an_id_is_found_from_its_beginning(sitting):
    async with sitting() as officer:
        id = officer.desk.cards()[3].id
        await officer.press("6", "slash")
        await officer.type(id[:12])
        await officer.sees("1 / 14 dossiers")
        await officer.press("escape", "slash")
        await officer.type(id[1:13])
        await officer.sees("0 / 14 dossiers")


async def test_home_and_end_go_through_the_list_until_something_is_typed(sitting):
    async with sitting() as officer:
        await officer.press("end")
        assert under_cursor(await officer.settle()).split() == rows(officer.screen)[-1].split()
        await officer.press("home")
        assert under_cursor(await officer.settle()).split() == rows(officer.screen)[0].split()
        await officer.type("ecision")
        await officer.press("home")
        await officer.type("d")
        await officer.sees("Show only: decision")


async def test_the_cursor_stays_on_whom_the_officer_chose(sitting):
    async with sitting() as officer:
        await officer.press("down", "down")
        chosen = under_cursor(await officer.settle()).split("  ")[1]
        await officer.type("e")
        await officer.press("escape")
        assert chosen in under_cursor(await officer.settle())


# -- reading a long one -------------------------------------------------------


async def test_a_list_that_is_still_being_read_shows_and_can_be_typed_in(sitting, monkeypatch):
    monkeypatch.setattr(people, "AT_ONCE", 0.0)
    monkeypatch.setattr(shelf, "AT_ONCE", 1)
    monkeypatch.setattr(people, "SLICE", 0.0)
    monkeypatch.setattr(people, "SHOWN_EVERY", 0.0)
    async with sitting() as officer:
        await officer.type("decision core")
        await officer.sees("1 / 14 dossiers")
        await officer.press("escape")
        await officer.sees("[1 To do 10]")


async def test_how_far_the_reading_is_is_said(sitting, monkeypatch):
    monkeypatch.setattr(people, "AT_ONCE", 0.0)
    monkeypatch.setattr(shelf, "AT_ONCE", 1)
    monkeypatch.setattr(people.People, "_read_on", lambda self: None)
    async with sitting() as officer:
        await officer.sees("Reading 1 of 14")


@pytest.mark.long
async def test_a_lock_while_it_is_read_forgets_what_was_read(sitting, monkeypatch):
    monkeypatch.setattr(people, "AT_ONCE", 0.0)
    monkeypatch.setattr(shelf, "AT_ONCE", 1)
    monkeypatch.setattr(people.People, "_read_on", lambda self: None)
    async with sitting() as officer:
        index = officer.desk.index
        await officer.sees("Reading 1 of 14")
        await officer.press("ctrl+l")
        await officer.sees("> Passphrase")
        assert len(index) == 0


# -- what a lock interrupts ---------------------------------------------------


async def test_view_filter_and_cursor_are_taken_up_again(sitting):
    async with sitting() as officer:
        await officer.press("6", "down")
        await officer.type("general")
        await officer.press("down", "down")
        await officer.settle()
        room = officer.app.screen
        place, typed, chosen = room.place(), room.typed(), under_cursor(officer.screen)
        await officer.press("escape", "escape", "home")
        await officer.sees("[1 To do 10]")
        room.take_up(place, typed)
        screen = await officer.sees("[6 All 14]")
        assert "Show only: general" in screen
        assert under_cursor(screen) == chosen


async def test_an_open_dossier_is_opened_again(sitting):
    async with sitting() as officer:
        await officer.press("down", "enter")
        screen = await officer.sees("> NEXT")
        room = officer.app.screen_stack[-2]
        title = screen.split("\n")[0]
        await officer.press("escape")
        await officer.sees("Show only")
        room.take_up(room.doing, {})
        assert (await officer.sees("> NEXT")).split("\n")[0] == title
