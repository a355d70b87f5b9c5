"""Colours and characters: what stands out, what a console shows, and what says so
where there are no colours at all.
"""

import contextlib
import itertools
import re

import pytest
from rich.cells import cell_len

from secterm.settings import Settings
from secterm.tui import glyphs, terminals, themes
from secterm.tui.app import SectermApp
from secterm.tui.screens.reader import Kept
from secterm.tui.steady import steady
from tests.pilot.conftest import Seated
from tests.support import console, drawn, walks
from tests.support.house import Sitting, copied
from tests.support.terminal import Terminal
from tests.support.walks import WALKS

TERMINALS = {
    "linux": {"TERM": "linux", "COLORTERM": "truecolor"},
    "256": {"TERM": "tmux-256color", "COLORTERM": ""},
    "16m": {"TERM": "xterm-256color", "COLORTERM": "truecolor"},
}
OFTEN = ("dossiers", "new dossier wrong", "adverse answer", "help")
# Names as they come: Chinese, Arabic with marks, Devanagari, a joined emoji, Polish.
WIDE, MARKED, INDIC, JOINED, POLISH = (
    "測試者 範例",
    "عَرَبِي تَجرِبة",
    "परीक्षण",
    "Zoé 👩‍🚀 Test",
    "Łucja Próbna",
)
NAMES = (WIDE, MARKED, INDIC, JOINED, POLISH)


@pytest.fixture
def shown(same_vault, tmp_path, monkeypatch):
    """`async with shown("help", environment) as app`: a screen, and what the app draws of it."""

    @contextlib.asynccontextmanager
    async def show(name, environment=TERMINALS["16m"], **how):
        walks.steady(monkeypatch, tmp_path)
        for variable, value in environment.items():
            monkeypatch.setenv(variable, value)
        walk = WALKS[name]
        path = tmp_path / "vault.db" if walk.empty else copied(same_vault, tmp_path)
        app = (Seated if walk.inside else SectermApp)(path, clock=lambda: walks.THEN, **how)
        try:
            async with app.run_test(size=(80, 24)) as pilot:
                await walk.take(Sitting(pilot))
                yield app, pilot
        finally:
            app.close_desk()

    return show


# -- contrast --------------------------------------------------------------------


@pytest.mark.parametrize("theme", themes.THEMES, ids=lambda theme: theme.name)
def test_every_text_of_a_theme_stands_out(theme):
    def parts(colour):
        return tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5))

    own = theme.variables
    pairs = [(own[f"{word}-text"], own[f"{word}-ground"]) for word in PAIRS]
    plain = [theme.foreground, theme.primary, theme.success]
    for text, ground in [*pairs, *itertools.product(plain, [theme.background])]:
        assert terminals.contrast(parts(text), parts(ground)) >= 7


PAIRS = ("title", "field", "bar", "key", "trouble")


def cases():
    """Every screen on every kind of terminal; most of them with the long tests."""
    for name, terminal in itertools.product(WALKS, TERMINALS):
        marks = [] if name in OFTEN and terminal == "linux" else [pytest.mark.long]
        yield pytest.param(name, TERMINALS[terminal], id=f"{name}-{terminal}", marks=marks)


@pytest.mark.long
@pytest.mark.parametrize(("name", "environment"), cases())
async def test_everything_drawn_stands_out_in_every_theme(shown, name, environment):
    async with shown(name, environment) as (app, pilot):
        seen, told = set(), []
        while app.theme not in seen:
            seen.add(app.theme)
            told += [(app.theme, faint) for faint in drawn.faint(app)]
            app.action_theme()
            await pilot.pause()
            await pilot.pause()
        assert not told
        assert len(seen) >= 3


def mostly_long(terminals):
    """All terminals, of which but the console is looked at by default."""
    for name, environment in terminals.items():
        marks = [] if name == "linux" else [pytest.mark.long]
        yield pytest.param(environment, id=name, marks=marks)


@pytest.mark.long
@pytest.mark.parametrize("environment", mostly_long(TERMINALS))
async def test_the_cursor_shows_in_every_theme(shown, environment):
    async with shown("particulars", environment) as (app, pilot):
        themes_seen = set()
        while app.theme not in themes_seen:
            themes_seen.add(app.theme)
            line = [run for run in drawn.runs(app) if run.line == 4]
            _label, at = [i for i, run in enumerate(line) if run.text.strip()]
            value, cursor, rest = line[at : at + 3]
            assert cursor.text == " "
            assert cursor.ground not in (value.ground, rest.ground)
            app.action_theme()
            await pilot.pause()
            await pilot.pause()


@pytest.mark.parametrize("environment", mostly_long(TERMINALS))
async def test_the_row_under_the_cursor_shows_in_every_theme(shown, environment):
    async with shown("dossiers", environment) as (app, pilot):
        themes_seen = set()
        while app.theme not in themes_seen:
            themes_seen.add(app.theme)
            rows = [run for run in drawn.runs(app) if " days " in run.text or "today" in run.text]
            (here,) = [run for run in rows if run.text.startswith("> ")]
            assert here.ground not in {run.ground for run in rows if run is not here}
            app.action_theme()
            await pilot.pause()
            await pilot.pause()


def test_black_and_white_stand_as_far_apart_as_can_be():
    assert terminals.contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert terminals.contrast((119, 119, 119), (255, 255, 255)) == pytest.approx(4.48, abs=0.01)


# -- sixteen colours ---------------------------------------------------------------


@pytest.mark.parametrize("name", OFTEN)
async def test_a_console_gets_exact_colours_and_bold_and_nothing_else(shown, name):
    async with shown(name, TERMINALS["linux"]) as (app, _pilot):
        numbers = {int(n) for run in drawn.runs(app) for n in run.sent.split(";") if n}
        assert numbers <= {1, *range(30, 38), *range(90, 98), *range(40, 48)}


def test_the_program_itself_sends_a_console_no_other_colours(same_vault, tmp_path):
    vault = copied(same_vault, tmp_path)
    with Terminal("--vault", str(vault), env=TERMINALS["linux"]) as terminal:
        terminal.wait("> Officer")
        terminal.enter("Nobody at all")
        terminal.press("f1")
        terminal.wait("Help")
        numbers = {int(n) for style in terminal.styles for n in style.split(b";") if n}
    assert {33, 93} & numbers
    assert numbers <= {0, 1, *range(30, 38), *range(90, 98), *range(40, 48)}


def test_a_terminal_that_cannot_be_drawn_on_is_told_so(same_vault, tmp_path):
    vault = copied(same_vault, tmp_path)
    with Terminal("--vault", str(vault), term="dumb") as terminal:
        terminal.wait("TERM=linux.")
        assert terminal.end() == 2


# -- which terminal it is ------------------------------------------------------------


@pytest.mark.parametrize(
    ("environment", "colours"),
    [
        ({"TERM": "linux"}, "16"),
        ({"TERM": "linux", "COLORTERM": "truecolor"}, "16"),
        ({"TERM": "xterm-256color"}, "256"),
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, "16m"),
        ({"TERM": "tmux-256color", "COLORTERM": "24bit", "TMUX": "x", "STY": "y"}, "16m"),
        ({"TERM": "screen-256color", "COLORTERM": "truecolor", "STY": "1.pts"}, "256"),
        ({"TERM": "screen", "COLORTERM": "truecolor"}, "16"),
        ({"TERM": "xterm"}, "16"),
        ({"TERM": "vt100"}, "none"),
        ({"TERM": "xterm-mono"}, "none"),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, "none"),
        ({"TERM": "xterm-256color", "NO_COLOR": ""}, "256"),
        ({}, "16"),
    ],
)
def test_a_terminal_gets_the_colours_that_it_has(environment, colours):
    assert terminals.fitting(environment) == colours


@pytest.mark.parametrize(
    ("term", "set"),
    [
        ("linux", "console"),
        ("linux-16color", "console"),
        ("vt220", "console"),
        ("xterm", "unicode"),
    ],
)
def test_a_terminal_gets_the_characters_that_it_has(term, set):
    assert glyphs.fitting({"TERM": term}) == set


@pytest.mark.parametrize(
    ("wanted", "colours", "name"),
    [
        ("auto", "16", "console"),
        ("dark", "16", "console"),
        ("light", "16", "console-light"),
        ("contrast", "16", "contrast"),
        ("auto", "256", "dark"),
        ("light", "16m", "light"),
        ("console", "16m", "console"),
    ],
)
def test_a_theme_is_drawn_in_the_colours_that_there_are(wanted, colours, name):
    assert themes.fitting(wanted, colours) == name


async def test_f12_goes_through_all_themes_and_back(sitting):
    async with sitting(("opened", "general")) as officer:
        seen = [officer.app.theme]
        for _press in range(4):
            await officer.press("f12")
            seen.append(officer.app.theme)
        assert seen == ["dark", "light", "contrast", "console", "dark"]


async def test_what_is_set_is_worn_at_once(sitting):
    async with sitting(("opened", "general")) as officer:
        officer.app.dress(Settings(theme="light", glyphs="console"))
        await officer.settle()
        assert officer.app.theme == "light"
        assert officer.app.glyphs == "console"


# -- characters ------------------------------------------------------------------


def test_the_console_s_characters_are_those_of_its_font():
    assert console.drawn() | {console.UNKNOWN} == glyphs.CONSOLE


@pytest.mark.parametrize("text", NAMES)
def test_what_a_font_lacks_takes_as_many_columns_and_is_never_another_letter(text):
    shown = glyphs.drawn(text)
    assert cell_len(shown) == cell_len(text)
    assert set(shown) <= glyphs.CONSOLE
    assert set(shown) - {glyphs.MARK} <= set(text)
    assert glyphs.MARK in shown
    assert not glyphs.shows(text)
    assert glyphs.told(text)


@pytest.mark.parametrize("text", ["José Ñandú", "Jose\u0301 Test", "Ann O’Test", "‛a′"])
def test_what_a_font_has_shows_as_it_is(text):
    assert glyphs.shows(text)
    assert not glyphs.told(text)
    assert glyphs.MARK not in glyphs.drawn(text)


@pytest.mark.parametrize("text", ["Ann\u202etseT", "Ann\u200bTest"])
def test_a_name_with_an_unseen_character_is_not_taken_for_one_without(text):
    assert not glyphs.shows(text)


@pytest.mark.parametrize(
    "text",
    [
        "Ann\x1b[2J",
        "Ann\x07Test",
        "Ann\n~ x",
        "北\u202e京",
        "Ann\u2066 T",
        "e\u0301\x9b1m",
        "a\ud800b",
    ],
)
def test_what_a_terminal_would_act_on_is_a_mark_in_as_many_columns(text):
    shown = glyphs.still(text)
    assert glyphs.MARK in shown
    assert cell_len(shown) == cell_len(text)
    assert not set(shown) & set("\x1b\x07\n\x9b\u202e\u2066\ud800")


@pytest.mark.parametrize("text", ["", "Ann Test", NAMES[0], INDIC, JOINED, "a\u200db", "a\u00a0b"])
def test_what_a_terminal_only_draws_stays_as_it_is(text):
    assert glyphs.still(text) == text


@pytest.mark.parametrize("set", ["console", "unicode"])
async def test_no_text_moves_the_cursor_or_turns_a_line_round_wherever_it_is_from(sitting, set):
    hostile = "Ann\x1b[2J\x1b[31m[bold]\u202eT\n\n~"
    async with sitting(("opened", "general")) as officer:
        officer.app.dress(Settings(glyphs=set))
        await officer.press("f2")
        await officer.sees("> Full name")
        officer.app.screen.take_up("post", {"name": hostile, "post": hostile})
        await officer.sees("[bold")
        officer.app.screen.say(hostile)
        shown = await officer.settle()
        assert not [c for c in shown if c != "\n" and not c.isprintable()]
        assert widths(officer.app) == {80}
        officer.app.push_screen(Kept([hostile]))
        shown = await officer.sees("What you had typed before")
        assert not [c for c in shown if c != "\n" and not c.isprintable()]
        assert "[bold" in shown


@pytest.mark.long
@pytest.mark.parametrize("set", ["console", "unicode"])
async def test_names_in_any_script_keep_columns_fields_and_the_bar_aligned(sitting, set):
    async with sitting(("opened", "general")) as officer:
        officer.app.dress(Settings(glyphs=set))
        for name in NAMES:
            await officer.press("f2")
            await officer.sees("> Full name")
            await officer.type(name)
            form = await officer.settle()
            assert widths(officer.app) == {80}
            assert (glyphs.MARK in form) == (set == "console")
            await officer.press("escape")
            await officer.press("escape")
            await officer.sees("Show only")


async def test_a_list_with_names_in_any_script_keeps_its_columns(sitting):
    async with sitting(*[("opened", "general")] * 3) as officer:
        desk = officer.desk
        for card, name in zip(desk.cards(), NAMES, strict=False):
            rename(desk, card.id, name)
        for set in ("unicode", "console"):
            officer.app.dress(Settings(glyphs=set))
            officer.app.screen.freshen()
            await officer.sees("�" if set == "console" else WIDE)
            rows = [line for line in drawn.lines(officer.app) if "interview" in line]
            assert len(rows) == 3
            assert len({cell_len(row[: row.index("interview")]) for row in rows}) == 1
            assert widths(officer.app) == {80}


async def test_the_bar_says_whose_page_it_is_in_any_script(sitting):
    async with sitting(("opened", "general")) as officer:
        id = officer.desk.cards()[0].id
        rename(officer.desk, id, WIDE)
        await officer.opens("screening")
        officer.app.dress(Settings(glyphs="console"))
        await officer.sees("Dossier: ������ ����")
        assert widths(officer.app) == {80}


@pytest.mark.parametrize("name", [INDIC, JOINED, "ก็ Test", "❤\ufe0f T", "a\u200db", "Ann Test"])
@pytest.mark.parametrize("drawn_as_wide", [0, 1, 2])
def test_what_follows_a_name_stands_in_its_column_however_wide_it_is_drawn(name, drawn_as_wide):
    gap = 12
    sent = f"\x1b[1;37;44m{name}  \x1b[0m\x1b[44m{' ' * (gap - 2)}|\x1b[0m"
    cursor, saved, drawn_at = 0, 0, []
    for save, restore, move, _style, character in re.findall(
        r"(\x1b7)|(\x1b8)|\x1b\[(\d+)C|(\x1b\[[\d;]*m)|(.)", steady(sent)
    ):
        if save:
            saved = cursor
        elif restore:
            cursor = saved
        elif move:
            cursor += int(move)
        elif character:
            drawn_at.append((character, cursor))
            cursor += 1 if character.isascii() else drawn_as_wide
    assert drawn_at[-1] == ("|", cell_len(name) + gap)
    *_, last = (at for character, at in drawn_at[:-1] if character != " ")
    assert last < cell_len(name) + gap
    assert "".join(c for c, _at in drawn_at).replace(" ", "") == name.replace(" ", "") + "|"


def rename(desk, id, name):
    import msgspec

    from secterm.dossier.entries import Corrected

    who = desk.dossier(id).state.particulars
    desk.act(id, Corrected(particulars=msgspec.structs.replace(who, name=name), reason="Test"))


def widths(app):
    return {cell_len(line) for line in drawn.lines(app)}


# -- no colours --------------------------------------------------------------------

NONE = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "NO_COLOR": "1"}


@pytest.mark.parametrize("name", ["dossier", *OFTEN])
async def test_no_colour_is_sent_where_none_is_wanted(shown, name):
    async with shown(name, NONE) as (app, _pilot):
        runs = drawn.runs(app)
        numbers = {int(n) for run in runs for n in run.sent.split(";") if n}
        assert numbers <= {1, 4, 7}
        assert not any({"bold", "reversed"} <= run.marks for run in runs)


async def test_without_colours_the_row_under_the_cursor_is_reversed(shown):
    async with shown("dossiers", NONE) as (app, _pilot):
        marked = [run for run in drawn.runs(app) if run.text.startswith("> ")]
        assert [run.marks for run in marked] == [{"reversed"}]


async def test_without_colours_a_field_is_underlined_and_its_cursor_reversed(shown):
    async with shown("new dossier wrong", NONE) as (app, _pilot):
        field = [run for run in drawn.runs(app) if "underlined" in run.marks]
        assert len({run.line for run in field}) == 6
        cursor = [run for run in drawn.runs(app) if "reversed" in run.marks and run.text == " "]
        assert len(cursor) == 1


async def test_without_colours_trouble_is_marked_and_bold(shown):
    async with shown("new dossier wrong", NONE) as (app, _pilot):
        (trouble,) = [run for run in drawn.runs(app) if "Full name is missing" in run.text]
        assert "! " in trouble.text
        assert "bold" in trouble.marks


async def test_without_colours_bar_keys_and_the_entry_asked_stand_out(shown):
    async with shown("new dossier wrong", NONE) as (app, _pilot):
        marks = {run.text.strip(): run.marks for run in drawn.runs(app)}
        assert marks["> Full name"] == {"bold"}
        assert marks["Esc"] == {"reversed"}
        assert any("New dossier" in text and marks[text] == {"reversed"} for text in marks)


async def test_without_colours_there_is_no_key_for_them(shown):
    async with shown("dossiers", NONE) as (app, _pilot):
        assert "Colours" not in "\n".join(drawn.lines(app))
