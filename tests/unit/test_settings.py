"""The settings file: what is read from it, how each wrong line is told, and that writing
keeps what somebody else wrote.
"""

import errno
import os
import stat

import pyrage
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secterm import messages
from secterm.settings import (
    DATES,
    GLYPHS,
    IDLE,
    LONGEST_NAME,
    LONGEST_WORDS,
    MOST_VIEWS,
    ORDERS,
    OWED,
    STAGES,
    THEMES,
    VIEWS,
    WITHIN,
    Settings,
    View,
)
from secterm.settings.reading import MOST_LINES, SettingsInvalid, beside, parse, read, statements
from secterm.settings.writing import write

KEYS = tuple(str(pyrage.x25519.Identity.generate().to_public()) for _ in range(3))


@pytest.fixture
def file(tmp_path):
    return tmp_path / "vault.toml"


def refused(file, text):
    file.write_text(text)
    with pytest.raises(SettingsInvalid) as told:
        read(file)
    return told.value


# -- reading --------------------------------------------------------------------------


def test_the_file_stands_beside_the_vault(tmp_path):
    assert beside(tmp_path / "vault.db") == tmp_path / "vault.toml"
    assert beside(tmp_path / "registry") == tmp_path / "registry.toml"
    assert beside(tmp_path / "v1.2") == tmp_path / "v1.2.toml"
    assert beside(tmp_path / "x.toml") != tmp_path / "x.toml"


def test_without_a_file_the_defaults_hold(file):
    assert read(file) == Settings()


def test_an_empty_file_says_nothing_else_than_the_defaults(file):
    file.write_text("# nothing yet\n")
    assert read(file) == Settings()


def test_every_key_of_a_file_is_taken(file):
    file.write_text(
        f"""\
        idle = 90
        theme = "contrast"
        glyphs = "console"
        dates = "year-first"
        recipients = ["{KEYS[0]}", "{KEYS[1]}"]
        [[views]]
        name = "  Mine  and\tnobody's "
        stages = ["screening", "erased"]
        owed = ["quiz"]
        words = "east"
        within = 30
        order = "lapse"
        """.replace("\t", " ")
    )
    assert read(file) == Settings(
        idle=90,
        theme="contrast",
        glyphs="console",
        dates="year-first",
        recipients=KEYS[:2],
        views=(
            View(
                name="Mine and nobody's",
                stages=("screening", "erased"),
                owed=("quiz",),
                words="east",
                within=30,
                order="lapse",
            ),
        ),
    )


def test_a_file_from_another_system_is_read(file):
    file.write_bytes(b'\xef\xbb\xbfidle = 60\r\ntheme = "dark"\r\n')
    assert read(file) == Settings(idle=60, theme="dark")


def test_no_views_at_all_can_be_meant(file):
    file.write_text("views = []\n")
    assert read(file).views == ()


VIEW = '# one\n[[views]]\nname = "One"\n\n# two\n[[views]]\nname = "Two"\n'
WRONG = [
    ("idle = 5", 1, "idle", "from 30 to 3600"),
    ("\n# longer\nidle = 3601", 3, "idle", "from 30 to 3600"),
    ("idle = true", 1, "idle", "whole number"),
    ("idle = 60.0", 1, "idle", "whole number"),
    ('idle = "60"', 1, "idle", "whole number"),
    ('idle = 60\ntheme = "drak"', 2, "theme", '"contrast"'),
    ("theme = 1", 1, "theme", "must be one of"),
    ('glyphs = "fancy"', 1, "glyphs", '"unicode"'),
    ('dates = "iso"', 1, "dates", '"year-first"'),
    (f'recipients = "{KEYS[0]}"', 1, "recipients", "list of texts"),
    (f'recipients = [\n  "{KEYS[0]}",\n  1,\n]', 1, "recipients", "list of texts"),
    (f'idle = 60\nrecipients = ["{KEYS[0]}", "age1x"]', 2, "recipients", "recipient 2"),
    ("idle = 60\nidel = 60", 2, "idel", "unknown"),
    ("idle = 60\n\n[colours]\nidle = 5", 3, "colours", "unknown"),
    (VIEW + "stage = []", 8, "view 2: stage", "unknown"),
    (VIEW + "stages = ['waiting']", 8, "view 2: stages", "“waiting” is none of"),
    (VIEW + "stages = 'screening'", 8, "view 2: stages", "list of texts"),
    (VIEW + "owed = ['rest']", 8, "view 2: owed", "“rest” is none of"),
    (VIEW + "within = -1", 8, "view 2: within", "from 0 to 3650"),
    (VIEW + "order = 'random'", 8, "view 2: order", '"lapse"'),
    (VIEW + 'words = "a\\tb"', 8, "view 2: words", "one line"),
    ('idle = 60\n[[views]]\nname = " "', 3, "view 1: name", "needs a name"),
    ("idle = 60\n[[views]]\nwithin = 3", 2, "view 1: name", "needs a name"),
    ('[[views]]\nname = "' + "x" * 31 + '"', 2, "view 1: name", "at most 30"),
    ('idle = 60\nviews = [{name = "A"}, {name = ""}]', 2, "view 2: name", "needs a name"),
    ("[views]\nname = 'a'", 1, "views", "[[views]]"),
    ("views = [1]", 1, "view 1", "[[views]]"),
    ("".join(f'[[views]]\nname = "{n}"\n' for n in range(10)), 19, "view 10", "at most 9 views"),
    (VIEW + "[views.more]\nname = 'a'", 6, "view 2: more", "unknown"),
    ("idle = 60\ntheme = dark", 2, "theme", "not TOML"),
    ('idle = 60\ntheme = "dark\n', 2, "theme", "not TOML"),
    ("idle = 60\n\nidle = 70\n", 3, "idle", "twice"),
    ("recipients = [\n", 1, "recipients", "not TOML"),
    ("idle = 60\nhello\n", 2, "", "not TOML"),
    ("idle = " + "9" * 5000, 1, "idle", "longer than 4096"),
    ("idle = 0x" + "9" * 4000, 1, "idle", "from 30 to 3600"),
    ("idle = " + "[" * 4000, 1, "idle", "not TOML"),
    ("\n" * MOST_LINES + "idle = 60", MOST_LINES + 1, "idle", f"more than {MOST_LINES} lines"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "line", "key", "what"), WRONG, ids=range(len(WRONG)))
def test_a_wrong_line_is_told_by_file_line_and_key(file, text, line, key, what):
    error = refused(file, text)
    assert (error.file, error.line, error.key) == (file, line, key)
    assert what in error.what
    told = messages.explain(error)
    assert f"Line {line} of the settings file {file} is not right" in told.what
    assert told.status == 2


def test_a_line_is_counted_past_what_goes_over_several(file):
    recipients = f'recipients = [ # these\n  "{KEYS[0]}",\n\n]\n\n'
    error = refused(file, recipients + '[[views]]\nname = """\na"""\nwithin = "3"')
    assert (error.line, error.key) == (9, "view 1: within")


def test_a_secret_key_pasted_by_mistake_is_never_told(file):
    secret = str(pyrage.x25519.Identity.generate())
    told = messages.explain(refused(file, f'recipients = ["{secret}"]')).text()
    assert "recipient 1 is a secret key" in told
    assert "AGE-SECRET-KEY" not in told


def test_what_is_told_moves_no_cursor(file):
    error = refused(file, '"\\u001b[2J" = 1')
    assert "\x1b" not in messages.explain(error).text()


@pytest.mark.parametrize("content", [b"idle = 60\n\xff = 1\n", b"SQLite format 3\0\xff" * 5])
def test_what_is_no_text_is_told(file, content):
    file.write_bytes(content)
    with pytest.raises(SettingsInvalid, match="UTF-8"):
        read(file)


def test_what_is_too_large_is_not_read(file):
    assert "larger than" in refused(file, "#" * 100_000).what


def test_what_is_no_file_is_told_and_not_waited_for(file):
    os.mkfifo(file)
    with pytest.raises(SettingsInvalid, match="no ordinary file") as told:
        read(file)
    assert str(file) in messages.explain(told.value).text()
    with pytest.raises(SettingsInvalid, match="no ordinary file"):
        write(file, Settings(idle=60))
    assert stat.S_ISFIFO(file.lstat().st_mode)


def test_what_is_no_file_leaves_nothing_open(file):
    file.mkdir()
    before = os.listdir("/proc/self/fd")
    for _again in range(3):
        with pytest.raises(SettingsInvalid, match="no ordinary file"):
            read(file)
    assert os.listdir("/proc/self/fd") == before


def test_what_goes_too_deep_ends_no_search_for_a_line():
    """`parse` may have come to its end with it, from nearer the stack's beginning."""
    text = f"idle = 60\nrecipients = {'[' * 900}\n"
    assert list(statements(text)) == [(1, ("idle",))]


# -- writing --------------------------------------------------------------------------


def test_a_new_file_explains_every_key_and_says_the_defaults(file):
    write(file, Settings())
    assert read(file) == Settings()
    told = " ".join(line.lstrip("# ") for line in file.read_text().split("\n"))
    choices = (*THEMES, *GLYPHS, *DATES, *ORDERS)
    for word in (*(f'"{choice}"' for choice in choices), *STAGES, *OWED):
        assert word in told
    for key in (*Settings.__struct_fields__, *View.__struct_fields__):
        assert key in told
    assert told.count("Default") >= len(Settings.__struct_fields__) + 4
    assert "30 to 3600" in told
    assert "neither sealed nor signed" in told


def test_a_key_that_is_written_into_a_file_without_it_gets_its_comment(file):
    file.write_text("# mine\nidle = 60")
    write(file, Settings(idle=60, theme="dark"))
    assert file.read_text().startswith("# mine\nidle = 60\n")
    assert "# Colours:" in file.read_text()
    assert read(file) == Settings(idle=60, theme="dark")


OWN = """\
# The desk in the hall.
idle = 60  # they walk past

# agreed in spring
theme = 'dark'

# what we look at first
[[views]]
name = "First"   # F
# nobody else
stages = [
    "screening", # begun
]

# and then
[[views]]
within = 0x1E  # a month
name = "Then"
"""
FIRST = View(name="First", stages=("screening",))
THEN = View(name="Then", within=30)


def own(**changes):
    return Settings(**{"idle": 60, "theme": "dark", "views": (FIRST, THEN), **changes})


def test_writing_what_stands_there_changes_no_letter(file):
    file.write_text(OWN)
    assert read(file) == own()
    write(file, own())
    assert file.read_text() == OWN


def test_one_change_changes_that_line_alone(file):
    file.write_text(OWN)
    write(file, own(idle=120))
    assert file.read_text() == OWN.replace("60  #", "120  #")


def test_a_view_s_comments_go_where_it_goes(file):
    file.write_text(OWN)
    write(file, own(views=(THEN, FIRST)))
    at, then_at = OWN.index("# what"), OWN.index("# and then")
    assert file.read_text() == OWN[:at] + OWN[then_at:] + "\n" + OWN[at : then_at - 1]


def test_a_view_that_is_removed_takes_its_comments_and_no_other_s(file):
    file.write_text(OWN)
    write(file, own(views=(THEN,)))
    text = file.read_text()
    assert "nobody else" not in text
    assert "what we look at first" not in text
    for kept in ("# and then", "0x1E  # a month", "# they walk past", "# agreed in spring"):
        assert kept in text


def test_a_view_that_is_renamed_or_changed_keeps_its_comments(file):
    file.write_text(OWN)
    changed = own(views=(View(name="Soon", stages=("screening",), words="x"), THEN))
    write(file, changed)
    assert read(file) == changed
    for kept in ("# what we look at first", "   # F", "# nobody else", "# begun"):
        assert kept in file.read_text()


def test_views_in_one_line_are_written_anew(file):
    file.write_text('views = [{name = "A"}]  # short\nidle = 60\n')
    write(file, Settings(idle=60, views=(View(name="A"), View(name="B"))))
    assert read(file) == Settings(idle=60, views=(View(name="A"), View(name="B")))


NAMES = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=LONGEST_NAME)
WORDS = st.lists(
    st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=20), max_size=5
).map(lambda words: " ".join(words)[:LONGEST_WORDS])
SOME_VIEWS = st.builds(
    View,
    name=NAMES,
    stages=st.lists(st.sampled_from(STAGES), unique=True).map(tuple),
    owed=st.lists(st.sampled_from(OWED), unique=True).map(tuple),
    words=WORDS,
    within=st.integers(*WITHIN),
    order=st.sampled_from(ORDERS),
)
ANY = st.builds(
    Settings,
    idle=st.integers(*IDLE),
    theme=st.sampled_from(THEMES),
    glyphs=st.sampled_from(GLYPHS),
    dates=st.sampled_from(DATES),
    recipients=st.lists(st.sampled_from(KEYS), unique=True).map(tuple),
    views=st.lists(st.one_of(SOME_VIEWS, st.sampled_from(VIEWS)), max_size=MOST_VIEWS).map(tuple),
)


@pytest.mark.long
@settings(max_examples=60, deadline=None)
@given(first=ANY, then=ANY)
def test_what_is_written_is_read_again_whatever_stood_there(tmp_path_factory, first, then):
    file = tmp_path_factory.mktemp("settings") / "v.toml"
    write(file, first)
    assert read(file) == first
    file.write_text(f"# ours\n{file.read_text()}\n# the end\n")
    write(file, then)
    assert read(file) == then
    assert file.read_text().startswith("# ours\n")
    assert "\n# the end\n" in file.read_text()
    assert [p.name for p in file.parent.iterdir()] == [file.name]


def test_what_was_not_right_is_kept_beside_the_new_file(file):
    for number, name in enumerate(("vault.toml.old", "vault.toml.old-2")):
        file.write_text(f"idel = {number}\n")
        kept = write(file, Settings(idle=90))
        assert kept == file.with_name(name)
        assert kept.read_text() == f"idel = {number}\n"
        assert read(file) == Settings(idle=90)


@pytest.mark.parametrize(
    "wrong",
    [
        Settings(idle=3601),
        Settings(idle=0),
        Settings(recipients=("age1nobody",)),
        Settings(views=VIEWS * 2),
        Settings(views=(View(name=""),)),
        Settings(views=(View(name="a", within=-1),)),
    ],
)
def test_nothing_out_of_bounds_is_written(file, wrong):
    file.write_text(OWN)
    with pytest.raises(SettingsInvalid):
        write(file, wrong)
    assert file.read_text() == OWN
    assert [p.name for p in file.parent.iterdir()] == [file.name]


def test_only_the_owner_reads_the_file(file):
    file.write_text(OWN)
    file.chmod(0o644)
    before = os.umask(0)
    try:
        write(file, own(idle=90))
    finally:
        os.umask(before)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_what_a_power_cut_left_is_in_nobody_s_way(file):
    file.with_name("vault.toml.new").write_text("idle = ")
    write(file, Settings(idle=90))
    assert read(file).idle == 90
    assert [p.name for p in file.parent.iterdir()] == [file.name]


def test_a_link_in_its_place_is_not_written_through(file, tmp_path):
    other = tmp_path / "other.toml"
    other.write_text("idle = 60\n")
    file.symlink_to(other)
    file.with_name("vault.toml.new").symlink_to(other)
    with pytest.raises(FileExistsError):
        write(file, Settings(idle=90))
    file.with_name("vault.toml.new").unlink()
    write(file, Settings(idle=90))
    assert other.read_text() == "idle = 60\n"
    assert not file.is_symlink()


@pytest.mark.parametrize("failing", ["fsync", "replace"])
def test_a_disk_that_fails_leaves_the_file_as_it_was(file, monkeypatch, failing):
    file.write_text(OWN)

    def fails(*arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, failing, fails)
        with pytest.raises(OSError, match="No space"):
            write(file, own(idle=90))
    assert file.read_text() == OWN
    assert [p.name for p in file.parent.iterdir()] == [file.name]


def test_a_file_that_was_not_right_is_there_still_where_the_new_one_fails(file):
    file.write_text("idel = 1\n")
    file.with_name("vault.toml.new").mkdir()
    with pytest.raises(OSError, match="exists"):
        write(file, Settings())
    assert file.read_text() == "idel = 1\n"


def test_the_defaults_are_within_the_bounds(file):
    write(file, Settings())
    assert parse(file.read_text(), file) == Settings()
