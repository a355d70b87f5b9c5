"""What an unlocked officer can do: judged, sealed, committed, and only then told."""

from datetime import UTC, datetime, timedelta

import pytest

from secterm.desk import quiz
from secterm.desk.desk import Desk
from secterm.desk.model import ClockIsBehind, SameOfficer, WeakPassphrase, unlock_wait
from secterm.dossier import entries as acts
from secterm.dossier import signatures
from secterm.dossier.permit import NotAllowed
from secterm.vault import kdf
from secterm.vault.errors import VaultError, VaultUnreadable, WrongPassphrase
from secterm.vault.seal import Place, subkey, unseal
from tests.support.house import OFFICER, SECOND, build, lived
from tests.support.paper import someone

THEN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class Clock:
    """A clock that a test sets."""

    def __init__(self):
        self.at = THEN

    def __call__(self):
        return self.at


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def path(tmp_path, clock):
    return build(tmp_path / "vault.db", clock=clock)


@pytest.fixture
def desk(path, clock):
    desk = Desk.open(path, *OFFICER, clock=clock)
    yield desk
    desk.close()


def again(desk, path, clock, who=OFFICER):
    desk.close()
    return Desk.open(path, *who, clock=clock)


# -- coming and going -------------------------------------------------------


def test_a_weak_passphrase_makes_no_vault(tmp_path):
    path = tmp_path / "v.db"
    with pytest.raises(WeakPassphrase):
        Desk.create(path, unit="Test unit", officer="Alix Test", passphrase="password1234")
    assert list(tmp_path.iterdir()) == []


def test_the_units_and_the_officers_own_names_do_not_count_as_strong(tmp_path):
    with pytest.raises(WeakPassphrase):
        Desk.create(
            tmp_path / "v.db",
            unit="Quillfeather Registry",
            officer="Alix Test",
            passphrase="quillfeather registry",
            cost=kdf.floors[0],
        )


def test_everything_recorded_is_there_after_unlocking_again(desk, path, clock):
    id = desk.open_dossier(someone("key"))
    before = desk.act(id, acts.Withdrawn(reason="Took another post."))
    after = again(desk, path, clock)
    assert after.dossier(id) == before
    assert [c.stage for c in after.cards()] == ["withdrawn"]
    after.close()


def test_failed_attempts_are_told_once_and_recorded(desk, path, clock):
    desk.close()
    for _ in range(3):
        with pytest.raises(WrongPassphrase):
            Desk.open(path, OFFICER[0], "test wrong passphrase", clock=clock)
    told = Desk.open(path, *OFFICER, clock=clock)
    assert told.notices == ("3 failed attempts to unlock before this one.",)
    assert told.verify().holds
    quiet = again(told, path, clock)
    assert quiet.notices == ()
    quiet.close()


def test_the_wait_grows_with_the_failures_and_has_an_end():
    waits = [unlock_wait(n) for n in range(12)]
    assert waits[:3] == [0, 0, 0]
    assert waits == sorted(waits)
    assert waits[3] >= 1
    assert max(waits) == unlock_wait(10**6) == 60


def test_a_clock_behind_the_last_entry_records_nothing_until_the_officer_says_so(desk, path, clock):
    clock.at = THEN + timedelta(days=2)
    id = desk.open_dossier(someone())
    clock.at = THEN + timedelta(days=1)
    back = again(desk, path, clock)
    size = back.verify().entries
    assert back.behind is not None
    with pytest.raises(ClockIsBehind):
        back.act(id, acts.Withdrawn(reason="No."))
    assert back.verify().entries == size
    back.accept_clock()
    back.act(id, acts.Withdrawn(reason="Yes."))
    report = back.verify()
    assert report.holds
    assert report.entries == size + 2  # that the clock was behind is on record too
    back.close()


def test_a_clock_set_back_while_at_work_records_nothing_more(desk, path, clock):
    clock.at = THEN + timedelta(hours=2)
    id = desk.open_dossier(someone())
    clock.at = THEN + timedelta(hours=1)
    for _ in range(2):
        with pytest.raises(ClockIsBehind):
            desk.act(id, acts.Withdrawn(reason="No."))
    back = again(desk, path, clock)
    back.accept_clock()
    back.act(id, acts.Withdrawn(reason="Yes."))
    assert back.verify().holds
    back.close()


def test_a_locked_desk_opens_nothing(desk):
    id = desk.open_dossier(someone())
    desk.close()
    desk.close()
    with pytest.raises(VaultError):
        desk.dossier(id)


# -- officers ---------------------------------------------------------------


def test_a_second_officer_unlocks_the_same_vault_with_their_own_passphrase(desk, path, clock):
    id = desk.open_dossier(someone())
    other = again(desk, path, clock, SECOND)
    assert other.officer.name == SECOND[0]
    assert other.dossier(id).state.particulars == someone()
    other.close()


@pytest.mark.parametrize("name", ["alix test", "ALIX  TEST", " Bex Test "])
def test_two_officers_do_not_share_a_name(desk, name):
    with pytest.raises(NotAllowed, match="of that name already"):
        desk.add_officer(name, "test yonder marble kettle")


def test_an_officer_has_a_name_and_a_strong_passphrase(desk):
    with pytest.raises(NotAllowed, match="needs a name"):
        desk.add_officer("  ", "test yonder marble kettle")
    with pytest.raises(WeakPassphrase):
        desk.add_officer("Cy Test", "short")
    assert len(desk.officers()) == 2


def test_the_second_person_is_another_person(desk):
    with pytest.raises(SameOfficer):
        desk.second(*OFFICER)
    with pytest.raises(WrongPassphrase):
        desk.second(SECOND[0], OFFICER[1])
    assert desk.second(*SECOND).officer.hex() == desk.officers()[1].id


def test_the_keyboard_goes_back_to_the_officer_who_gave_it(desk):
    assert desk.is_officers_passphrase(OFFICER[1])
    with pytest.raises(WrongPassphrase):
        desk.is_officers_passphrase(SECOND[1])


# -- dossiers ---------------------------------------------------------------


def test_what_is_refused_leaves_the_dossier_as_it_was(desk):
    id = desk.open_dossier(someone())
    before, size = desk.dossier(id), desk.verify().entries
    with pytest.raises(NotAllowed):
        desk.act(id, acts.Withdrawn(reason="First."), acts.Decided(decision="admit", reason="So."))
    assert desk.dossier(id) == before
    assert desk.verify().entries == size


def test_a_dossier_that_is_not_there_is_told(desk):
    for id in ("00" * 16, "nonsense", "", desk.vault_id, desk.officers()[0].id):
        with pytest.raises(NotAllowed, match="no dossier"):
            desk.dossier(id)


def test_the_beginning_of_an_id_is_enough_where_it_is_one(desk):
    one = desk.open_dossier(someone())
    assert desk.full_id(one[:8].upper()) == one
    with pytest.raises(NotAllowed, match="no dossier"):
        desk.full_id("")
    firsts = {one[0]}
    while True:
        other = desk.open_dossier(someone())
        if other[0] in firsts:
            break
        firsts.add(other[0])
    with pytest.raises(NotAllowed, match="Several"):
        desk.full_id(other[0])


def test_the_list_has_each_ones_identity_number(desk):
    desk.open_dossier(someone(identity_number="TEST-77"))
    id = desk.open_dossier(someone(identity_number="TEST-78"))
    desk.act(id, acts.Corrected(particulars=someone(identity_number="TEST-79"), reason="Misread."))
    assert {card.identity_number for card in desk.cards()} == {"TEST-77", "TEST-79"}
    desk.erase(id, "Opened by mistake.", desk.second(*SECOND))
    assert {card.identity_number for card in desk.cards()} == {"TEST-77", ""}


def test_a_note_is_in_the_record_and_does_not_move_since_when_somebody_waits(desk, clock):
    id = desk.open_dossier(someone())
    since = desk.cards()[0].since
    clock.at += timedelta(days=3)
    desk.act(id, acts.Noted(text="Called, and comes tomorrow."))
    assert desk.cards()[0].since == since
    assert desk.record(id).timeline[-1].what == "Note: Called, and comes tomorrow."
    assert desk.verify().holds


def test_a_note_is_no_approvers(desk, path, clock):
    id = desk.open_dossier(someone())
    desk.add_officer("Cas Test", "test ribbon canyon walnut", "approver")
    approver = again(desk, path, clock, ("Cas Test", "test ribbon canyon walnut"))
    try:
        with pytest.raises(NotAllowed, match="approver"):
            approver.act(id, acts.Noted(text="Called."))
    finally:
        approver.close()


def test_the_list_shows_what_has_lapsed_since_without_an_entry_for_it(desk, clock):
    id = lived(desk, "admitted", "general")
    assert [c.stage for c in desk.cards()] == ["admitted"]
    size = desk.verify().entries
    clock.at += timedelta(days=365 * 6)
    assert [c.stage for c in desk.cards()] == ["lapsed"]
    assert desk.dossier(id).standing.stage == "lapsed"
    report = desk.verify()
    assert report.holds
    assert report.entries == size


def test_the_readable_record_says_who_did_what(desk):
    id = lived(desk, "admitted", "core")
    made = desk.record(id)
    assert made.stage == "admitted"
    assert {e.officer for e in made.timeline} == {OFFICER[0], SECOND[0]}
    assert [g.status for g in made.gates] == ["done"] * 4
    assert made.as_of == "2026-03-02"


# -- signing ----------------------------------------------------------------


@pytest.fixture
def to_sign(desk):
    return lived(desk, "undertaking", "key")


def test_a_signature_can_be_checked_by_anyone(desk, to_sign):
    text = desk.undertaking(to_sign)
    name = desk.dossier(to_sign).state.particulars.name
    signed = desk.sign(to_sign, text, name.upper(), "appointee's test secret").state.signed.act
    signatures.check(signed, vault=desk.vault_id, dossier=to_sign)
    assert signed.text == text
    assert name in text
    with pytest.raises(signatures.BadSignature):
        signatures.check(signed, vault=desk.vault_id, dossier="00" * 16)


def test_the_appointees_key_opens_with_their_secret_alone(desk, to_sign):
    name = desk.dossier(to_sign).state.particulars.name
    desk.sign(to_sign, desk.undertaking(to_sign), name, "appointee's test secret")
    signed = desk.dossier(to_sign).state.signed.act
    spec = kdf.Spec.parse(signed.appointee_key.kdf)
    place = Place(bytes.fromhex(desk.vault_id), "appointee.key", bytes.fromhex(to_sign))

    def opened(secret):
        key = subkey(kdf.stretch(spec, name, secret), "signing key")
        return unseal(key, place, bytes.fromhex(signed.appointee_key.sealed))

    assert len(opened("appointee's test secret")) == 32
    with pytest.raises(VaultError):
        opened("another test secret")


def test_a_signature_takes_the_name_the_secret_and_the_text_of_today(desk, to_sign, clock):
    text = desk.undertaking(to_sign)
    name = desk.dossier(to_sign).state.particulars.name
    with pytest.raises(NotAllowed, match="The name typed is not"):
        desk.sign(to_sign, text, "Somebody Else", "appointee's test secret")
    with pytest.raises(NotAllowed, match="at least 8 characters"):
        desk.sign(to_sign, text, name, "short")
    with pytest.raises(NotAllowed, match="Read it again"):
        desk.sign(to_sign, text.replace("not", "now", 1), name, "appointee's test secret")
    clock.at += timedelta(days=1)
    with pytest.raises(NotAllowed, match="Read it again"):
        desk.sign(to_sign, text, name, "appointee's test secret")
    assert desk.dossier(to_sign).state.signed is None


def test_a_core_undertaking_is_not_signed_without_its_witness(desk):
    id = lived(desk, "undertaking", "core")
    name = desk.dossier(id).state.particulars.name
    with pytest.raises(NotAllowed, match="witness"):
        desk.sign(id, desk.undertaking(id), name, "appointee's test secret")
    witness = desk.second(*SECOND)
    done = desk.sign(id, desk.undertaking(id), name, "appointee's test secret", witness)
    roles = {s.role: s.name for s in done.state.signed.act.signatures}
    assert roles == {"appointee": name, "officer": OFFICER[0], "witness": SECOND[0]}
    assert desk.verify().holds


# -- quizzes ----------------------------------------------------------------


def test_a_quiz_draws_shuffles_and_records_what_was_shown(desk):
    id = lived(desk, "training", "general")
    module = next(
        m for m in desk.pack.training.modules if m.quiz and "general" in m.hours and m.bank
    )
    drawn = [desk.draw_quiz(id, module.id) for _ in range(20)]
    assert all(len(q.questions) == module.quiz.draw for q in drawn)
    assert len({tuple(p.id for p in q.questions) for q in drawn}) > 1
    orders = {p.answers for q in drawn for p in q.questions if p.id == drawn[0].questions[0].id}
    assert all(set(o) == set(next(iter(orders))) for o in orders)
    with pytest.raises(NotAllowed, match="question by question"):
        quiz.answered(module, drawn[0], [])


def test_each_answer_of_a_quiz_is_recorded_and_a_quiz_under_way_goes_on(desk, path, clock):
    id, module = taught(desk)
    drawn = desk.draw_quiz(id, module.id)
    given = [put.answers[0] for put in drawn.questions]
    desk.answer_quiz(id, drawn, given[:1])
    desk.answer_quiz(id, drawn, given[:2])
    back = again(desk, path, clock)
    on = back.draw_quiz(id, module.id)
    assert on.begun == tuple(given[:2])
    assert [p.text for p in on.questions[:2]] == [p.text for p in drawn.questions[:2]]
    assert len({p.id for p in on.questions}) == module.quiz.draw
    further = [*given[:2], *(put.answers[0] for put in on.questions[2:])]
    with pytest.raises(NotAllowed, match="answers given already"):
        back.answer_quiz(id, on, ["another answer", *further[1:]])
    for count in range(3, len(further) + 1):
        done = back.answer_quiz(id, on, further[:count])
    assert done.state.quizzing == {}
    assert [a.given for a in done.state.quizzes[module.id][-1].act.answers] == further
    assert back.verify().holds
    back.close()


def test_an_attempt_that_was_begun_is_not_begun_anew(desk):
    id, module = taught(desk)
    first = desk.draw_quiz(id, module.id)
    asked = next(q for q in module.bank if q.id == first.questions[0].id)
    desk.answer_quiz(id, first, [asked.wrong[0]])
    other = desk.draw_quiz(id, module.id)
    assert other.begun
    fresh = quiz.draw(module)
    desk._drawn = fresh
    right = {q.id: q.right for q in module.bank}
    with pytest.raises(NotAllowed, match="answers given already"):
        desk.answer_quiz(id, fresh, [right[p.id] for p in fresh.questions])


def taught(desk):
    """A dossier with a module whose quiz is due, and that module."""
    id = lived(desk, "training", "general")
    first = desk.dossier(id).standing.gate("training").owed[0].id
    module = next(m for m in desk.pack.training.modules if m.id == first)
    desk.act(
        id,
        acts.Trained(
            module=module.id, hours=40, on="2026-03-02", trainer="T. R. Ainer", place="Here"
        ),
    )
    return id, module


# -- the disk ---------------------------------------------------------------


def test_what_could_not_be_written_is_not_told_as_done(desk, path, clock):
    id = desk.open_dossier(someone())
    before = desk.dossier(id)
    desk._vault.file.database.execute_sql("PRAGMA query_only = on")
    with pytest.raises(VaultUnreadable):
        desk.act(id, acts.Withdrawn(reason="Not now."))
    assert desk.dossier(id) == before
    desk._vault.file.database.execute_sql("PRAGMA query_only = off")
    assert desk.act(id, acts.Withdrawn(reason="Now.")).standing.stage == "withdrawn"
    assert desk.verify().holds
