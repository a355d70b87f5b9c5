"""In a real terminal, with everything set that would make Textual talk: no secret leaves
the screen, by the terminal's own memory, by a file, by a socket, or by a key.
"""

import contextlib
import os
import re
import signal
import socket
import time
from pathlib import Path

import pytest

from secterm.vault import kdf
from tests.support import watched
from tests.support.house import OFFICER, build
from tests.support.terminal import ROOT, Terminal

CANARY = "Zebrafinch Canary"


@pytest.fixture
def vault(tmp_path, monkeypatch):
    monkeypatch.setattr(kdf, "floors", (kdf.Cost(t=1, m=32, p=1),))
    (tmp_path / "v").mkdir()
    return build(tmp_path / "v" / "vault.db", ("rules", "general"))


@pytest.fixture
def devtools():
    """Where Textual's console would listen."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


@pytest.fixture
def loud(tmp_path, devtools):
    """The environment of somebody who wants to see everything, in folders of their own."""
    home, site = tmp_path / "home", watched.site_of(tmp_path / "site")
    home.mkdir()
    folders = dict.fromkeys(("HOME", "TMPDIR", "XDG_DATA_HOME", "XDG_DOWNLOAD_DIR"), str(home))
    return folders | {
        "PYTHONPATH": f"{site}:{ROOT}",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONASYNCIODEBUG": "1",
        "TEXTUAL": "devtools,debug",
        "TEXTUAL_DEBUG": "1",
        "TEXTUAL_LOG": str(home / "textual.log"),
        "TEXTUAL_SCREENSHOT": "1",
        "TEXTUAL_SCREENSHOT_LOCATION": str(home),
        "TEXTUAL_SCREENSHOT_FILENAME": "shot.svg",
        "TEXTUAL_PRESS": "p,r,e,s,s,e,d",
        "TEXTUAL_DRIVER": "textual.drivers.linux_inline_driver:LinuxInlineDriver",
        "TEXTUAL_SHOW_RETURN": "1",
        "TEXTUAL_ALLOW_SIGNALS": "1",
        "TEXTUAL_DEVTOOLS_HOST": "127.0.0.1",
        "TEXTUAL_DEVTOOLS_PORT": str(devtools.getsockname()[1]),
    }


def unlocks(terminal):
    terminal.wait("> Officer")
    terminal.enter(OFFICER[0])
    terminal.wait("> Passphrase")
    terminal.type(OFFICER[1])
    terminal.wait("•" * len(OFFICER[1]))
    terminal.press("enter")
    terminal.wait("Show only")


@pytest.mark.parametrize("term", ["linux", pytest.param("xterm-256color", marks=pytest.mark.long)])
def test_no_secret_leaves_the_screen(vault, loud, devtools, tmp_path, term):
    home = tmp_path / "home"
    with Terminal("--vault", str(vault), term=term, env=loud, cwd=home) as terminal:
        unlocks(terminal)
        terminal.press("f2")
        terminal.wait("> Full name")
        terminal.type(CANARY)
        terminal.wait(CANARY)
        terminal.type("\x01\x1b[1;2F\x18\x03\x16")  # home, mark to the end, cut, copy, put back
        terminal.type("\x19" if CANARY not in terminal.settled() else "")
        time.sleep(1.2)  # as long as the picture would have waited
        given = ""
        with contextlib.suppress(PermissionError):  # nobody but the superuser reads it
            given = Path(f"/proc/{terminal.process.pid}/environ").read_text()
        terminal.press("ctrl+l")
        terminal.wait("Locked. Checkpoint")
        locked, kept = terminal.settled(), terminal.scrolled_off()
        sent = bytes(terminal.received)
        terminal.press("ctrl+q")
        assert terminal.end() == 0
        left = terminal.text() + terminal.scrolled_off()

    assert CANARY not in locked + kept
    assert "Test unit" not in locked + kept
    assert left.strip() in ("", "u")  # the end of a sequence that pyte does not know
    assert b"\x1b[2J" in sent[sent.rindex(b"Full name") :]
    for secret in (OFFICER[1], "velvet", "lantern", "pressed"):
        assert secret.encode() not in terminal.received
        assert secret not in given.replace(loud["TEXTUAL_PRESS"], "")
    assert b"\x1b]" not in terminal.received  # no title, no clipboard, no link
    assert [p.name for p in home.iterdir()] == []
    assert [p.name for p in vault.parent.iterdir()] == [vault.name]
    told = watched.told(tmp_path / "site")
    assert told
    beside = (f"open {vault}", "open /dev/", "open " + str(terminal._trace.parent))
    assert [each for each in told if not each.startswith(beside)] == []
    with pytest.raises(BlockingIOError):
        devtools.accept()


@pytest.mark.long
def test_a_console_with_one_screen_forgets_what_scrolled_off_it_at_the_lock(vault):
    with Terminal("--vault", str(vault), term="linux") as terminal:
        unlocks(terminal)
        before = len(terminal.received)
        terminal.press("ctrl+l")
        terminal.wait("Locked. Checkpoint")
        assert b"\x1b[3J" in bytes(terminal.received[before:])


@pytest.mark.long
def test_what_is_typed_after_the_screens_are_gone_is_shown_to_nobody(vault):
    with Terminal("--vault", str(vault), term="linux") as terminal:
        unlocks(terminal)
        terminal.press("ctrl+q")
        terminal.type("typed too late")
        assert terminal.end() == 0
        assert "typed too late" not in terminal.text() + terminal.scrolled_off()


@pytest.mark.long
def test_no_byte_and_no_signal_leads_out_of_a_handover(vault):
    with Terminal("--vault", str(vault), term="linux") as terminal:
        unlocks(terminal)
        terminal.press("enter")
        terminal.wait("> NEXT")
        terminal.press("enter")
        terminal.wait("Enter begins.")
        for byte in sorted({*range(256)} - {0x0C, 0x0D, 0x0A, 0x1B}):  # lock, Enter, Esc
            os.write(terminal.master, bytes([byte]))
        for sequence in (b"\x1b[", b"\x1b[99~", b"\x1b[200~pasted", b"\x1b[201~", b"\x1b]0;t\x07"):
            os.write(terminal.master, sequence)
        time.sleep(0.3)
        for number in (signal.SIGTSTP, signal.SIGQUIT, signal.SIGINT):
            os.kill(terminal.process.pid, number)
        time.sleep(0.3)
        assert terminal.process.poll() is None
        state = Path(f"/proc/{terminal.process.pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        assert state != "T"
        shown = terminal.settled()
        if "Enter begins." not in shown:
            terminal.press("esc")
            shown = terminal.settled()
        assert re.search("Enter begins|Officer's passphrase|I have read this rule", shown)
        terminal.press("ctrl+l")
        terminal.wait("Locked. Checkpoint")


@pytest.mark.long
def test_stopped_and_continued_from_outside_it_echoes_nothing(vault):
    with Terminal("--vault", str(vault), term="linux") as terminal:
        terminal.wait("> Officer")
        terminal.enter(OFFICER[0])
        terminal.wait("> Passphrase")
        os.kill(terminal.process.pid, signal.SIGSTOP)
        time.sleep(0.2)
        os.kill(terminal.process.pid, signal.SIGCONT)
        terminal.type(OFFICER[1])
        terminal.wait("•" * len(OFFICER[1]))
        terminal.press("enter")
        terminal.wait("Show only")
        assert OFFICER[1].encode() not in terminal.received
