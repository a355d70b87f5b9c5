"""That the other reader notices whatever is changed in an archive: of each kind of member one,
and where there is time each; also where an officer signs for it anew, so that the manifest
says what is there; and inside of what came from another vault.
"""

import base64
import hashlib
import io
import json
import os
import shutil
import tarfile
import zlib
from datetime import UTC, datetime

import pytest

from secterm.archive.parts import packed
from secterm.archive.sums import SUMS
from secterm.desk.desk import Desk
from secterm.vault.vault import Vault
from tests.reader import archive, received, roles
from tests.reader.__main__ import main
from tests.support.archives import LOGS, NASTY, Opened, exported, identity_file, opened, pieced
from tests.support.house import OFFICER
from tests.support.paper import someone

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


def fingerprint(members):
    """The log keys', as `sha256sum` gives it."""
    return hashlib.sha256(members["log-keys"]).hexdigest()[:32]


@pytest.fixture(scope="session", params=["here", "through others"])
def place(request, house):
    """The vault in which dossiers began, or the third through which one went."""
    return house if request.param == "here" else request.getfixturevalue("journey").third


@pytest.fixture(scope="session")
def known(place):
    return fingerprint(place.opened)


@pytest.fixture(scope="session", params=["whole", "decision"])
def members(request, place):
    return place.opened if request.param == "whole" else opened(place.decisions)


@pytest.fixture(scope="session")
def kinds(members, place, house):
    """One member of each kind; through others, of those that are otherwise then."""
    each = members.one_of_each()
    others = [
        n for n in each if n.startswith("origins/") or n.endswith(("dossier.json", "decision.json"))
    ]
    return each if place is house else others


def unnoticed(members, names, change, known, signed=lambda made: made):
    """The members whose change the reader does not tell."""
    return [
        name
        for name in names
        if archive.verified(list(signed(change(members, name)).members), known, cheap=True).holds
    ]


@pytest.mark.long
@pytest.mark.parametrize("change", CHANGES)
def test_every_change_is_noticed(members, kinds, known, change):
    assert unnoticed(members, kinds, change, known) == []


@pytest.mark.long
@pytest.mark.parametrize("change", CHANGES)
def test_every_change_of_every_member_is_noticed(members, known, change):
    assert unnoticed(members, members.names(), change, known) == []


@pytest.mark.parametrize("field", ["officer", "public_key", "signature", *LOGS])
def test_a_signature_that_is_written_otherwise_is_noticed(house, field):
    for changed in house.opened.written_otherwise(field):
        found = archive.verified(list(changed.members), fingerprint(changed), cheap=True)
        assert "manifest.sig" in " ".join(map(str, found.faults))


def signed_anew(members, names, change, known, officer):
    """Of those that an officer signed for, what stays unnoticed."""
    lists = [name for name in names if name.endswith(SUMS)]
    names = [name for name in names if name not in (*LAST, *lists)]
    # Whose lists are made anew: some changes are none then.
    names = [n for n in names if bare(change(members, n).listed()) != bare(members)]
    return [
        *unnoticed(members, names, change, known, lambda made: made.resigned(officer)),
        *unnoticed(members, lists, change, known, lambda made: made.resigned(officer, lists=False)),
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


@pytest.mark.long
@pytest.mark.parametrize("change", CHANGES)
def test_every_change_is_noticed_that_an_officer_signed_for(members, kinds, known, place, change):
    names = [name for name in kinds if not free(name, change)]
    assert signed_anew(members, names, change, known, place.officer) == []


@pytest.mark.long
@pytest.mark.parametrize("change", CHANGES)
def test_every_change_of_every_member_is_noticed_likewise(members, known, place, change):
    names = [name for name in members.names() if not free(name, change)]
    assert signed_anew(members, names, change, known, place.officer) == []


def resaid(members, name, told, officer):
    """With a JSON member that says this, and an officer's signature for it."""
    data = json.dumps(told, ensure_ascii=False, indent=1) + "\n"
    return list(members.replaced(name, data.encode()).resigned(officer).members)


def whats(members, known):
    return [fault.what for fault in archive.verified(members, known, cheap=True).faults]


@pytest.mark.long
def test_a_timeline_that_tells_otherwise_is_noticed_that_an_officer_signed_for(place, known):
    name = place.opened.name("dossiers/", "/dossier.json")
    told = json.loads(place.opened[name])
    other = {"number": 0, "at": "2031-05-06T07:08:09+00:00", "officer": "Somebody", "act": {}}
    for at, event in list(enumerate(told["timeline"]))[::3]:
        for field, value in (other | {"vault": "ab" * 16}).items():
            timeline = [*told["timeline"]]
            timeline[at] = event | {field: value}
            made = resaid(place.opened, name, told | {"timeline": timeline}, place.officer)
            assert whats(made, known) == ["tells of other entries"]
    made = resaid(place.opened, name, told | {"unit": "Another"}, place.officer)
    assert whats(made, known) == ["names another unit"]


def test_an_entry_by_somebody_whose_role_did_not_allow_it_is_noticed(place, known, monkeypatch):
    """What proofs and signatures do not tell: with the roles of another policy."""
    monkeypatch.setitem(roles.POWERS, "administrator", {"manage", "verify"})
    found = archive.verified(list(place.opened.members), known, cheap=True).faults
    came = place.opened.names("origins/") != []
    what = "is by somebody whose role did not" if came else "its officer's role does not"
    assert any(f"{what} allow it" in fault.what for fault in found)


# -- what came through other vaults -----------------------------------------------------------


def by_command(file, members, folder, capsys):
    """What the reader's command says of an archive, and its status."""
    given = ["archive", str(file), "--fingerprint", fingerprint(members)]
    status = main([*given, "--identity", str(identity_file(folder))], cheap=True)
    return status, json.loads(capsys.readouterr().out)


def test_the_command_checks_what_came_to_its_last_proof(journey, tmp_path, capsys):
    members = journey.opened
    status, told = by_command(journey.third.file, members, tmp_path, capsys)
    assert (status, told["faults"]) == (0, [])
    own = len(members.names(ending=".sealed"))
    name = members.name("dossiers/", "/dossier.json")
    timeline = json.loads(members[name])["timeline"]
    came = sum("vault" in event for event in timeline)
    theirs = sum(
        name.endswith(".sealed")
        for entry in members.names("origins/", ".json")
        if "/entries/" in entry
        for name in inside(json.loads(members[entry])["act"]).names()
    )
    for what in (
        "seals that open to the entry that is shown",
        "proofs that an entry is under the checkpoint",
        "proofs that an entry is in what its officer signed",
    ):
        assert told["checked"][what] == own + came + theirs
    assert told["checked"]["officers by their own strand"] == 3 * 2
    assert told["checked"]["signatures under undertakings"] == 3
    assert told["checked"]["acts in timelines against their entries"] == len(timeline)


def test_what_came_home_holds(journey, tmp_path, capsys):
    members = opened(journey.home)
    status, told = by_command(journey.home, members, tmp_path, capsys)
    assert (status, told["faults"]) == (0, [])
    assert told["checked"]["officers by their own strand"] == 3 * 2


def test_a_part_is_read_as_the_readme_says(journey):
    """With nothing but what every Python has."""
    members = journey.opened
    timeline = json.loads(members[members.name("dossiers/", "/dossier.json")])["timeline"]
    found = []

    def read(entry):
        with tarfile.open(
            fileobj=io.BytesIO(zlib.decompress(base64.b64decode(entry["act"].pop("part"))))
        ) as part:
            for member in part:
                if "/entries/" in member.name and member.name.endswith(".json"):
                    one = json.load(part.extractfile(member))
                    if "part" in one["act"]:
                        read(one)
                    found.append(one["act"])

    (folder,) = {name.rpartition("/")[0] for name in members.names("dossiers/", "/dossier.json")}
    read(json.loads(members[members.entry(folder, "received") + ".json"]))
    assert found == [event["act"] for event in timeline if "vault" in event]


def inside(act):
    """The members of an act's part."""
    return Opened(tuple(received.unpacked(act["part"])))


def came(journey):
    """The acts that brought the dossier: to the third vault, and to the one before."""
    members = journey.opened
    folder = members.name("dossiers/", "/dossier.json").rpartition("/")[0]
    last = json.loads(members[members.entry(folder, "received") + ".json"])["act"]
    part = inside(last)
    first = json.loads(part[part.entry(f"dossiers/{last['dossier']}", "received") + ".json"])["act"]
    return last, first


def recorded(house, folder, *strands):
    """An archive of a copy of a vault in which an officer recorded these acts, each in a strand
    of this kind and id; there is no record of them.
    """
    path = shutil.copy(house.vault, folder / "copy.db")
    vault = Vault.open(path, *OFFICER)
    try:
        with vault.transaction() as work:
            for _kind, id, act in strands:
                entry = {"at": "2031-05-06T07:08:09+00:00", "officer": house.officer.officer.hex()}
                work.create_dossier(bytes.fromhex(id))
                plain = json.dumps(entry | {"act": act}, ensure_ascii=False, separators=(",", ":"))
                work.append(bytes.fromhex(id), plain.encode())
        ids = [name.split("/")[:2] for name in house.opened.names(ending="/key.json")]
        kept = [(kind, id) for kind, id in ids if kind != "dossiers"]
        every = {f"{kind}/{id}": bytes.fromhex(id) for kind, id in kept}
        every |= {f"{kind}/{id}": bytes.fromhex(id) for kind, id, _act in strands}
        return pieced(house.opened, vault, every, datetime(2031, 5, 6, 7, 8, 9, tzinfo=UTC))
    finally:
        vault.close()


def strange(made):
    """What does not hold of what came in an archive: the entries that brought it, or why."""
    found = archive.verified(list(made.members), fingerprint(made), cheap=True).faults
    return {f"{f.table} {f.row}" for f in found if f.table in ("entry", "origin")}


def as_dossiers(made, changed):
    """In a strand of its own each, and which entry it is: good ones, and those that are changed."""
    ids = {id: kind for kind, id, _act in changed}
    return {
        f"entry {name.rpartition('/')[2].removesuffix('.json')}"
        for name in made.names("dossiers/", ".json")
        if "/entries/" in name and name.split("/")[1] in ids
    }


def brought(journey, folder, changed):
    """That of dossiers which these acts brought the reader tells each, and no other."""
    good = [("dossiers", os.urandom(16).hex(), act) for act in came(journey)]
    bad = [("dossiers", os.urandom(16).hex(), act) for act in changed]
    made = recorded(journey.third, folder, *good, *bad)
    assert strange(made) == as_dossiers(made, bad)


def parts_changed(act, change, names):
    part = inside(act)
    return [act | {"part": packed(change(part, name).members)} for name in names(part)]


@pytest.mark.long
@pytest.mark.parametrize("change", CHANGES)
def test_every_change_inside_a_part_is_noticed(journey, tmp_path, change):
    every = [parts_changed(act, change, Opened.one_of_each) for act in came(journey)]
    brought(journey, tmp_path, [act for acts in every for act in acts])


@pytest.mark.long
@pytest.mark.parametrize("change", CHANGES)
def test_every_change_of_every_member_inside_a_part_is_noticed(journey, tmp_path, change):
    every = [parts_changed(act, change, Opened.names) for act in came(journey)]
    brought(journey, tmp_path, [act for acts in every for act in acts])


@pytest.mark.long
def test_nonsense_inside_a_part_is_noticed(journey, tmp_path):
    for at, act in enumerate(came(journey)):
        part, folder = inside(act), tmp_path / str(at)
        folder.mkdir()
        names = ("x", "dossiers/x", f"dossiers/{act['dossier']}/entries/{9**20}.tlog-proof")
        changed = [part.replaced(n, data) for n in part.one_of_each() for data in NASTY]
        changed += [part.renamed(n, new) for n in part.one_of_each() for new in names]
        brought(journey, folder, [act | {"part": packed(each.members)} for each in changed])


def test_an_entry_that_says_otherwise_what_it_brought_is_noticed(journey, tmp_path):
    last, first = came(journey)
    part = zlib.decompress(base64.b64decode(last["part"]))
    brought(
        journey,
        tmp_path,
        [
            last | {"vault": "ab" * 16},
            last | {"vault": first["vault"]},
            last | {"unit": "Another"},
            last | {"dossier": "ab" * 16},
            last | {"size": last["size"] + 1},
            last | {"root": first["root"]},
            last | {"entries": last["entries"] - 1},
            last | {"part": ""},
            last | {"part": "!"},
            last | {"part": base64.b64encode(part).decode()},
            last | {"part": base64.b64encode(zlib.compress(part) + b"x").decode()},
            last | {"part": base64.b64encode(zlib.compress(part)[:-1]).decode()},
        ],
    )


def of_another_vault(house, journey, folder, act):
    """What both tell where this is all that is known of the vault where the dossier began."""
    _last, first = came(journey)
    origin = ("origins", first["vault"], act)
    made = recorded(house, folder, origin, ("dossiers", "ab" * 16, first))
    return strange(made), {*made.inspected(folder).faults}


@pytest.fixture
def origin(journey):
    """What is known of the vault where the dossier began."""
    _last, first = came(journey)
    (name,) = [name for name in journey.opened.names(f"origins/{first['vault']}/entries/", ".json")]
    return json.loads(journey.opened[name])["act"]


@pytest.mark.long
@pytest.mark.parametrize("change", CHANGES)
def test_every_change_of_what_is_known_of_another_vault_is_noticed(
    house, journey, origin, tmp_path, change
):
    changed = parts_changed(origin, change, Opened.one_of_each)
    assert unlike(house, journey, tmp_path, origin, changed) == []


def unlike(house, journey, folder, origin, changed):
    """Of which acts, that are not as what is known, one of the two readers tells nothing."""
    good, lacks = of_another_vault(house, journey, folder, origin)
    assert good == set()
    told = [of_another_vault(house, journey, folder, act) for act in changed]
    return [
        at
        for at, (by_reader, by_program) in enumerate(told)
        if not (by_reader and by_program - lacks)
    ]


def test_a_vault_that_is_known_otherwise_is_noticed(house, journey, origin, tmp_path):
    others = [{"size": origin["size"] + 1}, {"root": "ab" * 32}, {"part": "!"}]
    assert unlike(house, journey, tmp_path, origin, [origin | other for other in others]) == []


def moved(members, folder, after):
    """With a folder's members elsewhere."""
    block = [m for m in members.members if m[0].startswith(f"{folder}/")]
    others = [m for m in members.members if m not in block]
    at = max(i for i, m in enumerate(others) if m[0].startswith(after)) + 1
    return Opened((*others[:at], *block, *others[at:]))


def test_a_vault_that_is_told_of_after_its_dossiers_is_noticed(journey):
    members, officer = journey.opened, journey.third.officer
    for name in members.names("origins/", "/key.json"):
        made = moved(members, name.rpartition("/")[0], "dossiers/").resigned(officer)
        found = whats(list(made.members), fingerprint(made))
        assert "came from a vault that never joined" in found
        assert "is of a vault from which no dossier came" in found


def test_a_vault_from_which_no_dossier_came_is_noticed(house, journey, origin, tmp_path):
    _last, first = came(journey)
    made = recorded(house, tmp_path, ("origins", first["vault"], origin))
    told = "is of a vault from which no dossier came"
    assert told in whats(list(made.members), fingerprint(made))
    assert any(told in fault for fault in made.inspected(tmp_path).faults)


def test_a_vault_from_which_the_next_dossier_did_not_come_is_noticed(journey, tmp_path):
    path = shutil.copy(journey.third.vault, tmp_path / "copy.db")
    desk = Desk.open(path, *OFFICER)
    began = desk.open_dossier(someone("general"))
    desk.close()
    members = moved(opened(exported(path, tmp_path)), f"dossiers/{began}", "origins/")
    made = members.resigned(journey.third.officer)
    told = "is of a vault from which the next dossier did not come"
    assert whats(list(made.members), fingerprint(made)) == [told, told]
    assert [fault.partition(": ")[2] for fault in made.inspected(tmp_path).faults] == [told, told]


def test_a_decision_that_came_and_says_otherwise_is_noticed(journey):
    members, officer = opened(journey.third.decisions), journey.third.officer
    name = members.name("dossiers/", "/decision.json")
    told = json.loads(members[name])
    agreed, decided = told["undertaking"], told["decided"]
    here = {field: value for field, value in decided.items() if field != "vault"}
    brought, seconded = told["entries"]
    assert [brought["act"], seconded["act"]] == ["received", "seconded"]
    for change in (
        {"decided": here},
        {"decided": decided | {"vault": "x"}},
        {"undertaking": agreed | {"vault": "ab" * 16}},
        {"undertaking": agreed | {"dossier": "ab" * 16}},
        {"undertaking": {f: v for f, v in agreed.items() if f != "dossier"}},
        {"undertaking": {f: v for f, v in agreed.items() if f not in ("vault", "dossier")}},
        {"entries": [brought | {"act": "decided"}, seconded]},
        {"entries": [brought | {"officer": "ab" * 16}, seconded]},
        {"entries": [seconded]},
    ):
        made = resaid(members, name, told | change, officer)
        assert whats(made, fingerprint(members)), change
