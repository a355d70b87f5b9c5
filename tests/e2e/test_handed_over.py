"""The appointee at a real terminal: whatever sequence is typed and whatever signal the
keyboard sends, the page stays, nothing is recorded, and the officer can take back.
"""

import os
import signal
import time

import pytest

from secterm.desk.desk import Desk
from tests.support.house import OFFICER, build
from tests.support.terminal import Terminal

SEQUENCES = {
    "control": b"\x1a\x1c\x03\x13\x11\x04\x10\x00",
    "mouse": b"\x1b[<0;10;22M\x1b[<0;10;22m\x1b[M !!\x1b[32;10;22M",
    "focus": b"\x1b[O",
    "answers": b"\x1b[?62;9c\x1b[>41;354;0c\x1b[0n\x1b[24;80R\x1b[?2026;2$y\x1bP>|xterm(354)\x1b\\",
    "size": b"\x1b[?2048;1$y\x1b[48;5;20;100;200t\x1b[8;5;20t",
    "clipboard": b"\x1b]52;c;QUJD\x07",
    "kitty": b"\x1b[112;5u\x1b[113;5u\x1b[13;1:3u\x1b[57376u\x1b[1114112;5u\x1b[27;5;113~",
    "bytes": b"\xff\xfe\xc3\x28\xc2\x9b\xc2\x9d",
    "begun": b"\x1b[Z\x1b[9;9;9;9;9;9;9;9;9;9;9;9;9;9;9;9;9;9;9m",
    "pasted": b"\x1b[200~1\r\n2\r\n\x1b[A\x11\x10\x1b[201~",
    "functions": b"".join(b"\x1b[%d;%d~" % (n, m) for n in (15, 17, 20, 21) for m in range(2, 17)),
}


@pytest.fixture
def handed(tmp_path):
    """The appointee's first rule, of a vault of the test's own."""
    vault = build(tmp_path / "vault.db", ("rules", "general"))
    before = journal(vault)
    with Terminal("--vault", str(vault)) as terminal:
        terminal.wait("> Officer")
        terminal.enter(OFFICER[0])
        terminal.wait("> Passphrase")
        terminal.enter(OFFICER[1])
        terminal.wait("Show only")
        terminal.press("enter")
        terminal.wait("> NEXT")
        terminal.press("enter")
        terminal.wait("Enter begins.")
        terminal.settled()
        terminal.press("enter")
        terminal.wait("1 (•) I have read this rule")
        yield terminal
        os.kill(terminal.process.pid, signal.SIGTERM)
        assert terminal.end() == 0
    assert journal(vault) == before


def journal(vault):
    """Its checkpoint: the same as long as nothing was recorded."""
    desk = Desk.open(vault, *OFFICER)
    try:
        return desk.checkpoint_line()
    finally:
        desk.close()


def rule(screen):
    """The page as far as the two answers, of which a digit chooses one."""
    return screen.split(" 1 (")[0].rstrip("> \n")


def takes_back(terminal):
    terminal.press("esc")
    terminal.wait("> Officer's passphrase")
    terminal.enter(OFFICER[1])
    terminal.wait("> NEXT")


def test_no_sequence_and_no_signal_leads_out_or_takes_the_keys_away(handed):
    shown = rule(handed.settled())
    for what, sent in SEQUENCES.items():
        os.write(handed.master, sent)
        assert rule(handed.settled()) == shown, what
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGTSTP, signal.SIGWINCH):
        os.killpg(handed.process.pid, number)
        assert rule(handed.settled()) == shown, number
    os.write(handed.master, b"\x1b[200~")
    time.sleep(0.5)  # nobody ends it; the next key comes as a hand presses it
    takes_back(handed)
