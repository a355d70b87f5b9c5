"""An administrator of another vault who forges what theirs received from a third one: an
archive of it is refused for what is wrong, whoever signed it.
"""

import base64
import re
import zlib

import msgspec
import pytest

from secterm.archive import received
from secterm.archive.errors import NotRestored
from secterm.archive.parts import packed, unpacked
from secterm.desk.restoring import look
from secterm.dossier import entries as acts
from tests.support import archives, handed
from tests.support.archives import identity_file
from tests.support.hostile import alone, clear

replace = msgspec.structs.replace


@pytest.fixture(scope="module")
def between(house, tmp_path_factory):
    """A vault that took the house's archive in, and an archive of its own."""
    folder = tmp_path_factory.mktemp("between")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(archives.kdf, "floors", (archives.kdf.Cost(t=1, m=32, p=1),))
        vault = handed.built(folder / "v")
        handed.taken(vault, house.opened.packed(folder))
        handed.holds(vault)
        return vault, handed.exported(vault, folder / "m")


@pytest.fixture
def insider(between, tmp_path):
    vault, file = between
    at_work = handed.Insider(handed.copied(vault, tmp_path), file)
    yield at_work
    at_work.close()


@pytest.fixture(scope="module")
def registry(tmp_path_factory):
    """A vault that takes archives in."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(archives.kdf, "floors", (archives.kdf.Cost(t=1, m=32, p=1),))
        return handed.built(tmp_path_factory.mktemp("registry") / "v")


@pytest.fixture
def refused(registry, tmp_path):
    """`refused(file, words)`: it is not taken in, and the vault is what it was."""

    def check(file, words, vault=registry):
        vault = handed.copied(vault, tmp_path, "registry.db")
        with handed.at(vault) as desk:
            before = vault.read_bytes()
            with pytest.raises(NotRestored) as error:
                archive = look(file, identity=identity_file(tmp_path))
                desk.restore(archive, archive.walk.own)
            assert vault.read_bytes() == before
        clear(error.value)
        told = [error.value.reason, *error.value.faults]
        assert any(re.search(words, one) for one in told), told

    return check


@pytest.fixture
def forged(house, insider, refused, tmp_path):
    """`forged(change, words)`: what is received is changed so, and refused for that."""

    def check(change, words, *more):
        act = change(insider.acts("received")[0])
        dossier = insider.records(act, *more)
        refused(insider.hands_on(tmp_path, dossier, bytes.fromhex(house_id(house))), words)

    return check


def house_id(house):
    return archives.msgspec.json.decode(house.opened["manifest.json"])["origin"].split("/")[1]


def of_part(change):
    """A change to the members of what was received."""
    return lambda act: handed.repacked(act, change)


def entries(files, ending=".json"):
    """The members of entries, in order."""
    return [name for name in files if "/entries/" in name and name.endswith(ending)]


def all_of(name):
    """The four members of an entry."""
    stem = name.rsplit("/", 1)[0] + "/" + name.rsplit("/", 1)[1].split(".")[0]
    return [f"{stem}.{ending}" for ending in ("json", "sealed", "tlog-proof", "officer-proof")]


def test_what_was_received_and_is_not_changed_lacks_its_record_alone(house, insider, tmp_path):
    dossier = insider.records(insider.acts("received")[0])
    file = insider.hands_on(tmp_path, dossier, bytes.fromhex(house_id(house)))
    with pytest.raises(NotRestored) as error:
        look(file, identity=identity_file(tmp_path))
    assert {fault.rsplit("/", 1)[1] for fault in error.value.faults} <= {
        "dossier.json: is missing",
        "undertaking.txt: is not the text that was signed",
    }


# -- parts ------------------------------------------------------------------------------


def test_other_words_than_were_sealed_are_refused(forged):
    def change(files):
        return {**files, entries(files)[0]: files[entries(files)[0]].replace(b"opened", b"openea")}

    forged(of_part(change), "is not what was sealed|is not proven")


def test_what_was_sealed_otherwise_is_refused(forged):
    def change(files):
        one, two = entries(files, ".sealed")[:2]
        return {**files, one: files[two]}

    forged(of_part(change), "sealed: does not open")


@pytest.mark.parametrize("kind", [".tlog-proof", ".officer-proof"])
def test_the_proof_of_another_entry_is_refused(forged, kind):
    def change(files):
        one, two = entries(files, kind)[:2]
        return {**files, one: files[two]}

    forged(of_part(change), f"{kind}: is about another entry")


@pytest.mark.parametrize("ending", range(4))
def test_an_entry_without_one_of_its_members_is_refused(forged, ending):
    def change(files):
        gone = all_of(entries(files)[1])[ending]
        return {name: data for name, data in files.items() if name != gone}

    forged(of_part(change), "is missing")


def test_an_entry_that_what_follows_rests_on_cannot_be_left_out(forged, insider):
    def change(files):
        answered = next(n for n in entries(files) if b'"answered"' in files[n])
        return {name: data for name, data in files.items() if name not in all_of(answered)}

    act = insider.acts("received")[0]
    part = handed.repacked(act, change).part
    forged(lambda _: replace(act, entries=act.entries - 1, part=part), "does not follow")


def test_a_history_without_its_beginning_is_refused(forged):
    def change(files):
        return {n: data for n, data in files.items() if n not in all_of(entries(files)[0])}

    def cut(act):
        return replace(handed.repacked(act, change), entries=act.entries - 1)

    forged(cut, "beginning is missing")


@pytest.mark.parametrize(
    "name",
    ["../v.db", "/etc/passwd", "checkpoint", "officers/{id}/key.json", "dossiers/{id}/dossier.json",
     "dossiers/{id}/entries/01.json", "dossiers/{other}/entries/1.json", "dossiers/{id}/x"],
)  # fmt: skip
def test_a_part_that_holds_anything_else_is_refused(forged, insider, name):
    act = insider.acts("received")[0]
    name = name.format(id=act.dossier, other="0" * 32)
    forged(of_part(lambda files: {**files, name: b"x"}), "came with what is no part of it")


def test_a_part_with_a_name_twice_is_refused(forged):
    def change(act):
        members = list(unpacked(act.part).items())
        return replace(act, part=packed([*members, members[0]]))

    forged(change, "damaged")


@pytest.mark.long
@pytest.mark.parametrize(
    "change",
    [
        lambda raw: raw[:-1],
        lambda raw: raw + b"x",
        lambda raw: raw + raw,
        lambda raw: zlib.decompress(raw),
        lambda raw: b"",
        lambda raw: zlib.compress(zlib.decompress(raw)[:-512]),
        lambda raw: zlib.compress(zlib.decompress(raw) + b"x"),
        lambda raw: zlib.compress(zlib.decompress(raw)[:156] + b"2" + zlib.decompress(raw)[157:]),
        lambda raw: zlib.compress(bytes(128 << 20)),
    ],
    ids=["cut", "longer", "twice", "plain", "empty", "tar cut", "tar longer", "link", "bomb"],
)  # fmt: skip
def test_a_part_that_is_none_is_refused(forged, change):
    def changed(act):
        raw = change(base64.b64decode(act.part))
        return replace(act, part=base64.b64encode(raw).decode())

    forged(changed, "does not follow")


def test_a_part_that_is_no_base64_is_refused(forged):
    forged(lambda act: replace(act, part=act.part[:-4] + "\u2014*=="), "damaged")


def test_a_part_in_parts_nested_too_deep_is_refused(house, insider, refused, tmp_path, monkeypatch):
    monkeypatch.setattr(received, "DEEPEST", 0)
    dossier = insider.records(insider.acts("received")[0])
    file = insider.hands_on(tmp_path, dossier, bytes.fromhex(house_id(house)))
    refused(file, "went through too many vaults")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"vault": "0" * 32}, "came from a vault of which nothing holds"),
        ({"size": 1}, "came from a vault of which nothing holds"),
        ({"size": -1}, "came from a vault of which nothing holds"),
        ({"root": "0" * 64}, "came from a vault of which nothing holds"),
        ({"unit": "Another unit"}, "names another unit than that vault's"),
        ({"dossier": "0" * 32}, "came with what is no part of it"),
        ({"dossier": "../../x"}, "came with what is no part of it"),
        ({"entries": 1}, "holds another number of entries than it says"),
        ({"part": ""}, "damaged"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_it_says_of_a_part_is_true(forged, changes, words):
    forged(lambda act: replace(act, **changes), words)


def test_a_vaults_own_history_does_not_come_from_itself(forged, insider):
    own = insider.vault.id.hex()
    forged(lambda act: replace(act, vault=own), "came from a vault of which nothing holds")


# -- what is between parts --------------------------------------------------------------


def halves(act, *, at):
    """What was received, in two parts: the entries at these places, and the others."""
    files = unpacked(act.part)
    key = next(name for name in files if name.endswith("key.json"))
    names = entries(files)
    for places in (at, [n for n in range(len(names)) if n not in at]):
        held = [key, *(n for place in places for n in all_of(names[place]))]
        part = packed([(name, files[name]) for name in held])
        yield replace(act, entries=len(places), part=part)


def test_entries_in_another_order_than_theirs_are_refused(forged, insider):
    act = insider.acts("received")[0]
    answers = [
        place
        for place, name in enumerate(entries(unpacked(act.part)))
        if b'"answered"' in unpacked(act.part)[name]
    ]
    first, then = halves(act, at=[0, answers[1]])
    forged(lambda _: first, "comes after a later one of its journal", then)


def test_entries_of_somebody_elses_dossier_are_refused(forged, insider):
    mine, other = insider.acts("received")[:2]
    _opened, rest = halves(other, at=[0])
    forged(lambda _: mine, "beginning is missing", rest)


# -- what is said of the third vault ----------------------------------------------------


def test_a_history_whose_vault_is_not_in_the_archive_is_refused(insider, refused, tmp_path):
    file = insider.hands_on(tmp_path, insider.records(insider.acts("received")[0]))
    refused(file, "came from a vault of which nothing holds")


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (lambda insider: [acts.Unlocked(failures=1)], "tells of no origin"),
        (lambda insider: [b"{}"], "tells of no other vault"),
        (lambda insider: [insider.acts("origin_known")[0]], "is of another vault or checkpoint"),
        (
            lambda insider: [replace(insider.acts("origin_known")[0], part="")],
            "what came from another vault is damaged",
        ),
        (
            lambda insider: [insider.acts("origin_known")[0], acts.Unlocked(failures=1)],
            "tells of no origin",
        ),
    ],
)  # fmt: skip
def test_a_strand_that_tells_of_no_vault_is_refused(insider, refused, tmp_path, said, words):
    id = insider.records(*said(insider))
    refused(insider.hands_on(tmp_path, insider.records(insider.acts("received")[0]), id), words)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda f: {n: d for n, d in f.items() if "officers/" not in n}, "not proven by an entry"),
        (lambda f: {n: d for n, d in f.items() if n != "log-keys"}, "holds no log-keys"),
        (lambda f: {**f, "README.txt": b"x"}, "holds what tells nothing of a vault"),
        (lambda f: {**f, "officers/../x": b"x"}, "holds what tells nothing of a vault"),
        (lambda f: {**f, "dossiers/" + "0" * 32 + "/key.json": b"x"}, "tells nothing of a vault"),
        (lambda f: {**f, "checkpoint": f["checkpoint"][:-20]}, "checkpoint: is not"),
        (lambda f: {**f, "officers.json": b"[]\n"}, "not signed by an officer|is nobody in"),
    ],
)
def test_what_is_said_of_a_vault_is_proven(insider, refused, tmp_path, change, words):
    known = handed.repacked(insider.acts("origin_known")[0], change)
    id = insider.records(known)  # a strand of its own, as the first word on a size counts
    refused(insider.hands_on(tmp_path, insider.records(insider.acts("received")[0]), id), words)


# -- bombs ------------------------------------------------------------------------------

BOMBS = """
from secterm.archive.errors import ArchiveUnreadable
from secterm.archive.parts import unpacked
part = sys.stdin.read()
limit()
try:
    unpacked(part)
except ArchiveUnreadable as error:
    print(error.reason)
"""


@pytest.mark.long
def test_a_part_that_unpacks_to_gigabytes_takes_little():
    squeeze = zlib.compressobj(9)
    begun = squeeze.compress(bytes(1 << 24)) + squeeze.flush(zlib.Z_FULL_FLUSH)
    more = squeeze.compress(bytes(1 << 24)) + squeeze.flush(zlib.Z_FULL_FLUSH)
    bomb = begun + 255 * more  # each block stands by itself
    assert len(bomb) < 5 << 20
    said = alone(BOMBS, mebibytes=192, stdin=base64.b64encode(bomb))
    assert said == "what came from another vault is damaged\n"


@pytest.mark.long
def test_a_part_with_one_long_member_takes_little():
    name = "dossiers/" + "0" * 32 + "/key.json"
    bomb = packed([(name, bytes((64 << 20) - 4096)), (name, b"")])
    said = alone(BOMBS, mebibytes=384, stdin=bomb.encode())
    assert said == "what came from another vault is damaged\n"
