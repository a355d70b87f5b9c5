"""That the other reader notices whatever is changed in an archive: of each kind of member one,
and where there is time each; also where an officer signs for it anew, so that the manifest
says what is there.
"""

import hashlib
import json

import pytest

from secterm.archive.sums import SUMS
from tests.reader import archive, roles
from tests.support.archives import Opened, opened

LAST = ("manifest.json", "manifest.sig")


def flipped(members, name):
    """A bit of a byte in the middle."""

    def flip(data):
        at = len(data) // 2
        return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]

    return members.changed(name, flip)


def dropped(members, name):
    return members.without(name)


def doubled(members, name):
    return members.adding(name, members[name], name)


def swapped(members, name):
    """It and the next; the last of each part and the one before."""
    listed, names = list(members.members), members.names()
    at = names.index(name)
    at -= at + 1 == len(listed) or (names[at + 1] in LAST and name not in LAST)
    listed[at], listed[at + 1] = listed[at + 1], listed[at]
    return Opened(tuple(listed))


def exchanged(members, name):
    """The bytes of it and of the next one that has others."""
    at = members.names().index(name)
    others = [*members.members[at + 1 :], *members.members[:at]]
    other = next(n for n, data in others if data != members[name] and n not in LAST)
    return members.replaced(name, members[other]).replaced(other, members[name])


CHANGES = (flipped, dropped, doubled, swapped, exchanged)
# Not checked beyond their hashes; and of a record what this program alone makes of the entries.
FREE = ("README.txt", "schemas/")


@pytest.fixture(scope="session")
def known(house):
    """The log keys' fingerprint, as `sha256sum` gives it."""
    return hashlib.sha256(house.opened["log-keys"]).hexdigest()[:32]


@pytest.fixture(scope="session", params=["whole", "decision"])
def members(request, house):
    return house.opened if request.param == "whole" else opened(house.decisions)


def unnoticed(members, names, change, known, signed=lambda made: made):
    """The members whose change the reader does not tell."""
    return [
        name
        for name in names
        if archive.verified(list(signed(change(members, name)).members), known, cheap=True).holds
    ]


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_is_noticed(members, known, change):
    assert unnoticed(members, members.one_of_each(), change, known) == []


@pytest.mark.long
@pytest.mark.parametrize("change", CHANGES)
def test_every_change_of_every_member_is_noticed(members, known, change):
    assert unnoticed(members, members.names(), change, known) == []


def signed_anew(members, names, change, known, house):
    """Of those that an officer signed for, what stays unnoticed."""
    lists = [name for name in names if name.endswith(SUMS)]
    names = [name for name in names if name not in (*LAST, *lists)]
    # Whose lists are made anew: some changes are none then.
    names = [n for n in names if bare(change(members, n).listed()) != bare(members)]
    return [
        *unnoticed(members, names, change, known, lambda made: made.resigned(house.officer)),
        *unnoticed(
            members, lists, change, known, lambda made: made.resigned(house.officer, lists=False)
        ),
    ]


def bare(members):
    return [member for member in members.members if member[0] not in LAST]


def free(name, change):
    """Whether the format says nothing of such a change, unless the manifest tells."""
    if change is swapped:
        return name.startswith("packs/")
    if change is flipped and name.endswith("/dossier.json"):
        return True
    return change in (flipped, exchanged) and name.startswith(FREE)


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_is_noticed_that_an_officer_signed_for(members, known, house, change):
    names = [name for name in members.one_of_each() if not free(name, change)]
    assert signed_anew(members, names, change, known, house) == []


@pytest.mark.long
@pytest.mark.parametrize("change", CHANGES)
def test_every_change_of_every_member_is_noticed_likewise(members, known, house, change):
    names = [name for name in members.names() if not free(name, change)]
    assert signed_anew(members, names, change, known, house) == []


def test_a_timeline_that_tells_otherwise_is_noticed_that_an_officer_signed_for(house, known):
    name = house.opened.name("dossiers/", "/dossier.json")
    told = json.loads(house.opened[name])
    other = {"number": 0, "at": "2031-05-06T07:08:09+00:00", "officer": "Somebody", "act": {}}
    for at, event in enumerate(told["timeline"]):
        for field, value in other.items():
            timeline = [*told["timeline"]]
            timeline[at] = event | {field: value}
            data = json.dumps(told | {"timeline": timeline}, ensure_ascii=False, indent=1) + "\n"
            made = house.opened.replaced(name, data.encode()).resigned(house.officer)
            found = archive.verified(list(made.members), known, cheap=True)
            assert [fault.what for fault in found.faults] == ["tells of other entries"]


def test_an_entry_by_somebody_whose_role_did_not_allow_it_is_noticed(house, known, monkeypatch):
    """What proofs and signatures do not tell: with the roles of another policy."""
    monkeypatch.setitem(roles.POWERS, "administrator", {"manage", "verify"})
    found = archive.verified(list(house.opened.members), known, cheap=True).faults
    assert {fault.what for fault in found} >= {"its officer's role does not allow it"}
