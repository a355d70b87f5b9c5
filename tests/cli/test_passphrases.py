"""A passphrase comes from a file's first line, from standard input, or from a terminal."""

import pytest

from tests.cli.conftest import OFFICER, PASSPHRASE
from tests.support.commands import AtTerminal

WHO = ("--vault", "v.db", "--officer", OFFICER)


@pytest.mark.parametrize(
    "content",
    [
        PASSPHRASE.encode(),
        f"{PASSPHRASE}\r\nand a second line".encode(),
        f"\N{ZERO WIDTH NO-BREAK SPACE}{PASSPHRASE}\n".encode(),
    ],
    ids=["no line's end", "CRLF", "byte order mark"],
)
def test_however_an_editor_saved_the_first_line_it_opens(room, content):
    (room.folder / "saved.txt").write_bytes(content)
    assert room.bare("list", *WHO, "--passphrase-file", "saved.txt").status == 0


def test_a_space_at_the_end_counts_and_is_hinted_at(room):
    (room.folder / "spaced.txt").write_text(f"{PASSPHRASE} \n")
    done = room.bare("list", *WHO, "--passphrase-file", "spaced.txt")
    assert done.status == 3
    assert "begins or ends with a space, which counts" in done.complaint


def test_nobody_chooses_a_passphrase_that_ends_in_a_space(empty):
    (empty.folder / "spaced.txt").write_text(f"{PASSPHRASE} \n")
    done = empty.bare("init", *WHO, "--unit", "Test unit", "--passphrase-file", "spaced.txt")
    assert done.status == 2
    assert "Remove it" in done.complaint
    assert not empty.vault.exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"\nsecond line\n", "is empty"),
        (b"caf\xe9 caf\xe9 caf\xe9\n", "not UTF-8"),
        (b"x" * 5000, "longer than 4096 bytes"),
    ],
)
def test_a_file_without_a_usable_first_line_is_told(room, content, said):
    (room.folder / "odd.txt").write_bytes(content)
    done = room.bare("list", *WHO, "--passphrase-file", "odd.txt")
    assert done.status == 2
    assert said in done.complaint


def test_a_missing_file_is_told(room):
    done = room.bare("list", *WHO, "--passphrase-file", "missing.txt")
    assert done.status == 2
    assert "cannot be read: No such file or directory" in done.complaint


def test_a_dash_is_standard_input(room):
    typed = f"{PASSPHRASE}\n".encode()
    assert room.bare("list", *WHO, "--passphrase-file", "-", stdin=typed).status == 0


def test_a_dash_at_a_terminal_does_not_show_what_is_typed(room):
    start = ("list", *WHO, "--passphrase-file", "-")
    with AtTerminal(*start, asked=True, cwd=room.folder) as terminal:
        terminal.sees("Passphrase: ").types(PASSPHRASE)
        done = terminal.ends()
    assert done.status == 0
    assert PASSPHRASE not in done.err


def test_two_passphrases_do_not_share_standard_input(room):
    done = room.bare(
        *("export", *WHO, "--passphrase-file", "-"),
        *("--to", "out", "--archive-passphrase-file", "-"),
    )
    assert done.status == 2
    assert "Only one passphrase can come from standard input" in done.complaint


def test_at_a_terminal_name_and_passphrase_are_asked_for_and_not_shown(room):
    with AtTerminal("list", "--vault", "v.db", asked=True, cwd=room.folder) as terminal:
        terminal.sees("Officer: ").types(OFFICER)
        terminal.sees("Passphrase: ").types(PASSPHRASE)
        done = terminal.ends()
    assert done.status == 0
    assert PASSPHRASE not in done.err


def test_a_new_passphrase_is_asked_for_twice(empty):
    start = ("init", *WHO, "--unit", "Test unit")
    with AtTerminal(*start, asked=True, cwd=empty.folder) as terminal:
        terminal.sees("New passphrase: ").types(PASSPHRASE)
        terminal.sees("Once more: ").types("test velvet orbit lantrn")
        done = terminal.ends()
    assert done.status == 2
    assert "not the same" in done.err
    assert not empty.vault.exists()


@pytest.mark.parametrize("key", ["\x03", "\x04"], ids=["Ctrl+C", "Ctrl+D"])
def test_leaving_a_question_ends_in_one_line(room, key):
    with AtTerminal("list", *WHO, asked=True, cwd=room.folder) as terminal:
        terminal.sees("Passphrase: ").types(key, end="")
        done = terminal.ends()
    assert done.status == (130 if key == "\x03" else 2)
    line = "Stopped." if key == "\x03" else "No passphrase was given."
    assert f"\nsecterm: {line}" in done.err
    assert "Traceback" not in done.err
