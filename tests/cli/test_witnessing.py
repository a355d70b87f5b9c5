"""Witnessing from the command line: an archive goes to the registry, its cosignature comes back."""

import shutil
from types import SimpleNamespace

import pytest

from secterm.desk.desk import Desk
from secterm.dossier.entries import Noted
from secterm.vault import kdf
from tests.cli.conftest import CHEAP
from tests.support.commands import AtTerminal, permissions_count, secterm, secterm_apart

BOSS = ("bob", "test copper meadow violin")


@pytest.fixture(scope="module")
def registrys(tmp_path_factory):
    path = tmp_path_factory.mktemp("registry") / "r.db"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kdf, "floors", (CHEAP,))
        Desk.create(path, unit="Registry", officer=BOSS[0], passphrase=BOSS[1], cost=CHEAP).close()
    return path


@pytest.fixture
def pair(room, registrys):
    """The terminal's commands are `room.run`, the registry's `pair.registry`."""
    shutil.copy(registrys, room.folder / "r.db")
    (room.folder / "bob.txt").write_text(BOSS[1])
    own = ("--vault", "r.db", "--officer", BOSS[0], "--passphrase-file", "bob.txt")

    def registry(command, *arguments):
        return secterm(command, *own, *arguments, cwd=room.folder)

    def witness(file, *arguments):
        return registry("witness", file, "--to", ".", "--identity", "key.txt", *arguments)

    def fingerprint(vault, who):
        desk = Desk.open(vault, *who)
        try:
            return desk.log_fingerprint()
        finally:
            desk.close()

    return SimpleNamespace(
        room=room,
        own=own,
        registry=registry,
        witness=witness,
        mine=fingerprint(room.vault, ("alice", "test velvet orbit lantern")),
        theirs=fingerprint(room.folder / "r.db", BOSS),
    )


def exported(room):
    done = room.run("export", "--to", "out", "--recipient", room.recipient)
    assert done.status == 0
    return line(done.out, "Written: ")


def line(told, beginning):
    (found,) = (each for each in told.splitlines() if each.startswith(beginning))
    return found.removeprefix(beginning)


def noted(room):
    desk = room.desk()
    try:
        desk.act(desk.cards()[0].id, Noted(text="Something came to pass."))
    finally:
        desk.close()


def test_an_archive_is_witnessed_and_its_cosignature_taken_in_and_again(pair):
    room = pair.room
    done = pair.witness(exported(room), "--fingerprint", pair.mine)
    assert (done.status, done.err) == (0, "")
    assert "Nothing was seen of this vault before." in done.out
    assert line(done.out, "Fingerprint of your log keys, to be read out: ") == pair.theirs
    file = line(done.out, "Written: ")
    told = room.run("cosigned", file, "--name", "Registry", "--fingerprint", pair.theirs)
    assert (told.status, told.err) == (0, "")
    first = line(done.out, "Cosigned: ")
    assert told.out.startswith(f"Witnessed by Registry at {first} on ")
    (seen,) = room.run("verify", "--json").json["witnessed"]
    assert (seen["witness"], seen["checkpoint"]) == ("Registry", first)
    noted(room)
    again = pair.witness(exported(room))
    assert again.status == 0
    assert f": {first}" in line(again.out, "It continues what was seen on ")
    assert room.run("cosigned", line(again.out, "Written: ")).status == 0
    verified = room.run("verify")
    assert verified.status == 0
    assert f"Witnessed by Registry at {line(again.out, 'Cosigned: ')}" in verified.out
    assert pair.registry("verify").status == 0


def test_a_vault_put_back_is_refused_at_the_registry_and_at_the_terminal(pair):
    room = pair.room
    yesterday = shutil.copy(room.vault, room.folder / "yesterday.db")
    noted(room)
    done = pair.witness(exported(room), "--fingerprint", pair.mine)
    seen, cosigned = line(done.out, "Cosigned: "), line(done.out, "Written: ")
    shutil.copy(yesterday, room.vault)
    for _ in range(2):
        noted(room)
    told = room.run("cosigned", cosigned, "--name", "Registry", "--fingerprint", pair.theirs)
    assert told.status == 1
    assert f"Seen by the witness: {seen}. Here, with as many: " in told.complaint
    assert "put back from an older copy" in told.complaint
    forked = exported(room)
    refused = pair.witness(forked)
    assert refused.status == 1
    assert f": {seen}. In this archive: " in refused.complaint
    assert "Nothing was cosigned or recorded." in refused.complaint
    assert len(list(room.folder.glob("*.cosignature"))) == 1


def test_the_fingerprint_is_given_the_first_time_and_is_the_archive_s(pair):
    file = exported(pair.room)
    done = pair.witness(file)
    assert (done.status, done.complaint) == (
        2,
        "Nothing was seen of this vault before. Give --fingerprint, as its officers tell it.",
    )
    wrong = pair.witness(file, "--fingerprint", pair.theirs)
    assert wrong.status == 1
    assert "log-keys: have another fingerprint than the one you know" in wrong.out
    assert "Not witnessed: the archive does not hold." in wrong.err
    assert not list(pair.room.folder.glob("*.cosignature"))


def test_a_new_witness_is_named_and_its_fingerprint_given(pair):
    room = pair.room
    file = line(pair.witness(exported(room), "--fingerprint", pair.mine).out, "Written: ")
    done = room.run("cosigned", file, "--fingerprint", pair.theirs)
    assert (done.status, done.complaint) == (
        2,
        "This witness is new here. Give --name and --fingerprint.",
    )
    done = room.run("cosigned", file, "--name", "Registry", "--fingerprint", pair.mine)
    assert done.status == 2
    assert "That is not the fingerprint of the witness's log keys." in done.complaint
    assert room.run("verify", "--json").json["witnessed"] == []


@pytest.mark.long
def test_where_the_cosignature_cannot_be_written_another_try_makes_it(pair):
    room = pair.room
    file = exported(room)
    (room.folder / "stick").mkdir(mode=0o500)
    given = ("--identity", "key.txt", "--fingerprint", pair.mine)
    failed = secterm_apart(
        *("witness", file, *pair.own, *given, "--to", "stick"),
        cwd=room.folder,
        before=permissions_count,
    )
    assert failed.status == 4
    assert "The system refused: Permission denied." in failed.complaint
    again = pair.witness(file)
    assert again.status == 0
    told = ("--name", "Registry", "--fingerprint", pair.theirs)
    assert room.run("cosigned", line(again.out, "Written: "), *told).status == 0


def test_what_is_no_cosignature_is_one_clear_line(pair):
    room = pair.room
    for name, data in (("empty", b""), ("binary", bytes(range(256)))):
        (room.folder / name).write_bytes(data)
        done = room.run("cosigned", name, "--name", "Registry", "--fingerprint", pair.theirs)
        assert done.status == 1
        assert done.complaint.startswith(
            "The cosignature was not taken in: the file is no cosignature."
        )


@pytest.mark.long
def test_fingerprints_are_typed_at_a_terminal_and_never_shown_there_first(pair):
    room = pair.room
    file = exported(room)
    own = ("--to", ".", "--identity", "key.txt")
    with AtTerminal("witness", file, *pair.own, *own, asked=True, cwd=room.folder) as shown:
        shown.sees("and type all of it: ")
        assert pair.mine[:9] not in shown._all
        shown.types(pair.mine)
        done = shown.ends()
    assert done.status == 0
    cosigned = line(done.out, "Written: ")
    with AtTerminal("cosigned", cosigned, *room.officer, asked=True, cwd=room.folder) as shown:
        shown.sees("What do you call it: ")
        shown.types("Registry")
        shown.sees("and type all of it: ")
        assert pair.theirs[:9] not in shown._all
        shown.types(pair.theirs)
        done = shown.ends()
    assert done.status == 0
    assert done.out.startswith("Witnessed by Registry at ")
