"""Each folder of an archive ends with a list of its members, which `sha256sum` reads; whatever
is otherwise in the folder or in the list is named, though an officer signed for it.
"""

import hashlib
import json
import subprocess
import tracemalloc

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from secterm.archive.errors import ArchiveUnreadable
from secterm.archive.sums import folder_of, list_faults, with_lists
from tests.support.archives import Opened, named_in

LISTS = "/SHA256SUMS"


# -- as sha256sum has it ---------------------------------------------------------------


@pytest.fixture(params=["whole", "decision"])
def opened(house, extract, request):
    return house.opened if request.param == "whole" else extract


@pytest.fixture
def unpacked(opened, tmp_path):
    """The members as files."""
    for name, data in opened.members:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    return tmp_path


def checked(folder, *file, given=b""):
    """What `sha256sum` finds amiss; empty where nothing is."""
    command = ["sha256sum", "--check", "--strict", "--quiet", *file]
    done = subprocess.run(command, cwd=folder, input=given, capture_output=True)
    assert (done.returncode == 0) == (done.stdout == b"")
    return done.stdout.decode()


def as_list(files):
    return "".join(f"{digest}  {name}\n" for name, digest in files.items()).encode()


def test_sha256sum_checks_every_member_from_the_manifest_on(opened, unpacked):
    files = json.loads(opened["manifest.json"])["files"]
    assert checked(unpacked, given=as_list(files)) == ""
    named = [*files, "manifest.json", "manifest.sig"]
    for name in opened.names(ending=LISTS):
        assert checked(unpacked, name) == ""
        named += [line.split("  ")[1] for line in opened[name].decode().splitlines()]
    assert sorted(named) == sorted(opened.names())


def test_sha256sum_finds_what_was_changed(opened, unpacked):
    files = json.loads(opened["manifest.json"])["files"]
    for name in opened.one_of_each()[:-2]:
        (unpacked / name).write_bytes(opened[name] + b"\n")
        if named_in(name) == "manifest.json":
            assert checked(unpacked, given=as_list(files)) == f"{name}: FAILED\n"
        else:
            assert checked(unpacked, named_in(name)) == f"{name}: FAILED\n"
        (unpacked / name).write_bytes(opened[name])


def test_a_list_is_the_last_of_its_folder_and_names_all_of_it_in_order(opened):
    folders = {}
    for name, data in opened.members:
        if folder_of(name):
            folders.setdefault(folder_of(name), {})[name] = hashlib.sha256(data).hexdigest()
    assert {folder.split("/")[0] for folder in folders} >= {"schemas", "dossiers"}
    for folder, there in folders.items():
        assert there.popitem()[0] == folder + LISTS
        assert opened[folder + LISTS] == as_list(there)


def test_the_manifest_names_the_lists_and_what_stands_in_no_folder(opened):
    told = list(json.loads(opened["manifest.json"])["files"])
    assert told == [n for n in opened.names()[:-2] if "/" not in n or n.endswith(LISTS)]


# -- lists that are otherwise ------------------------------------------------------------

FORM = "{list}: is not of this format"


FORGED = {
    "a line is dropped": (lambda one, *more: more, "{first}: is not in {list}"),
    "a line is doubled": (lambda one, *more: (one, one, *more), FORM),
    "a line is there again": (lambda *lines: (*lines, lines[0]), FORM),
    "two are swapped": (
        lambda one, two, *more: (two, one, *more),
        "{list}: lists the members in another order",
    ),
    "the last is first": (
        lambda *lines: (lines[-1], *lines[:-1]),
        "{list}: lists the members in another order",
    ),
    "another digest": (
        lambda one, *more: (b"0" * 64 + one[64:], *more),
        "{first}: has another SHA-256 than {list} says",
    ),
    "two digests are swapped": (
        lambda one, two, *more: (two[:64] + one[64:], one[:64] + two[64:], *more),
        "{first}: has another SHA-256 than {list} says",
    ),
    "two digests of a name": (lambda one, *more: (b"0" * 64 + one[64:], one, *more), FORM),
    "a member that is not there": (
        lambda *lines: (*lines, b"0" * 64 + b"  dossiers/other\n"),
        "dossiers/other: is missing",
    ),
    "a member outside": (
        lambda *lines: (*lines, b"0" * 64 + b"  ../../etc/passwd\n"),
        "../../etc/passwd: is missing",
    ),
    "a member of no folder": (
        lambda *lines: (*lines, b"0" * 64 + b"  README.txt\n"),
        "README.txt: is missing",
    ),
    "it lists itself": (
        lambda one, *more: (one, *more, one[:66] + one[66:].split(b"/")[0] + b"/x\n"),
        "dossiers/x: is missing",
    ),
    "nothing": (lambda *lines: (), "{first}: is not in {list}"),
    "one space": (lambda one, *more: (one.replace(b"  ", b" "), *more), FORM),
    "three spaces": (lambda one, *more: (one.replace(b"  ", b"   "), *more), FORM),
    "a tab": (lambda one, *more: (one.replace(b"  ", b"\t"), *more), FORM),
    "as of binary files": (lambda one, *more: (one.replace(b"  ", b" *"), *more), FORM),
    "a space before": (lambda one, *more: (b" " + one, *more), FORM),
    "a space after": (lambda one, *more: (one[:-1] + b" \n", *more), FORM),
    "an empty line": (lambda one, *more: (one, b"\n", *more), FORM),
    "a remark": (lambda *lines: (b"# all of it\n", *lines), FORM),
    "upper case": (lambda one, *more: (one[:64].upper() + one[64:], *more), FORM),
    "CRLF": (lambda *lines: (line[:-1] + b"\r\n" for line in lines), FORM),
    "CR": (lambda *lines: (line[:-1] + b"\r" for line in lines), FORM),
    "no newline at the end": (lambda *lines: (*lines[:-1], lines[-1][:-1]), FORM),
    "cut short": (lambda *lines: (*lines[:-1], lines[-1][:40]), FORM),
    "a zero byte": (lambda *lines: (*lines, b"\0"), FORM),
    "a mark before": (lambda *lines: (b"\xef\xbb\xbf", *lines), FORM),
    "a name that is not ASCII": (
        lambda one, *more: (one[:-1] + "\u00e9\n".encode(), *more),
        FORM,
    ),
    "escaped": (lambda one, *more: (b"\\" + one, *more), FORM),
    "tagged": (lambda one, *more: (b"SHA256 (x) = " + one[:64] + b"\n", *more), FORM),
    "a digest too short": (lambda one, *more: (one[1:], *more), FORM),
    "a digest too long": (lambda one, *more: (b"0" + one, *more), FORM),
}


@pytest.mark.long
@pytest.mark.parametrize("how", FORGED)
def test_a_forged_list_is_refused_by_name_though_an_officer_signed_for_it(
    house, extract, faults, how
):
    change, fault = FORGED[how]
    for opened in (house.opened, extract):
        folder = opened.folder("admitted")
        name, lines = folder + LISTS, opened[folder + LISTS].splitlines(keepends=True)
        forged = opened.replaced(name, b"".join(change(*lines)))
        told = fault.format(list=name, first=lines[0].decode()[66:-1])
        assert told in faults(forged.resigned(house.officer, lists=False))
        unsigned = faults(forged)
        assert told in unsigned
        assert f"{name}: has another SHA-256 than manifest.json says" in unsigned


@pytest.mark.parametrize("kind", ["schemas", "packs/", "officers/"])
def test_a_folder_of_any_kind_is_held_against_its_list(house, faults, kind):
    name = house.opened.name(kind, LISTS)
    first, *more = house.opened[name].splitlines(keepends=True)
    forged = house.opened.replaced(name, b"".join(more)).resigned(house.officer, lists=False)
    assert faults(forged) == [f"{first.decode()[66:-1]}: is not in {name}"]


def test_a_list_that_is_missing_is_named_with_what_it_does_not_list(house, faults):
    folder = house.opened.folder("admitted")
    bare = house.opened.without(folder + LISTS).resigned(house.officer, lists=False)
    names = house.opened.names(f"{folder}/")[:-1]
    assert faults(bare) == [
        f"{folder}/SHA256SUMS: is missing",
        *(f"{name}: is not in {folder}/SHA256SUMS" for name in names),
    ]


def test_a_list_of_nothing_is_none(house, faults):
    folder = "dossiers/" + "0" * 32
    last = house.opened.name("dossiers/", LISTS)
    added = house.opened.adding(folder + LISTS, b"", last).resigned(house.officer, lists=False)
    assert f"{folder}/key.json: is missing or not of this format" in faults(added)


def test_a_member_after_the_list_is_told(house, faults):
    folder = house.opened.folder("admitted")
    name = f"{folder}/undertaking.txt"
    late = house.opened.without(name).adding(name, house.opened[name], folder + LISTS)
    found = faults(late.resigned(house.officer, lists=False))
    assert found == [f"{folder}/SHA256SUMS: does not come last"]


def test_a_folder_that_comes_in_two_pieces_is_told(house, faults):
    one = folder_of(house.opened.name("dossiers/"))
    name = f"{one}/dossier.json"
    apart = house.opened.without(name).adding(name, house.opened[name], house.opened.names()[-3])
    found = faults(apart)
    assert f"{one}: comes in more than one piece" in found
    again = faults(apart.listed().resigned(house.officer, lists=False))
    assert f"{one}: comes in more than one piece" in again


def test_a_folder_that_comes_twice_is_told_though_both_are_alike(house, faults):
    folder = house.opened.folder("admitted")
    whole = tuple(m for m in house.opened.members if m[0].startswith(f"{folder}/"))
    members = house.opened.members
    found = faults(Opened((*members[:-2], *whole, *members[-2:])))
    assert f"{folder}/SHA256SUMS: is there twice" in found


def test_a_list_that_is_huge_is_told_and_not_read():
    line = b"0" * 64 + b"  dossiers/%090d\n" % 7
    files = {"dossiers/x": b"", "dossiers/SHA256SUMS": line * 400_000}
    tracemalloc.start()
    try:
        found = list(list_faults("dossiers", files))
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert found == ["dossiers/SHA256SUMS: lists far more than is there"]
    assert peak < 1 << 20


def test_what_is_gone_from_a_long_list_is_named_one_by_one():
    members = [(f"dossiers/x/{n}", b"") for n in range(9000)]
    *there, (name, data) = with_lists(members, {})
    kept = dict(there[:1]) | {name: data}
    found = list(list_faults("dossiers/x", kept))
    assert found == [f"dossiers/x/{n}: is missing" for n in range(1, 9000)]


# -- properties --------------------------------------------------------------------------

FOLDERS = st.sampled_from(["packs/a", "officers/a", "dossiers/a", "dossiers/b"])
FILES = st.dictionaries(
    st.from_regex(r"[a-z0-9.-]{1,8}(/[a-z0-9.-]{1,8})?", fullmatch=True),
    st.binary(max_size=20),
    min_size=1,
    max_size=6,
)


@given(st.dictionaries(FOLDERS, FILES), st.dictionaries(st.sampled_from("xyz"), st.binary()))
@settings(max_examples=60, deadline=None)
def test_lists_that_were_made_hold(folders, top):
    members = [*top.items()]
    for folder, files in folders.items():
        members += [(f"{folder}/{name}", data) for name, data in files.items()]
    members += [(f"schemas/{name}", data) for name, data in top.items()]
    named = {}
    made = list(with_lists(members, named))
    assert [m for m in made if not m[0].endswith(LISTS)] == members
    assert named == {
        name: hashlib.sha256(data).hexdigest()
        for name, data in made
        if name.endswith(LISTS) or not folder_of(name)
    }
    for folder in {folder_of(name) for name, _ in members} - {""}:
        files = {name: data for name, data in made if folder_of(name) == folder}
        assert list(list_faults(folder, files)) == []


@given(FILES, st.data())
@settings(max_examples=150, deadline=None)
def test_any_one_change_in_a_folder_is_named(files, data):
    folder, list_ = "dossiers/a", "dossiers/a" + LISTS
    there = dict(with_lists(((f"{folder}/{n}", d) for n, d in files.items()), {}))
    names = list(there)[:-1]
    name, other = (data.draw(st.sampled_from(names)) for _ in range(2))
    match data.draw(st.sampled_from(["bytes", "drop", "name", "add", "turn", "list"])):
        case "bytes":
            new = data.draw(st.binary(max_size=20).filter(lambda d: d != there[name]))
            made = there | {name: new}
            told = [f"{name}: has another SHA-256 than {list_} says"]
        case "drop":
            made = {n: d for n, d in there.items() if n != name}
            told = [f"{name}: is missing"]
        case "name":
            made = {(f"{name}~" if n == name else n): d for n, d in there.items()}
            told = [f"{name}~: is not in {list_}", f"{name}: is missing"]
        case "add":
            made = {f"{folder}/new~": b"", **there}
            told = [f"{folder}/new~: is not in {list_}"]
        case "turn":
            turned = {name: other, other: name}
            made = {turned.get(n, n): there[turned.get(n, n)] for n in there}
            told = [f"{list_}: lists the members in another order"] * (name != other)
        case "list":
            made = {list_: there[list_], **there}
            told = [f"{list_}: does not come last"]
    assert list(list_faults(folder, made)) == told


@given(data=st.data())
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_any_one_change_in_an_archive_is_named(extract, tmp_path, data):
    """Wherever the member went, or a copy of it."""
    members = list(extract.members)
    at = data.draw(st.integers(0, len(members) - 3))
    name, held = members[at]
    how = data.draw(st.sampled_from(["bytes", "drop", "move", "copy"]))
    if how == "bytes":
        members[at] = name, held + b"\n"
    elif how != "copy":
        del members[at]
    if how in ("move", "copy"):
        first = extract.names().index("officers.json") + 1  # before, there is nothing to go by
        members.insert(data.draw(st.integers(first, len(members))), (name, held))
    changed = Opened(tuple(members))
    if changed == extract:
        return
    try:
        found = changed.inspected(tmp_path).faults
    except ArchiveUnreadable as unreadable:
        found = [unreadable.reason]
    places = (name, folder_of(name) or name, named_in(name))
    assert any(place in fault for place in places for fault in found), (how, name, found)
