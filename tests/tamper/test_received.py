"""Somebody who holds a slot and writes into the vault, past the desk, what was never
received so: a verification names each.
"""

import os

import msgspec
import pytest

from secterm.archive.parts import packed, unpacked
from secterm.dossier import entries as acts
from secterm.vault.records import ID_SIZE
from tests.support import archives, handed
from tests.support.house import OFFICER, SECOND
from tests.tamper.insider import unlocked, write, write_own

replace = msgspec.structs.replace


@pytest.fixture(scope="module")
def taken(tmp_path_factory):
    """A vault that took the archive of another one in, and that other vault."""
    folder = tmp_path_factory.mktemp("received")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(archives.kdf, "floors", (archives.kdf.Cost(t=1, m=32, p=1),))
        terminal = handed.built(folder / "terminal", ("unsigned", "general"), ("admitted", "core"))
        registry = handed.built(folder / "registry", ("opened", "general"))
        handed.taken(registry, handed.exported(terminal, folder / "m"))
        return registry, terminal


class Registry:
    """The vault that took an archive in, to be written to."""

    def __init__(self, path):
        self.path = path
        with handed.at(path) as desk:
            self.vault = desk.vault_id
            self.origin = next(iter(desk._registry.joined))
            self.received = {
                id: [
                    acts.decode(plain).act
                    for _number, plain in desk._vault.entries(bytes.fromhex(id))
                    if isinstance(acts.decode(plain).act, acts.Received)
                ]
                for id in desk._shelf.ids()
            }
            strand = desk._vault.entries(bytes.fromhex(self.origin))
            self.known = next(acts.decode_vault(plain).act for _number, plain in strand)
            self.joined = desk._registry.joined[self.origin]
            self.own = next(id for id, found in self.received.items() if not found)
        found = {id: each[0] for id, each in self.received.items() if each}
        self.short, self.long = sorted(found, key=lambda id: found[id].entries)
        self.act = found[self.long]
        self.other = found[self.short]

    def writes(self, act, words, *more, dossier="", who=OFFICER):
        """These are recorded on a dossier's strand, a new one unless it is named; and told."""
        with unlocked(self.path, who) as vault:
            signer, id = signer_of_open(vault), dossier or os.urandom(ID_SIZE).hex()
            if not dossier:
                with vault.transaction(signer) as work:
                    work.create_dossier(bytes.fromhex(id))
                    at = vault.head.mark
                    for one in (act, *more):
                        work.append(bytes.fromhex(id), entry(one, signer, at))
            else:
                for one in (act, *more):
                    write(vault, id, one, signer)
        self.tells(words)

    def writes_own(self, words, *told, who=OFFICER):
        """Entries of the vault's own: pairs of strand (hex, new where it begins with +) and act."""
        with unlocked(self.path, who) as vault:

            def fill(record, work):
                for strand, act in told:
                    id = bytes.fromhex(strand.removeprefix("+"))
                    if strand.startswith("+"):
                        work.create_dossier(id)
                    record._role = "administrator"
                    record.vault(id, act)

            write_own(vault, vault.signer, fill)
        self.tells(words)

    def tells(self, words):
        found = handed.faults(self.path)
        assert words in found, found


def signer_of_open(vault):
    return vault.signer


def entry(act, signer, at):
    return acts.encode(
        acts.Entry(
            at=handed.datetime.fromtimestamp(at, handed.UTC).isoformat(),
            officer=signer.officer.hex(),
            act=act,
        )
    )


@pytest.fixture
def registry(taken, tmp_path):
    return Registry(handed.copied(taken[0], tmp_path, "registry.db"))


def entries(files, ending=".json"):
    return [name for name in files if "/entries/" in name and name.endswith(ending)]


def all_of(name):
    stem = name.removesuffix(".json")
    return [f"{stem}.{ending}" for ending in ("json", "sealed", "tlog-proof", "officer-proof")]


def test_what_was_received_holds(registry):
    handed.holds(registry.path)


# -- received ---------------------------------------------------------------------------


def swapped(ending):
    def change(files):
        one, two = entries(files, ending)[1:3]
        return {**files, one: files[two]}

    return change


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            lambda f: {**f, entries(f)[0]: f[entries(f)[0]].replace(b"Clerk", b"Chief") + b" "},
            "json: is not what was sealed",
        ),
        (swapped(".sealed"), "sealed: does not open"),
        (swapped(".tlog-proof"), "tlog-proof: is about another entry"),
        (swapped(".officer-proof"), "officer-proof: is about another entry"),
        (
            lambda f: {n: d for n, d in f.items() if not n.endswith("key.json")},
            "key.json: is missing",
        ),
        (
            lambda f: {n: d for n, d in f.items() if n not in all_of(entries(f)[3])},
            "another number of entries than it says",
        ),
        (lambda f: {**f, "checkpoint": b"x"}, "came with what is no part of it"),
    ],
)
def test_a_part_that_was_changed_is_told(registry, change, words):
    registry.writes(handed.repacked(registry.act, change), words)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"vault": "0" * 32}, "came from a vault of which nothing holds"),
        ({"size": 2}, "came from a vault of which nothing holds"),
        ({"root": "0" * 64}, "came from a vault of which nothing holds"),
        ({"unit": "Another unit"}, "names another unit than that vault's"),
        ({"dossier": "0" * 32}, "came with what is no part of it"),
        ({"entries": 1}, "another number of entries than it says"),
        ({"part": "AAAA"}, "what came from another vault is damaged"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_is_said_falsely_of_a_part_is_told(registry, changes, words):
    registry.writes(replace(registry.act, **changes), words)


def halves(act, places):
    files = unpacked(act.part)
    key = next(name for name in files if name.endswith("key.json"))
    names = entries(files)
    for chosen in (places, [n for n in range(len(names)) if n not in places]):
        held = [key, *(name for place in chosen for name in all_of(names[place]))]
        part = packed([(name, files[name]) for name in held])
        yield replace(act, entries=len(chosen), part=part)


def test_an_entry_left_out_on_which_others_rest_is_told(registry):
    files = unpacked(registry.act.part)
    answered = [n for n, name in enumerate(entries(files)) if b'"answered"' in files[name]]
    _left_out, rest = halves(registry.act, answered[:1])
    registry.writes(rest, "was not allowed when it was recorded")


def test_a_beginning_left_out_is_told(registry):
    _opened, rest = halves(registry.act, [0])
    registry.writes(rest, "its dossier's beginning is missing")


def test_entries_in_another_order_are_told(registry):
    files = unpacked(registry.act.part)
    answered = [n for n, name in enumerate(entries(files)) if b'"answered"' in files[name]]
    first, then = halves(registry.act, [0, answered[1]])
    registry.writes(first, "it comes after a later one of its journal", then)


def test_a_part_of_another_dossier_is_told(registry):
    _opened, rest = halves(registry.act, [0])
    registry.writes(rest, "beginning is missing", dossier=registry.own)
    registry.writes(registry.act, "its dossier's beginning is missing", dossier=registry.own)


def test_another_history_in_a_dossier_is_told(registry):
    registry.writes(registry.act, "the dossier is open already", dossier=registry.own)


def test_a_part_that_was_received_by_nobody_who_may_is_told(registry):
    registry.writes(
        registry.act,
        "was not allowed to who signed it: the role then was officer",
        dossier=registry.long,
        who=SECOND,
    )


def test_a_history_that_was_received_twice_is_told_once(registry):
    with handed.at(registry.path) as desk:
        before = len(desk.record(registry.long).timeline)
    with unlocked(registry.path) as vault:
        write(vault, registry.long, registry.act, vault.signer)
    with handed.at(registry.path) as desk:
        assert len(desk.record(registry.long).timeline) == before + 1


def test_a_card_that_says_otherwise_is_told(registry):
    with unlocked(registry.path) as vault:
        write(vault, registry.long, acts.Withdrawn(reason="So."), vault.signer)
    registry.tells("does not say what the entries say")


# -- where it came from -----------------------------------------------------------------


def test_another_vaults_checkpoint_is_told(registry, tmp_path):
    other = handed.built(tmp_path / "other", ("opened", "key"))
    handed.taken(registry.path, handed.exported(other, tmp_path / "m"))
    with handed.at(registry.path) as desk:
        id = next(id for id in desk._registry.joined if id != registry.origin)
    registry.writes_own(
        "is of another vault or checkpoint than it says",
        (id, replace(registry.known, size=registry.known.size + 1)),
    )


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"size": 3}, "is of another vault or checkpoint than it says"),
        ({"size": 3, "root": "0" * 64}, "is of another vault or checkpoint than it says"),
        ({"size": 3, "part": "AAAA"}, "what came from another vault is damaged"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_is_said_falsely_of_a_vault_is_told(registry, changes, words):
    registry.writes_own(words, (registry.origin, replace(registry.known, **changes)))


def without(ending):
    return lambda files: {n: d for n, d in files.items() if not n.endswith(ending)}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (without("/key.json"), "key.json: is missing"),
        (without(".officer-proof"), "officer-proof: is missing"),
        (without("log-keys"), "it holds no log-keys"),
        (lambda f: {n: d for n, d in f.items() if "/" not in n}, "is not proven by an entry"),
        (lambda f: {**f, "README.txt": b"x"}, "holds what tells nothing of a vault"),
        (
            lambda f: {**f, "officers.json": f["officers.json"].replace(b"Alix", b"Alex")},
            "is not proven by an entry",
        ),
    ],
)
def test_what_proves_a_vault_and_was_changed_is_told(registry, change, words):
    known = replace(handed.repacked(registry.known, change), size=registry.known.size)
    strand = os.urandom(ID_SIZE).hex()
    joined = replace(registry.joined, vault=strand)
    registry.writes_own(words, (f"+{strand}", known), (registry.vault, joined))


def test_a_vault_that_joins_twice_is_told(registry):
    registry.writes_own(
        "names a vault that can be no other",
        (registry.vault, replace(registry.joined, log_ed25519="0" * 64)),
    )


def test_a_vault_that_joins_with_other_log_keys_is_told(registry, tmp_path):
    other = handed.built(tmp_path / "other", ("opened", "key"))
    file = handed.exported(other, tmp_path / "m")
    second = handed.copied(registry.path, tmp_path, "second.db")
    handed.taken(second, file)
    with handed.at(second) as desk:
        id = next(id for id in desk._registry.joined if id != registry.origin)
        joined = desk._registry.joined[id]
        (known,) = desk._registry.origins[id].said.values()
    registry.writes_own(
        "has other log keys than when it joined",
        (registry.vault, replace(joined, log_ed25519=registry.joined.log_ed25519)),
        (f"+{id}", known),
    )


def test_a_vault_that_joins_and_of_which_nothing_is_known_is_told(registry):
    joined = replace(registry.joined, vault=os.urandom(ID_SIZE).hex())
    registry.writes_own("joined, and nothing is known of it", (registry.vault, joined))


@pytest.mark.parametrize("id", ["x", "00", "own", "origin"])
def test_a_vault_that_can_be_no_other_is_told(registry, id):
    joined = replace(
        registry.joined, vault={"own": registry.vault, "origin": registry.origin}.get(id, id)
    )
    registry.writes_own("names a vault that can be no other", (registry.vault, joined))


def test_a_dossier_hidden_as_a_vault_is_told(registry, tmp_path):
    false = handed.impostor(tmp_path / "f", ("opened", "key"), vault=registry.own)
    other = handed.built(tmp_path / "other")
    handed.taken(other, handed.exported(false, tmp_path / "m"))
    with handed.at(other) as desk:
        (known,) = desk._registry.origins[registry.own].said.values()
        joined = desk._registry.joined[registry.own]
    registry.writes_own(
        "belongs on another strand", (registry.vault, joined), (registry.own, known)
    )


def test_what_is_known_of_a_vault_stands_on_its_strand(registry):
    registry.writes_own("belongs on another strand", (registry.vault, registry.known))


def test_other_acts_on_a_vaults_strand_are_told(registry):
    registry.writes_own("belongs on another strand", (registry.origin, acts.Unlocked(failures=1)))


# -- histories kept apart ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("dossier", "apart", "vault", "words"),
    [
        ("0" * 32, "short", "origin", "names a dossier that was not there"),
        ("vault", "short", "origin", "names a dossier that was not there"),
        ("own", "short", "origin", "keeps apart what did not come then"),
        ("own", "0" * 32, "origin", "keeps apart what did not come then"),
        ("own", "x", "origin", "keeps apart what did not come then"),
        ("own", "origin", "origin", "keeps apart what did not come then"),
        ("own", "short", "0" * 32, "names a vault from which nothing came"),
    ],
)
def test_what_was_not_kept_apart_is_told(registry, dossier, apart, vault, words):
    act = acts.Kept(
        **{
            name: getattr(registry, said, said)
            for name, said in (("dossier", dossier), ("apart", apart), ("vault", vault))
        }
    )
    registry.writes_own(words, (registry.vault, act))


# -- packs ------------------------------------------------------------------------------


def test_a_pack_that_is_another_than_it_says_is_told(registry):
    with handed.at(registry.path) as desk:
        (digest, files), *_more = desk._registry.pack_files.items()
        head = desk._registry.packs[digest].head
    ref = acts.PackRef(id=head.id, version=head.version, digest="0" * 64)
    registry.writes_own(
        "holds another pack than it says",
        (registry.vault, acts.PackReceived(pack=ref, files=files)),
    )
    registry.writes_own(
        "holds a policy pack that is not valid",
        (registry.vault, acts.PackReceived(pack=ref, files={"pack.toml": "x"})),
    )


# -- what came home ---------------------------------------------------------------------


def test_a_history_of_this_vault_that_never_was_here_is_told(taken, tmp_path):
    """An earlier copy of the vault lived on, and what was recorded there is written here."""
    here = handed.copied(taken[1], tmp_path, "here.db")
    fork, other = handed.copied(here, tmp_path, "fork.db"), handed.built(tmp_path / "other")
    with handed.at(fork) as desk:
        id = next(card.id for card in desk.cards() if card.stage == "refused")
        desk.act(id, acts.Reopened(reason="So."))
    handed.taken(other, handed.exported(fork, tmp_path / "m"))
    with handed.at(other) as desk:
        (act,) = [
            acts.decode(plain).act for _number, plain in desk._vault.entries(bytes.fromhex(id))
        ]
    with unlocked(here) as vault:
        write(vault, id, act, vault.signer)
    assert "it tells of a journal of this vault that never was here" in handed.faults(here)
