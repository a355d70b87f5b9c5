"""The settings at the screen: what is set acts at once and is written, a wrong line of the
file is told and locks nobody out, and an export shows whose keys it takes from there.
"""

import contextlib
import resource

import pyrage
import pytest

from secterm.archive.recipients import fingerprint
from secterm.desk.desk import Desk
from secterm.settings import VIEWS, Settings, View
from secterm.settings.reading import beside, read
from secterm.settings.writing import write
from secterm.tui import settings_of
from secterm.tui.app import SectermApp
from secterm.tui.screens.settings import Preferences
from tests.support.house import OFFICER, SECOND, Sitting, copied

KEYS = tuple(str(pyrage.x25519.Identity.generate().to_public()) for _ in range(2))


@pytest.fixture
def vault(vaults, tmp_path):
    """A vault of the test's own, with one appointee."""
    return copied(vaults(("opened", "general")), tmp_path)


@pytest.fixture
def file(vault):
    return beside(vault)


@pytest.fixture
def started(vault):
    """The app on a vault as the program starts it: with the settings beside it."""

    @contextlib.asynccontextmanager
    async def start(who=OFFICER):
        settings, told = settings_of(vault)
        app = SectermApp(vault, settings=settings, told=told)
        try:
            async with app.run_test(size=(80, 24)) as pilot:
                officer = Sitting(pilot)
                if who:
                    await officer.unlock(who)
                else:
                    await officer.until(lambda: len(app.screen_stack) > 2)
                yield officer
        finally:
            app.close_desk()
        if app.crash is not None:
            raise app.crash

    return start


async def at_settings(officer):
    await officer.app.push_screen(Preferences())
    await officer.sees("> Lock when idle")


async def at_row(officer, label):
    while f"> {label}" not in await officer.settle():
        await officer.press("down")


async def changes(officer, label, shows):
    await at_row(officer, label)
    await officer.press("enter")
    await officer.sees(shows)


# -- what is set ------------------------------------------------------------------------


@pytest.mark.long
async def test_the_idle_time_acts_at_once_and_is_written(started, file):
    async with started() as officer:
        await at_settings(officer)
        await changes(officer, "Lock when idle", "> Seconds")
        await officer.press("ctrl+u")
        await officer.write("45")
        await officer.sees("Set, and written to the settings file.")
        assert "45 seconds" in officer.screen
        assert read(file) == Settings(idle=45)
        officer.app._used -= 46
        await officer.sees("Locked.")


async def test_an_idle_time_out_of_bounds_is_told_and_kept(started, file):
    async with started() as officer:
        await at_settings(officer)
        await changes(officer, "Lock when idle", "> Seconds")
        for typed in ("29", "3601", "60.5", "ten", "٦٠"):
            await officer.press("ctrl+u")
            await officer.write(typed)
            screen = await officer.sees("Write a whole number from 30 to 3600.")
            assert f" {typed}" in screen.split("Write")[0]
        assert not file.exists()


@pytest.mark.long
async def test_the_colours_act_at_once_and_at_the_next_start(started):
    async with started() as officer:
        await at_settings(officer)
        await changes(officer, "Colours", "> 1 (•) As fits this terminal")
        await officer.write("5")
        await officer.sees("High contrast")
        assert officer.app.theme == "contrast"
    async with started(who=None) as officer:
        assert officer.app.theme == "contrast"


@pytest.mark.long
async def test_another_setting_leaves_the_colours_that_f12_chose(started):
    async with started() as officer:
        await officer.press("f12")
        chosen = officer.app.theme
        await at_settings(officer)
        await changes(officer, "Dates", "> 1 (•) Day, month, year")
        await officer.write("3")
        await officer.sees("Year, month, day")
        assert officer.app.theme == chosen
        assert officer.app.settings.dates == "year-first"


@pytest.mark.long
async def test_recipients_are_written_one_by_one(started, file):
    async with started() as officer:
        await at_settings(officer)
        await changes(officer, "Archive recipients", "> age1… keys")
        await officer.reads("Whoever has their secret keys reads the whole archive.")
        await officer.write(f"{KEYS[0]}, {KEYS[1]}")
        await officer.sees("2 keys")
        assert read(file).recipients == KEYS


@pytest.mark.long
async def test_a_recipient_that_is_none_is_told_and_what_was_typed_stays(started, file):
    async with started() as officer:
        await at_settings(officer)
        await changes(officer, "Archive recipients", "> age1… keys")
        await officer.write(f"{KEYS[0]} age1test")
        await officer.sees("recipient 2 is not an age public key")
        assert "age1test" in officer.screen
        assert not file.exists()
        for _ in " age1test":
            await officer.press("backspace")
        await officer.press("enter")
        await officer.sees("1 key")
        assert read(file).recipients == KEYS[:1]


@pytest.mark.long
async def test_a_recipient_may_be_a_name_of_the_book_and_no_other_name(started, file):
    async with started() as officer:
        officer.desk.add_recipient("Central registry", KEYS[0], "typed", fingerprint(KEYS[0]))
        await at_settings(officer)
        await changes(officer, "Archive recipients", "> age1… keys")
        await officer.write(f"Central registry, Bureau, {KEYS[1]}")
        await officer.reads("recipient 2 is neither a name in the recipients' book nor an age1")
        await officer.press(*["ctrl+u", "backspace"] * 6)
        await officer.write(f"central registry, {KEYS[1]}")
        await officer.sees("2 keys")
        assert read(file).recipients == ("central registry", KEYS[1])


async def test_who_may_not_export_chooses_no_recipients(started, vault, file):
    desk = Desk.open(vault, *OFFICER)
    desk.add_officer("Cas Test", "test silver harbour piano", "auditor")
    desk.close()
    async with started(("Cas Test", "test silver harbour piano")) as officer:
        await at_settings(officer)
        await at_row(officer, "Archive recipients")
        await officer.press("enter")
        await officer.reads("An auditor reads and verifies, and changes nothing.")
        assert "age1… keys" not in officer.screen
        assert not file.exists()


async def test_leaving_a_form_changes_nothing(started, file):
    async with started() as officer:
        await at_settings(officer)
        await changes(officer, "Lock when idle", "> Seconds")
        await officer.type("0")
        await officer.press("escape")
        await officer.sees("Esc again leaves without it.")
        await officer.press("escape")
        await officer.sees("600 seconds")
        assert not file.exists()


@pytest.mark.long
async def test_a_full_disk_is_told_and_what_was_typed_stays(started, file):
    write(file, Settings(idle=90))
    async with started() as officer:
        await at_settings(officer)
        await changes(officer, "Lock when idle", "> Seconds")
        await officer.press("ctrl+u")
        limit = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (64, limit[1]))
        try:
            await officer.write("120")
            screen = await officer.reads("Check the disk and the folder, then try again.")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        assert " 120" in screen
        assert read(file).idle == 90
        assert officer.app.settings.idle == 90
        await officer.press("enter")
        await officer.sees("120 seconds")
        assert read(file).idle == 120


# -- views -----------------------------------------------------------------------------


async def test_a_view_is_added_by_the_words_of_the_screen(started, file):
    async with started() as officer:
        await at_settings(officer)
        await officer.press("f2")
        await officer.sees("> Name")
        await officer.write("East wing")
        await officer.write("screening, 2nd officer")
        await officer.write("Interview")
        await officer.write("east")
        await officer.press("ctrl+u")
        await officer.write("30")
        await officer.write("3")
        screen = await officer.sees("> View 7")
        assert "East wing        screening, 2nd officer; interview" in screen
        assert read(file).views[:-1] == VIEWS
        assert read(file).views[-1] == View(
            name="East wing",
            stages=("screening", "second"),
            owed=("question",),
            words="east",
            within=30,
            order="name",
        )


@pytest.mark.long
async def test_a_view_is_changed_and_the_others_stay(started, file):
    async with started() as officer:
        await at_settings(officer)
        await changes(officer, "View 2", "> Name")
        await officer.press("ctrl+u")
        await officer.write("Decide")
        for label in ("Stages", "What is owed", "Words", "Lapses within days", "First"):
            await officer.sees(f"> {label}")
            await officer.press("enter")
        await officer.sees("> View 2               Decide ")
        changed = View(name="Decide", stages=VIEWS[1].stages)
        assert read(file).views == (VIEWS[0], changed, *VIEWS[2:])


@pytest.mark.long
async def test_a_word_that_is_no_stage_is_told_and_kept(started, file):
    async with started() as officer:
        await at_settings(officer)
        await changes(officer, "View 2", "> Name")
        await officer.press("enter")
        await officer.write(", begun")
        screen = await officer.reads("“begun” is none of these: screening, training")
        assert "decision, 2nd officer, deferred, begun" in screen
        assert not file.exists()


@pytest.mark.long
async def test_a_view_moves_to_another_number_and_stops_at_the_ends(started, file):
    async with started() as officer:
        await at_settings(officer)
        await at_row(officer, "View 2")
        await officer.press("f5")
        await officer.sees("> View 1               To decide")
        assert read(file).views == (VIEWS[1], VIEWS[0], *VIEWS[2:])
        await officer.press("f5")
        await officer.settle()
        assert read(file).views == (VIEWS[1], VIEWS[0], *VIEWS[2:])
        await officer.press("f6")
        await officer.sees("> View 2               To decide")
        assert read(file).views == VIEWS


@pytest.mark.long
async def test_a_view_is_removed_once_that_is_meant(started, file):
    async with started() as officer:
        await at_settings(officer)
        await at_row(officer, "View 6")
        await officer.press("f8")
        await officer.sees("Remove the view “All”?")
        await officer.press("escape")
        await officer.misses("Remove the view")
        await officer.press("f8")
        await officer.sees("Remove the view “All”?")
        await officer.press("enter")
        await officer.sees("> View 5")
        assert read(file).views == VIEWS[:-1]


@pytest.mark.long
async def test_the_last_view_can_go_too(started, file):
    write(file, Settings(views=VIEWS[:1]))
    async with started() as officer:
        await at_settings(officer)
        await at_row(officer, "View 1")
        await officer.press("f8")
        await officer.sees("Remove the view")
        await officer.press("enter")
        await officer.sees("> Archive recipients")
        assert read(file).views == ()


async def test_there_are_no_more_views_than_number_keys(started, file):
    write(file, Settings(views=VIEWS + VIEWS[:3]))
    async with started() as officer:
        await at_settings(officer)
        await officer.press("f2")
        await officer.sees("There are 9 views, one for each number key.")


async def test_a_key_for_views_says_so_where_there_is_none(started):
    async with started() as officer:
        await at_settings(officer)
        for key in ("f5", "f6", "f8"):
            await officer.press(key)
            await officer.sees("This line is no view.")


# -- the file --------------------------------------------------------------------------


@pytest.mark.long
async def test_a_wrong_line_locks_nobody_out_and_stays_told(started, file):
    file.write_text("# ours\nidle = 60\ntheme = 'drak'\n")
    async with started(who=None) as officer:
        await officer.reads("Line 3 of the settings file")
        await officer.reads("is not right: theme")
        assert file.name in "".join(officer.screen.split())
        await officer.write(OFFICER[0])
        await officer.write("a wrong test passphrase")
        await officer.sees("The vault does not open")
        await officer.reads("Until then all defaults hold.")
        await officer.sees("> Passphrase")
        await officer.write(OFFICER[1])
        await officer.sees("Show only")
        assert officer.app.settings == Settings()
        await officer.press("ctrl+l")
        await officer.sees("Locked.")
        await officer.reads("Line 3 of the settings file")


@pytest.mark.long
async def test_the_screen_writes_a_wrong_file_anew_and_keeps_it(started, file):
    file.write_text("idle = 60\ntheme = 'drak'\n")
    async with started() as officer:
        await at_settings(officer)
        await officer.reads("Line 2 of the settings file")
        await changes(officer, "Colours", "(•) As fits")
        await officer.write("3")
        await officer.reads(f"is kept as {file.name}.old.")
        assert read(file) == Settings(theme="dark")
        assert "drak" in file.with_name(f"{file.name}.old").read_text()
        await officer.press("ctrl+l")
        screen = await officer.sees("Locked.")
        assert "settings file" not in screen


@pytest.mark.long
async def test_what_was_edited_meanwhile_is_taken_when_the_screen_opens(started, file):
    async with started() as officer:
        file.write_text('# by hand\nidle = 77\ntheme = "contrast"\n')
        await at_settings(officer)
        assert "77 seconds" in officer.screen
        assert officer.app.theme == "contrast"
        await changes(officer, "Dates", "(•) Day, month, year")
        await officer.write("2")
        await officer.sees("Month, day, year")
        assert file.read_text().startswith("# by hand\nidle = 77\n")


@pytest.mark.long
async def test_what_was_edited_while_the_screen_was_open_is_not_written_over(started, file):
    async with started() as officer:
        await at_settings(officer)
        await changes(officer, "Dates", "> 1 (•) Day, month, year")
        write(file, Settings(idle=77))
        await officer.write("3")
        await officer.reads("The settings file was changed meanwhile, so nothing was written.")
        assert read(file) == Settings(idle=77)
        await officer.press("enter")
        await officer.sees("Set, and written to the settings file.")
        assert "77 seconds" in officer.screen
        assert read(file) == Settings(idle=77, dates="year-first")
        write(file, Settings(idle=88, dates="year-first"))
        await at_row(officer, "View 2")
        await officer.press("f5")
        await officer.reads("The settings file was changed meanwhile, so nothing was written.")
        assert "88 seconds" in officer.screen
        await at_row(officer, "View 2")
        await officer.press("f5")
        await officer.sees("Set, and written to the settings file.")
        assert read(file).views[0] == VIEWS[1]
        assert read(file).idle == 88


# -- what an interruption finds again ------------------------------------------------------


@pytest.mark.long
async def test_what_was_being_changed_is_begun_again(started):
    async with started() as officer:
        await at_settings(officer)
        await changes(officer, "View 3", "> Name")
        word = officer.app.screen_stack[-2].doing
        await officer.press("escape")
        await officer.sees("> View 3")
        await officer.press("escape")
        await officer.sees("Show only")
        await at_settings(officer)
        officer.app.screen.take_up(word, {})
        await officer.sees("Lapsing")
        await officer.sees("> Name")


async def test_the_cursor_is_found_again(started):
    async with started() as officer:
        await at_settings(officer)
        await at_row(officer, "Dates")
        place = officer.app.screen.place()
        await officer.press("escape")
        await officer.sees("Show only")
        await at_settings(officer)
        officer.app.screen.take_up(place, {})
        await officer.sees("> Dates")


# -- an export -------------------------------------------------------------------------


@pytest.mark.long
async def test_an_export_shows_the_keys_that_it_takes_from_the_file(started, file, tmp_path):
    write(file, Settings(recipients=KEYS))
    medium = tmp_path / "medium"
    medium.mkdir()
    async with started() as officer:
        await officer.press("f5")
        screen = await officer.reads(f"From the settings file {file.name}, which is neither sealed")
        for key in KEYS:
            assert f"\n    {key}\n" in screen
        await officer.press("escape")
        await officer.exports_to(medium)
        await officer.press("enter")
        await officer.sees("> Recipients")
        await officer.press("enter")
        await officer.sees("written, read back and compared")
        (written,) = medium.iterdir()
        assert written.read_bytes()[:400].count(b"-> X25519") == 2


async def test_keys_that_are_typed_are_not_said_to_be_of_the_file(started, file):
    write(file, Settings(recipients=KEYS[:1]))
    async with started() as officer:
        await officer.press("f5")
        await officer.sees("> Medium")
        await officer.sees("From the settings file")
        await officer.press("tab", "tab", "end", "ctrl+u")
        await officer.type(KEYS[1])
        await officer.misses("From the settings file")


async def test_a_passphrase_is_for_nobody_s_key(started, file):
    write(file, Settings(recipients=KEYS))
    async with started(SECOND) as officer:
        await officer.press("f5")
        await officer.sees("From the settings file")
        await officer.press("tab")
        await officer.press("2")
        await officer.misses("From the settings file")
