"""Any bytes as an archive, as its tar, or as one of its members: an inspection tells
what does not hold, or a named error that nothing was opened.
"""

import contextlib
import json
from datetime import datetime

import pyrage
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from secterm.archive import age, tar
from secterm.archive import members as contents
from secterm.archive.errors import ArchiveUnreadable, WrongIdentity
from secterm.archive.inspect import inspect_archive
from secterm.archive.manifest import created_at, member_faults, read_manifest
from secterm.archive.members import Covers, Manifest
from secterm.vault import kdf
from tests.support import archives
from tests.support.hostile import changed, changes, clear, named

SMALL = {"pack.toml": b"a" * 700, "empty": b"", "entries/1.sealed": bytes(range(256)) * 2}
GOOD = b"".join(tar.blocks(SMALL.items(), 1_800_000_000))
REFUSED = (ArchiveUnreadable, WrongIdentity)


@pytest.fixture(scope="module", params=["whole", "decision"])
def exported(tmp_path_factory, request):
    """A small archive of each kind taken apart."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kdf, "floors", (kdf.Cost(t=1, m=32, p=1),))
        folder = tmp_path_factory.mktemp("archive")
        vault = archives.build(folder, ("unsigned", "general"))
        return archives.opened(archives.exported(vault, folder, kind=request.param, what="all"))


# -- the tar ----------------------------------------------------------------------


def taken(data, sizes=(512,)):
    """The members of a tar that comes in pieces of these sizes, in turn."""
    members = []
    reader = tar.Untar(lambda name, held: members.append((name, held)))
    at, turn = 0, 0
    while at < len(data):
        reader.feed(data[at : at + sizes[turn % len(sizes)]])
        at, turn = at + sizes[turn % len(sizes)], turn + 1
    reader.close()
    return members


def test_a_tar_is_read_whole_or_refused_in_whatever_pieces_it_comes(tries):
    """What was read makes the same bytes again: there is one way to write it."""
    sizes = st.lists(st.integers(1, 3000), min_size=1, max_size=3)
    field = st.tuples(st.integers(0, 511), st.binary(min_size=1, max_size=12))

    @given(
        st.one_of(
            st.binary(max_size=1200),
            changes.map(lambda made: changed(GOOD, made)),
            field.map(lambda f: GOOD[: f[0]] + f[1] + GOOD[f[0] + len(f[1]) :]),
        ),
        sizes,
    )
    @example(GOOD, [1])
    @example(GOOD + bytes(5120), [9999])
    def holds(data, sizes):
        with named(ArchiveUnreadable):
            members = taken(data, sizes)
            mtime = int(data[136:147], 8) if members else 0
            assert data.rstrip(b"\0").startswith(
                b"".join(tar.blocks(members[:1], mtime)).rstrip(b"\0")
            )
            assert all(len(held) <= len(data) for _, held in members)

    assert taken(GOOD) == list(SMALL.items())
    tries(holds, few=100, many=4000)


# -- age --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sealed():
    """An age file for a recipient."""
    return pyrage.encrypt(GOOD, [archives.KEY.to_public()])


STANZA = st.sampled_from(
    (b"-> X25519 ", b"-> scrypt ", b"-> ssh-rsa ", b"-> ", b"--- ", b"\n", b"")
)


def test_any_bytes_as_an_age_file_open_to_what_was_sealed_or_are_refused(tries, sealed, tmp_path):
    file, identity = tmp_path / "a.age", archives.identity_file(tmp_path)
    made_up = st.lists(st.tuples(STANZA, st.binary(max_size=60)), max_size=5).map(
        lambda lines: age.HEADER + b"\n".join(a + b for a, b in lines)
    )
    header = st.tuples(st.integers(0, 260), st.binary(min_size=1, max_size=8))

    @given(
        st.one_of(
            st.binary(max_size=300),
            made_up,
            changes.map(lambda made: changed(sealed, made)),
            header.map(lambda h: sealed[: h[0]] + h[1] + sealed[h[0] + len(h[1]) :]),
        )
    )
    def holds(data):
        file.write_bytes(data)
        plain = []
        with named(*REFUSED):
            age.decrypt(file, plain.append, identity=identity, passphrase="")
            assert b"".join(plain) == GOOD

    tries(holds, few=100, many=3000)


def scrypt(work):
    """An age file whose passphrase asks for this much work, as far as its header says."""
    return age.HEADER + b"-> scrypt " + b"A" * 22 + b" " + work + b"\n" + b"A" * 43 + b"\n---\n"


@pytest.mark.parametrize("work", [b"22", b"23", b"30", b"63", b"64", b"255", b"256", b"999"])
def test_a_passphrase_that_asks_for_too_much_memory_is_never_tried(work, tmp_path, monkeypatch):
    file = tmp_path / "a.age"
    file.write_bytes(scrypt(work))
    monkeypatch.setattr(pyrage.passphrase, "decrypt", _never)
    with pytest.raises(ArchiveUnreadable, match="more work than this machine can do") as refused:
        age.decrypt(file, _never, identity=None, passphrase="test")
    clear(refused.value)


@pytest.mark.parametrize("work", [b"", b"0", b"-1", b"021", b"+21", b"9999", b"21 ", b"\xd9\xa3"])
def test_a_work_factor_that_is_no_number_is_never_tried(work, tmp_path, monkeypatch):
    file = tmp_path / "a.age"
    file.write_bytes(scrypt(work))
    monkeypatch.setattr(pyrage.passphrase, "decrypt", _never)
    with pytest.raises(ArchiveUnreadable, match="the file is damaged"):
        age.decrypt(file, _never, identity=None, passphrase="test")


def _never(*_):
    raise AssertionError("it was tried")


def test_any_identity_file_is_one_or_is_refused_and_tells_no_line(tries, tmp_path):
    file = tmp_path / "identity"
    good = str(archives.KEY).encode()

    @given(
        st.one_of(
            st.binary(max_size=200),
            st.text(max_size=80).map(str.encode),
            changes.map(lambda made: changed(good + b"\n", made)),
        )
    )
    def holds(data):
        file.write_bytes(data)
        told = ""
        try:
            assert age.identities(file)
        except WrongIdentity as refused:
            clear(refused)
            told = str(refused)
        assert good.decode()[20:40] not in told

    tries(holds, few=80, many=1500)


# -- the manifest, and all members -------------------------------------------------

NAME = st.one_of(st.sampled_from((*SMALL, "manifest.json", "manifest.sig")), st.text(max_size=9))
MANIFESTS = st.builds(
    Manifest,
    format=st.integers(-1, 3),
    kind=st.sampled_from(("whole", "decision")),
    unit=NAME,
    covers=st.builds(Covers, what=st.just("all"), dossiers=st.just(1), left_out=st.just(0)),
    origin=NAME,
    size=st.integers(-1, 2**64),
    root=NAME,
    created=st.one_of(
        NAME,
        st.datetimes().map(datetime.isoformat),
        st.sampled_from(("0001-01-01T00:00+23:59", "9999-12-31T23:59-23:59", "2031-05-06T24:00Z")),
    ),
    officer=NAME,
    files=st.dictionaries(NAME, st.sampled_from(("", "0" * 64, "x")), max_size=4),
)


def test_any_manifest_is_judged_or_is_none(tries):
    @given(MANIFESTS, st.dictionaries(NAME, st.sampled_from(("", "0" * 64)), max_size=4), changes)
    def holds(manifest, digests, made):
        found = created_at(manifest)
        assert found is None or isinstance(found, int)
        assert all(fault.strip() for fault in member_faults(manifest, digests))
        data = contents.encoded(manifest)
        assert read_manifest({contents.MANIFEST: data}) == manifest
        spoilt = read_manifest({contents.MANIFEST: changed(data, made)})
        assert spoilt is None or contents.encoded(spoilt) == changed(data, made)

    tries(holds, few=100, many=2000)


@pytest.mark.long
def test_an_archive_with_a_member_changed_is_inspected_and_does_not_hold(tries, exported, tmp_path):
    """Its bytes changed, another's in its place, or another value in its JSON."""
    identity = archives.identity_file(tmp_path)
    names = st.sampled_from(exported.one_of_each())
    new = st.one_of(
        changes.map(lambda made: lambda data: changed(data, made)),
        st.sampled_from(archives.NASTY).map(lambda nasty: lambda data: nasty),
        names.map(lambda other: lambda data: exported[other]),
        st.tuples(st.integers(0, 10**6), st.sampled_from(archives.ODD)).map(_in_json),
    )

    @given(names, new)
    def holds(name, change):
        spoilt = exported.changed(name, change)
        if spoilt == exported:
            return
        with named(*REFUSED):
            told = inspect_archive(spoilt.packed(tmp_path), identity=identity)
            assert not told.holds
            assert told.text().strip()
            json.loads(told.json())

    tries(holds, few=60, many=600)


def _in_json(place_and_value):
    number, value = place_and_value

    def change(data):
        with contextlib.suppress(ValueError):
            told = json.loads(data)
            paths = list(archives.places(told)) or [()]
            return json.dumps(archives.put(told, paths[number % len(paths)], value)).encode()
        return data[: number % (len(data) + 1)]

    return change
