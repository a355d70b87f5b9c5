"""Archives that hold, and say of a vault, an officer or a dossier what another one has said:
refused, or kept apart, and never taken for the other.
"""

import os

import pytest

from secterm.archive import received
from secterm.archive.errors import ArchiveUnreadable, NotRestored
from secterm.desk.restoring import look
from secterm.dossier import entries as acts
from secterm.vault.records import ID_SIZE
from tests.support import archives, handed
from tests.support.archives import identity_file
from tests.support.hostile import clear


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Two vaults with a dossier each: a terminal's, and a registry's."""
    folder = tmp_path_factory.mktemp("vaults")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(archives.kdf, "floors", (archives.kdf.Cost(t=1, m=32, p=1),))
        terminal = handed.built(folder / "terminal", ("opened", "key"))
        return terminal, handed.built(folder / "registry", ("opened", "general"))


@pytest.fixture
def terminal(built, tmp_path):
    return handed.copied(built[0], tmp_path, "terminal.db")


@pytest.fixture
def registry(built, tmp_path):
    return handed.copied(built[1], tmp_path, "registry.db")


@pytest.fixture
def other(tmp_path):
    """Another vault, in which there is nothing yet."""
    return handed.built(tmp_path / "other")


@pytest.fixture
def send(tmp_path):
    """An archive of all that is in a vault."""
    count = iter(range(100))
    return lambda vault: handed.exported(vault, tmp_path / f"m{next(count)}")


def id_of(vault):
    with handed.at(vault) as desk:
        return desk.vault_id


def only(vault):
    """The one dossier that is there."""
    with handed.at(vault) as desk:
        (card,) = desk.cards()
        return card.id


def noted(vault, text="So it was."):
    """A note at every dossier."""
    with handed.at(vault) as desk:
        for card in desk.cards():
            desk.act(card.id, acts.Noted(text=text))


def refuses(vault, file, words):
    with handed.at(vault) as desk:
        before = vault.read_bytes()
        with pytest.raises(NotRestored, match=words) as refused:
            handed.taken_by(desk, file)
        assert vault.read_bytes() == before
    clear(refused.value)


OTHER_KEYS = "other log keys than that vault had before"
FORKED = "that vault was put back or forked"
PUT_BACK = "they were never here: this vault was put back or forked"
SOMEBODY = "an id that somebody here has to somebody else"


# -- vaults -----------------------------------------------------------------------------


def test_another_vault_under_a_known_id_is_refused(terminal, registry, send, tmp_path):
    handed.taken(registry, send(terminal))
    false = handed.impostor(tmp_path / "f", ("opened", "key"), vault=id_of(terminal))
    refuses(registry, send(false), OTHER_KEYS)


def test_another_vault_under_a_known_id_is_refused_by_way_of_a_third(
    terminal, registry, other, send, tmp_path
):
    handed.taken(registry, send(terminal))
    false = handed.impostor(tmp_path / "f", ("opened", "key"), vault=id_of(terminal))
    handed.taken(other, send(false))
    refuses(registry, send(other), OTHER_KEYS)


def test_a_vault_that_forked_is_told_by_way_of_a_third(terminal, registry, other, send, tmp_path):
    fork = handed.copied(terminal, tmp_path, "fork.db")
    noted(terminal, "One thing.")
    noted(fork, "Another.")
    handed.taken(registry, send(terminal))
    handed.taken(other, send(fork))
    refuses(registry, send(other), FORKED)


def test_what_says_that_it_was_recorded_here_and_was_not_is_refused(
    registry, other, send, tmp_path
):
    false = handed.impostor(tmp_path / "f", ("opened", "key"), vault=id_of(registry))
    handed.taken(other, send(false))
    refuses(registry, send(other), PUT_BACK)


@pytest.mark.parametrize("lives_on", [False, True])
def test_a_vault_that_was_put_back_learns_it_from_what_comes_home(
    registry, other, send, tmp_path, lives_on
):
    before = handed.copied(registry, tmp_path, "before.db")
    noted(registry)
    handed.taken(other, send(registry))
    if lives_on:
        noted(before, "Another.")
        noted(before, "And another.")
    refuses(before, send(other), PUT_BACK)


def test_what_came_home_is_exported_and_holds(terminal, registry, send):
    handed.taken(registry, send(terminal))
    noted(registry)
    made = handed.taken(terminal, send(registry))
    assert len(made.continued) == 1
    handed.holds(terminal)
    found = archives.inspect_archive(send(terminal), identity=identity_file(terminal.parent))
    assert found.holds, found.faults


def test_what_came_home_and_went_on_holds_where_it_comes_to_next(terminal, registry, other, send):
    """It was handed over at a checkpoint of which the last one is told nothing."""
    handed.taken(registry, send(terminal))
    noted(registry)
    handed.taken(terminal, send(registry))
    handed.taken(other, send(terminal))
    handed.holds(other)


# -- ids --------------------------------------------------------------------------------


def test_an_officer_with_the_id_of_one_here_is_refused(registry, send, tmp_path):
    with handed.at(registry) as desk:
        mine = desk._vault.signer.officer.hex()
    false = handed.impostor(tmp_path / "f", ("opened", "key"), officer=mine)
    refuses(registry, send(false), SOMEBODY)


def test_an_officer_with_the_id_of_one_in_another_vault_is_refused(
    terminal, registry, send, tmp_path
):
    with handed.at(terminal) as desk:
        theirs = desk._vault.signer.officer.hex()
    handed.taken(registry, send(terminal))
    false = handed.impostor(tmp_path / "f", ("opened", "key"), officer=theirs)
    refuses(registry, send(false), SOMEBODY)


@pytest.mark.parametrize("whose", ["dossier", "officer"])
def test_a_vault_with_the_id_of_something_here_is_refused(registry, send, tmp_path, whose):
    with handed.at(registry) as desk:
        taken = desk._vault.signer.officer.hex()
    taken = only(registry) if whose == "dossier" else taken
    false = handed.impostor(tmp_path / "f", ("opened", "key"), vault=taken)
    refuses(registry, send(false), SOMEBODY)


@pytest.fixture
def opened_as(other):
    """`opened_as(id)` opens a dossier with this id in the other vault."""

    def opened(id, name="Yan N. Else"):
        genuine = os.urandom

        def urandom(size):
            return bytes.fromhex(id) if size == ID_SIZE else genuine(size)

        with pytest.MonkeyPatch.context() as patch, handed.at(other) as desk:
            patch.setattr(os, "urandom", urandom)
            who = acts.Particulars(
                name=name, born="1980-01-01", identity_number="X-1", post="Clerk",
                department="Registry", category="key",
            )  # fmt: skip
            assert desk.open_dossier(who) == id
        return other

    return opened


@pytest.mark.parametrize("whose", ["vault", "officer"])
def test_a_dossier_with_the_id_of_something_else_here_is_refused(registry, send, opened_as, whose):
    with handed.at(registry) as desk:
        ids = {"vault": desk.vault_id, "officer": desk._vault.signer.officer.hex()}
    refuses(registry, send(opened_as(ids[whose])), "gives a dossier the id of something else")


def test_a_dossier_with_the_id_of_a_vault_that_dossiers_came_from_is_refused(
    terminal, registry, send, opened_as
):
    handed.taken(registry, send(terminal))
    refuses(registry, send(opened_as(id_of(terminal))), "the id of something else")


def test_somebody_elses_dossier_under_the_same_id_is_kept_apart(registry, send, opened_as):
    id = only(registry)
    with handed.at(registry) as desk:
        before = desk.record(id)
    made = handed.taken(registry, send(opened_as(id)))
    assert set(made.apart) == {id}
    handed.holds(registry)
    with handed.at(registry) as desk:
        assert desk.record(id) == before
        assert desk.record(made.apart[id]).particulars.name == "Yan N. Else"


# -- between the two readings -----------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        lambda opened: opened.without(*opened.names("dossiers/")),
        lambda opened: opened.without(*opened.names("officers/")),
        lambda opened: opened.without(opened.name("dossiers/", ".sealed")),
        lambda opened: opened.changed(opened.name("dossiers/", ".json"), lambda d: d + b" "),
        lambda opened: archives.Opened(
            (*opened.members, *(m for m in opened.members if m[0].startswith("dossiers/")))
        ),
        lambda opened: archives.Opened(
            tuple(sorted(opened.members, key=lambda m: not m[0].startswith("dossiers/")))
        ),
        lambda opened: archives.Opened(()),
    ],
    ids=["no dossiers", "no officers", "no entry", "a byte more", "twice", "other order", "empty"],
)
def test_an_archive_that_changes_after_it_was_walked_is_refused(
    terminal, registry, send, tmp_path, change
):
    file = send(terminal)
    with handed.at(registry) as desk:
        archive = look(file, identity=identity_file(file.parent))
        changed = change(archives.opened(file)).packed(tmp_path)
        file.write_bytes(changed.read_bytes())
        with pytest.raises(ArchiveUnreadable, match="was changed while it was read") as refused:
            desk.restore(archive, archive.walk.own)
        clear(refused.value)
    handed.holds(registry)


@pytest.mark.long
def test_two_vaults_that_send_each_other_what_they_have_come_to_an_end(terminal, registry, send):
    id = only(terminal)
    for _round in range(6):
        noted(terminal)
        handed.taken(registry, send(terminal))
        with handed.at(registry) as desk:
            desk.act(id, acts.Noted(text="Seen."))
        assert id in handed.taken(terminal, send(registry)).continued
    handed.holds(terminal)
    handed.holds(registry)


def test_what_went_through_too_many_vaults_is_refused_before_it_is_unreadable(
    terminal, registry, other, send, monkeypatch
):
    handed.taken(other, send(terminal))
    monkeypatch.setattr(received, "DEEPEST", 1)
    refuses(registry, send(other), "went through too many vaults")
