"""Archives that come back, by a command: into a new vault, into one that is there."""

import msgspec
import pytest

from secterm.desk.desk import Desk
from secterm.dossier import entries as acts
from tests.cli.conftest import PASSPHRASE
from tests.cli.test_archives import SIZE
from tests.support.commands import AtTerminal

NEW = ("--officer", "bob", "--passphrase-file", "alice.txt", "--identity", "key.txt")


@pytest.fixture
def archive(room):
    done = room.run("export", "--to", "out", "--recipient", room.recipient)
    assert done.status == 0
    (file,) = (room.folder / "out").iterdir()
    return f"out/{file.name}"


@pytest.fixture
def fingerprint(room, archive):
    return room.bare("inspect", archive, "--identity", "key.txt", "--json").json["fingerprint"]


def restored(room, *arguments):
    return room.bare("restore", *NEW, *arguments)


def listed(room, vault):
    done = room.bare("list", "--vault", vault, *NEW[:4], "--json")
    return sorted((card["id"], card["name"], card["stage"]) for card in done.json)


def test_a_new_vault_is_made_of_an_archive(room, archive, fingerprint):
    done = restored(room, archive, "--vault", "new.db", "--fingerprint", fingerprint)
    assert (done.status, done.err) == (0, "")
    first, last = done.out.splitlines()
    assert first.startswith("4 dossiers of Test unit, vault ")
    assert first.endswith(": 4 new, 0 continued, 0 here already.")
    assert last.startswith("Checkpoint ")
    alice = room.run("list", "--json").json
    assert listed(room, "new.db") == sorted((c["id"], c["name"], c["stage"]) for c in alice)
    assert room.bare("verify", "--vault", "new.db", *NEW[:4]).status == 0


def test_a_program_is_told_each_id(room, archive, fingerprint):
    more = ("--vault", "new.db", "--fingerprint", fingerprint, "--json")
    (told,) = restored(room, archive, *more).json
    assert sorted(told["new"]) == sorted(room.ids())
    assert (told["unit"], told["continued"], told["apart"]) == ("Test unit", [], {})


def test_a_vault_takes_in_what_came_later(room, archive, fingerprint):
    restored(room, archive, "--vault", "new.db", "--fingerprint", fingerprint)
    done = room.run("export", "--to", "later", "--recipient", room.recipient)
    later = f"later/{next((room.folder / 'later').iterdir()).name}"
    assert done.status == 0
    done = restored(room, later, "--into", "new.db")
    assert done.status == 0
    assert "0 new, 4 continued, 0 here already." in done.out


@pytest.mark.long
def test_histories_that_part_are_told_and_end_with_1(room, archive, fingerprint):
    restored(room, archive, "--vault", "new.db", "--fingerprint", fingerprint)
    id = room.ids()[0]
    there = Desk.open(room.folder / "new.db", "bob", PASSPHRASE)
    who = there.dossier(id).state.particulars
    there.act(
        id, acts.Corrected(particulars=msgspec.structs.replace(who, post="Clerk"), reason="So.")
    )
    there.close()
    desk = room.desk()
    desk.act(id, acts.Corrected(particulars=msgspec.structs.replace(who, post="Cook"), reason="A."))
    desk.close()
    room.run("export", "--to", "later", "--recipient", room.recipient)
    later = f"later/{next((room.folder / 'later').iterdir()).name}"
    done = restored(room, later, "--into", "new.db")
    assert done.status == 1
    assert f"Dossier {id} goes on otherwise there than here; both are kept" in done.err


def test_the_fingerprint_is_asked_for_and_must_be_that(room, archive, fingerprint):
    without = restored(room, archive, "--vault", "new.db")
    assert without.status == 2
    assert "Say with --fingerprint which log keys the archive must have" in without.complaint
    other = restored(room, archive, "--vault", "new.db", "--fingerprint", "0000")
    assert other.status == 1
    assert fingerprint in other.complaint
    assert not (room.folder / "new.db").exists()


@pytest.mark.long
def test_at_a_terminal_the_fingerprint_is_typed(room, archive, fingerprint):
    terminal = AtTerminal(
        "restore", archive, "--vault", "new.db", *NEW, asked=True, cwd=room.folder
    )
    terminal.sees("Fingerprint of the log keys of Test unit, as they tell it: ")
    terminal.types(f"{fingerprint.upper()}\n")
    assert terminal.ends().status == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("--vault", "v.db"),
            "There is a file already. To take an archive into a vault, say --into.",
        ),
        (("--into", "none.db"), "does not exist"),
        (("--into", "v.db", "--vault", "new.db"), "Give --into or --vault, not both."),
        (("--into", "v.db", "--unit", "Test"), "--unit and --pack are for a new vault"),
    ],
)
def test_where_to_is_said_in_one_way(room, arguments, said):
    done = room.bare("restore", "none.age", *NEW, *arguments)
    assert done.status in (2, 4)
    assert said in done.complaint


def test_nothing_is_made_of_what_cannot_be_read(room, archive, fingerprint):
    whole = (room.folder / archive).read_bytes()
    for bad in (whole[:-1], whole[: len(whole) // 2], b"", b"age-encryption.org/v1\n"):
        (room.folder / "bad.age").write_bytes(bad)
        done = restored(room, "bad.age", "--vault", "new.db", "--fingerprint", fingerprint)
        assert done.status == 4
        assert "This is not an archive that can be read" in done.complaint
        assert not (room.folder / "new.db").exists()


def test_of_several_none_is_used_where_one_cannot_be(room, archive, fingerprint):
    (room.folder / "bad.age").write_bytes(b"age-encryption.org/v1\n")
    more = ("bad.age", "--vault", "new.db", "--fingerprint", fingerprint)
    assert restored(room, archive, *more).status == 4
    assert not (room.folder / "new.db").exists()


@pytest.fixture
def volumes(room):
    """The volumes of one export, and the fingerprint of their log keys."""
    more = ("--recipient", room.recipient, "--volume-size", SIZE)
    assert room.run("export", "--to", "out", *more).status == 0
    names = sorted(f"out/{file.name}" for file in (room.folder / "out").iterdir())
    found = room.bare("inspect", names[0], "--identity", "key.txt", "--json").json
    assert found["volume"]["of"] == len(names) > 1
    return names, found["fingerprint"]


def test_volumes_are_taken_in_together(room, volumes):
    names, fingerprint = volumes
    done = restored(room, *names, "--vault", "new.db", "--fingerprint", fingerprint)
    assert (done.status, done.err) == (0, "")
    assert [id for id, _name, _stage in listed(room, "new.db")] == sorted(room.ids())


def test_a_volume_that_is_missing_is_told(room, volumes):
    names, fingerprint = volumes
    more = ("--vault", "new.db", "--fingerprint", fingerprint)
    done = room.bare("restore", *names[:-1], *NEW, *more)
    assert done.status == 1
    assert f"volume {len(names)} of {len(names)} is missing." in done.err
    done = restored(room, names[-1], "--into", "new.db")
    assert len(listed(room, "new.db")) == 4


@pytest.mark.long
def test_a_volume_that_is_missing_is_asked_for_at_a_terminal(room, volumes):
    names, fingerprint = volumes
    more = ("--vault", "new.db", *NEW, "--fingerprint", fingerprint)
    terminal = AtTerminal("restore", names[0], *more, asked=True, cwd=room.folder)
    for name in names[1:]:
        terminal.sees("Its file, or nothing to go on without it: ")
        terminal.types(name)
    assert terminal.ends().status == 0
    assert len(listed(room, "new.db")) == 4
