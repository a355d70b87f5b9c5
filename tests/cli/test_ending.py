"""Progress, and how a command ends when somebody or something ends it."""

import os
import signal

import pytest

from secterm.cli.ending import SIGNALS, Stopped, stoppable
from tests.support.commands import secterm_apart

STOPPED = "secterm: Stopped. What was recorded before is safe; nothing is half-written.\n"


@pytest.mark.parametrize(
    ("command", "progress"),
    [
        (("verify",), "Verifying: "),
        (("sample", "--appointees", "1"), "Adding: 0 of 1 appointees"),
        (("export", "--to", "out", "--recipient"), "Writing: "),
    ],
)
def test_long_work_says_at_a_terminal_how_far_it_is_and_wipes_it_out(room, command, progress):
    more = (room.recipient,) if command[0] == "export" else ()
    with room.watched(*command, *more) as terminal:
        done = terminal.ends()
    assert done.status == 0
    assert progress in done.err
    far, wiped, said = done.err.rsplit("\r", 2)
    assert wiped.strip() == ""
    assert "\n" not in far
    assert said == ("secterm: The archive is not on a removable medium: out\n" if more else "")
    assert progress not in done.out


def test_elsewhere_it_is_silent(room):
    for command in (("verify",), ("sample", "--appointees", "1")):
        assert room.run(*command).err == ""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_in_one_line_and_leaves_a_vault_that_holds(room, number):
    before = set(room.files)
    with room.watched("sample", "--appointees", "1000") as terminal:
        terminal.sees("Adding: 0 of").signals(number)
        done = terminal.ends()
    assert done.status == 128 + number
    assert done.out == ""
    assert done.err.endswith(f"\r{STOPPED}")
    assert "Traceback" not in done.err
    assert set(room.files) == before
    assert room.run("verify").status == 0


def test_a_stopped_export_leaves_nothing_on_the_medium(room):
    before = room.files
    (room.folder / "archive.txt").write_text("test archive copper meadow\n")
    with room.watched(
        "export", "--to", "out", "--archive-passphrase-file", "archive.txt"
    ) as terminal:
        terminal.sees("Writing").signals()
        done = terminal.ends()
    assert (done.status, done.out) == (130, "")
    assert done.err.endswith(STOPPED)
    assert not (room.folder / "out").exists()
    assert room.files == {**before, "archive.txt": b"test archive copper meadow\n"}


def test_a_signal_that_is_ignored_stays_ignored():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup does
    try:
        with stoppable():
            os.kill(os.getpid(), signal.SIGHUP)
    finally:
        assert signal.signal(signal.SIGHUP, before) is signal.SIG_IGN


def test_who_presses_twice_does_not_disturb_the_putting_away():
    before = {number: signal.getsignal(number) for number in SIGNALS}
    try:
        with pytest.raises(Stopped) as stopped, stoppable():
            try:
                os.kill(os.getpid(), signal.SIGINT)
            finally:
                for number in SIGNALS:
                    os.kill(os.getpid(), number)
        for number in SIGNALS:
            os.kill(os.getpid(), number)  # nor what is told in the end
        assert stopped.value.number == signal.SIGINT
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def test_signals_mean_afterwards_what_they_meant_before():
    before = [signal.getsignal(number) for number in SIGNALS]
    with stoppable():
        assert [signal.getsignal(number) for number in SIGNALS] != before
    assert [signal.getsignal(number) for number in SIGNALS] == before


def test_a_reader_that_went_away_is_no_trouble(room):
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = room.apart("list", stdout=writing)
        assert (done.status, done.err) == (128 + signal.SIGPIPE, "")
        assert secterm_apart("--help", stdout=writing).err == ""
    finally:
        os.close(writing)


def test_a_result_that_cannot_be_written_is_told(room):
    with open("/dev/full", "wb") as full:
        done = room.apart("list", stdout=full.fileno())
    assert done.status == 4
    assert "The system refused: No space left on device" in done.complaint
