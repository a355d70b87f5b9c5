"""The vault is opened with recovery shares: once more there is an administrator, and
nobody can overlook it.
"""

from datetime import UTC, datetime, timedelta

import pytest

from secterm.desk import upkeep
from secterm.desk.desk import Desk
from secterm.desk.model import ClockIsBehind, WeakPassphrase, failures_of
from secterm.dossier.permit import NotAllowed
from secterm.vault import kdf, shares
from secterm.vault.errors import ShareRefused, WrongPassphrase
from secterm.vault.shares import Collected
from tests.support.house import OFFICER, SECOND, build, copied
from tests.support.paper import someone

THEN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
NEW = ("Cleo Test", "test marble whistle autumn")


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
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kdf, "floors", (kdf.Cost(t=1, m=32, p=1),))
        return build(tmp_path_factory.mktemp("vault") / "vault.db", clock=Clock())


@pytest.fixture
def path(built, tmp_path):
    return copied(built, tmp_path)


def opened(path, clock, who=OFFICER):
    return Desk.open(path, *who, clock=clock)


def made(path, clock, needed=2, count=3):
    """The words of new shares."""
    desk = opened(path, clock)
    drawn = desk.draw_shares(needed, count)
    desk.adopt_shares(drawn)
    desk.close()
    return drawn.words


def collected(*words):
    found = Collected()
    for each in words:
        found.add(each)
    return found


def recover(path, clock, words, name=NEW[0], passphrase=NEW[1], **more):
    upkeep.recover(path, collected(*words), name, passphrase, clock=clock, **more)


def useless(path, clock, words):
    with pytest.raises(ShareRefused) as caught:
        recover(path, clock, words)
    return caught.value.kind


def test_two_of_three_make_a_new_administrator_who_can_do_everything(path, clock):
    words = made(path, clock)
    recover(path, clock, words[1:])
    desk = opened(path, clock, NEW)
    assert desk.officer.role == "administrator"
    desk.add_officer("Dag Test", "test pepper cabinet ocean")
    desk.open_dossier(someone())
    assert desk.verify().holds
    desk.close()


def test_everybody_else_still_opens_the_vault(path, clock):
    recover(path, clock, made(path, clock)[:2])
    for who in (OFFICER, SECOND):
        opened(path, clock, who).close()


def test_attempts_that_failed_before_are_told_to_the_new_administrator(path, clock):
    words = made(path, clock)
    with pytest.raises(WrongPassphrase):
        Desk.open(path, OFFICER[0], "a wrong test passphrase", clock=clock)
    recover(path, clock, words[:2])
    desk = opened(path, clock, NEW)
    assert "1 failed attempt to unlock before this one." in desk.notices
    desk.close()


def test_one_share_is_too_few_and_nothing_happens(path, clock):
    words = made(path, clock)
    before = path.read_bytes()
    assert useless(path, clock, words[:1]) == "few"
    assert path.read_bytes() == before


def test_shares_that_were_drawn_and_not_adopted_open_nothing(path, clock):
    desk = opened(path, clock)
    drawn = desk.draw_shares(2, 3)
    assert desk.shares_made is None
    desk.close()
    assert useless(path, clock, drawn.words[:2]) == "useless"


def test_shares_of_another_vault_are_useless_and_the_attempt_counts(path, clock):
    made(path, clock)
    for count in (1, 2):
        assert useless(path, clock, shares.split(bytes(32), 2, 3)[:2]) == "useless"
        assert failures_of(path) == count
    desk = opened(path, clock)
    assert desk.notices == ("2 failed attempts to unlock before this one.",)
    desk.close()


def test_old_shares_are_void_once_new_ones_are_adopted(path, clock):
    old = made(path, clock)
    new = made(path, clock, 3, 5)
    assert useless(path, clock, old[:2]) == "useless"
    recover(path, clock, new[2:])
    desk = opened(path, clock)
    assert desk.shares_made[1:] == (3, 5)
    assert desk.verify().holds
    desk.close()


def test_one_whole_share_recovers(path, clock):
    recover(path, clock, made(path, clock, 1, 1))
    opened(path, clock, NEW).close()


def test_every_unlock_tells_of_it_until_new_shares_are_made(path, clock):
    recover(path, clock, made(path, clock)[:2])
    for who in (OFFICER, SECOND, NEW, OFFICER):
        desk = opened(path, clock, who)
        (notice,) = desk.notices
        assert "2026-03-02" in notice
        assert NEW[0] in notice
        assert "New shares" in notice
        desk.close()
    made(path, clock)
    desk = opened(path, clock)
    assert desk.notices == ()
    desk.close()


def test_a_second_use_makes_another_administrator_and_both_are_told(path, clock):
    words = made(path, clock)
    recover(path, clock, words[:2])
    recover(path, clock, words[1:], "Dag Test", "test pepper cabinet ocean")
    desk = opened(path, clock)
    assert [n for n in desk.notices if NEW[0] in n]
    assert [n for n in desk.notices if "Dag Test" in n]
    assert len(desk.notices) == 2
    assert desk.verify().holds
    desk.close()


def test_a_taken_name_is_refused_and_the_shares_can_be_used_again(path, clock):
    words = made(path, clock)
    with pytest.raises(NotAllowed, match="name already"):
        recover(path, clock, words[:2], " alix TEST ")
    recover(path, clock, words[:2])


def test_a_weak_passphrase_is_refused(path, clock):
    words = made(path, clock)
    with pytest.raises(WeakPassphrase):
        recover(path, clock, words[:2], passphrase="password1234")
    with pytest.raises(WrongPassphrase):
        opened(path, clock, (NEW[0], "password1234"))


@pytest.mark.parametrize("name", ["", "  ", "a\x1bb", "x" * 5000])
def test_nobody_is_called_nothing_or_what_cannot_be_shown(path, clock, name):
    words = made(path, clock)
    with pytest.raises(NotAllowed):
        recover(path, clock, words[:2], name)


def test_with_the_clock_behind_nothing_is_recovered(path, clock):
    clock.at = THEN + timedelta(days=2)
    words = made(path, clock)
    clock.at = THEN
    with pytest.raises(ClockIsBehind):
        recover(path, clock, words[:2])
    clock.at = THEN + timedelta(days=3)
    recover(path, clock, words[:2])


def test_a_key_file_is_needed_by_the_new_administrator_where_there_is_one(path, clock):
    recover(path, clock, made(path, clock)[:2], key_file=b"k" * 32)
    with pytest.raises(WrongPassphrase):
        opened(path, clock, NEW)
    Desk.open(path, *NEW, key_files=[b"k" * 32], clock=clock).close()


def test_shares_survive_a_new_vault_key(path, clock):
    words = made(path, clock)
    desk = opened(path, clock)
    desk.rekey("Somebody left.")
    desk.close()
    recover(path, clock, words[:2])
    desk = opened(path, clock, NEW)
    assert desk.verify().holds
    desk.close()


def test_who_forgot_their_passphrase_is_disabled_and_added_again(path, clock):
    words = made(path, clock)
    recover(path, clock, words[:2])
    desk = opened(path, clock, NEW)
    for officer in desk.officers():
        if officer.name == SECOND[0]:
            desk.disable_officer(officer.id, "Forgot their passphrase.")
    back = desk.add_officer(SECOND[0], "test another velvet tin")
    assert back.active
    desk.close()
    with pytest.raises(WrongPassphrase):
        opened(path, clock, SECOND)


@pytest.mark.parametrize(("needed", "count"), [(1, 2), (0, 0), (3, 2), (2, 17)])
def test_shares_there_cannot_be_are_not_drawn(path, clock, needed, count):
    desk = opened(path, clock)
    with pytest.raises(NotAllowed):
        desk.draw_shares(needed, count)
    desk.close()


def test_an_administrator_alone_draws_and_adopts_shares(path, clock):
    desk = opened(path, clock)
    drawn = desk.draw_shares(2, 3)
    desk.close()
    desk = opened(path, clock, SECOND)
    for act in (lambda: desk.draw_shares(2, 3), lambda: desk.adopt_shares(drawn)):
        with pytest.raises(NotAllowed):
            act()
    assert desk.shares_made is None
    desk.close()


def test_what_was_drawn_shows_no_word(path, clock):
    desk = opened(path, clock)
    drawn = desk.draw_shares(2, 3)
    assert drawn.words[0].split()[5] not in repr(drawn)
    desk.close()
