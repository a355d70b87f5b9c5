"""Witnessing: what a registry cosigns and what it refuses, and what the vault takes in."""

import json
import os
import shutil

import pytest

from secterm.archive import continuing
from secterm.archive.cosignature import LARGEST, found
from secterm.archive.errors import CosignatureInvalid
from secterm.archive.inspect import walked
from secterm.desk.desk import Desk
from secterm.desk.witnessing import read_cosignature
from secterm.dossier import entries as acts
from secterm.dossier.permit import NotAllowed
from secterm.vault import checkpoints, kdf
from secterm.vault.note import Note
from tests.reader import slots
from tests.reader.vault import Vault
from tests.reader.verify import verified as second_reader
from tests.support import archives
from tests.support.house import OFFICER, SECOND
from tests.support.witnessing import Pair


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kdf, "floors", (kdf.Cost(t=1, m=32, p=1),))
        return Pair.build(tmp_path_factory.mktemp("pair"))


@pytest.fixture
def pair(built, tmp_path):
    return built.copied(tmp_path)


def proofs(file):
    return json.loads(archives.opened(file)["consistency.json"])


def checkpoint(file):
    told = json.loads(archives.opened(file)["manifest.json"])
    return checkpoints.short_of(told["size"], bytes.fromhex(told["root"]))


def verified(pair, vault):
    return pair.at(vault, lambda desk: desk.verify())


def said(caught):
    return getattr(caught.value, "reason", str(caught.value))


# -- a whole round --------------------------------------------------------------------------


def test_what_a_registry_has_seen_is_cosigned_taken_in_and_told(pair):
    file = pair.exported()
    cosigned = pair.witness(file)
    assert cosigned.name == file.name.replace(".age", ".cosignature")
    made = pair.take_in(cosigned)
    assert made.checkpoint == checkpoint(file)
    assert made.fingerprint == pair.fingerprint(pair.registry)
    report = verified(pair, pair.terminal)
    assert report.holds
    (seen,) = report.witnessed
    assert (seen.witness, seen.checkpoint) == ("Registry", checkpoint(file))
    assert seen.told() in " ".join(report.text().split())
    receipt = pair.at(pair.terminal, lambda desk: desk.told(desk.receipts()[0]))
    assert f"Witness Registry on {made.day}, entry #{made.number}" in receipt
    assert read_by_another(pair.terminal) == read_by_another(pair.registry) == set()
    assert verified(pair, pair.registry).holds


def test_the_next_archive_proves_that_it_continues_what_was_cosigned_last(pair):
    pair.exported()
    first = pair.seen()
    pair.noted()
    between = pair.exported()
    later = pair.exported()
    sizes = [line["size"] for line in proofs(later)]
    assert sizes == [int(checkpoint(each).partition(":")[0]) for each in (first, between)]
    made = pair.take_in(pair.witness(later))
    assert made.checkpoint == checkpoint(later)
    report = verified(pair, pair.terminal)
    assert [seen.checkpoint for seen in report.witnessed] == [checkpoint(later)]
    assert verified(pair, pair.registry).holds


def test_where_nothing_was_cosigned_an_archive_continues_all_that_left(pair):
    files = [pair.exported() for _ in range(3)]
    assert [len(proofs(each)) for each in files] == [0, 1, 2]
    pair.witness(files[0])
    pair.witness(files[2])  # and no cosignature was ever taken in


def test_an_extract_is_witnessed_like_a_whole_archive(pair):
    pair.at(pair.terminal, lambda d: archives.sample.fill(d, 1, stages=("unsigned",)))
    pair.seen()
    file = pair.exported(kind="decision", what="all")
    assert len(proofs(file)) == 1
    pair.take_in(pair.witness(file))


def test_the_same_archive_is_cosigned_again(pair):
    file = pair.exported()
    one, other = pair.witness(file), pair.witness(file)
    assert one != other
    assert read_cosignature(other).checkpoint == read_cosignature(one).checkpoint


def test_an_archive_has_room_for_the_latest_checkpoints_that_left(pair, monkeypatch):
    monkeypatch.setattr(continuing, "MOST", 3)
    first = pair.seen()
    for _ in range(4):
        pair.exported()
    file = pair.exported()
    found = [line["size"] for line in proofs(file)]
    assert len(found) == 3
    assert found[0] == int(checkpoint(first).partition(":")[0])
    pair.witness(file)


def test_a_second_witness_is_another_and_each_is_told(pair, tmp_path):
    pair.seen()
    other = Pair(tmp_path / "other")
    (tmp_path / "other/registry").mkdir(parents=True)
    archives.identity_file(other.folder)
    archives.build(tmp_path / "other/registry")
    file = pair.exported()
    made = pair.take_in(other.witness(file), "Ministry")
    told = [seen.witness for seen in verified(pair, pair.terminal).witnessed]
    assert told == ["Registry", "Ministry"]
    assert made.told.witness == "Ministry"
    # The registry has not seen it: the next archive still goes back to what it saw.
    assert len(proofs(pair.exported())) == 2


# -- what a registry refuses ----------------------------------------------------------------


def test_the_first_time_the_fingerprint_must_be_told(pair):
    file = pair.exported()
    before = pair.recorded(pair.registry)
    whole = pair.fingerprint(pair.terminal)
    for told in ("", whole[:4], whole[:-1], pair.fingerprint(pair.registry)):
        with pytest.raises(NotAllowed) as caught:
            pair.witness(file, told)
        assert "That is not the fingerprint" in said(caught)
    assert pair.recorded(pair.registry) == before
    pair.witness(file, whole.upper().replace(" ", "-"))
    pair.witness(pair.exported(), "")  # it is known by then


def test_a_vault_that_was_put_back_and_went_on_is_refused_with_both_checkpoints(pair):
    pair.seen()
    old = shutil.copy(pair.terminal, pair.folder / "old.db")
    pair.noted()
    seen = pair.exported()
    pair.witness(seen)
    shutil.copy(old, pair.terminal)
    for _ in range(4):
        pair.noted("Another thing came to pass.")
    forked = pair.exported()
    broken = pair.refused(pair.witness, forked)
    assert "Nothing in this archive proves that it continues" in broken.reason
    assert (broken.then[1], broken.now[1]) == (checkpoint(seen), checkpoint(forked))
    assert f"--checkpoint {checkpoint(seen)}" in broken.advice


def test_an_archive_with_fewer_entries_than_were_seen_is_refused_with_both_checkpoints(pair):
    late, seen = pair.exported(), pair.exported()
    pair.witness(seen)
    broken = pair.refused(pair.witness, late)
    assert "fewer entries" in broken.reason
    assert "an older archive that comes late, or the vault was rolled back" in broken.meaning
    assert (broken.then[1], broken.now[1]) == (checkpoint(seen), checkpoint(late))


def test_another_history_of_the_same_length_is_refused_and_so_is_what_follows_it(pair):
    old = shutil.copy(pair.terminal, pair.folder / "old.db")
    pair.noted("One thing.")
    seen = pair.exported()
    pair.witness(seen)
    shutil.copy(old, pair.terminal)
    pair.noted("Another thing.")
    same, after = pair.exported(), pair.exported()
    for file in (same, after):
        broken = pair.refused(pair.witness, file)
        assert "has another history" in broken.reason
        assert "forked" in broken.meaning
        assert (broken.then[1], broken.now[1]) == (checkpoint(seen), checkpoint(file))


def test_an_older_archive_that_was_seen_is_only_old(pair):
    first = pair.seen()
    pair.witness(pair.exported())
    broken = pair.refused(pair.witness, first)
    assert "is older than the last one" in broken.reason
    assert "Nothing is wrong with it." in broken.advice


def test_a_larger_archive_without_the_proof_is_refused(pair):
    pair.seen()
    signer = archives.signer(pair.terminal)
    file = pair.exported()
    bare = archives.opened(file).replaced("consistency.json", b"[]\n").resigned(signer)
    broken = pair.refused(pair.witness, bare.packed(pair.folder))
    assert "Nothing in this archive proves" in broken.reason
    pair.witness(file)


def test_other_log_keys_under_the_same_vault_s_name_are_refused(pair):
    file = pair.exported()
    origin = json.loads(archives.opened(file)["manifest.json"])["origin"]
    seen = acts.Witnessed(
        origin=origin, log_keys="ab" * 32, size=1, root="cd" * 32, archive="ef" * 32
    )
    recorded(pair.registry, seen)
    broken = pair.refused(pair.witness, file)
    assert "with other log keys" in broken.reason
    assert broken.then[1] == "abab " * 7 + "abab"
    assert broken.now[1] == pair.fingerprint(pair.terminal)


def test_a_vault_is_no_witness_of_itself(pair):
    file = pair.exported()
    shutil.copy(pair.terminal, pair.registry)
    with pytest.raises(NotAllowed) as caught:
        pair.witness(file)
    assert "no witness of itself" in said(caught)


def test_an_archive_that_does_not_hold_is_not_witnessed(pair):
    file = archives.opened(pair.exported()).replaced("consistency.json", b"[ ]\n")
    with pytest.raises(NotAllowed):
        pair.witness(file.packed(pair.folder))


def test_a_folder_that_is_not_there_is_told_before_anything_is_recorded(pair):
    walk = walked(pair.exported(), identity=pair.folder / "identity.txt")
    before, missing = pair.recorded(pair.registry), pair.folder / "missing"
    with pytest.raises(NotAllowed):
        pair.at(pair.registry, lambda d: d.witness(walk, "ab" * 32, missing, walk.own))
    assert pair.recorded(pair.registry) == before


# -- what the vault refuses -----------------------------------------------------------------


def test_a_vault_that_was_put_back_is_told_when_the_cosignature_comes(pair):
    old = shutil.copy(pair.terminal, pair.folder / "old.db")
    pair.noted("One thing.")
    file = pair.exported()
    cosigned = pair.witness(file)
    shutil.copy(old, pair.terminal)
    here = pair.at(pair.terminal, lambda desk: desk.checkpoint_line())
    broken = pair.refused(pair.take_in, cosigned)
    assert "more entries of this vault than are here" in broken.reason
    assert "was put back" in broken.meaning
    assert (broken.then[1], broken.now[1]) == (checkpoint(file), here)


def test_a_vault_that_was_put_back_and_went_on_is_told_when_the_cosignature_comes(pair):
    old = shutil.copy(pair.terminal, pair.folder / "old.db")
    pair.noted("One thing.")
    file = pair.exported()
    cosigned = pair.witness(file)
    shutil.copy(old, pair.terminal)
    pair.noted("Another thing.")
    here = pair.at(pair.terminal, lambda desk: desk.checkpoint_line())
    pair.noted("And more.")
    broken = pair.refused(pair.take_in, cosigned)
    assert "another history of this vault" in broken.reason
    assert (broken.then[1], broken.now[1]) == (checkpoint(file), here)


def test_a_new_witness_needs_a_name_and_the_whole_fingerprint(pair):
    cosigned = pair.witness(pair.exported())
    whole = pair.fingerprint(pair.registry)
    before = pair.recorded(pair.terminal)
    for name, told in (
        ("", whole), ("Re\x1b", whole), ("R" * 300, whole), ("Registry", ""),
        ("Registry", whole[:4]), ("Registry", pair.fingerprint(pair.terminal)),
    ):  # fmt: skip
        with pytest.raises(NotAllowed):
            pair.take_in(cosigned, name, told)
    assert pair.recorded(pair.terminal) == before
    pair.take_in(cosigned, "  The   registry ", whole)
    made = pair.take_in(pair.witness(pair.exported()), "", "")
    assert made.told.witness == "The registry"


def test_a_name_belongs_to_one_witness(pair, tmp_path):
    pair.seen()
    other = Pair(tmp_path / "other")
    (tmp_path / "other/registry").mkdir(parents=True)
    archives.identity_file(other.folder)
    archives.build(tmp_path / "other/registry")
    cosigned = other.witness(pair.exported())
    with pytest.raises(NotAllowed) as caught:
        pair.take_in(cosigned, "REGISTRY")
    assert "Another witness has that name" in said(caught)


def test_a_cosignature_is_taken_in_once(pair):
    cosigned = pair.witness(pair.exported())
    pair.take_in(cosigned)
    with pytest.raises(NotAllowed) as caught:
        pair.take_in(cosigned)
    assert "was taken in already, by entry #" in said(caught)


def test_a_cosignature_of_another_vault_is_none_here(pair, tmp_path):
    (tmp_path / "other").mkdir()
    other = archives.build(tmp_path / "other", ("opened", "general"))
    cosigned = pair.witness(archives.exported(other, pair.folder))
    with pytest.raises(CosignatureInvalid) as caught:
        pair.take_in(cosigned)
    assert said(caught) == "it is on a checkpoint of another vault"


def test_no_byte_of_a_cosignature_can_be_another(pair):
    data = pair.witness(pair.exported()).read_bytes()
    before, told = pair.recorded(pair.terminal), pair.fingerprint(pair.registry)
    desk = Desk.open(pair.terminal, *OFFICER)
    try:
        for at in range(0, len(data), 101):
            file = pair.folder / "changed.cosignature"
            file.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
            with pytest.raises((CosignatureInvalid, NotAllowed)):
                given = read_cosignature(file)
                desk.take_in(given, "Registry", told)
    finally:
        desk.close()
    assert pair.recorded(pair.terminal) == before


def test_the_signatures_of_a_cosignature_are_these_three_and_no_others(pair):
    given = read_cosignature(pair.witness(pair.exported()))
    lines = given.note.signatures
    for some in (lines[:2], lines[1:], (lines[0], lines[0], lines[2]), (*lines, lines[2])):
        with pytest.raises(CosignatureInvalid):
            file = pair.folder / "fewer.cosignature"
            file.write_bytes(type(given)(*given.keys, Note(given.note.text, some)).format())
            pair.take_in(file)


def huge(file):
    file.write_bytes(b"x" * (LARGEST + 1))


def binary(file):
    file.write_bytes(bytes(range(256)) * 20)


def empty(file):
    file.write_bytes(b"")


def link(file):
    file.symlink_to("/dev/zero")


def link_to_a_file(file):
    file.symlink_to(file.with_name("identity.txt"))


def device(file):
    os.mkfifo(file)


def folder(file):
    file.mkdir()


def missing(file):
    pass


def lines(file):
    file.write_text("\n" * 1000)


def header(file):
    file.write_text("secterm-cosignature-1\na+b+c\nd+e+f\n\nx\n1\n\n\n\u2014 x AAAA\n")


@pytest.mark.parametrize(
    "made",
    [huge, binary, empty, link, link_to_a_file, device, folder, missing, lines, header],
    ids=lambda made: made.__name__,
)
def test_what_is_no_cosignature_is_refused_at_once(pair, made):
    file = pair.folder / "secterm-1-00000000.cosignature"
    made(file)
    with pytest.raises(CosignatureInvalid):
        read_cosignature(file)


def test_a_medium_offers_what_is_called_so_and_is_a_file(tmp_path):
    for name in ("secterm-9-0123abcd.cosignature", "secterm-10-0123abcd-2.cosignature"):
        (tmp_path / name).touch()
    (tmp_path / "secterm-7-0123abcd.cosignature").symlink_to("/dev/zero")
    os.mkfifo(tmp_path / "secterm-8-0123abcd.cosignature")
    (tmp_path / "secterm-9-\x1b[2J.cosignature").touch()
    (tmp_path / "secterm-9-0123abcd.age").touch()
    names = [path.name for path in found(tmp_path)]
    assert names == ["secterm-10-0123abcd-2.cosignature", "secterm-9-0123abcd.cosignature"]
    assert found(tmp_path / "gone") == []


def test_who_only_reads_neither_witnesses_nor_takes_in(pair):
    file = pair.exported()
    cosigned = pair.witness(file)
    for vault in (pair.terminal, pair.registry):
        second = next(o for o in pair.at(vault, lambda d: d.officers()) if o.name == SECOND[0])
        pair.at(vault, lambda d, id=second.id: d.give_role(id, "approver", "Reads."))
    walk = walked(file, identity=pair.folder / "identity.txt")
    for vault, act in (
        (pair.registry, lambda d: d.witness(walk, "ab" * 32, pair.folder, walk.own)),
        (pair.terminal, lambda d: d.take_in(read_cosignature(cosigned), "Registry", "")),
    ):
        desk = Desk.open(vault, *SECOND)
        try:
            with pytest.raises(NotAllowed) as caught:
                act(desk)
            assert "An approver reads" in said(caught)
        finally:
            desk.close()


# -- what a verification says ---------------------------------------------------------------


def recorded(vault, act):
    desk = Desk.open(vault, *OFFICER)
    try:
        with desk._record() as record:
            record.vault(desk._vault.id, act)
    finally:
        desk.close()


def cosigned_again(pair, **but):
    """The entry of a cosignature once more, but for this."""
    pair.seen()
    told = pair.at(pair.terminal, lambda d: d.witnesses()[-1].told)
    told = {f: getattr(told, f) for f in told.__struct_fields__}
    number = pair.recorded(pair.terminal)
    recorded(pair.terminal, acts.Cosigned(**(told | but)))
    assert f"entry.{number}" in read_by_another(pair.terminal)
    return verified(pair, pair.terminal)


def read_by_another(vault):
    """Where another reader, which has nothing of the program, finds faults."""
    with Vault(vault, slots.passphrase(*OFFICER), cheap=True) as opened:
        return {fault.place for fault in second_reader(opened).faults}


@pytest.mark.long
@pytest.mark.parametrize(
    ("but", "what"),
    [
        ({"signature": "00" * 2420}, "has a cosignature that does not hold"),
        ({"time": 1}, "has a cosignature that does not hold"),
        ({"root": "00" * 32}, "names a checkpoint that never was here"),
        ({"size": 1}, "names a checkpoint that never was here"),
        ({"size": 10**9}, "names a size or a time that is none"),
        ({"size": -1}, "names a size or a time that is none"),
        ({"time": 0}, "names a size or a time that is none"),
        ({"time": 2**60}, "names a size or a time that is none"),
        ({"root": "zz"}, "names a root or a signature that is none"),
        ({"signature": ""}, "names a root or a signature that is none"),
        ({"log_mldsa44": "00"}, "names keys that are none"),
        ({"log_ed25519": "00" * 32}, "names a witness with another name or other keys"),
        ({"witness": "Another"}, "names a witness with another name or other keys"),
        ({"origin": "elsewhere"}, "names a vault that is no witness"),
        ({"origin": "secterm/" + "00" * 16}, "gives a witness the name that another has"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
def test_a_recorded_cosignature_that_does_not_hold_is_told(pair, but, what):
    report = cosigned_again(pair, **but)
    assert not report.holds
    assert any(what in fault for fault in report.faults), report.faults


@pytest.mark.parametrize(
    ("but", "what"),
    [
        ({"log_keys": "00" * 32}, "with other log keys than before"),
        ({"root": "00" * 32}, "does not continue what was seen before"),
        ({"size": 1}, "does not continue what was seen before"),
        ({"size": 0}, "names a vault that is none to witness"),
        ({"origin": "x"}, "names a vault that is none to witness"),
        ({"archive": "x"}, "names keys, a root or an archive that is none"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
def test_what_was_seen_and_cannot_be_is_told(pair, but, what):
    pair.seen()
    (seen,) = pair.at(pair.registry, lambda d: list(d._registry.witnesses.seen.values()))
    told = {f: getattr(seen[-1].told, f) for f in seen[-1].told.__struct_fields__}
    number = pair.recorded(pair.registry)
    recorded(pair.registry, acts.Witnessed(**(told | but)))
    assert f"entry.{number}" in read_by_another(pair.registry)
    report = verified(pair, pair.registry)
    assert any(what in fault for fault in report.faults), report.faults
