"""Export and inspect: what is written where, to whom, and what it says of itself."""

import os
import shutil

import pyrage
import pytest

from secterm.archive import media, space
from tests.support import sticks
from tests.support.commands import files_end_at, permissions_count

INSPECTION = {
    "holds", "faults", "sha256", "kind", "covers", "volume", "created", "officer", "checkpoint",
    "fingerprint", "fingerprint_known", "dossiers", "origins", "entries",
}  # fmt: skip


STAYS = "secterm: The archive is not on a removable medium: out\n"


def exported(room, *arguments):
    done = room.run("export", "--to", "out", *(arguments or ("--recipient", room.recipient)))
    assert (done.status, done.err) == (0, STAYS)
    return next(line for line in done.out.splitlines()).removeprefix("Written: ")


def inspected(room, file, *arguments):
    return room.bare("inspect", file, "--identity", "key.txt", *arguments)


def test_an_inspection_for_a_program_has_its_keys(room):
    found = inspected(room, exported(room), "--json")
    assert found.status == 0
    assert set(found.json) == INSPECTION
    assert found.json["holds"] is True
    assert {d["id"] for d in found.json["dossiers"]} == set(room.ids())
    assert all(set(d) == {"id", "name", "stage", "entries"} for d in found.json["dossiers"])


def test_only_the_dossiers_named_are_in_it(room):
    one = room.ids()[0]
    file = exported(room, "--recipient", room.recipient, "--id", one[:8], "--id", one)
    assert [d["id"] for d in inspected(room, file, "--json").json["dossiers"]] == [one]
    timeline = room.run("show", one, "--json").json["timeline"]
    assert [e["act"]["act"] for e in timeline].count("archived") == 1


def test_only_what_changed_is_in_it_and_a_decision_alone_is_no_archive_of_the_dossier(room):
    def held(*which):
        file = exported(room, "--recipient", room.recipient, *which)
        return [d["id"] for d in inspected(room, file, "--json").json["dossiers"]]

    one, *others = room.ids()
    assert set(held("--changed")) == {one, *others}
    again = room.run("export", "--to", "out", "--recipient", room.recipient, "--changed")
    assert again.status == 2
    assert "No dossier has changed since it was last archived." in again.complaint
    decided = held("--decision-only")
    assert set(held("--changed")) == set(decided)


def test_which_dossiers_is_said_in_one_way(room):
    to = ("--to", "out", "--recipient", room.recipient)
    done = room.run("export", *to, "--changed", "--id", room.ids()[0])
    assert done.status == 2
    assert "Give --id or --changed, not both." in done.complaint


def test_an_extract_says_what_it_is_and_holds_no_key(room):
    file = exported(room, "--recipient", room.recipient, "--decision-only")
    told = inspected(room, file).out
    assert "the decision alone, nothing of the screening" in told
    key = pyrage.x25519.Identity.from_str((room.folder / "key.txt").read_text().strip())
    plain = pyrage.decrypt((room.folder / file).read_bytes(), [key])
    assert b"/decision.json" in plain
    assert b"key.json" not in plain
    assert b'"answered"' not in plain


def test_recipients_may_stand_in_a_file(room):
    file = exported(room, "--recipients-file", "recipient.txt")
    assert inspected(room, file).status == 0


@pytest.mark.long
def test_a_passphrase_opens_what_was_written_for_it(room):
    (room.folder / "archive.txt").write_text("test archive copper meadow\n")
    to = ("--archive-passphrase-file", "archive.txt")
    file = exported(room, *to, "--id", room.ids()[0])
    assert room.bare("inspect", file, *to).status == 0


def test_an_archive_for_a_weak_passphrase_is_not_written(room):
    (room.folder / "weak.txt").write_text("password\n")
    before = room.files
    done = room.run("export", "--to", "out", "--archive-passphrase-file", "weak.txt")
    assert done.status == 2
    assert "too weak" in done.complaint
    assert room.files == before
    assert not (room.folder / "out").exists()


def test_another_fingerprint_than_the_known_one_does_not_hold(room):
    file = exported(room)
    known = inspected(room, file, "--json").json["fingerprint"]
    assert inspected(room, file, "--fingerprint", known.upper()).status == 0
    done = inspected(room, file, "--fingerprint", "0" * 32)
    assert done.status == 1
    assert "another fingerprint" in done.out


def test_without_its_key_an_archive_is_seen_from_outside(room):
    file = exported(room)
    done = room.bare("inspect", file)
    assert done.status == 0
    assert "It opens for 1 recipient (X25519)" in done.out
    assert "NOT checked" in done.out
    assert "--identity" in done.out
    told = room.bare("inspect", file, "--json").json
    assert set(told) == {"holds", "faults", "sha256", "size", "kinds", "unchecked"}
    assert told["sha256"] == inspected(room, file, "--json").json["sha256"]
    assert told["kinds"] == [{"type": "X25519", "count": 1, "work": 0}]


def test_an_archive_that_was_cut_short_shows_it_without_a_key(room):
    file = exported(room)
    whole = (room.folder / file).read_bytes()
    (room.folder / file).write_bytes(whole[: len(whole) // 2 + 1])
    done = room.bare("inspect", file)
    assert done.status == 1
    assert "cut short" in done.out
    assert room.bare("inspect", file, "--json").json["holds"] is False


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("alice.txt",), 4, "not an age file"),
        (("alice.txt", "--fingerprint", "0" * 32), 2, "The fingerprint is inside"),
        (("alice.txt", "--identity", "key.txt"), 4, "not an age file"),
        (("missing.age", "--identity", "key.txt"), 4, "cannot be read"),
        (("alice.txt", "--identity", "missing.txt"), 2, "identity file cannot be read"),
        (("alice.txt", "--passphrase", "--archive-passphrase-file", "alice.txt"), 2, "not both"),
    ],
)
def test_what_cannot_be_inspected_is_told(room, arguments, status, said):
    done = room.bare("inspect", *arguments)
    assert done.status == status
    assert said in done.complaint


def test_an_archive_for_somebody_else_does_not_open(room):
    stranger = str(pyrage.x25519.Identity.generate().to_public())
    done = inspected(room, exported(room, "--recipient", stranger))
    assert done.status == 3
    assert "does not open" in done.complaint


@pytest.mark.parametrize(
    ("to", "said"),
    [((), "nobody was named"), (("--recipient", "age1test"), "not an age public key")],
)
def test_without_anybody_to_encrypt_to_there_is_no_archive(room, to, said):
    done = room.run("export", "--to", "out", *to)
    assert done.status == 2
    assert said in done.complaint
    assert not (room.folder / "out").exists()


# -- the medium ---------------------------------------------------------------------


def test_an_absent_medium_is_told_and_no_folder_made_in_its_place(room):
    before = room.files
    done = room.run("export", "--to", room.folder / "medium", "--recipient", room.recipient)
    assert done.status == 4
    assert "there is no such folder; is the medium mounted?" in done.complaint
    assert room.files == before
    assert not (room.folder / "medium").exists()


def test_a_full_medium_is_told_and_nothing_half_written_left(room):
    medium = room.folder / "medium"
    medium.mkdir()
    before = room.files
    done = room.apart(
        *("export", "--to", medium, "--recipient", room.recipient), before=files_end_at(20_000)
    )
    assert done.status == 4
    assert "The archive was not written" in done.complaint
    assert list(medium.iterdir()) == []
    assert room.files == before


def test_a_medium_that_may_not_be_written_to_is_told(room):
    medium = room.folder / "medium"
    medium.mkdir(mode=0o555)
    before = room.files
    done = room.apart(
        *("export", "--to", medium, "--recipient", room.recipient), before=permissions_count
    )
    assert done.status == 4
    assert "may not be written to" in done.complaint
    assert room.files == before


def test_a_vault_without_dossiers_has_nothing_to_export(empty):
    assert empty.run("init", "--unit", "Test unit").status == 0
    done = empty.run("export", "--to", "out", "--recipient", empty.recipient)
    assert done.status == 2
    assert "no dossier to export" in done.complaint
    assert not (empty.folder / "out").exists()


# -- volumes ----------------------------------------------------------------------------


SIZE = "1300k"  # the largest dossier here fits, and not all of them


def in_volumes(room, *which):
    """An export in volumes: how it ended, and the files in their order."""
    to = ("--to", "out", "--recipient", room.recipient)
    done = room.run("export", *to, "--volume-size", SIZE, *which)
    files = [line.split()[1] for line in done.out.splitlines() if line.startswith("Written: ")]
    return done, files


@pytest.fixture
def one_only(monkeypatch):
    """A medium that has room for the first volume and no other."""

    def free(folder):
        return 20_000 if list(folder.glob("*.age")) else 8_000_000_000

    monkeypatch.setattr(space, "free_in", free)
    return monkeypatch


def test_what_is_larger_than_a_volume_goes_into_several_and_each_is_told(room):
    done, files = in_volumes(room)
    assert (done.status, done.err) == (0, STAYS)
    of = len(files)
    assert of > 1
    for number, file in enumerate(files, 1):
        assert file.endswith(f"-{number}of{of}.age")
        assert (room.folder / file).stat().st_size <= 1_300_000
        assert f"Is      volume {number} of {of}, of set " in done.out
        one = inspected(room, file)
        assert one.status == 0
        assert f"It is volume {number} of {of}, of set " in one.out
    together = room.bare("inspect", *files, "--identity", "key.txt")
    assert together.status == 0
    assert f"volumes 1 to {of} are all here." in together.out
    assert all(f"{file}:\n" in together.out for file in files)
    told = room.run("show", room.admitted(), "--json").json["timeline"][-1]
    assert told["what"].endswith(f"of {of})")


def test_where_no_file_may_be_larger_each_volume_still_is_written(room):
    size = 1_300_000  # the vault itself is smaller
    to = ("export", "--to", "out", "--recipient", room.recipient)
    whole = room.apart(*to, before=files_end_at(size))
    assert whole.status == 4
    assert "the medium takes no file as large as this." in whole.complaint
    done = room.apart(*to, "--volume-size", SIZE, before=files_end_at(size))
    assert done.status == 0
    assert len(list((room.folder / "out").iterdir())) > 1


def test_which_volume_is_missing_or_here_twice_is_told(room):
    _done, files = in_volumes(room)
    of = len(files)
    found = room.bare("inspect", *files[1:], files[1], "--identity", "key.txt")
    assert found.status == 1
    assert f"volume 1 of {of} is missing. Volume 2 is here twice." in found.out
    for program in ("archives", "sets"):
        assert (
            program
            in room.bare("inspect", files[0], files[0], "--identity", "key.txt", "--json").json
        )
    told = room.bare("inspect", files[1], files[1], "--identity", "key.txt", "--json").json
    (one,) = told["sets"]
    assert (one["of"], 1 in one["missing"], one["doubled"]) == (of, True, [2])
    assert set(told["archives"][0]) == INSPECTION
    assert told["archives"][0]["volume"] == {"set": one["set"], "number": 2, "of": of}


def test_a_volume_that_is_cut_short_is_one_that_is_missing_and_the_others_are_still_told(room):
    _done, files = in_volumes(room)
    whole = (room.folder / files[0]).read_bytes()
    (room.folder / files[0]).write_bytes(whole[:-100])
    found = room.bare("inspect", *files, "--identity", "key.txt")
    assert found.status == 4
    assert found.err.startswith(f"secterm: {files[0]}: This is not an archive that can be read")
    assert "The archive holds" in found.out
    assert f"volume 1 of {len(files)} is missing." in found.out


def test_a_volume_without_room_says_what_is_written_what_is_left_and_how_to_go_on(room, one_only):
    done, files = in_volumes(room)
    assert done.status == 4
    assert len(files) == 1
    (there,) = (room.folder / "out").iterdir()
    assert there.name in files[0]
    of = there.stem.rpartition("of")[2]
    assert f"secterm: Volume 2 of {of} was not written: it needs about" in done.err
    assert "Volume 1 is written and recorded." in done.err
    held = {d["id"] for d in inspected(room, files[0], "--json").json["dossiers"]}
    left = set(room.ids()) - held
    assert f"{len(left)} dossier" in done.err
    assert done.err.rstrip().endswith("--changed")
    one_only.setattr(space, "free_in", lambda folder: 8_000_000_000)
    shutil.move(there, room.folder)
    rest = room.run(
        *("export", "--to", "out", "--recipient", room.recipient),
        *("--volume-size", SIZE, "--changed"),
    )
    assert rest.status == 0
    there = [f"out/{name}" for name in os.listdir(room.folder / "out")]
    told = [inspected(room, file, "--json").json["dossiers"] for file in there]
    assert {d["id"] for each in told for d in each} == left


def test_of_those_that_were_named_the_ones_that_are_left_are_named(room, one_only):
    named = [part for id in room.ids() for part in ("--id", id)]
    done, files = in_volumes(room, *named)
    held = {d["id"] for d in inspected(room, files[0], "--json").json["dossiers"]}
    left = [id for id in room.ids() if id not in held]
    assert len(left) > 0
    for id in left:
        assert f"--id {id[:8]}" in done.err


def test_without_room_for_all_of_it_volumes_are_named_as_a_way(room, monkeypatch):
    monkeypatch.setattr(space, "free_in", lambda folder: 20_000)
    done = room.run("export", "--to", "out", "--recipient", room.recipient)
    assert done.status == 4
    assert "it needs about" in done.complaint
    assert done.complaint.endswith("Or divide it: --volume-size.")


def test_where_a_file_ends_on_the_medium_it_is_divided_by_itself(room, monkeypatch):
    stick = sticks.mounted(room.folder, monkeypatch)
    monkeypatch.setitem(media.LARGEST_FILE, "vfat", 1_300_000)
    done = room.run("export", "--to", stick, "--recipient", room.recipient)
    assert (done.status, done.err) == (0, "")
    assert len(list(stick.iterdir())) > 1
    assert all("of" in file.stem.rpartition("-")[2] for file in stick.iterdir())


@pytest.mark.parametrize("size", ["", "700", "big", "4x", "-1G", "1e9"])
def test_a_size_is_a_number_with_its_unit(room, size):
    done = room.run("export", "--to", "out", "--recipient", room.recipient, "--volume-size", size)
    assert done.status == 2
    assert "A size is a number and k, M, G or T, such as 700M or 4G." in done.complaint
    assert not (room.folder / "out").exists()


def test_a_volume_too_small_for_any_archive_or_for_one_dossier_is_refused(room):
    to = ("export", "--to", "out", "--recipient", room.recipient, "--volume-size")
    assert "That is too small: a volume has 100 kB or more." in room.run(*to, "99k").complaint
    done = room.run(*to, "300k")
    assert done.status == 4
    assert "one dossier alone, with the officers and packs" in done.complaint
    assert "Take larger volumes, or a larger medium." in done.complaint
    assert not (room.folder / "out").exists()


# -- default recipients -----------------------------------------------------------------


def set_in_file(room, text):
    (room.folder / "v.toml").write_text(text)


def test_without_recipients_those_of_the_settings_file_are_taken_and_told(room):
    set_in_file(room, f'recipients = ["{room.recipient}"]\n')
    done = room.run("export", "--to", "out")
    assert done.status == 0
    assert (
        done.err
        == f"secterm: The archive is for the keys in the settings file v.toml: {room.recipient}\n"
        + STAYS
    )
    file = done.out.splitlines()[0].removeprefix("Written: ")
    assert inspected(room, file).status == 0


@pytest.mark.parametrize(
    "to", [("--recipients-file", "recipient.txt"), ("--archive-passphrase-file", "archive.txt")]
)
def test_whoever_is_named_is_the_only_one(room, to):
    (room.folder / "archive.txt").write_text("test archive copper meadow\n")
    stranger = str(pyrage.x25519.Identity.generate().to_public())
    set_in_file(room, f'recipients = ["{stranger}"]\n')
    file = exported(room, *to)
    header = (room.folder / file).read_bytes()[:600]
    assert header.count(b"\n-> X25519") + header.count(b"\n-> scrypt") == 1
    opens = to if to[0].startswith("--archive") else ("--identity", "key.txt")
    assert room.bare("inspect", file, *opens).status == 0


def test_a_wrong_settings_file_is_told_where_it_is_needed_and_nowhere_else(room):
    set_in_file(room, "# ours\nidel = 60\n")
    done = room.run("export", "--to", "out")
    assert done.status == 2
    assert done.complaint.startswith("Line 2 of the settings file v.toml is not right: idel: ")
    assert not (room.folder / "out").exists()
    exported(room)


def test_a_settings_file_that_names_nobody_writes_to_nobody(room):
    set_in_file(room, "recipients = []\n")
    done = room.run("export", "--to", "out")
    assert done.status == 2
    assert "nobody was named" in done.complaint
