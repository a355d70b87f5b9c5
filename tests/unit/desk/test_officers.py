"""Officers, roles, passphrases, and what takes two persons."""

import random
import resource
import shutil
import signal
from datetime import UTC, datetime, timedelta

import pytest

from secterm.desk import upkeep
from secterm.desk.desk import Desk
from secterm.desk.model import ClockIsBehind, SameOfficer, WeakPassphrase
from secterm.dossier import entries as acts
from secterm.dossier import roles
from secterm.dossier.permit import NotAllowed
from secterm.policy import reader
from secterm.vault import kdf
from secterm.vault.errors import ShareRefused, VaultDamaged, VaultError, WrongPassphrase
from secterm.vault.shares import Collected
from tests.support.house import OFFICER, SECOND, build, copied
from tests.support.paper import someone

THEN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
CHEAP = kdf.Cost(t=1, m=32, p=1)
CLEO = ("Cleo Test", "test marble whistle autumn")
DAG = ("Dag Test", "test pepper cabinet ocean")
STICK = b"k" * 32


class Clock:
    def __init__(self):
        self.at = THEN

    def __call__(self):
        return self.at


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Alix and Bex, an administrator and an officer."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kdf, "floors", (CHEAP,))
        return build(tmp_path_factory.mktemp("vault") / "vault.db", clock=Clock())


@pytest.fixture
def path(built, tmp_path):
    return copied(built, tmp_path)


@pytest.fixture
def desk(path, clock):
    desk = Desk.open(path, *OFFICER, clock=clock)
    yield desk
    desk.close()


def again(desk, path, clock, who=OFFICER, **more):
    desk.close()
    return Desk.open(path, *who, clock=clock, **more)


def opens(path, clock, who, **more):
    try:
        Desk.open(path, *who, clock=clock, **more).close()
    except WrongPassphrase:
        return False
    return True


def called(desk, name):
    return next(o for o in desk.officers() if o.name == name and o.active)


def holds(desk):
    found = desk.verify()
    assert found.faults == []
    return found.holds


# -- adding and names -----------------------------------------------------------


@pytest.mark.parametrize("role", roles.ROLES)
def test_an_officer_who_was_added_opens_the_vault_in_their_role(desk, path, clock, role):
    assert desk.add_officer(*CLEO, role).role == role
    back = again(desk, path, clock, CLEO)
    assert (back.officer.name, back.officer.role) == (CLEO[0], role)
    back.close()


@pytest.mark.parametrize("name", [OFFICER[0], " alix  TEST", "\uff21lix Test"])
def test_no_two_officers_have_one_name(desk, name):
    with pytest.raises(NotAllowed, match="name already"):
        desk.add_officer(name, CLEO[1])
    with pytest.raises(NotAllowed, match="name already"):
        desk.rename_officer(called(desk, SECOND[0]).id, name, SECOND[1])


@pytest.mark.parametrize("name", ["", " ", "a\x1b[2Jb", "x" * 5000])
def test_nobody_is_called_nothing_or_what_cannot_be_shown(desk, name):
    with pytest.raises(NotAllowed):
        desk.add_officer(name, CLEO[1])
    with pytest.raises(NotAllowed):
        desk.rename_officer(called(desk, SECOND[0]).id, name, SECOND[1])


def test_a_weak_passphrase_adds_nobody(desk):
    with pytest.raises(WeakPassphrase):
        desk.add_officer("Cleo Test", "cleo test cleo")
    assert len(desk.officers()) == 2


def test_a_role_that_there_is_not_is_given_to_nobody(desk):
    before = desk.verify().entries
    with pytest.raises(NotAllowed):
        desk.add_officer(*CLEO, "king")
    with pytest.raises(NotAllowed):
        desk.give_role(called(desk, SECOND[0]).id, "king", "A reason.")
    assert desk.verify().entries == before


def test_a_renamed_officer_opens_by_the_new_name_only(desk, path, clock):
    id = called(desk, SECOND[0]).id
    assert desk.rename_officer(id, "Bex Other", SECOND[1]).name == "Bex Other"
    assert holds(desk)
    desk.close()
    assert opens(path, clock, ("Bex Other", SECOND[1]))
    assert not opens(path, clock, SECOND)


def test_renaming_oneself_goes_on_in_the_same_session(desk, path, clock):
    desk.rename_officer(desk.officer.id, "Alix Other", OFFICER[1])
    assert desk.officer.name == "Alix Other"
    desk.open_dossier(someone())
    assert holds(desk)
    assert desk.is_officers_passphrase(OFFICER[1])


def test_renaming_takes_the_officers_own_passphrase(desk):
    id = called(desk, SECOND[0]).id
    with pytest.raises(WrongPassphrase):
        desk.rename_officer(id, "Bex Other", OFFICER[1])
    with pytest.raises(NotAllowed, match="already"):
        desk.rename_officer(id, SECOND[0], SECOND[1])
    assert called(desk, SECOND[0]).id == id


# -- roles ----------------------------------------------------------------------


def test_a_role_is_given_with_its_reason_and_holds_at_once(desk, path, clock):
    id = called(desk, SECOND[0]).id
    assert desk.give_role(id, "auditor", "Moved to the inspectorate.").role == "auditor"
    assert holds(desk)
    back = again(desk, path, clock, SECOND)
    with pytest.raises(NotAllowed):
        back.open_dossier(someone())
    back.close()


@pytest.mark.parametrize("reason", ["", " ", "a\x1bb", "\ud800", "x" * 100_000])
def test_a_reason_is_a_text_that_can_be_read(desk, reason):
    id = called(desk, SECOND[0]).id
    for act in (
        lambda: desk.give_role(id, "auditor", reason),
        lambda: desk.disable_officer(id, reason),
        lambda: desk.rekey(reason),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert holds(desk)


def test_the_role_that_somebody_has_is_not_given_again(desk):
    with pytest.raises(NotAllowed, match="already"):
        desk.give_role(called(desk, SECOND[0]).id, "officer", "A reason.")


def test_the_last_administrator_stays_one(desk):
    second = desk.second(*SECOND)
    with pytest.raises(NotAllowed, match="last administrator"):
        desk.give_role(desk.officer.id, "officer", "A reason.", second)
    with pytest.raises(NotAllowed, match="themselves"):
        desk.disable_officer(desk.officer.id, "A reason.", second)


def test_an_administrators_role_is_taken_by_two(desk):
    cleo = desk.add_officer(*CLEO, "administrator")
    with pytest.raises(NotAllowed, match="second person"):
        desk.give_role(cleo.id, "officer", "A reason.")
    with pytest.raises(NotAllowed, match="Somebody else"):
        desk.give_role(cleo.id, "officer", "A reason.", desk.second(*CLEO))
    with pytest.raises(SameOfficer):
        desk.give_role(cleo.id, "officer", "A reason.", desk._vault.signer)
    assert desk.give_role(cleo.id, "officer", "A reason.", desk.second(*SECOND)).role == "officer"
    assert holds(desk)


def test_an_administrator_is_disabled_by_two_others(desk, path, clock):
    cleo = desk.add_officer(*CLEO, "administrator")
    with pytest.raises(NotAllowed, match="second person"):
        desk.disable_officer(cleo.id, "Left.")
    desk.disable_officer(cleo.id, "Left.", desk.second(*SECOND))
    assert holds(desk)
    desk.close()
    assert not opens(path, clock, CLEO)
    assert opens(path, clock, SECOND)


def test_a_disabled_officers_passphrase_opens_nothing_and_their_work_stays(desk, path, clock):
    back = again(desk, path, clock, SECOND)
    id = back.open_dossier(someone())
    who = back.officer
    first = again(back, path, clock)
    first.disable_officer(who.id, "Left.")
    with pytest.raises(WrongPassphrase):
        first.second(*SECOND)
    assert first.dossier(id).entries[0].entry.officer == who.id
    assert not next(o for o in first.officers() if o.id == who.id).active
    assert holds(first)
    first.close()
    assert not opens(path, clock, SECOND)


def test_nobody_is_disabled_twice_or_given_a_role_afterwards(desk):
    id = called(desk, SECOND[0]).id
    desk.disable_officer(id, "Left.")
    for act in (
        lambda: desk.disable_officer(id, "Left."),
        lambda: desk.give_role(id, "auditor", "A reason."),
        lambda: desk.rename_officer(id, "Bex Other", SECOND[1]),
        lambda: desk.disable_officer("00" * 16, "Nobody."),
    ):
        with pytest.raises(NotAllowed, match="no such officer"):
            act()


def test_a_second_who_was_disabled_meanwhile_agrees_to_nothing(desk):
    cleo = desk.add_officer(*CLEO, "administrator")
    second = desk.second(*SECOND)
    desk.disable_officer(called(desk, SECOND[0]).id, "Left.")
    with pytest.raises((NotAllowed, VaultDamaged)):
        desk.disable_officer(cleo.id, "A reason.", second)
    assert called(desk, CLEO[0]).active


def test_a_name_is_free_again_once_its_officer_was_disabled(desk, path, clock):
    old = called(desk, SECOND[0]).id
    desk.disable_officer(old, "Left.")
    new = desk.add_officer(SECOND[0], "test another velvet tin")
    assert new.id != old
    assert holds(desk)
    desk.close()
    assert not opens(path, clock, SECOND)
    assert opens(path, clock, (SECOND[0], "test another velvet tin"))


# -- who may do what ------------------------------------------------------------

ACTS = {
    "open a dossier": ("record", lambda d: d.open_dossier(someone())),
    "add an officer": ("manage", lambda d: d.add_officer(*DAG)),
    "rename one": ("manage", lambda d: d.rename_officer(d.officers()[1].id, "B T", SECOND[1])),
    "give a role": ("manage", lambda d: d.give_role(d.officers()[1].id, "approver", "R.")),
    "disable one": ("manage", lambda d: d.disable_officer(d.officers()[1].id, "R.")),
    "rekey": ("manage", lambda d: d.rekey("A reason.")),
    "draw shares": ("manage", lambda d: d.draw_shares(2, 3)),
    "erase": ("manage", lambda d: d.erase(d.cards()[0].id, "Asked for.", d.second(*SECOND))),
    "verify": ("verify", lambda d: d.verify()),
    "change one's passphrase": (
        "verify",
        lambda d: d.change_passphrase(CLEO[1], "test another velvet tin"),
    ),
}
MAY = {
    "administrator": {"manage", "record", "second", "verify"},
    "officer": {"record", "second", "verify"},
    "approver": {"second", "verify"},
    "auditor": {"verify"},
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("role", roles.ROLES)
def test_each_role_may_do_what_the_table_says_and_no_more(desk, path, clock, role, act):
    desk.open_dossier(someone())
    desk.add_officer(*CLEO, role)
    theirs = again(desk, path, clock, CLEO)
    before = theirs.checkpoint_line()
    power, does = ACTS[act]
    if power in MAY[role]:
        does(theirs)
    else:
        with pytest.raises(NotAllowed):
            does(theirs)
        assert theirs.checkpoint_line() == before
    theirs.close()


@pytest.mark.parametrize("role", roles.ROLES)
def test_who_may_be_a_second(desk, role):
    desk.add_officer(*CLEO, role)
    if "second" in MAY[role]:
        assert desk.second(*CLEO).officer.hex() == called(desk, CLEO[0]).id
    else:
        with pytest.raises(NotAllowed):
            desk.second(*CLEO)


def test_every_act_takes_a_power_that_some_role_has():
    for act in (*acts.Act.__args__, *acts.VaultAct.__args__):
        assert issubclass(act, acts._Act)
    assert {role: set(powers) for role, powers in roles.POWERS.items()} == MAY
    assert not roles.may(None, "verify")


def test_an_auditor_with_failed_attempts_before_records_nothing(desk, path, clock):
    desk.add_officer(*CLEO, "auditor")
    desk.close()
    assert not opens(path, clock, (CLEO[0], "test wrong passphrase"))
    theirs = Desk.open(path, *CLEO, clock=clock)
    assert theirs.notices == ("1 failed attempt to unlock before this one.",)
    theirs.close()
    first = Desk.open(path, *OFFICER, clock=clock)
    assert first.notices == ("1 failed attempt to unlock before this one.",)
    first.close()


# -- one's own passphrase ---------------------------------------------------------

FRESH = (OFFICER[0], "test another velvet tin")


def test_a_changed_passphrase_opens_and_the_old_one_does_not(desk, path, clock):
    desk.change_passphrase(OFFICER[1], FRESH[1])
    desk.open_dossier(someone())
    assert holds(desk)
    desk.close()
    assert opens(path, clock, FRESH)
    assert not opens(path, clock, OFFICER)


def test_changing_takes_the_old_passphrase_and_a_good_new_one(desk):
    with pytest.raises(WrongPassphrase):
        desk.change_passphrase(SECOND[1], FRESH[1])
    with pytest.raises(WeakPassphrase):
        desk.change_passphrase(OFFICER[1], "alix test alix")
    assert desk.is_officers_passphrase(OFFICER[1])


def test_with_a_key_file_both_are_needed_from_then_on(desk, path, clock):
    desk.change_passphrase(OFFICER[1], FRESH[1], key_file=STICK)
    desk.close()
    assert not opens(path, clock, FRESH)
    assert not opens(path, clock, FRESH, key_files=[b"x" * 32])
    assert not opens(path, clock, OFFICER, key_files=[STICK])
    assert opens(path, clock, FRESH, key_files=[b"x" * 32, STICK])


def test_the_key_file_stays_where_only_the_passphrase_is_changed(desk, path, clock):
    desk.change_passphrase(OFFICER[1], OFFICER[1], key_file=STICK)
    with pytest.raises(WrongPassphrase):
        desk.change_passphrase(OFFICER[1], FRESH[1])
    desk.change_passphrase(OFFICER[1], FRESH[1], key_files=[STICK])
    desk.close()
    assert not opens(path, clock, FRESH)
    assert opens(path, clock, FRESH, key_files=[STICK])


def test_a_key_file_can_be_given_up(desk, path, clock):
    desk.change_passphrase(OFFICER[1], OFFICER[1], key_file=STICK)
    desk.change_passphrase(OFFICER[1], OFFICER[1], key_files=[STICK], key_file=b"")
    desk.close()
    assert opens(path, clock, OFFICER)


# -- the cost of a derivation -------------------------------------------------------


def costs(desk):
    return sorted(spec.cost.m for spec in desk._vault._specs())


def test_a_machine_that_became_quick_raises_the_slot_of_who_unlocks(desk, path, clock, monkeypatch):
    monkeypatch.setattr(kdf, "TARGET_SECONDS", 60.0)
    for memory in (64, 128):
        desk = again(desk, path, clock)
        assert costs(desk) == [32, memory]
        assert "harder to guess" in desk.notices[0]
    monkeypatch.setattr(kdf, "TARGET_SECONDS", 0.0)
    desk = again(desk, path, clock)
    assert costs(desk) == [32, 128]
    assert desk.notices == ()
    assert holds(desk)
    desk.close()
    assert opens(path, clock, SECOND)


def test_the_policy_raises_a_slot_and_never_lowers_it(tmp_path, clock, monkeypatch):
    folder = shutil.copytree(reader.default_folder(), tmp_path / "pack")
    pack = folder / "pack.toml"
    pack.write_text("passphrase_memory = 64\n" + pack.read_text())
    path = tmp_path / "v.db"
    Desk.create(
        path,
        unit="Test unit",
        officer=OFFICER[0],
        passphrase=OFFICER[1],
        cost=CHEAP,
        pack=folder,
        clock=clock,
    ).close()
    for unit, due in ((2, 128), (1, 128), (4, 256)):
        monkeypatch.setattr(kdf, "MIB", unit)  # of a size that a test can wait for
        desk = Desk.open(path, *OFFICER, clock=clock)
        assert costs(desk) == [due]
        assert holds(desk)
        desk.close()


def test_a_raise_that_fails_keeps_nobody_out(desk, path, clock, monkeypatch):
    desk.close()
    monkeypatch.setattr(kdf, "TARGET_SECONDS", 60.0)
    calls = []
    real = kdf.argon2.low_level.hash_secret_raw

    def no_memory(*args, **more):
        calls.append(more["memory_cost"])
        if more["memory_cost"] > 32:
            raise kdf.HashingError("Memory allocation error")
        return real(*args, **more)

    monkeypatch.setattr(kdf.argon2.low_level, "hash_secret_raw", no_memory)
    back = Desk.open(path, *OFFICER, clock=clock)
    assert calls == [32, 64]
    assert costs(back) == [32, 32]
    back.open_dossier(someone())
    assert holds(back)
    back.close()


def test_a_raise_that_the_disk_does_not_take_keeps_nobody_out(desk, path, clock, monkeypatch):
    desk.close()
    monkeypatch.setattr(kdf, "TARGET_SECONDS", 60.0)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))  # no file grows beyond this
    try:
        back = Desk.open(path, *OFFICER, clock=clock)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, ignored)
    assert costs(back) == [32, 32]
    back.open_dossier(someone())
    assert holds(back)
    again(back, path, clock).close()


def test_a_key_file_is_kept_when_a_slot_is_raised(desk, path, clock, monkeypatch):
    desk.change_passphrase(OFFICER[1], OFFICER[1], key_file=STICK)
    monkeypatch.setattr(kdf, "TARGET_SECONDS", 60.0)
    back = again(desk, path, clock, key_files=[STICK])
    assert costs(back) == [32, 64]
    back.close()
    assert not opens(path, clock, OFFICER)
    assert opens(path, clock, OFFICER, key_files=[STICK])


def test_an_auditors_slot_is_raised_too(desk, path, clock, monkeypatch):
    desk.add_officer(*CLEO, "auditor")
    monkeypatch.setattr(kdf, "TARGET_SECONDS", 60.0)
    back = again(desk, path, clock, CLEO)
    assert costs(back) == [32, 32, 64]
    assert holds(back)
    back.close()


# -- clock, doubts, disk -----------------------------------------------------------


def keeping_acts(desk, dossier, second):
    bex = called(desk, SECOND[0]).id
    return (
        lambda: desk.add_officer(*CLEO),
        lambda: desk.rename_officer(bex, "Bex Other", SECOND[1]),
        lambda: desk.change_passphrase(OFFICER[1], FRESH[1]),
        lambda: desk.give_role(bex, "auditor", "A reason."),
        lambda: desk.disable_officer(bex, "A reason."),
        lambda: desk.rekey("A reason."),
        lambda: desk.adopt_shares(desk.draw_shares(2, 3)),
        lambda: desk.erase(dossier, "A reason.", second),
    )


def test_with_the_clock_behind_nothing_is_kept(desk, path, clock, monkeypatch):
    clock.at = THEN + timedelta(days=2)
    id = desk.open_dossier(someone())
    clock.at = THEN
    monkeypatch.setattr(kdf, "TARGET_SECONDS", 60.0)
    back = again(desk, path, clock)
    size = back._vault.size
    for act in keeping_acts(back, id, back.second(*SECOND)):
        with pytest.raises(ClockIsBehind):
            act()
    assert back._vault.size == size
    back.close()


def test_a_vault_with_doubts_is_only_read(desk, path, clock):
    id = desk.open_dossier(someone())
    tables = desk._vault.file.tables
    with desk._vault.file.writing():
        tables.slot.insert(id=b"s" * 16, kdf="slip39", tag=b"t", sealed=b"", wrapped=b"").execute()
    back = again(desk, path, clock)
    assert back._vault.doubts
    second = back._vault.signer
    for act in keeping_acts(back, id, second):
        with pytest.raises((VaultError, SameOfficer)):
            act()
    assert back.dossier(id).state
    back.close()


def test_a_new_vault_key_goes_with_all_officers_and_the_session(desk, path, clock):
    id = desk.open_dossier(someone())
    steps = []
    desk.rekey("Somebody left.", lambda done, total: steps.append((done, total)))
    assert steps[-1][0] == steps[-1][1]
    desk.act(id, acts.Withdrawn(reason="Took another post."))
    assert holds(desk)
    desk.close()
    assert opens(path, clock, OFFICER)
    assert opens(path, clock, SECOND)


# -- erasing -----------------------------------------------------------------------


def test_a_dossier_is_erased_by_two_and_its_line_stays(desk, path, clock):
    one, two = desk.open_dossier(someone()), desk.open_dossier(someone(name="Yara Sample"))
    desk.erase(one, "The time to keep it is over.", desk.second(*SECOND))
    assert holds(desk)
    back = again(desk, path, clock)
    stages = {card.id: (card.stage, card.name) for card in back.cards()}
    assert stages == {one: ("erased", "(erased)"), two: ("screening", "Yara Sample")}
    with pytest.raises(NotAllowed, match="was erased on 2026-03-02"):
        back.dossier(one)
    with pytest.raises(NotAllowed, match="was erased"):
        back.erase(one, "Again.", back.second(*SECOND))
    back.close()


def test_erasing_takes_another_person(desk):
    id = desk.open_dossier(someone())
    with pytest.raises(SameOfficer):
        desk.erase(id, "A reason.", desk._vault.signer)
    assert desk.dossier(id).state


@pytest.mark.parametrize(
    "reason",
    ["Xenia Q. Sample asked.", "Asked for by XENIA.", "Ms sample, left", "File TEST-1 is over."],
)
def test_the_reason_of_an_erasure_says_of_nobody_who_it_was(desk, reason):
    id = desk.open_dossier(someone(name="Xenia Q. Sample"))
    with pytest.raises(NotAllowed, match="Leave out"):
        desk.erase(id, reason, desk.second(*SECOND))
    assert desk.dossier(id).state


def test_an_earlier_name_does_not_stand_in_the_reason_either(desk):
    id = desk.open_dossier(someone(name="Xenia Q. Sample"))
    now = acts.Corrected(particulars=someone(name="Xenia Other"), reason="Married.")
    desk.act(id, now)
    with pytest.raises(NotAllowed, match="Leave out"):
        desk.erase(id, "Sample left.", desk.second(*SECOND))
    desk.erase(id, "The time is over; an example of samples.", desk.second(*SECOND))


def test_officers_and_the_vault_itself_are_not_erased(desk):
    second = desk.second(*SECOND)
    for id in (desk.officer.id, desk.vault_id, "00" * 16, "none"):
        with pytest.raises(NotAllowed):
            desk.erase(id, "A reason.", second)


# -- whatever happens ---------------------------------------------------------------


class Life:
    """Random acts by random actors, and who and what should open the vault then."""

    def __init__(self, path, clock, seed):
        self.path, self.clock, self.dice = path, clock, random.Random(seed)
        self.passphrases = {OFFICER[0]: OFFICER[1], SECOND[0]: SECOND[1]}
        self.shares, self.void, self.count = (), [], 0

    def fresh(self):
        self.count += 1
        return f"Officer {self.count} Test", f"test velvet orbit lantern {self.count}"

    def step(self):
        """One act, whether it is allowed or not."""
        self.clock.at += timedelta(minutes=1)
        name, passphrase = self.dice.choice(sorted(self.passphrases.items()))
        desk = Desk.open(self.path, name, passphrase, clock=self.clock)
        manage = (self.add, self.rename, self.role, self.disable, self.rekey, self.adopt)
        act = self.dice.choice((*manage, self.change, self.erase, self.recover))
        try:
            act(desk)
        except (NotAllowed, SameOfficer):
            pass
        finally:
            desk.close()

    def somebody(self, desk):
        return self.dice.choice([o for o in desk.officers() if o.active])

    def second(self, desk):
        name, passphrase = self.dice.choice(sorted(self.passphrases.items()))
        return desk.second(name, passphrase)

    def add(self, desk):
        name, passphrase = self.fresh()
        desk.add_officer(name, passphrase, self.dice.choice(roles.ROLES))
        self.passphrases[name] = passphrase

    def rename(self, desk):
        who, (name, _passphrase) = self.somebody(desk), self.fresh()
        desk.rename_officer(who.id, name, self.passphrases[who.name])
        self.passphrases[name] = self.passphrases.pop(who.name)

    def change(self, desk):
        _name, passphrase = self.fresh()
        desk.change_passphrase(self.passphrases[desk.officer.name], passphrase)
        self.passphrases[desk.officer.name] = passphrase

    def role(self, desk):
        who = self.somebody(desk)
        second = self.second(desk) if who.role == "administrator" else None
        desk.give_role(who.id, self.dice.choice(roles.ROLES), "A reason.", second)

    def disable(self, desk):
        who = self.somebody(desk)
        second = self.second(desk) if who.role == "administrator" else None
        desk.disable_officer(who.id, "A reason.", second)
        self.void.append((who.name, self.passphrases.pop(who.name)))

    def rekey(self, desk):
        desk.rekey("A reason.")

    def adopt(self, desk):
        drawn = desk.draw_shares(2, 2)
        desk.adopt_shares(drawn)
        if self.shares:
            self.void.append(self.shares)
        self.shares = drawn.words

    def erase(self, desk):
        id = desk.open_dossier(someone())
        desk.erase(id, "A reason.", self.second(desk))

    def recover(self, desk):
        if self.shares:
            desk.close()
            name, passphrase = self.fresh()
            upkeep.recover(
                self.path, self.collected(self.shares), name, passphrase, clock=self.clock
            )
            self.passphrases[name] = passphrase

    @staticmethod
    def collected(words):
        found = Collected()
        for each in words:
            found.add(each)
        return found

    def check(self):
        """Exactly who should opens it, exactly the shares in force do, and it verifies."""
        for name, passphrase in self.passphrases.items():
            desk = Desk.open(self.path, name, passphrase, clock=self.clock)
            assert {o.name for o in desk.officers() if o.active} == set(self.passphrases)
            desk.close()
        for old in self.void:
            with pytest.raises((WrongPassphrase, ShareRefused)):
                if old[0].startswith(("Officer", "Alix", "Bex")):
                    Desk.open(self.path, *old, clock=self.clock)
                else:
                    upkeep.recover(self.path, self.collected(old), *self.fresh(), clock=self.clock)
        desk = Desk.open(self.path, *next(iter(self.passphrases.items())), clock=self.clock)
        assert any(o.role == "administrator" for o in desk.officers())
        assert desk.verify().faults == []
        desk.close()


@pytest.mark.parametrize("seed", range(1))
def test_whatever_happens_exactly_the_active_officers_open_it(path, clock, seed):
    life = Life(path, clock, seed)
    for _ in range(25):
        life.step()
    life.check()


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100, 108))
def test_whatever_happens_for_long_exactly_the_active_officers_open_it(path, clock, seed):
    life = Life(path, clock, seed)
    for _ in range(6):
        for _ in range(12):
            life.step()
        life.check()
