"""The real program in a real terminal, from an empty folder to an archive that
Debian's own tools open, by keyboard alone.
"""

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pyrage
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from secterm.settings.reading import beside
from tests.e2e.officer import Desk
from tests.support import console
from tests.support.terminal import CHEAP, ROOT, Terminal

OFFICER = {"officer": "Alix Test", "passphrase": "test velvet orbit lantern"}
SECOND = {"second": "Bex Test", "second_passphrase": "test copper meadow violin"}
CORE, KEY, GENERAL = "Cora Zebrafinch", "Kim Quokka", "Gale Wombat"
SECRETS = (
    b"Zebrafinch", b"Quokka", b"Wombat", b"1990-02-28", b"2019-05-04", b"2018-03-02", b"TEST-core",
    b"Original 4711", b"cooling-off", b"Watched for", b"Alix Test", b"Bex Test", b"Test department",
)  # fmt: skip


def secterm(*arguments):
    return subprocess.run(
        [sys.executable, str(CHEAP), *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
    )


def files_beside(vault):
    return [p for p in vault.parent.iterdir() if p.name.startswith(vault.name)]


def two_more(desk):
    """A key post with adverse answers, admitted with conditions; a general one, whose
    appointee does not sign.
    """
    desk.open_dossier(KEY, "key")
    desk.next("Interview:")
    adverse = ("other_nationality", "relatives_abroad")
    desk.interrupted("key", "birthplace", adverse=adverse)
    desk.checks_and_findings()
    desk.t.press("enter")
    desk.training()
    desk.t.press("enter")
    desk.undertaking(KEY)
    desk.rules("key")
    desk.decide("Admit", conditions=" and in June")
    desk.t.wait("Stage: admitted")
    desk.note("The Wombatford letter is here")
    desk.timeline(
        KEY,
        "Alix Test noted: The Wombatford letter is here.",
        "Alix Test decided to admit Kim Quokka.",
    )
    desk.to_list()
    desk.overview("admitted", 2)
    desk.locks_after(900)

    desk.open_dossier(GENERAL, "general")
    desk.next("Interview:")
    desk.interview("general")
    desk.checks_and_findings()
    desk.t.press("enter")
    desk.training()
    desk.t.press("enter")
    desk.undertaking(GENERAL, signs=False)
    desk.decide("Refuse")
    desk.t.wait("Stage: refused")
    desk.to_list()


@pytest.mark.parametrize(
    ("term", "columns", "lines", "whole"),
    [
        pytest.param("linux", 80, 24, False, id="one post, linux-80-24"),
        pytest.param("linux", 80, 24, True, id="linux-80-24", marks=pytest.mark.long),
        pytest.param(
            "xterm-256color", 132, 43, False, id="one post, xterm-132-43", marks=pytest.mark.long
        ),
    ],
)
def test_from_an_empty_folder_to_an_archive(tmp_path, term, columns, lines, whole):
    home = tmp_path / "home"
    home.mkdir()
    vault, medium = home / "vault.db", tmp_path / "medium"
    medium.mkdir()
    leaks = []

    def sits_down():
        return Terminal("--vault", str(vault), term=term, columns=columns, lines=lines)

    def watch():
        for path in files_beside(vault):
            data = b""
            with contextlib.suppress(FileNotFoundError):  # a journal that is done with
                data = path.read_bytes()
            leaks.extend((path.name, s) for s in SECRETS if s in data)

    with sits_down() as terminal:
        desk = Desk(terminal, **OFFICER, **SECOND)
        desk.first_run("Test unit")
        desk.add_second()

        # A core post: all four gates, each step of two persons.
        desk.open_dossier(CORE, "core")
        desk.next("Interview:")
        desk.interview("core", stop=10)
        watch()
        terminal.wait(" 11. ")
        terminal.kill()

    with sits_down() as terminal:
        desk = Desk(terminal, **OFFICER, **SECOND)
        desk.unlock()
        desk.find(CORE)
        desk.next(" 11. ")  # it goes on at the next question
        desk.interview("core", start=10)
        desk.checks_and_findings(second=True)
        terminal.press("enter")
        desk.training()
        terminal.press("enter")
        desk.undertaking(CORE, witnessed=True)
        desk.rules("core")
        desk.decide("Admit", second=True)
        terminal.wait("Stage: admitted")
        watch()
        desk.to_list()

        if whole:
            two_more(desk)
            assert "\nidle = 900" in beside(vault).read_text()

        # Out, to a medium.
        identity = pyrage.x25519.Identity.generate()
        key_file = tmp_path / "identity.txt"
        key_file.write_text(f"{identity}\n")
        terminal.press("f5")
        terminal.wait("> Medium")
        terminal.press("up", "enter")
        terminal.wait("> Folder")
        terminal.enter(str(medium))
        terminal.wait("! This folder is")
        terminal.press("enter")
        terminal.wait("> Encrypt to")
        terminal.press("enter")
        terminal.wait("> Recipients")
        terminal.enter(str(identity.to_public()))
        terminal.wait("written, read back and compared")
        fingerprint = terminal.find(r"log keys\n\s+([0-9a-f ]{39})")
        terminal.press("enter")
        terminal.wait("Show only")
        watch()

        checkpoint = desk.lock()
        terminal.press("ctrl+q")
        assert terminal.end() == 0
        glyphs = terminal.seen
        colours = {b"38;5" in style for style in terminal.styles}

    watch()
    assert not leaks
    archive = next(medium.glob("*.age"))
    assert not [s for s in SECRETS if s in archive.read_bytes()]
    if term == "linux":
        assert not glyphs - console.drawn()
    assert (True in colours) == (term != "linux")  # more than the console's sixteen

    # The vault holds, and continues what was read off the lock screen.
    passphrase = tmp_path / "passphrase.txt"
    passphrase.write_text(OFFICER["passphrase"])
    who = ("--vault", vault, "--officer", OFFICER["officer"], "--passphrase-file", passphrase)
    verified = secterm("verify", *who, "--checkpoint", checkpoint)
    assert verified.returncode == 0, verified.stdout + verified.stderr
    stages = {c["name"]: c["stage"] for c in json.loads(secterm("list", *who, "--json").stdout)}
    two = {KEY: "admitted", GENERAL: "refused"} if whole else {}
    assert stages == {CORE: "admitted", **two}

    inspected = secterm("inspect", archive, "--identity", key_file, "--fingerprint", fingerprint)
    assert inspected.returncode == 0, inspected.stdout + inspected.stderr

    assert signed_without_the_program(archive, key_file, tmp_path / "opened") == {
        CORE: {"appointee", "officer", "witness"},
        **({KEY: {"appointee", "officer"}} if whole else {}),
    }


def signed_without_the_program(archive, key_file, folder):
    """Who signed, by appointee. age, tar, a JSON reader, SHA-256 and Ed25519: nothing of ours."""
    folder.mkdir()
    age = shutil.which("age")
    if age is None and os.environ.get("SECTERM_TESTS_NEED_AGE"):
        pytest.fail("age is not installed")
    if age is not None:
        plain = subprocess.run(
            [age, "-d", "-i", str(key_file), str(archive)], capture_output=True, check=True
        ).stdout
        subprocess.run(["tar", "-x", "-C", str(folder)], input=plain, check=True)
    else:
        (folder / "plain.tar").write_bytes(
            pyrage.decrypt(
                archive.read_bytes(),
                [pyrage.x25519.Identity.from_str(key_file.read_text().strip())],
            )
        )
        with tarfile.open(folder / "plain.tar") as tar:
            tar.extractall(folder, filter="data")
    manifest = json.loads((folder / "manifest.json").read_bytes())
    for name, digest in manifest["files"].items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
        if name.endswith("/SHA256SUMS"):
            check = ["sha256sum", "--check", "--strict", "--quiet", name]
            subprocess.run(check, cwd=folder, check=True)
    sides = {}
    for path in folder.glob("dossiers/*/entries/*.json"):
        act = json.loads(path.read_bytes())["act"]
        if act["act"] != "signed":
            continue
        assert hashlib.sha256(act["text"].encode()).hexdigest() == act["text_sha256"]
        assert act["text_sha256"] in act["statement"]
        for one in act["signatures"]:
            key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(one["public_key"]))
            key.verify(bytes.fromhex(one["signature"]), act["statement"].encode())
        sides[act["signatures"][0]["name"]] = {s["role"] for s in act["signatures"]}
        assert Path(path.parents[1] / "undertaking.txt").read_text() == act["text"]
    return sides
