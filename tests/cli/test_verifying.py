"""Verify: what holds, what does not, and whether history goes on from a checkpoint."""

import shutil
import sqlite3

import pytest

from secterm.desk import upkeep
from secterm.desk.desk import Desk
from secterm.vault import checkpoints, kdf
from secterm.vault.shares import Collected
from tests.cli.conftest import OFFICER, PASSPHRASE

REPORT = {
    "holds", "faults", "entries", "dossiers", "erased", "recovered", "touched", "checkpoint",
    "continues", "rewritten", "witnessed",
}  # fmt: skip


def note_of(desk):
    """The whole signed note of today, as archives carry it."""
    return checkpoints.signed(desk._vault, 1_700_000_000).format().decode()


@pytest.fixture
def kept(room):
    """The short line and the note of a day before something more was recorded."""
    desk = room.desk()
    try:
        kept = desk.checkpoint_line(), note_of(desk)
        desk.add_officer("Bex Test", "test copper meadow violin")
    finally:
        desk.close()
    return kept


def test_a_vault_that_holds_ends_well(room):
    done = room.run("verify")
    assert (done.status, done.err) == (0, "")
    assert "The vault holds" in done.out
    assert all(len(line) <= 79 for line in done.out.splitlines())


def test_a_report_for_a_program_has_its_keys(room):
    report = room.run("verify", "--json").json
    assert set(report) == REPORT
    assert report["holds"] is True
    assert report["faults"] == []
    assert report["dossiers"] == 4


def test_one_flipped_byte_is_named_by_its_place(room):
    with sqlite3.connect(room.vault) as database:
        number, sealed = database.execute(
            "SELECT number, sealed FROM entry LIMIT 1 OFFSET 9"
        ).fetchone()
        changed = bytes([sealed[0] ^ 1]) + sealed[1:]
        database.execute("UPDATE entry SET sealed = ? WHERE number = ?", (changed, number))
    database.close()
    before = room.files
    done = room.run("verify", "--json")
    assert done.status == 1
    assert done.json["holds"] is False
    assert any("entry.sealed" in fault and str(number) in fault for fault in done.json["faults"])
    assert "does not hold" in room.run("verify").out
    assert room.files == before


def test_a_short_checkpoint_is_continued(room, kept):
    done = room.run("verify", "--checkpoint", kept[0], "--json")
    assert done.status == 0
    assert done.json["continues"] == kept[0]


@pytest.mark.parametrize("form", ["line", "sentence", "note"])
def test_a_checkpoint_may_stand_in_a_file(room, kept, form):
    line, note = kept
    text = {"line": f"{line}\n", "sentence": f"Created. Checkpoint {line}\nMore.\n", "note": note}
    (room.folder / "kept.txt").write_text(text[form])
    done = room.run("verify", "--checkpoint", "kept.txt")
    assert done.status == 0
    assert "continues the checkpoint" in done.out


def test_history_that_was_put_back_does_not_hold(room, built, kept):
    desk = room.desk()
    later = desk.checkpoint_line()
    desk.close()
    shutil.copy(built, room.vault)
    done = room.run("verify", "--checkpoint", later)
    assert done.status == 1
    assert "history was cut" in done.out


def test_another_vaults_checkpoint_does_not_hold(room, tmp_path):
    other = tmp_path / "other.db"
    desk = Desk.create(
        other, unit="Another", officer=OFFICER, passphrase=PASSPHRASE, cost=kdf.floors[0]
    )
    (room.folder / "kept.txt").write_text(note_of(desk))
    desk.close()
    done = room.run("verify", "--checkpoint", "kept.txt")
    assert done.status == 1
    assert "another vault's" in done.out


@pytest.mark.parametrize("given", ["", "yesterday", "12:abcd", "missing.txt", "alice.txt", "v.db"])
def test_what_is_no_checkpoint_is_an_unusable_argument(room, given):
    done = room.run("verify", "--checkpoint", given)
    assert done.status == 2
    assert "neither a checkpoint nor a file that holds one" in done.complaint


def test_a_report_tells_that_the_vault_was_recovered(room):
    desk = room.desk()
    drawn = desk.draw_shares(1, 1)
    desk.adopt_shares(drawn)
    desk.close()
    collected = Collected()
    collected.add(drawn.words[0])
    upkeep.recover(room.vault, collected, "Cyd Test", "test amber lagoon piano")
    report = room.run("verify")
    assert report.status == 0
    told = " ".join(report.out.split())
    assert "opened with recovery shares, and Cyd Test made an administrator" in told


def entry_of(room, act):
    """The number of the first of the vault's own entries that says this act."""
    desk = room.desk()
    try:
        vault = desk._vault
        return next(n for n, plain in vault.entries(vault.id) if f'"act":"{act}"' in plain.decode())
    finally:
        desk.close()


@pytest.mark.parametrize("act", ["created", "pack_adopted", "officer_joined"])
def test_what_keeps_everybody_out_is_reported_with_its_place(room, act):
    number = entry_of(room, act)
    with sqlite3.connect(room.vault) as database:
        database.execute("UPDATE entry SET sealed = zeroblob(99) WHERE number = ?", (number,))
    database.close()
    assert room.run("list").status == 4
    before = room.files
    done = room.run("verify", "--json")
    assert (done.status, done.err) == (1, "")
    assert done.json["holds"] is False
    assert "entry.sealed" in done.json["faults"][0]
    assert done.json["touched"]["officers"] is True
    assert room.files == before


def test_a_vault_that_does_not_open_is_not_verified(room):
    with sqlite3.connect(room.vault) as database:
        database.execute("UPDATE head SET sealed = zeroblob(99)")
    database.close()
    assert room.run("verify").status == 4


def test_what_is_touched_is_told_in_plain_words(room):
    with sqlite3.connect(room.vault) as database:
        query = "SELECT number FROM entry ORDER BY number DESC LIMIT 1"
        (number,) = database.execute(query).fetchone()
        database.execute("UPDATE entry SET sealed = zeroblob(99) WHERE number = ?", (number,))
    database.close()
    told = " ".join(room.run("verify").out.split())
    assert "1 of 4 dossiers" in told
    assert "what the vault says of its officers" not in told
    touched = room.run("verify", "--json").json["touched"]
    assert touched == {"file": True, "officers": False, "dossiers": 1}
