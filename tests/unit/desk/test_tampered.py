"""A desk on a vault that somebody changed, the vault's key in hand or not: what is
refused, what is still shown, and what a verification says.
"""

import contextlib
import sqlite3
from datetime import UTC, datetime

import msgspec
import pyrage
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from secterm.archive.recipients import Recipients
from secterm.desk.desk import Desk
from secterm.desk.recording import Recorder
from secterm.dossier import entries as acts
from secterm.dossier.permit import NotAllowed
from secterm.vault import kdf
from secterm.vault.errors import VaultDamaged, VaultError
from secterm.vault.signer import Signer
from tests.support.house import OFFICER, SECOND, build, lived
from tests.support.paper import someone

THEN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
THIRD = ("Cy Test", "test yonder marble kettle")


@pytest.fixture
def path(tmp_path):
    return build(tmp_path / "vault.db", clock=lambda: THEN)


@contextlib.contextmanager
def at(path, who=OFFICER):
    desk = Desk.open(path, *who, clock=lambda: THEN)
    try:
        yield desk
    finally:
        desk.close()


def change(path, statement, *values):
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute(statement, values)
        db.commit()


def own(desk, *entries):
    """Entries on the vault's own strand, past the desk's judgement."""
    vault = desk._vault
    with vault.transaction() as work:
        for act in entries:
            Recorder(work, vault.signer.officer, THEN, "administrator").vault(vault.id, act)


def to_a_key():
    """Recipients of an archive: whoever has a key that nobody has."""
    return Recipients.gather([str(pyrage.x25519.Identity.generate().to_public())])


def faults(desk):
    return " | ".join(desk.verify().faults)


# -- officers -----------------------------------------------------------------


def test_a_key_on_record_that_is_not_the_slots_opens_nothing(path):
    with at(path) as desk:
        vault = desk._vault
        with vault.transaction() as work:
            added = work.add_slot(*THIRD, kdf.floors[0], Signer.new())
            forged = Signer(added.officer, Ed25519PrivateKey.generate(), bytes(32))
            Recorder(work, vault.signer.officer, THEN, "administrator").officer(
                vault.id, forged, THIRD[0], "officer"
            )
        with pytest.raises(VaultDamaged, match="do not know the officer"):
            desk.second(*THIRD)
    with pytest.raises(VaultDamaged, match="do not know the officer"):
        Desk.open(path, *THIRD)


def test_a_signer_who_is_nobody_records_nothing(path):
    with at(path) as desk:
        id = desk.open_dossier(someone())
        stranger = Signer(b"\xab" * 16, Ed25519PrivateKey.generate(), bytes(32))
        thief = Signer(desk.second(*SECOND).officer, Ed25519PrivateKey.generate(), bytes(32))
        for signer in (stranger, thief):
            with pytest.raises(VaultDamaged):
                desk.act(id, acts.Withdrawn(reason="So."), signer=signer)


def test_a_name_opens_however_it_is_typed_and_is_given_once(path):
    with at(path, ("  alix   TEST ", OFFICER[1])) as desk:
        assert desk.is_officers_passphrase(OFFICER[1])
        for same in ("Ａlix Test", "ALIX\u00a0TEST"):
            with pytest.raises(NotAllowed, match="of that name already"):
                desk.add_officer(same, THIRD[1])
        for odd in ("Cy\x1b[2J", "Cy\u202e", "C" * 201):
            with pytest.raises(NotAllowed, match="name is too long"):
                desk.add_officer(odd, THIRD[1])


def test_the_first_officers_name_opens_as_it_is_shown(tmp_path):
    path = tmp_path / "v.db"
    cost = kdf.floors[0]
    desk = Desk.create(path, unit="U", officer=" Cy   Test", passphrase=THIRD[1], cost=cost)
    shown = desk.officer.name
    assert desk.is_officers_passphrase(THIRD[1])
    desk.close()
    with at(path, (shown, THIRD[1])):
        pass


@pytest.mark.parametrize(("unit", "officer"), [("", "Cy"), ("U", " "), ("U\x07", "Cy")])
def test_a_vault_has_a_unit_and_an_officer_with_names(tmp_path, unit, officer):
    with pytest.raises(NotAllowed):
        Desk.create(
            tmp_path / "v.db", unit=unit, officer=officer, passphrase=THIRD[1], cost=kdf.floors[0]
        )
    assert list(tmp_path.iterdir()) == []


# -- the vault's own entries ----------------------------------------------------


def test_a_second_beginning_is_found(path):
    with at(path) as desk:
        own(desk, acts.Created(unit="Another unit", log_ed25519="00", log_mldsa44="00"))
        assert "is not where a vault's own beginning stands" in faults(desk)


def test_log_keys_that_the_vault_did_not_begin_with_are_found(path):
    with at(path) as desk:
        desk._registry.log_ed25519 = "00" * 32
        assert "vault.log_keys: are not those" in faults(desk)


@pytest.mark.parametrize("officer", ["zz", "", "ab" * 16])
def test_an_officer_who_has_no_entry_is_found_and_keeps_nobody_out(path, officer):
    with at(path) as desk:
        own(desk, acts.OfficerJoined(officer=officer))
    with at(path) as desk:
        assert "names an officer who has no entry" in faults(desk)


def test_a_slot_for_nobody_is_found(path):
    with at(path) as desk:
        vault = desk._vault
        with vault.transaction() as work:
            work.add_slot("hidden", THIRD[1], kdf.floors[0], Signer.new())
            said = acts.Unlocked(failures=1)
            Recorder(work, vault.signer.officer, THEN, "administrator").vault(vault.id, said)
        assert "slot: one is there that no entry tells of" in faults(desk)


# -- dossiers -------------------------------------------------------------------


@pytest.mark.parametrize("key", [None, b"", b"\x00" * 60])
def test_one_dossier_that_does_not_open_hides_no_other(path, key):
    with at(path) as desk:
        bad, good = (lived(desk, "opened", "general") for _ in range(2))
    change(path, "UPDATE dossier SET key = ? WHERE id = ?", key, bytes.fromhex(bad))
    with at(path) as desk:
        stages = {card.id: card.stage for card in desk.cards()}
        assert stages == {bad: "damaged", good: "screening"}
        assert desk.dossier(good)
        with pytest.raises(VaultError):
            desk.dossier(bad)
        assert f"dossier.key {bad}" in faults(desk)


def test_all_dossiers_that_open_are_exported_and_it_is_said_how_many_do_not(path, tmp_path):
    with at(path) as desk:
        bad, good = (lived(desk, "opened", "general") for _ in range(2))
    change(path, "UPDATE dossier SET key = NULL WHERE id = ?", bytes.fromhex(bad))
    to = to_a_key()
    with at(path) as desk:
        written = desk.export(tmp_path, to)
        assert written.left_out == 1
        assert desk.dossier(good).state.archived
        with pytest.raises(VaultError):
            desk.export(tmp_path, to, [bad])


def test_an_archive_that_could_not_be_recorded_did_not_happen(path, tmp_path):
    medium = tmp_path / "medium"
    medium.mkdir()
    with at(path) as desk:
        id = lived(desk, "opened", "general")
        desk._vault.file.database.execute_sql("PRAGMA query_only = on")
        with pytest.raises(VaultError):
            desk.export(medium, to_a_key())
        desk._vault.file.database.execute_sql("PRAGMA query_only = off")
        assert list(medium.iterdir()) == []
        assert desk.dossier(id).state.archived is None


def test_a_row_that_is_no_dossier_is_shown_as_damaged(path):
    with at(path) as desk:
        lived(desk, "opened", "general")
    change(path, "INSERT INTO dossier VALUES (?, ?, ?, ?)", b"\x07" * 16, b"k", b"c" * 32, b"x")
    with at(path) as desk:
        assert sorted(card.stage for card in desk.cards()) == ["damaged", "screening"]
        assert "has no entry" in faults(desk)


@pytest.mark.parametrize(
    "act",
    [
        acts.Decided(decision="weird", reason="So."),
        acts.Checked(question="full_name", reference="Seen", holds="no"),
        acts.Answered(question="full_name", answer=10**400),
        acts.Withdrawn(reason=7),
        acts.Withdrawn(reason="half \ud800"),
    ],
)
def test_what_could_not_be_read_back_is_not_recorded(path, act):
    with at(path) as desk:
        id = desk.open_dossier(someone())
        before = desk.dossier(id)
        with pytest.raises(NotAllowed):
            desk.act(id, act)
        assert desk.dossier(id) == before


def test_a_name_is_recorded_composed_and_can_be_signed(path):
    with at(path) as desk:
        id = lived(desk, "undertaking", "general")
        decomposed = "Zoe\u0308  Sample"
        who = msgspec.structs.replace(desk.dossier(id).state.particulars, name=decomposed)
        desk.act(id, acts.Corrected(particulars=who, reason="Spelled."))
        assert desk.dossier(id).state.particulars.name == "Zoë Sample"
        desk.act(id, acts.Found(section="", finding="suitable"))
        desk.sign(id, desk.undertaking(id), decomposed, "appointee's test secret")
        assert desk.verify().holds


def test_an_undertaking_is_signed_and_not_just_recorded(path):
    with at(path) as desk:
        id = lived(desk, "rules", "key")
        signed = desk.dossier(id).state.signed.act
        other = lived(desk, "undertaking", "key")
        with pytest.raises(NotAllowed, match="signed by its sides"):
            desk.act(other, signed)


def test_a_text_that_is_not_the_packs_is_found_under_good_signatures(path):
    with at(path) as desk:
        id = lived(desk, "undertaking", "key")
        name = desk.dossier(id).state.particulars.name
        kept = desk.undertaking
        desk.undertaking = lambda _id: "I owe nothing.\n"
        desk.sign(id, "I owe nothing.\n", name, "appointee's test secret")
        desk.undertaking = kept
        assert "the text signed is not the pack's for this appointee and day" in faults(desk)


def test_a_quiz_is_handed_in_once(path):
    with at(path) as desk:
        id = lived(desk, "training", "general")
        module = next(
            desk.pack.training.modules[i]
            for i in range(len(desk.pack.training.modules))
            if desk.dossier(id).standing.gate("training").owed[0].id
            == desk.pack.training.modules[i].id
        )
        desk.act(
            id,
            acts.Trained(
                module=module.id, hours=40, on="2026-03-02", trainer="T. R. Ainer", place="Here"
            ),
        )
        drawn = desk.draw_quiz(id, module.id)
        given = [put.answers[0] for put in drawn.questions]
        for count in range(1, len(given) + 1):
            desk.answer_quiz(id, drawn, given[:count])
        with pytest.raises(NotAllowed, match="taken already"):
            desk.answer_quiz(id, drawn, given)


def test_that_the_clock_was_behind_is_owed_until_it_is_recorded(path):
    desk = Desk.open(path, *OFFICER, clock=lambda: datetime(2026, 3, 1, tzinfo=UTC))
    desk._vault.file.database.execute_sql("PRAGMA query_only = on")
    with pytest.raises(VaultError):
        desk.accept_clock()
    assert desk.behind is not None
    desk._vault.file.database.execute_sql("PRAGMA query_only = off")
    desk.accept_clock()
    assert desk.behind is None
    assert desk.verify().holds
    desk.close()
