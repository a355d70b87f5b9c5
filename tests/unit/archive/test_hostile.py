"""Whatever somebody packs into an archive, an inspection ends in a word for it: that it
holds, faults with their places, or that it cannot be read. Never in anything else.
"""

import json
import tarfile
from collections import Counter

import pyrage
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from secterm.archive import tar, walk
from secterm.archive.errors import ArchiveNotWritten, ArchiveUnreadable
from secterm.archive.inspect import inspect_archive
from secterm.archive.sums import folder_of
from tests.support import archives
from tests.support.archives import KEY, Opened, identity_file, packed, tarred

QUICK = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture(scope="session")
def lean(house):
    """An archive with one dossier, which has every kind of member."""
    others = {house.opened.folder("refused"), house.opened.folder("screening")}
    gone = [n for n in house.opened.names("dossiers/") if n.rsplit("/entries")[0] in others]
    gone += [f"{folder}/{name}.json" for folder in others for name in ("key", "dossier")]
    return house.opened.without(*gone).resigned(house.officer)


def test_one_dossier_alone_holds(lean, tmp_path):
    assert lean.inspected(tmp_path).holds


# -- tars that are not ours ---------------------------------------------------------


def member(name, kind=tarfile.REGTYPE, **more):
    made = tarfile.TarInfo(name)
    made.type, made.mode = kind, 0o600
    for key, value in more.items():
        setattr(made, key, value)
    return made


def ustar(house, *odd):
    """The archive's own members and these, in a tar as anybody writes it."""
    own = [(member(name, size=len(data)), data) for name, data in house.opened.members]
    return tarred([*own[:4], *odd, *own[4:]], tarfile.USTAR_FORMAT)


@pytest.mark.parametrize(
    "odd",
    [
        member("checkpoint", tarfile.SYMTYPE, linkname="/etc/passwd"),
        member("README.txt", tarfile.LNKTYPE, linkname="checkpoint"),
        member("dossiers", tarfile.DIRTYPE),
        member("null", tarfile.CHRTYPE, devmajor=1, devminor=3),
        member("disk", tarfile.BLKTYPE, devmajor=8, devminor=0),
        member("pipe", tarfile.FIFOTYPE),
        member("contiguous", tarfile.CONTTYPE),
        member("old", tarfile.AREGTYPE),
        member("owned", uid=1000),
        member("named", uname="root"),
        member("executable", mode=0o755),
        member("x" * 90 + "/" + "y" * 90),
    ],
    ids=lambda odd: f"{odd.type.decode('latin-1')} {odd.name[:12]}",
)
def test_a_tar_with_anything_but_our_plain_files_is_refused(house, tmp_path, odd):
    file = packed(tmp_path, ustar(house, (odd, b"")))
    with pytest.raises(ArchiveUnreadable, match="no archive of ours"):
        inspect_archive(file, identity=identity_file(tmp_path))


@pytest.mark.parametrize(
    ("format", "odd"),
    [
        (tarfile.PAX_FORMAT, member("x", pax_headers={"path": "checkpoint"})),
        (tarfile.PAX_FORMAT, member("x" * 200)),
        (tarfile.GNU_FORMAT, member("x" * 200)),
        (tarfile.GNU_FORMAT, member("x", tarfile.GNUTYPE_SPARSE)),
    ],
)
def test_a_tar_with_longer_headers_is_refused(tmp_path, format, odd):
    file = packed(tmp_path, tarred([(odd, b"")], format))
    with pytest.raises(ArchiveUnreadable, match="no archive of ours"):
        inspect_archive(file, identity=identity_file(tmp_path))


def test_somebody_elses_tar_of_our_members_holds_as_well(house, tmp_path):
    file = packed(tmp_path, ustar(house))
    assert inspect_archive(file, identity=identity_file(tmp_path)).holds


def whole(house):
    return b"".join(tar.blocks(house.opened.members, 0))


@pytest.mark.parametrize(
    "change",
    [
        lambda t: t[: len(tar.END) * -1],
        lambda t: t[:-512],
        lambda t: t[:-1],
        lambda t: t + b"\0",
        lambda t: t + b"more".ljust(512, b"\0"),
        lambda t: t + t,
        lambda t: t[:5000],
    ],
)
def test_a_tar_that_ends_elsewhere_than_it_should_is_refused(house, tmp_path, change):
    file = packed(tmp_path, change(whole(house)))
    with pytest.raises(ArchiveUnreadable):
        inspect_archive(file, identity=identity_file(tmp_path))


def test_bytes_between_members_are_not_passed_over(house, tmp_path):
    plain, after = whole(house), 512 + len(house.opened["README.txt"])
    file = packed(tmp_path, plain[:after] + b"x" + plain[after + 1 :])
    with pytest.raises(ArchiveUnreadable, match="damaged"):
        inspect_archive(file, identity=identity_file(tmp_path))


@pytest.mark.parametrize("claim", [b"77777777777", b"\x80" + b"\xff" * 10, b"-0000000001", b"0_1"])
def test_a_size_that_nobody_could_hold_is_refused_before_anything_is_read(tmp_path, claim):
    made = member("checkpoint").tobuf(tarfile.USTAR_FORMAT)
    forged = made[:124] + claim.ljust(12, b"\0") + made[136:]
    checked = forged[:148] + b" " * 8 + forged[156:]
    forged = forged[:148] + b"%06o\0 " % sum(checked) + forged[156:]
    with pytest.raises(ArchiveUnreadable, match="no archive of ours"):
        tar.Untar(lambda name, data: None).feed(forged)


def test_a_member_that_nobody_could_read_again_is_not_written(monkeypatch):
    monkeypatch.setattr(tar, "LARGEST_MEMBER", 1000)
    assert list(tar.blocks([("x", bytes(1000))], 0))
    with pytest.raises(ArchiveNotWritten, match="export fewer"):
        list(tar.blocks([("x", bytes(1001))], 0))


def test_a_folder_that_nobody_could_hold_in_memory_is_refused(house, tmp_path, monkeypatch):
    weights = Counter()
    for name, data in house.opened.members:
        weights[folder_of(name)] += len(data)
    largest = max(weight for folder, weight in weights.items() if folder)
    monkeypatch.setattr(walk, "LARGEST_FOLDER", largest)
    assert house.opened.inspected(tmp_path).holds
    monkeypatch.setattr(walk, "LARGEST_FOLDER", largest - 1)
    with pytest.raises(ArchiveUnreadable, match="no archive of ours"):
        house.opened.inspected(tmp_path)


@given(
    st.lists(st.tuples(st.from_regex(r"[a-z/.]{1,99}", fullmatch=True), st.binary(max_size=1500))),
    st.integers(1, 3000),
)
@settings(max_examples=40, deadline=None)
def test_a_tar_is_read_as_it_was_written_however_it_arrives(members, step):
    written, read = b"".join(tar.blocks(members, 1_900_000_000)), []
    untar = tar.Untar(lambda name, data: read.append((name, data)))
    for at in range(0, len(written), step):
        untar.feed(written[at : at + step])
    untar.close()
    assert read == members


# -- members that are not what they should be ---------------------------------------


@pytest.mark.long
@pytest.mark.parametrize("data", archives.NASTY, ids=lambda d: repr(d[:24]))
def test_no_member_can_be_anything_else_than_what_it_should_be(house, lean, tmp_path, data):
    for name in lean.one_of_each():
        if name.startswith(("README.txt", "schemas/")) and name.endswith((".txt", ".json")):
            continue
        changed = lean.replaced(name, data)
        if name not in ("manifest.json", "manifest.sig"):
            changed = changed.resigned(house.officer, lists=not name.endswith("SHA256SUMS"))
        assert not changed.inspected(tmp_path).holds, name


@QUICK
@given(data=st.data())
def test_no_value_in_a_signed_member_can_be_another_one(house, lean, tmp_path, data):
    # The last two have nothing in them.
    others = ("/entries/", "schemas/", "recoveries.json", "consistency.json")
    names = [n for n in lean.names(ending=".json") if not any(each in n for each in others)]
    name = data.draw(st.sampled_from(names))
    value = json.loads(lean[name])
    path = data.draw(st.sampled_from(list(archives.places(value))))
    changed = archives.put(value, path, data.draw(st.sampled_from(archives.ODD)))
    forged = lean.replaced(name, json.dumps(changed, indent=1).encode() + b"\n")
    if name != "manifest.json":
        forged = forged.resigned(house.officer)
    # Which unit it is, the archive says by its officer's word alone.
    assert forged.inspected(tmp_path).holds <= (changed == value or path == ("unit",))


# -- changes of any kind --------------------------------------------------------------

INDEX = st.integers(0, 10**6)
CHANGES = st.one_of(
    st.tuples(st.just("flip"), INDEX, INDEX, st.integers(1, 255)),
    st.tuples(st.just("cut"), INDEX, INDEX),
    st.tuples(st.just("grow"), INDEX, INDEX, st.binary(min_size=1, max_size=40)),
    st.tuples(st.just("drop"), INDEX),
    st.tuples(st.just("turn"), INDEX, INDEX),
    st.tuples(st.just("twice"), INDEX, INDEX),
    st.tuples(st.just("lend"), INDEX, INDEX),
    st.tuples(st.just("name"), INDEX, st.from_regex(r"[a-z0-9/.\x1b-]{1,60}", fullmatch=True)),
    st.tuples(st.just("swap names"), INDEX, INDEX),
)


def change(members, how, *where):
    """One change of a list of members."""
    at = where[0] % len(members)
    name, data = members[at]
    match how, *where[1:]:
        case "flip", place, bits if data:
            place %= len(data)
            members[at] = name, data[:place] + bytes([data[place] ^ bits]) + data[place + 1 :]
        case "cut", place:
            members[at] = name, data[: place % (len(data) + 1)]
        case "grow", place, more:
            place %= len(data) + 1
            members[at] = name, data[:place] + more + data[place:]
        case ("drop",):
            del members[at]
        case "turn", other:
            other %= len(members)
            members[at], members[other] = members[other], members[at]
        case "twice", other:
            members.insert(other % (len(members) + 1), (name, data))
        case "lend", other:
            members[at] = name, members[other % len(members)][1]
        case "name", new:
            members[at] = new, data
        case "swap names", other:
            other %= len(members)
            members[at], members[other] = (members[other][0], data), (name, members[other][1])


def changed(opened, changes):
    members = list(opened.members)
    for how in changes:
        if members:
            change(members, *how)
    return Opened(tuple(members))


@QUICK
@given(changes=st.lists(CHANGES, max_size=3))
def test_a_changed_archive_does_not_hold(lean, tmp_path, changes):
    made = changed(lean, changes)
    try:
        holds = made.inspected(tmp_path).holds
    except ArchiveUnreadable:
        holds = False
    assert holds == (made.members == lean.members)


@QUICK
@given(changes=st.lists(CHANGES, min_size=1, max_size=2))
def test_a_changed_archive_that_an_officer_signed_shows_nothing_that_was_not_recorded(
    house, lean, tmp_path, changes
):
    made = changed(Opened(lean.members[:-2]), changes)
    manifest = ("manifest.json", lean["manifest.json"])
    made = Opened((*made.members, manifest)).resigned(house.officer)
    try:
        found = made.inspected(tmp_path)
    except ArchiveUnreadable:
        return
    if found.holds:
        true = {d.id: d for d in lean.inspected(tmp_path).dossiers}
        assert all(true[d.id] == d for d in found.dossiers)


@given(st.binary(max_size=4000))
@settings(max_examples=60, deadline=None)
def test_any_bytes_in_an_age_file_end_in_a_word(tmp_path_factory, plain):
    folder = tmp_path_factory.getbasetemp()
    with pytest.raises(ArchiveUnreadable):
        inspect_archive(packed(folder, plain), identity=identity_file(folder))


def test_nobody_else_than_the_recipient_can_look_in(house, tmp_path):
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(house.file.read_bytes(), [pyrage.x25519.Identity.generate()])
    assert pyrage.decrypt(house.file.read_bytes(), [KEY])
