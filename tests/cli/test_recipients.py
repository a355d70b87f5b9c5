"""The recipients' book from the command line, and an export to its names."""

import pyrage
import pytest

from secterm.archive.recipients import fingerprint
from tests.support.commands import AtTerminal
from tests.support.pictures import code

SECRET = pyrage.x25519.Identity.generate()
OTHER = str(pyrage.x25519.Identity.generate().to_public())


def add(room, name="Registry", *arguments, told=None):
    given = arguments or (room.recipient,)
    told = fingerprint(room.recipient)[:4] if told is None else told
    return room.run("recipient", "add", name, *given, "--fingerprint", told)


@pytest.fixture
def room(room):
    """Commands of a group take the common options after their names."""

    class Room(type(room)):
        def run(self, command, *arguments, **more):
            if command != "recipient":
                return super().run(command, *arguments, **more)
            return self.bare("recipient", arguments[0], *self.officer, *arguments[1:], **more)

    return Room(room.folder)


def listed(room):
    return room.run("recipient", "list", "--json").json


def test_who_is_added_is_listed_with_fingerprint_day_and_officer(room):
    done = add(room, told=fingerprint(room.recipient))
    assert (done.status, done.err) == (0, "")
    assert done.out == f"Added: Registry, fingerprint {fingerprint(room.recipient)}\n"
    (one,) = listed(room)
    assert set(one) == {"name", "key", "fingerprint", "source", "since", "officer", "entry"}
    assert (one["name"], one["key"], one["officer"]) == ("Registry", room.recipient, "alice")
    line = room.run("recipient", "list").out
    assert line == f"{one['since'][:10]}  {one['fingerprint']}  Registry\n"
    assert room.run("verify").status == 0


def test_who_is_removed_is_listed_no_more_and_a_reason_is_needed(room):
    add(room)
    assert room.run("recipient", "remove", "registry").status == 2
    done = room.run("recipient", "remove", "registry", "--reason", "Closed.")
    assert done.status == 0
    assert listed(room) == []
    done = room.run("recipient", "remove", room.recipient, "--reason", "Closed.")
    assert (done.status, done.complaint) == (
        2,
        "There is no recipient of this name or key in the book.",
    )


def test_a_fingerprint_that_is_another_adds_nobody(room):
    before = room.files
    done = add(room, told=fingerprint(OTHER))
    assert done.status == 2
    assert "not how the key's fingerprint begins" in done.complaint
    assert room.files == before


def test_where_nobody_can_be_asked_the_fingerprint_has_to_be_given(room):
    done = room.run("recipient", "add", "Registry", room.recipient)
    assert done.status == 2
    assert f"fingerprint, {fingerprint(room.recipient)}, with its owner's" in done.complaint
    assert "--fingerprint" in done.complaint
    assert listed(room) == []


def test_at_a_terminal_the_first_group_is_asked_for(room):
    command = ("recipient", "add", *room.officer, "Registry", room.recipient)

    with AtTerminal(*command, asked=True, cwd=room.folder) as terminal:
        terminal.sees(fingerprint(room.recipient)).sees("Its first group, once all are the same: ")
        terminal.types(fingerprint(room.recipient)[:4])
        assert terminal.ends().status == 0
    assert [one["name"] for one in listed(room)] == ["Registry"]


def test_a_key_comes_from_a_file_or_from_a_picture(room):
    (room.folder / "keys.txt").write_text(f"# Bureau\n{OTHER}\n# Registry\n{room.recipient}\n")
    code(OTHER).save(room.folder / "photo.png")
    assert add(room, "registry", "--file", "keys.txt").status == 0
    done = add(room, "Photographed", "--file", "photo.png", told=fingerprint(OTHER)[:9])
    assert done.status == 0
    assert [one["source"] for one in listed(room)] == ["file", "picture"]
    done = add(room, "Nobody", "--file", "keys.txt")
    assert "The file has 2 keys, and not one comment that is this name." in done.complaint


@pytest.mark.parametrize("place", ["key", "name", "file", "recipient"])
def test_a_secret_key_is_refused_before_anything_else_and_never_told(room, place):
    (room.folder / "secret.txt").write_text(f"{SECRET}\n")
    before = room.files
    done = {
        "key": lambda: add(room, "Registry", str(SECRET)),
        "name": lambda: add(room, str(SECRET)),
        "file": lambda: add(room, "Registry", "--file", "secret.txt"),
        "recipient": lambda: room.run("export", "--to", "out", "--recipient", str(SECRET)),
    }[place]()
    assert done.status == 2
    assert str(SECRET)[15:30] not in done.out + done.err
    assert room.files == before
    if place != "name":
        assert "secret key" in done.complaint


def test_a_key_and_a_file_do_not_go_together(room):
    for given in ((room.recipient, "--file", "recipient.txt"), ("--fingerprint", "0000")):
        done = room.run("recipient", "add", "Registry", *given)
        assert (done.status, done.complaint) == (
            2,
            "Give the key itself or --file, one of the two.",
        )


def test_an_export_is_for_a_name_and_tells_its_fingerprint(room):
    add(room, "Central registry")
    done = room.run("export", "--to", "out", "--recipient", "central REGISTRY")
    assert done.status == 0
    assert done.err.splitlines()[0] == f"For Central registry: {fingerprint(room.recipient)}"
    file = done.out.splitlines()[0].removeprefix("Written: ")
    assert room.bare("inspect", file, "--identity", "key.txt").status == 0


def test_the_settings_file_may_name_the_book_s_names(room):
    add(room, "Registry")
    (room.folder / "v.toml").write_text(f'recipients = ["Registry", "{OTHER}"]\n')
    done = room.run("export", "--to", "out")
    assert done.status == 0
    assert f"For Registry: {fingerprint(room.recipient)}\n" in done.err
    file = done.out.splitlines()[0].removeprefix("Written: ")
    assert (room.folder / file).read_bytes()[:600].count(b"-> X25519") == 2


def test_a_name_that_is_not_in_the_book_writes_nothing(room):
    before = room.files
    done = room.run("export", "--to", "out", "--recipient", room.recipient, "--recipient", "Xyz")
    assert done.status == 2
    assert "recipient 2 is neither a name in the recipients' book nor" in done.complaint
    assert room.files == before
    assert not (room.folder / "out").exists()
