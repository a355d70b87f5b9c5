"""Whatever comes as an archive, it is refused with a named reason before anything of it is
used, and the vault that was to take it in is what it was, to the last byte.
"""

import json
import random
import re
import tarfile

import pyrage
import pytest

from secterm.archive import tar
from secterm.archive.errors import ArchiveUnreadable, NotRestored, WrongIdentity
from secterm.archive.recipients import Recipients
from secterm.archive.sums import SUMS
from secterm.desk.restoring import look
from secterm.dossier import entries as acts
from tests.support import archives, handed
from tests.support.archives import Opened, identity_file, packed, tarred
from tests.support.commands import secterm
from tests.support.hostile import clear
from tests.support.house import OFFICER

REFUSED = (ArchiveUnreadable, WrongIdentity, NotRestored)


@pytest.fixture(scope="module")
def registry(tmp_path_factory, request):
    """A vault that takes archives in and has one dossier of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(archives.kdf, "floors", (archives.kdf.Cost(t=1, m=32, p=1),))
        return handed.built(tmp_path_factory.mktemp("registry") / "v", ("opened", "general"))


class Station:
    """A desk of the registry's that is asked to take archives in."""

    def __init__(self, vault, folder):
        self.vault = handed.copied(vault, folder)
        self.folder = folder
        self.before = handed.rows(self.vault)

    def refuses(self, file, words, **opens):
        """It does not take this in; the person reads these words, and the vault is untouched."""
        opens = opens or {"identity": identity_file(self.folder)}
        with handed.at(self.vault) as desk:
            before = self.vault.read_bytes()
            with pytest.raises(REFUSED) as refused:
                archive = look(file, **opens)
                desk.restore(archive, archive.walk.own)
            assert self.vault.read_bytes() == before
        clear(refused.value)
        told = [refused.value.reason, *getattr(refused.value, "faults", ())]
        assert any(re.search(words, one) for one in told), told


@pytest.fixture
def station(registry, tmp_path):
    return Station(registry, tmp_path)


def test_what_nobody_touched_is_taken_in(house, registry, tmp_path):
    vault = handed.copied(registry, tmp_path)
    file = house.opened.packed(tmp_path)
    assert len(handed.taken(vault, file).new) == 3
    handed.holds(vault)


# -- the envelope -----------------------------------------------------------------------


def test_another_key_does_not_open_it(house, station, tmp_path):
    other = tmp_path / "other.txt"
    other.write_text(f"{pyrage.x25519.Identity.generate()}\n")
    station.refuses(house.file, "does not open with this key", identity=other)


@pytest.mark.long
def test_another_passphrase_does_not_open_it(house, station, tmp_path):
    vault = handed.copied(house.vault, tmp_path, "other.db")
    file = handed.exported(vault, tmp_path / "m", to=Recipients(passphrase=archives.PASSPHRASE))
    station.refuses(file, "does not open with this", passphrase="test another velvet lantern")


def borders(opened):
    """Where the members of an archive begin and end, in bytes of its tar."""
    at, found = 0, [0]
    for _name, data in opened.members:
        found += [at + tar.BLOCK, at := at + tar.BLOCK + len(data) + -len(data) % tar.BLOCK]
    return found


def cut(house, station, tmp_path, places):
    plain = b"".join(tar.blocks(house.opened.members, 0))
    for at in places:
        station.refuses(packed(tmp_path, plain[:at]), "damaged|holds no")


def test_cut_short_between_members_it_is_refused(house, station, tmp_path):
    every = borders(house.opened)
    cut(house, station, tmp_path, [*every[:3], *random.sample(every, 12), *every[-3:]])


@pytest.mark.long
def test_cut_short_at_any_member_border_it_is_refused(house, station, tmp_path):
    cut(house, station, tmp_path, borders(house.opened))


@pytest.mark.parametrize("end", [1, 0.3, 0.7, -1, -17, -70_000])
def test_a_file_cut_short_is_refused(house, station, tmp_path, end):
    data = house.file.read_bytes()
    (tmp_path / "cut.age").write_bytes(data[: int(len(data) * end) if end == abs(end) < 1 else end])
    station.refuses(tmp_path / "cut.age", "damaged|is no age file|not an age")


def flipped(data, at):
    return data[:at] + bytes((data[at] ^ 1 << at % 8,)) + data[at + 1 :]


def test_a_bit_flipped_anywhere_in_the_file_is_told(house, station, tmp_path):
    data, file = house.file.read_bytes(), tmp_path / "flipped.age"
    for at in [*random.sample(range(len(data)), 12), 0, len(data) - 1]:
        file.write_bytes(flipped(data, at))
        station.refuses(file, "damaged|age|not for this|recipient")


def flips(house, station, tmp_path, places):
    """A bit flipped within members, in an envelope that is whole."""
    for name in house.opened.one_of_each():
        for at in places(len(house.opened[name])):
            changed = house.opened.changed(name, lambda data, at=at: flipped(data, at))
            station.refuses(changed.packed(tmp_path), ".")


@pytest.mark.long
def test_a_bit_flipped_in_a_member_of_each_kind_is_told(house, station, tmp_path):
    flips(house, station, tmp_path, lambda size: random.sample(range(size), 1))


@pytest.mark.long
def test_a_bit_flipped_all_over_a_member_of_each_kind_is_told(house, station, tmp_path):
    flips(house, station, tmp_path, lambda size: range(0, size, max(1, size // 12)))


# -- the tar ----------------------------------------------------------------------------


def ustar(house, *odd):
    own = [(_member(name, size=len(data)), data) for name, data in house.opened.members]
    return tarred([*own[:4], *odd, *own[4:]], tarfile.USTAR_FORMAT)


def _member(name, kind=tarfile.REGTYPE, **more):
    made = tarfile.TarInfo(name)
    made.type, made.mode = kind, 0o600
    for key, value in more.items():
        setattr(made, key, value)
    return made


@pytest.mark.parametrize(
    "odd",
    [
        _member("checkpoint", tarfile.SYMTYPE, linkname="/etc/passwd"),
        _member("dossiers", tarfile.SYMTYPE, linkname="/tmp"),
        _member("README.txt", tarfile.LNKTYPE, linkname="checkpoint"),
        _member("dossiers/null", tarfile.CHRTYPE, devmajor=1, devminor=3),
        _member("dossiers/disk", tarfile.BLKTYPE, devmajor=8),
        _member("dossiers/pipe", tarfile.FIFOTYPE),
        _member("dossiers", tarfile.DIRTYPE),
        _member("checkpoint", mode=0o4755),
    ],
    ids=lambda odd: f"{odd.name}-{odd.type.decode()}-{odd.mode:o}",
)
def test_links_devices_and_folders_are_refused(house, station, tmp_path, odd):
    file = packed(tmp_path, ustar(house, (odd, b"")))
    station.refuses(file, "holds what no archive of ours does")


@pytest.mark.parametrize(
    "name",
    [
        "../v.db", "/etc/passwd", "dossiers/../../v.db", "./checkpoint", "dossiers//x",
        "dossiers/" + "0" * 32 + "/../../v.db", "dossiers/" + "0" * 32 + "/entries/../1.json",
        "dossiers/" + "0" * 32 + "/entries/01.json", "dossiers/" + "0" * 32 + "/entries/-1.json",
        "dossiers/" + "A" * 32 + "/key.json", "v.db", "secterm/__init__.py", "C:v.db", "..",
    ],
)  # fmt: skip
def test_a_name_that_leads_elsewhere_is_refused(house, station, tmp_path, name):
    odd = house.opened.adding(name, b"x", "officers.json").resigned(house.officer)
    station.refuses(odd.packed(tmp_path), "is no part of an archive")
    assert not (tmp_path / "v.db").exists()


@pytest.mark.parametrize("size", [100 << 30, 8 << 30, (256 << 20) + 1])
def test_a_member_that_claims_gigabytes_is_refused_at_its_header(station, tmp_path, size):
    info = _member("checkpoint", size=size)
    header = info.tobuf(tarfile.GNU_FORMAT)
    station.refuses(packed(tmp_path, header + b"x" * 512), "holds what no archive of ours does")


def test_ten_thousand_members_that_are_none_are_refused(house, station, tmp_path):
    more = [(f"dossiers/{n:032x}/entries/{n}.json", b"{}") for n in range(10_000)]
    many = Opened((*house.opened.members[:-2], *more, *house.opened.members[-2:]))
    station.refuses(many.packed(tmp_path), "key.json: is missing|is missing")


def test_ten_thousand_members_of_one_dossier_are_refused(house, station, tmp_path):
    folder = house.opened.folder("admitted")
    more = [(f"{folder}/entries/{10**6 + n}.json", b"{}") for n in range(10_000)]
    at = house.opened.names().index(f"{folder}/{SUMS}")
    many = Opened((*house.opened.members[:at], *more, *house.opened.members[at:]))
    station.refuses(many.resigned(house.officer).packed(tmp_path), "sealed: is missing")


@pytest.mark.parametrize("kind", ["checkpoint", "officers/", "dossiers/", "packs/", "README"])
@pytest.mark.parametrize("far", [True, False])
def test_a_member_that_is_there_twice_is_refused(house, station, tmp_path, kind, far):
    name = house.opened.name(kind)
    last = house.opened.names()[-3]
    again = house.opened.adding(name, house.opened[name], last if far else name)
    station.refuses(again.packed(tmp_path), "is there twice|does not come last|is missing")


# -- what is within ---------------------------------------------------------------------


@pytest.mark.parametrize("name", ["manifest.json", "officers.json", "recoveries.json"])
@pytest.mark.parametrize(
    "bomb",
    [b"[" * 10**6, b'{"x":' * 10**6, b"9" * 10**6, b'"\\ud800"'],
    ids=["lists", "maps", "digits", "half a character"],
)
def test_json_without_end_is_refused(house, station, tmp_path, name, bomb):
    station.refuses(house.opened.replaced(name, bomb).packed(tmp_path), f"{name}: |holds no")


@pytest.mark.parametrize(
    "ending", ["key.json", "entries/#.json", "entries/#.sealed", "dossier.json"]
)
def test_json_without_end_in_a_dossier_is_refused(house, station, tmp_path, ending):
    folder = house.opened.folder("admitted")
    number = house.opened.entry(folder, "opened").rsplit("/", 1)[1]
    name = f"{folder}/{ending.replace('#', number)}"
    odd = house.opened.replaced(name, b"[" * 10**6).resigned(house.officer)
    station.refuses(odd.packed(tmp_path), re.escape(name))


@pytest.mark.parametrize("kind", ["dossiers", "officers"])
@pytest.mark.parametrize("ending", ["json", "sealed", "tlog-proof", "officer-proof"])
def test_an_entry_with_a_member_left_out_is_refused(house, station, tmp_path, kind, ending):
    name = house.opened.names(f"{kind}/", f".{ending}")[0]
    odd = house.opened.without(name).resigned(house.officer)
    station.refuses(odd.packed(tmp_path), f"{ending}: is missing")


def test_entries_of_two_dossiers_do_not_change_places(house, station, tmp_path):
    one, two = (
        house.opened.entry(house.opened.folder(s), "opened") for s in ("admitted", "refused")
    )
    odd = house.opened
    for ending in (".json", ".sealed", ".tlog-proof", ".officer-proof"):
        odd = odd.replaced(one + ending, house.opened[two + ending])
    station.refuses(odd.resigned(house.officer).packed(tmp_path), "does not open")


def test_without_the_manifest_it_is_refused(house, station, tmp_path):
    odd = house.opened.without("manifest.json", "manifest.sig")
    station.refuses(odd.packed(tmp_path), "manifest.json: is missing")


def test_a_manifest_by_the_log_keys_and_no_officer_is_refused(house, station, tmp_path):
    odd = house.opened.resigned(house.officer)
    told = json.loads(odd["manifest.sig"])
    told["signature"] = "00" * 64
    odd = odd.replaced("manifest.sig", json.dumps(told, indent=1).encode() + b"\n")
    station.refuses(odd.packed(tmp_path), "manifest.sig: the officer's signature does not hold")


@pytest.mark.parametrize("unit", ["\x1b[2J", "a\nb", "\u202eevil", "", " ", "x" * 201], ids=ascii)
def test_a_unit_whose_name_cannot_be_shown_is_refused(house, station, tmp_path, unit):
    odd = house.opened.resigned(house.officer, unit=unit)
    station.refuses(odd.packed(tmp_path), "the name of a unit or an officer in it cannot be shown")


def test_another_unit_than_the_one_that_was_signed_for_is_refused(house, station, tmp_path):
    odd = house.opened.resigned(house.officer, unit="Another unit")
    station.refuses(odd.packed(tmp_path), "the text signed is not the pack's")


def test_another_unit_than_before_is_refused(house, station, registry, tmp_path):
    knows = handed.copied(registry, tmp_path, "knows.db")
    handed.taken(knows, house.opened.packed(tmp_path))
    odd = house.opened.resigned(house.officer, unit="Another unit").packed(tmp_path)
    Station(knows, tmp_path).refuses(odd, "another unit than that vault was of before")


def placed(opened, key):
    """With the folders' members in another order, and lists that say so."""
    return Opened(tuple(sorted(opened.members, key=key)))


@pytest.mark.parametrize("kind", ["officers/", "packs/"])
def test_what_dossiers_rest_on_comes_before_them(house, station, tmp_path, kind):
    odd = placed(house.opened, lambda member: member[0].startswith(kind)).resigned(house.officer)
    station.refuses(odd.packed(tmp_path), "comes after what rests on it|rests on a pack")


def test_entries_that_stand_in_another_order_are_read_in_theirs(house, registry, tmp_path):
    def order(member):
        number = re.search(r"^dossiers/([0-9a-f]+)/entries/([0-9]+)", member[0])
        return (1, number[1], -int(number[2])) if number else (0, "", 0)

    first = [m for m in house.opened.members if not m[0].startswith("dossiers/")]
    then = [m for m in house.opened.members if m[0].startswith("dossiers/")]
    by_dossier = sorted(then, key=lambda m: (m[0].split("/")[1], *order(m)))
    odd = Opened((*first, *by_dossier)).resigned(house.officer)
    vault = handed.copied(registry, tmp_path)
    assert len(handed.taken(vault, odd.packed(tmp_path)).new) == 3
    handed.holds(vault)


def test_decisions_alone_are_refused(house, station):
    station.refuses(house.decisions, "no history that could be restored")


# -- from the shell ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda house: house.opened.changed("checkpoint", lambda d: d[:-9]), "does not hold"),
        (lambda house: house.opened.without("officers.json"), "holds no officers.json"),
        (lambda house: house.opened.renamed("README.txt", "../README.txt"), "is no part of"),
    ],
)
@pytest.mark.parametrize("new", [True, False])
def test_at_the_shell_it_ends_in_one_line(house, station, tmp_path, change, said, new):
    file = change(house).packed(tmp_path)
    (tmp_path / "pass.txt").write_text(f"{OFFICER[1]}\n")
    where = ("--vault", "new.db") if new else ("--into", station.vault)
    done = secterm(
        "restore", file, *where, "--officer", OFFICER[0], "--passphrase-file", "pass.txt",
        "--identity", identity_file(tmp_path), cwd=tmp_path,
    )  # fmt: skip
    assert done.status != 0
    assert said in done.complaint
    assert handed.rows(station.vault) == station.before
    assert not (tmp_path / "new.db").exists()


def test_one_that_does_not_hold_keeps_the_others_out(house, station, tmp_path):
    (tmp_path / "pass.txt").write_text(f"{OFFICER[1]}\n")
    bad = house.opened.reworded("officers.json", "Alix", "Alex").packed(tmp_path)
    done = secterm(
        "restore", house.file, bad, "--into", station.vault, "--officer", OFFICER[0],
        "--passphrase-file", "pass.txt", "--identity", identity_file(tmp_path),
        "--fingerprint", house_fingerprint(house, tmp_path), cwd=tmp_path,
    )  # fmt: skip
    assert done.status != 0
    assert handed.rows(station.vault) == station.before


def test_a_new_vault_that_was_begun_is_named(house, tmp_path):
    """The second archive is of the same vault, put back to an hour ago: it went on otherwise."""
    files = []
    for name in ("one", "other"):
        vault = handed.copied(house.vault, tmp_path, f"{name}.db")
        with handed.at(vault) as desk:
            desk.act(desk.cards()[0].id, acts.Noted(text=name))
        files.append(handed.exported(vault, tmp_path / name))
    (tmp_path / "pass.txt").write_text(f"{OFFICER[1]}\n")
    done = secterm(
        "restore", *files, "--vault", "new.db", "--officer", OFFICER[0],
        "--passphrase-file", "pass.txt", "--identity", identity_file(tmp_path),
        "--fingerprint", house_fingerprint(house, tmp_path), cwd=tmp_path,
    )  # fmt: skip
    assert done.status != 0
    assert "Go on with --into new.db" in done.err
    assert "that vault was put back or forked" in done.err
    handed.holds(tmp_path / "new.db")


def house_fingerprint(house, folder):
    return look(house.file, identity=identity_file(folder)).walk.own
