"""What a verification says of an insider who holds the vault's key and signs, past the
desk, what their role does not allow or what takes two persons.
"""

import contextlib
import os
import shutil
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyrage
import pytest

from secterm.archive.recipients import Recipients
from secterm.desk import upkeep
from secterm.desk.desk import Desk
from secterm.desk.model import ClockIsBehind
from secterm.dossier import entries as acts
from secterm.dossier.entries import Entry, VaultEntry
from secterm.dossier.permit import NotAllowed
from secterm.vault import kdf
from secterm.vault.errors import VaultDamaged
from secterm.vault.shares import Collected
from secterm.vault.signer import Signer
from tests.support.house import OFFICER, SECOND, build, lived
from tests.support.paper import someone

THEN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
OTHER = ("Cy Test", "test yonder marble kettle")  # a second administrator
APPROVER = ("Di Test", "test walnut harbour prism")
AUDITOR = ("Ed Test", "test gravel sonnet ember")
NEW = ("Fay Test", "test lattice plover quartz")


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kdf, "floors", (kdf.Cost(t=1, m=32, p=1),))
        path = build(tmp_path_factory.mktemp("vault") / "vault.db", clock=lambda: THEN)
        with at(path) as desk:
            desk.add_officer(*OTHER, "administrator")
            desk.add_officer(*APPROVER, "approver")
            desk.add_officer(*AUDITOR, "auditor")
            lived(desk, "opened", "general")
        return path


@contextlib.contextmanager
def at(path, who=OFFICER):
    desk = Desk.open(path, *who, clock=lambda: THEN)
    try:
        yield desk
    finally:
        desk.close()


@pytest.fixture
def desk(built, tmp_path):
    with at(Path(shutil.copy(built, tmp_path / "vault.db"))) as desk:
        yield desk


def of(desk, who):
    """An officer with their keys."""
    return desk._vault.identify(*who)


def id_of(desk, who):
    return next(o.id for o in desk.officers() if o.name == who[0])


def entry(signer, act):
    kind = Entry if type(act) in acts.Act.__args__ else VaultEntry
    return acts.encode(kind(at=THEN.isoformat(), officer=signer.officer.hex(), act=act))


def put(desk, signer, *told, change=lambda work: None):
    """A transaction past the desk: strands (hex; empty: the vault's own) and acts."""
    vault = desk._vault
    with vault.transaction(signer) as work:
        numbers = [
            work.append(bytes.fromhex(strand) or vault.id, entry(signer, act))
            for strand, act in told
        ]
        change(work)
    desk._read_again()
    return numbers[0]


def faults(desk):
    report = desk.verify()
    assert report.holds == (not report.faults)
    return report.faults


def told(desk, number, words):
    """That this, and at this place, is among the faults."""
    found = faults(desk)
    assert any(f.startswith(f"entry #{number}: ") and words in f for f in found), found


def one(desk):
    """The dossier that there is."""
    return next(card.id for card in desk.cards() if card.stage != "erased")


def proposal(desk, what, about, who=OFFICER):
    return put(desk, of(desk, who), ("", acts.Proposed(what=what, about=about, reason="So.")))


# -- what is right ------------------------------------------------------------------


def test_all_that_officers_may_do_holds(desk, tmp_path):
    second = of(desk, OTHER)
    desk.rename_officer(id_of(desk, AUDITOR), "Edda Test", AUDITOR[1])
    desk.change_passphrase(OFFICER[1], "test another velvet orbit")
    desk.give_role(id_of(desk, SECOND), "administrator", "Takes over.")
    desk.give_role(id_of(desk, SECOND), "auditor", "Only for a week.", second)
    desk.disable_officer(id_of(desk, SECOND), "Left.")
    desk.add_officer("Bex Test", NEW[1])  # a name is free again
    desk.erase(one(desk), "As they asked.", of(desk, APPROVER))
    drawn = desk.draw_shares(1, 1)
    desk.adopt_shares(drawn)
    desk.rekey("As every year.")
    path = desk._vault.file.path
    desk.close()
    collected = Collected()
    collected.add(drawn.words[0])
    upkeep.recover(path, collected, *NEW, clock=lambda: THEN)
    with at(path, NEW) as again:
        report = again.verify()
        assert report.faults == []
        assert (report.erased, report.dossiers, len(report.recovered)) == (1, 0, 1)
        assert "1 dossier was erased" in report.summary()
        assert "On 2026-03-02 this vault was opened with recovery shares" in report.summary()


# -- roles --------------------------------------------------------------------------


def test_an_auditor_who_records_is_found(desk):
    number = put(desk, of(desk, AUDITOR), (one(desk), acts.Withdrawn(reason="So.")))
    told(desk, number, "not allowed to who signed it: the role then was auditor")


def test_an_approver_who_records_is_found(desk):
    number = put(desk, of(desk, APPROVER), (one(desk), acts.Withdrawn(reason="So.")))
    told(desk, number, "the role then was approver")


def test_an_officer_who_gives_a_pack_or_a_key_is_found(desk):
    number = put(desk, of(desk, SECOND), ("", acts.Rekeyed(reason="So.")))
    told(desk, number, "the role then was officer")


def test_an_officer_who_makes_themselves_administrator_is_found(desk):
    me = id_of(desk, SECOND)
    act = acts.RoleGiven(role="administrator", reason="So.")
    number = put(desk, of(desk, SECOND), (me, act), ("", acts.Rekeyed(reason="So.")))
    told(desk, number, "the role then was officer")
    told(desk, number + 1, "the role then was officer")  # what it was when that began


def test_a_role_that_came_later_does_not_allow_what_was_before(desk):
    number = put(desk, of(desk, SECOND), ("", acts.Rekeyed(reason="So.")))
    desk.give_role(id_of(desk, SECOND), "administrator", "Takes over.")
    told(desk, number, "the role then was officer")


def test_what_was_allowed_then_stays_allowed(desk):
    put(desk, of(desk, OTHER), ("", acts.Rekeyed(reason="So.")))
    desk.give_role(id_of(desk, OTHER), "auditor", "Only reads.", of(desk, APPROVER))
    assert faults(desk) == []


def test_an_officer_who_adds_an_accomplice_is_found(desk):
    number = add(desk, of(desk, SECOND), NEW, "administrator")
    told(desk, number, "the role then was officer")


def add(desk, signer, who, role="officer", *, join=True, more=()):
    """Somebody new, past the desk."""
    vault = desk._vault
    with vault.transaction(signer) as work:
        added = work.add_slot(*who, kdf.floors[0], Signer.new())
        id = work.create_dossier(added.officer)
        act = acts.OfficerAdded(
            officer=id.hex(),
            name=who[0],
            role=role,
            public_key=added.public_key.hex(),
            sealing_key=added.sealing_key.hex(),
            slot=added.slot,
        )
        number = work.append(id, entry(signer, act))
        if join:
            work.append(vault.id, entry(signer, acts.OfficerJoined(officer=id.hex())))
        for strand, act in more:
            work.append(strand or vault.id, entry(signer, act))
    desk._read_again()
    return number


def test_a_disabled_officer_who_signs_is_found(desk):
    signer = of(desk, SECOND)
    desk.disable_officer(id_of(desk, SECOND), "Left.")
    number = put(desk, signer, (one(desk), acts.Withdrawn(reason="So.")))
    told(desk, number, "by somebody who was no officer any more")


def test_somebody_who_signs_before_they_were_added_is_found(desk):
    vault, new, admin = desk._vault, Signer.new(), of(desk, OFFICER)
    number = put(desk, new, (one(desk), acts.Withdrawn(reason="So.")))
    with vault.transaction(admin) as work:
        added = work.add_slot(*NEW, kdf.floors[0], new)
        id = work.create_dossier(new.officer).hex()
        act = acts.OfficerAdded(
            officer=id,
            name=NEW[0],
            role="officer",
            public_key=new.public_key.hex(),
            sealing_key=new.sealing_key.hex(),
            slot=added.slot,
        )
        work.append(bytes.fromhex(id), entry(admin, act))
        work.append(vault.id, entry(admin, acts.OfficerJoined(officer=id)))
    desk._read_again()
    told(desk, number, "by somebody who became an officer later")


def test_a_stranger_who_signs_is_found(desk):
    number = put(desk, Signer.new(), (one(desk), acts.Withdrawn(reason="So.")))
    told(desk, number, "names an officer who is not one here")
    told(desk, number, "is signed by nobody who is an officer here")


def test_an_officer_who_is_added_and_joins_nowhere_is_found(desk):
    number = add(desk, of(desk, OFFICER), NEW, join=False)
    told(desk, number, "adds an officer who does not join")


def test_an_officer_who_joins_apart_from_being_added_is_found(desk):
    number = add(desk, of(desk, OFFICER), NEW, join=False)
    strand = newest(desk)
    put(desk, of(desk, OFFICER), ("", acts.OfficerJoined(officer=strand)))
    told(desk, number, "adds an officer who does not join")
    told(desk, number + 1, "lets somebody join apart from being added")


def newest(desk):
    """The strand of the last entry."""
    table = desk._vault.file.tables.entry
    rows = desk._vault.file.rows(table.select(table.dossier).order_by(table.number.desc()))
    return next(rows)[0].hex()


def test_an_officer_who_joins_twice_is_found(desk):
    act = acts.OfficerJoined(officer=id_of(desk, SECOND))
    number = put(desk, of(desk, OFFICER), ("", act))
    told(desk, number, "lets the same officer join twice")


def test_a_name_that_another_officer_has_is_found(desk):
    number = add(desk, of(desk, OFFICER), ("BEX  test", NEW[1]))
    told(desk, number, "gives an officer the name that another had")


def test_a_name_that_another_officer_had_at_that_moment_is_found(desk):
    number = add(desk, of(desk, OFFICER), ("Bex Test", NEW[1]))
    desk.disable_officer(id_of(desk, SECOND), "Left.")
    told(desk, number, "gives an officer the name that another had")


def test_another_officers_slot_made_anew_is_found(desk):
    who = next(o for o in desk.officers() if o.name == SECOND[0])
    act = acts.SlotRenewed(slot=who.history.slot, why="passphrase")
    number = put(desk, of(desk, OFFICER), (who.id, act))
    told(desk, number, "renews another officer's slot than the signer's own")


def test_an_entry_on_a_strand_of_another_kind_is_found(desk):
    act = acts.RoleGiven(role="auditor", reason="So.")
    number = put(desk, of(desk, OFFICER), ("", act))
    told(desk, number, "belongs on an officer's own strand")


@pytest.mark.parametrize("act", [acts.Rekeyed(reason="So."), acts.Unlocked(failures=1)])
def test_the_vaults_own_entry_on_an_officers_strand_is_found(desk, act):
    number = put(desk, of(desk, OFFICER), (id_of(desk, SECOND), act))
    told(desk, number, "belongs on the vault's own strand")


def test_an_officer_who_is_added_anew_with_another_role_is_found(desk):
    who = next(o for o in desk.officers() if o.name == AUDITOR[0])
    act = acts.OfficerAdded(
        officer=who.id,
        name="Ed Test",
        role="administrator",
        public_key=who.public_key.hex(),
        sealing_key=who.sealing_key.hex(),
        slot=who.history.slot,
    )
    number = put(desk, of(desk, OFFICER), (who.id, act))
    told(desk, number, "adds an officer twice")


def test_recovery_shares_under_an_officers_id_are_found(desk):
    who = next(o for o in desk.officers() if o.name == SECOND[0])
    made = acts.RecoveryMade(
        recovery=who.id,
        public_key=who.public_key.hex(),
        sealing_key=who.sealing_key.hex(),
        slot=who.history.slot,
        needed=1,
        shares=1,
    )
    number = put(desk, of(desk, OFFICER), ("", made))
    told(desk, number, "gives recovery shares an id that somebody has already")


def test_a_report_says_that_it_is_about_officers_and_about_no_dossier(desk):
    put(desk, of(desk, SECOND), ("", acts.Rekeyed(reason="So.")))
    report = desk.verify()
    assert (report.touched.file, report.touched.officers, report.touched.dossiers) == (
        False,
        True,
        0,
    )
    assert "It touches what the vault says of its officers" in report.summary()
    assert "No dossier is touched" in report.summary()


def test_a_first_transaction_by_another_than_the_first_administrator_is_found(tmp_path):
    def made(role):
        with monkey_role(role):
            return build(tmp_path / "vault.db", clock=lambda: THEN)

    with at(made("officer")) as desk:
        told(desk, 0, "is not signed by the first administrator")


@contextlib.contextmanager
def monkey_role(role):
    """A changed program, whose first officer has this role."""
    from secterm.desk.recording import Recorder

    kept = Recorder.officer

    def officer(self, vault, signer, name, asked):
        first = not self.work._vault.size
        kept(self, vault, signer, name, role if first else asked)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Recorder, "officer", officer)
        patch.setattr("secterm.desk.recording.roles.may", lambda role, power: True)
        patch.setattr("secterm.desk.keeping.roles.may", lambda role, power: True)
        yield


# -- two persons --------------------------------------------------------------------


def demote(proposed=0):
    return acts.RoleGiven(role="auditor", reason="So.", proposed=proposed)


def test_an_administrator_demoted_by_one_person_is_found(desk):
    number = put(desk, of(desk, OFFICER), (id_of(desk, OTHER), demote()))
    told(desk, number, "takes an administrator's role without a second person")


def test_an_administrator_disabled_by_one_person_is_found(desk):
    slot = next(o.history.slot for o in desk.officers() if o.name == OTHER[0])
    act = acts.OfficerDisabled(reason="So.")
    number = put(
        desk,
        of(desk, OFFICER),
        (id_of(desk, OTHER), act),
        change=lambda work: work.remove_slot(slot),
    )
    told(desk, number, "takes an administrator's role without a second person")


def test_a_proposal_that_its_own_author_seconds_is_found(desk):
    about = id_of(desk, OTHER)
    number = proposal(desk, "auditor", about)
    told(
        desk,
        put(desk, of(desk, OFFICER), (about, demote(number))),
        "is signed by the one who proposed it",
    )


def test_a_proposal_that_the_one_concerned_seconds_is_found(desk):
    about = id_of(desk, OTHER)
    number = proposal(desk, "auditor", about)
    told(
        desk,
        put(desk, of(desk, OTHER), (about, demote(number))),
        "by the officer whom it is about",
    )


def test_a_proposal_of_something_else_is_found(desk):
    about = id_of(desk, OTHER)
    for number in (
        proposal(desk, "disable", about),
        proposal(desk, "auditor", id_of(desk, OFFICER), OTHER),
    ):
        done = put(desk, of(desk, APPROVER), (about, demote(number)))
        told(desk, done, "rests on a proposal of something else")
        desk.give_role(about, "administrator", "Back again.")


def test_a_proposal_that_is_used_twice_is_found(desk):
    about = id_of(desk, OTHER)
    number = proposal(desk, "auditor", about)
    put(desk, of(desk, APPROVER), (about, demote(number)))
    assert faults(desk) == []
    desk.give_role(about, "administrator", "Back again.")
    again = put(desk, of(desk, APPROVER), (about, demote(number)))
    told(desk, again, "which is none, or was used before")


def test_a_proposal_by_somebody_who_could_not_make_it_is_found(desk):
    about = id_of(desk, OTHER)
    number = proposal(desk, "auditor", about, SECOND)
    done = put(desk, of(desk, APPROVER), (about, demote(number)))
    told(desk, number, "the role then was officer")
    told(desk, done, "was proposed by somebody whose role did not allow it")


def test_a_role_that_nobody_proposed_is_found(desk):
    about = id_of(desk, OTHER)
    number = proposal(desk, "approver", about)
    done = put(desk, of(desk, APPROVER), (about, demote(number)))
    told(desk, done, "rests on a proposal of something else")


def test_a_proposal_in_the_same_transaction_is_found(desk):
    about, size = id_of(desk, OTHER), desk._vault.size
    put(
        desk,
        of(desk, OFFICER),
        ("", acts.Proposed(what="auditor", about=about, reason="So.")),
        (about, demote(size)),
    )
    told(desk, size + 1, "was not proposed in the transaction before")


def test_an_entry_that_is_no_proposal_carries_nothing(desk):
    about = id_of(desk, OTHER)
    number = put(desk, of(desk, APPROVER), (about, demote(1)))
    told(desk, number, "rests on a proposal at entry #1, which is none")


def test_a_second_persons_word_on_somebody_who_is_no_administrator_is_not_enough(desk):
    about = id_of(desk, SECOND)
    number = proposal(desk, "auditor", about)
    act = acts.RoleGiven(role="administrator", reason="So.", proposed=number)
    told(desk, put(desk, of(desk, APPROVER), (about, act)), "the role then was approver")


def test_a_vault_left_without_an_administrator_is_found(desk):
    desk.give_role(id_of(desk, OTHER), "auditor", "Only reads.", of(desk, APPROVER))
    me = id_of(desk, OFFICER)
    number = proposal(desk, "auditor", me)
    done = put(desk, of(desk, APPROVER), (me, demote(number)))
    told(desk, done, "leaves the vault without an administrator")


def test_an_officer_who_disables_themselves_is_found(desk):
    me = next(o for o in desk.officers() if o.name == OTHER[0])
    number = proposal(desk, "disable", me.id)
    act = acts.OfficerDisabled(reason="So.", proposed=number)
    done = put(
        desk,
        of(desk, OTHER),
        (me.id, act),
        change=lambda work: work.remove_slot(me.history.slot),
    )
    told(desk, done, "is signed by the officer whom it disables")


# -- erasure ------------------------------------------------------------------------


def erase(desk, id, proposed, who=APPROVER, *, really=True):
    had = desk._vault.entries_digest(bytes.fromhex(id)) if id != "zz" else ""
    act = acts.Erased(dossier=id, entries=had, reason="So.", proposed=proposed)
    change = (lambda work: work.erase(bytes.fromhex(id))) if really else (lambda work: None)
    return put(desk, of(desk, who), ("", act), change=change)


def test_an_erasure_that_nobody_proposed_is_found(desk):
    told(desk, erase(desk, one(desk), 0), "rests on a proposal at entry #0, which is none")


def test_an_erasure_by_one_person_is_found(desk):
    id = one(desk)
    number = proposal(desk, "erase", id)
    told(desk, erase(desk, id, number, OFFICER), "is signed by the one who proposed it")


def test_an_erasure_by_an_auditor_is_found(desk):
    id = one(desk)
    number = proposal(desk, "erase", id)
    told(desk, erase(desk, id, number, AUDITOR), "the role then was auditor")


@pytest.mark.parametrize("id", ["ab" * 16, "zz", ""])
def test_an_erasure_of_what_was_no_dossier_is_found(desk, id):
    number = proposal(desk, "erase", id)
    told(desk, erase(desk, id, number, really=False), "erases what was no dossier")


def test_an_erasure_of_the_vaults_own_entries_is_found(desk):
    for id in (desk.vault_id, id_of(desk, SECOND)):
        number = proposal(desk, "erase", id)
        told(desk, erase(desk, id, number, really=False), "erases what was no dossier")


def test_an_erasure_of_what_was_erased_before_is_found(desk):
    id = one(desk)
    desk.erase(id, "As they asked.", of(desk, APPROVER))
    number = proposal(desk, "erase", id)
    told(desk, erase(desk, id, number, really=False), "erases what was erased before")


def test_an_erasure_that_destroyed_nothing_is_found(desk):
    id = one(desk)
    number = proposal(desk, "erase", id)
    erase(desk, id, number, really=False)
    found = " | ".join(faults(desk))
    assert f"dossier.key {id}: is there, though the dossier was erased" in found
    assert f"dossier.card {id}: is there, though the dossier was erased" in found
    assert "is there whole, though its dossier was erased" in found


def test_a_dossier_destroyed_without_an_entry_is_found(desk):
    id = one(desk)
    put(
        desk,
        of(desk, OFFICER),
        ("", acts.Unlocked(failures=1)),
        change=lambda work: work.erase(bytes.fromhex(id)),
    )
    found = " | ".join(faults(desk))
    assert f"dossier.key {id}: is gone, though no entry says" in found
    assert "is a bare hash, though no entry says it was erased" in found


def test_an_entry_after_the_erasure_is_found(desk):
    id = one(desk)
    desk.erase(id, "As they asked.", of(desk, APPROVER))
    with desk._vault.transaction() as work:
        number = work.append(desk._vault.id, entry(of(desk, OFFICER), acts.Unlocked(failures=1)))
    path = desk._vault.file.path
    desk.close()
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute(
            "UPDATE entry SET dossier = ?, sealed = ? WHERE number = ?",
            (bytes.fromhex(id), os.urandom(32), number),
        )
        db.commit()
    with at(path) as again:
        told(again, number, "was recorded after its dossier was erased")


# -- recovery -----------------------------------------------------------------------


def recovered(desk, drawn, role="administrator", more=(), *, said=True):
    """A vault opened with these shares, and an officer made past the desk; the entry."""
    from secterm.vault.vault import Vault

    path = desk._vault.file.path
    desk.close()
    vault = Vault.recover(path, drawn.secret)
    try:
        with vault.transaction() as work:
            added = work.add_slot(*NEW, kdf.floors[0], Signer.new())
            act = acts.OfficerAdded(
                officer=added.officer.hex(),
                name=NEW[0],
                role=role,
                public_key=added.public_key.hex(),
                sealing_key=added.sealing_key.hex(),
                slot=added.slot,
            )
            who = vault.signer
            number = vault.size
            if said:
                work.append(vault.id, entry(who, acts.Recovered(officer=added.officer.hex())))
            work.append(work.create_dossier(added.officer), entry(who, act))
            work.append(vault.id, entry(who, acts.OfficerJoined(officer=added.officer.hex())))
            for strand, act in more:
                work.append(bytes.fromhex(strand) or vault.id, entry(who, act))
    finally:
        vault.close()
    return path, number


ALONE = "which can make one new administrator and nothing else"


@pytest.fixture
def drawn(desk):
    drawn = desk.draw_shares(1, 1)
    desk.adopt_shares(drawn)
    return drawn


def test_recovery_shares_that_do_more_than_make_an_administrator_are_found(desk, drawn):
    for_one = one(desk)
    path, number = recovered(desk, drawn, more=[(for_one, acts.Withdrawn(reason="So."))])
    with at(path) as again:
        told(again, number + 3, ALONE)


def test_a_recovery_that_leaves_no_entry_of_itself_is_found(desk, drawn):
    path, number = recovered(desk, drawn, said=False)
    with at(path) as again:
        told(again, number + 1, ALONE)


def test_a_recovery_that_makes_another_than_an_administrator_is_found(desk, drawn):
    path, number = recovered(desk, drawn, role="officer")
    with at(path) as again:
        told(again, number + 1, "makes another than an administrator with recovery shares")


def test_a_signature_with_shares_that_were_void_is_found(desk, drawn):
    from secterm.vault.vault import Vault

    path = desk._vault.file.path
    desk.close()
    vault = Vault.recover(path, drawn.secret)
    old = vault.signer
    vault.close()
    with at(path) as again:
        again.adopt_shares(again.draw_shares(1, 1))
        number = add(again, old, NEW, "administrator")
        told(again, number, "signed with recovery shares that were void by then")


def test_a_recovery_that_an_officer_signs_is_found(desk):
    number = put(desk, of(desk, OFFICER), ("", acts.Recovered(officer=id_of(desk, OTHER))))
    told(desk, number, "and no recovery shares signed it")


def test_recovery_shares_by_an_officer_who_is_no_administrator_are_found(desk):
    with desk._vault.transaction(of(desk, SECOND)) as work:
        who = work.add_recovery(os.urandom(32), Signer.new())
        made = acts.RecoveryMade(
            recovery=who.officer.hex(),
            public_key=who.public_key.hex(),
            sealing_key=who.sealing_key.hex(),
            slot=who.slot,
            needed=1,
            shares=1,
        )
        number = work.append(desk._vault.id, entry(of(desk, SECOND), made))
    desk._read_again()
    told(desk, number, "the role then was officer")


# -- undertakings -------------------------------------------------------------------


def test_a_witness_whose_role_did_not_allow_it_is_found(desk):
    witness = of(desk, SECOND)
    desk.give_role(id_of(desk, SECOND), "auditor", "Only reads.")
    desk._may = lambda power, who=None: None
    id = lived_without_second(desk)
    name = desk.dossier(id).state.particulars.name
    desk.sign(id, desk.undertaking(id), name, "appointee's test secret", witness)
    number = desk.dossier(id).state.signed.number
    told(desk, number, "was witnessed by somebody whose role did not allow it")


def lived_without_second(desk):
    from secterm.desk import sample

    before = {card.id for card in desk.cards()}
    sample.fill(desk, 1, second=of(desk, APPROVER), stages=("undertaking",), category="core")
    return next(card.id for card in desk.cards() if card.id not in before)


# -- receipts -----------------------------------------------------------------------


def receipt(desk, **but):
    point = desk._vault.checkpoint()
    told = {
        "file": "a.age",
        "sha256": "00" * 32,
        "size": 1,
        "before": point.size,
        "root": point.root.hex(),
        "dossiers": 1,
        "recipients": ("passphrase",),
        "medium": acts.MediumRef(kind="usb"),
    }
    return acts.Exported(**(told | but))


def test_a_receipt_of_an_officer_holds(desk):
    put(desk, of(desk, SECOND), ("", receipt(desk)))
    assert faults(desk) == []
    assert [each.told.file for each in desk.receipts()] == ["a.age"]


@pytest.mark.parametrize("who", [APPROVER, AUDITOR])
def test_a_receipt_of_somebody_who_may_not_export_is_found(desk, who):
    number = put(desk, of(desk, who), ("", receipt(desk)))
    told(desk, number, "role")


@pytest.mark.parametrize(
    "but", [{"root": "ab" * 32}, {"before": 3}, {"before": 10**6}, {"before": -1}]
)
def test_a_receipt_of_a_checkpoint_that_never_was_is_found(desk, but):
    number = put(desk, of(desk, OFFICER), ("", receipt(desk, **but)))
    told(desk, number, "names a checkpoint that never was here")


@pytest.mark.parametrize("root", ["", "ab", "AB" * 32, "x" * 64])
def test_a_receipt_with_a_root_that_is_none_is_found(desk, root):
    number = put(desk, of(desk, OFFICER), ("", receipt(desk, root=root)))
    told(desk, number, "names a root that is none")


# -- slots --------------------------------------------------------------------------


def test_a_slot_of_a_disabled_officer_that_stayed_is_found(desk):
    put(desk, of(desk, OFFICER), (id_of(desk, SECOND), acts.OfficerDisabled(reason="Left.")))
    assert "slot: one is there that no entry tells of" in " | ".join(faults(desk))


def test_a_slot_that_is_missing_is_found(desk):
    slot = next(o.history.slot for o in desk.officers() if o.name == SECOND[0])
    put(
        desk,
        of(desk, OFFICER),
        ("", acts.Unlocked(failures=1)),
        change=lambda work: work.remove_slot(slot),
    )
    assert "slot: one that the entries tell of is missing" in " | ".join(faults(desk))


# -- what one officer names of another's, and one flipped byte ------------------------


def test_another_officers_slot_named_as_ones_own_is_found_and_gets_nothing(desk):
    auditor = of(desk, AUDITOR)
    theirs = desk.officer.history.slot
    act = acts.SlotRenewed(slot=theirs, why="passphrase")
    number = put(
        desk,
        auditor,
        (auditor.officer.hex(), act),
        change=lambda work: work.remove_slot(auditor.slot),
    )
    told(desk, number, "names a slot that was named before")
    with pytest.raises(VaultDamaged):
        desk.rekey("As every year.")
    with pytest.raises(VaultDamaged):
        desk.disable_officer(auditor.officer.hex(), "Left.")
    assert theirs in desk._vault.slot_digests()


def flip_last_entry(desk, strand):
    """One flipped byte in the last entry of a strand, and the program ended."""
    path, vault = desk._vault.file.path, desk._vault
    number, sealed = list(vault.sealed_entries(strand))[-1]
    desk.close()
    bad = sealed[:-1] + bytes([sealed[-1] ^ 1])
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute("UPDATE entry SET sealed = ? WHERE number = ?", (bad, number))
        db.commit()
    return path


def test_a_role_that_does_not_open_gives_nobody_the_one_before(desk):
    desk.give_role(id_of(desk, SECOND), "auditor", "Only for a week.")
    path = flip_last_entry(desk, bytes.fromhex(id_of(desk, SECOND)))
    with pytest.raises(VaultDamaged):
        Desk.open(path, *SECOND, clock=lambda: THEN)
    with at(path) as again:  # the others get in, and record nothing more
        assert "does not fit" in again.notices[0]
        with pytest.raises(VaultDamaged):
            again.add_officer(*NEW)
        found = faults(again)
        assert len(set(found)) == len(found)  # nothing is told twice


def test_one_of_the_vaults_own_entries_that_does_not_open_shuts_nobody_out(desk):
    with desk._record() as record:
        record.vault(desk._vault.id, acts.Unlocked(failures=1))
    desk.add_officer(*NEW)
    vault = desk._vault
    number = next(n for n, plain in vault.entries(vault.id) if b'"act":"unlocked"' in plain)
    path = vault.file.path
    desk.close()
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute("UPDATE entry SET sealed = zeroblob(99) WHERE number = ?", (number,))
        db.commit()
    for who in (OFFICER, NEW):
        with at(path, who) as again:
            assert "does not fit" in again.notices[0]
            assert NEW[0] in {officer.name for officer in again.officers()}


def test_an_auditor_with_a_slow_clock_records_nothing(desk):
    path = desk._vault.file.path
    desk.close()
    slow = Desk.open(path, *AUDITOR, clock=lambda: THEN - timedelta(days=1))
    slow.accept_clock()
    with pytest.raises(ClockIsBehind):
        slow.change_passphrase(AUDITOR[1], "test another velvet orbit")
    slow.close()
    with at(path) as again:
        assert faults(again) == []


def test_an_auditors_archive_is_refused_before_a_byte_of_it_is_written(desk, tmp_path):
    path = desk._vault.file.path
    desk.close()
    key = str(pyrage.x25519.Identity.generate().to_public())
    with at(path, AUDITOR) as again, pytest.raises(NotAllowed):
        again.export(tmp_path / "medium", Recipients((key,)))
    assert not (tmp_path / "medium").exists()


def test_an_entry_without_a_time_is_told_wherever_it_stands(desk):
    id, signer = one(desk), of(desk, OFFICER)
    untimed = Entry(at="", officer=signer.officer.hex(), act=acts.Noted(text="Without a time."))
    with desk._vault.transaction(signer) as work:
        work.append(bytes.fromhex(id), b'{"at":"%s"}' % THEN.isoformat().encode())
        number = work.append(bytes.fromhex(id), acts.encode(untimed))
    told(desk, number, "has no time")


def test_a_dossier_that_was_opened_without_a_time_is_told(desk):
    signer, ref = of(desk, OFFICER), acts.ref_of(desk.pack)
    opened = acts.Opened(particulars=someone(), pack=ref)
    with desk._vault.transaction(signer) as work:
        id = work.create_dossier()
        untimed = Entry(at="", officer=signer.officer.hex(), act=opened)
        number = work.append(id, acts.encode(untimed))
    told(desk, number, "has no time")
    told(desk, number, "does not fit the dossier before it")
