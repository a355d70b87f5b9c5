"""What the memory of the real program holds, read as the superuser reads it."""

import re
import time

import pytest

from secterm.desk.desk import Desk
from tests.support.house import OFFICER, build
from tests.support.terminal import Terminal


def keys_of(vault):
    """All that opens this vault, by name: its keys, the officer's own, the passphrase."""
    desk = Desk.open(vault, *OFFICER)
    try:
        subkeys, signer = desk._vault.subkeys, desk._vault.signer
        return {
            **{name: getattr(subkeys, name) for name in ("wrapping", "own", "signatures", "head")},
            "sheets": subkeys.sheets,
            "log": subkeys.log,
            "vault": desk._vault._key,
            "signing": signer.key.private_bytes_raw(),
            "sealing": signer.sealing_seed,
            "passphrase": OFFICER[1].encode(),
        }
    finally:
        desk.close()


def found(pid, secrets):
    """The names of those that stand anywhere in what a process can write to."""
    seen = set()
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in maps:
            region = re.match(r"(\w+)-(\w+) rw", line)
            if region is None:
                continue
            start, end = (int(each, 16) for each in region.groups())
            try:
                memory.seek(start)
                held = memory.read(end - start)
            except OSError:  # what the kernel shows to nobody
                continue
            seen |= {name for name, secret in secrets.items() if secret in held}
    return seen


def typed_by_hand(terminal, text):
    for number, letter in enumerate(text, 1):
        terminal.type(letter)
        terminal.wait("•" * number)


@pytest.mark.long
def test_no_key_and_no_passphrase_is_left_in_the_memory_of_a_locked_program(tmp_path):
    vault = build(tmp_path / "vault.db", ("screening", "general"))
    secrets = keys_of(vault)
    with Terminal("--vault", str(vault), env={"SECTERM_TEST_SEEN": "1"}) as terminal:
        pid = terminal.process.pid
        terminal.wait("> Officer")
        terminal.enter(OFFICER[0])
        terminal.wait("> Passphrase")
        assert found(pid, secrets) == set()
        typed_by_hand(terminal, OFFICER[1])
        assert "passphrase" in found(pid, secrets)
        terminal.press("enter")
        terminal.wait("Show only")
        terminal.settled()
        assert found(pid, secrets) >= {*secrets} - {"passphrase"}
        terminal.press("enter")
        terminal.wait("Interview: ")
        terminal.press("ctrl+l")
        terminal.wait("Locked. Checkpoint")
        time.sleep(0.3)
        assert found(pid, secrets) == set()
