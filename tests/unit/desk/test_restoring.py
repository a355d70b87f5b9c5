"""Archives that come back: into a new vault, into one that has them, through several vaults,
and where two histories of one dossier go apart.
"""

import shutil

import pytest

from secterm.archive.errors import NotRestored
from secterm.archive.inspect import inspect_archive
from secterm.archive.members import counting
from secterm.archive.parts import unpacked
from secterm.archive.recipients import Recipients
from secterm.desk import restoring
from secterm.desk.desk import Desk
from secterm.desk.restoring import look
from secterm.dossier import entries as acts
from secterm.dossier.permit import NotAllowed
from tests.support import archives, printed
from tests.support.house import OFFICER, SECOND
from tests.vectors.breaking import past

NEW = ("Cy Test", "test copper orbit lantern")


@pytest.fixture(scope="module")
def terminal(tmp_path_factory):
    """A vault with an appointee at each of several stages, as it was first."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("secterm.vault.kdf.floors", (archives.kdf.Cost(t=1, m=32, p=1),))
        return archives.build(tmp_path_factory.mktemp("terminal"), *archives.LIVES)


@pytest.fixture
def vault(terminal, tmp_path):
    """A copy of it."""
    return shutil.copy(terminal, tmp_path / "terminal.db")


@pytest.fixture
def desk(vault):
    opened = Desk.open(vault, *OFFICER)
    yield opened
    opened.close()


@pytest.fixture
def other(tmp_path):
    """Another unit's vault, new."""
    made = Desk.create(
        tmp_path / "other.db", unit="Registry", officer=NEW[0], passphrase=NEW[1], cost=CHEAP
    )
    yield made
    made.close()


CHEAP = archives.kdf.Cost(t=1, m=32, p=1)


@pytest.fixture
def keep(tmp_path):
    """An archive of a desk's dossiers, looked into."""
    count = iter(range(100))

    def archive(desk, **more):
        folder = tmp_path / f"medium{next(count)}"
        folder.mkdir()
        identity = archives.identity_file(tmp_path)
        file = desk.export(folder, Recipients((archives.RECIPIENT,)), **more).path
        return look(file, identity=identity)

    return archive


def records(desk):
    """Each dossier's record by id, without what only says where it has been since."""
    found = {}
    for card in desk.cards():
        made = desk.record(card.id)
        timeline = [
            acts.msgspec.structs.replace(event, vault="")
            for event in made.timeline
            if not isinstance(event.act, acts.Received)
        ]
        found[card.id] = acts.msgspec.structs.replace(made, timeline=timeline)
    return found


def taken(desk, archive):
    """What a restore says, with the fingerprint that the other unit told."""
    return desk.restore(archive, archive.walk.own)


def someone(desk, stage):
    return next(card.id for card in desk.cards() if card.stage == stage)


# -- there and back ---------------------------------------------------------------------


def test_a_new_vault_has_the_same_dossiers_and_holds(desk, other, keep):
    before = records(desk)
    made = taken(other, keep(desk))
    assert (sorted(made.new), made.continued, made.same, made.apart) == (sorted(before), [], [], {})
    assert made.unit == "Test unit"
    assert records(other) == before
    assert other.verify().faults == []


def test_packs_come_as_they_were_adopted(desk, other, keep):
    taken(other, keep(desk))
    ours, theirs = (dict(each._registry.pack_files) for each in (desk, other))
    assert {digest: theirs[digest] for digest in ours} == ours


def test_it_is_read_the_same_after_the_vault_was_opened_anew(desk, other, keep, tmp_path):
    before = records(desk)
    taken(other, keep(desk))
    other.close()
    again = Desk.open(tmp_path / "other.db", *NEW)
    assert records(again) == before
    assert {card.stage for card in again.cards()} == {card.stage for card in desk.cards()}
    assert again.verify().faults == []
    again.close()


def test_undertakings_hold_and_their_paper_says_so(desk, other, keep):
    taken(other, keep(desk))
    id = someone(other, "admitted")
    assert "every signature hold" in printed.text(other.paper(id, "undertaking").data)


@pytest.mark.long
def test_every_paper_of_it_says_where_it_was_recorded(desk, other, keep):
    archive = keep(desk)
    vault = archive.vault[:8]
    taken(other, archive)
    for id in (someone(desk, stage) for stage in ("admitted", "refused", "screening")):
        documents = other.papers(id)
        assert documents == tuple(each for each in desk.papers(id) if each != "receipt")
        for document in documents:
            text = printed.text(other.paper(id, document).data)
            assert f"Taken in from Test unit, vault {vault}, on " in text
            if document in ("undertaking", "decision", "screening"):
                assert f" of vault {vault}" in text
            assert OFFICER[0] in text
            assert "Taken in" not in printed.text(desk.paper(id, document).data)


def test_officers_of_the_other_vault_have_their_names(desk, other, keep):
    taken(other, keep(desk))
    id = someone(other, "admitted")
    names = {event.officer for event in other.record(id).timeline}
    assert {OFFICER[0], SECOND[0], NEW[0]} == names


def test_an_archive_a_second_time_records_nothing(desk, other, keep):
    archive = keep(desk)
    taken(other, archive)
    before = other.checkpoint_line()
    made = other.restore(archive)
    assert (made.new, len(made.same)) == ([], 3)
    assert other.checkpoint_line() == before


def test_a_dossier_goes_on_where_it_came_to(desk, other, keep):
    taken(other, keep(desk))
    id = someone(other, "screening")
    other.act(id, acts.Noted(text="Taken up here."))
    other.act(id, acts.Withdrawn(reason="Went elsewhere."))
    assert other.dossier(id).standing.stage == "withdrawn"
    assert other.verify().faults == []
    last = other.record(id).timeline[-1]
    assert (last.officer, last.vault) == (NEW[0], "")


# -- merging ----------------------------------------------------------------------------


def test_a_later_archive_goes_on_from_an_earlier_one(desk, other, keep):
    taken(other, keep(desk))
    id = someone(desk, "screening")
    desk.act(id, acts.Withdrawn(reason="Went elsewhere."))
    made = other.restore(keep(desk))
    assert id in made.continued
    assert made.new == []
    after = records(desk)
    for each in after.values():  # an export is recorded once it is written
        each.timeline.pop()
    assert records(other) == after
    assert other.verify().faults == []


def test_an_earlier_archive_after_a_later_one_brings_nothing(desk, other, keep):
    early = keep(desk)
    desk.act(someone(desk, "screening"), acts.Withdrawn(reason="Went elsewhere."))
    taken(other, keep(desk))
    assert len(other.restore(early).same) == 3


def test_own_notes_and_prints_do_not_part_histories(desk, other, keep):
    taken(other, keep(desk))
    id = someone(other, "screening")
    other.act(id, acts.Noted(text="Seen at the registry."))
    desk.act(id, acts.Withdrawn(reason="Went elsewhere."))
    assert id in other.restore(keep(desk)).continued
    assert other.dossier(id).standing.stage == "withdrawn"
    assert "Seen at the registry." in [t.act.text for t in other.dossier(id).state.notes[""]]
    assert other.verify().faults == []


@pytest.fixture
def parted(desk, other, keep, vault, tmp_path):
    """Two histories of one dossier, of a vault that went on twice; its id, and what was said."""
    copy = shutil.copy(vault, tmp_path / "copy.db")
    id = someone(desk, "screening")
    desk.act(id, acts.Withdrawn(reason="Went elsewhere."))
    taken(other, keep(desk))
    fork = Desk.open(copy, *OFFICER)
    fork.act(id, acts.Noted(text="A line more, so that the sizes differ."))
    fork.act(id, acts.Corrected(particulars=renamed(fork, id), reason="Misheard."))
    yield id, fork, other.restore(keep(fork, ids=[id]))
    fork.close()


def renamed(desk, id):
    who = desk.dossier(id).state.particulars
    return acts.msgspec.structs.replace(who, name="Somebody Else")


def test_histories_that_part_are_both_kept_and_told(parted, other):
    id, _fork, made = parted
    assert list(made.apart) == [id]
    apart = made.apart[id]
    assert other.dossier(id).standing.stage == "withdrawn"
    assert other.dossier(apart).state.particulars.name == "Somebody Else"
    assert other.others(id) == (apart,)
    assert other.others(apart) == (id,)
    assert other.verify().faults == []


def test_a_history_that_was_kept_apart_goes_on_there(parted, other, keep):
    id, fork, made = parted
    fork.act(id, acts.Noted(text="And on."))
    fork.act(id, acts.Withdrawn(reason="Said no."))
    again = other.restore(keep(fork, ids=[id]))
    assert (again.continued, again.apart) == ([id], {})
    assert other.dossier(made.apart[id]).standing.stage == "withdrawn"
    assert len(other.cards()) == 4
    assert other.verify().faults == []


def test_a_dossier_that_went_on_here_is_kept_as_it_is(desk, other, keep):
    taken(other, keep(desk))
    id = someone(other, "screening")
    other.act(id, acts.Withdrawn(reason="Withdrawn at the registry."))
    desk.act(id, acts.Withdrawn(reason="Withdrawn at the terminal."))
    made = other.restore(keep(desk))
    assert list(made.apart) == [id]
    reasons = {other.dossier(each).state.withdrawn.act.reason for each in (id, made.apart[id])}
    assert reasons == {"Withdrawn at the registry.", "Withdrawn at the terminal."}


def test_what_was_erased_here_stays_erased(desk, other, keep):
    archive = keep(desk)
    taken(other, archive)
    other.add_officer(*SECOND, "administrator")
    id = someone(other, "screening")
    other.erase(id, "Asked to be forgotten.", other.second(*SECOND))
    before = other.checkpoint_line()
    assert other.restore(archive).erased == [id]
    assert other.checkpoint_line() == before
    assert other.verify().faults == []


def test_a_history_kept_apart_that_was_erased_stays_erased(parted, other, keep):
    id, fork, made = parted
    other.add_officer(*SECOND, "administrator")
    other.erase(made.apart[id], "Asked to be forgotten.", other.second(*SECOND))
    before = other.checkpoint_line()
    assert other.restore(keep(fork, ids=[id])).erased == [id]
    assert other.checkpoint_line() == before


def test_what_is_no_other_history_is_told(desk, other, keep):
    taken(other, keep(desk))
    ids = [card.id for card in other.cards()]
    origin = next(iter(other._registry.origins))
    for act in (
        acts.Kept(dossier=ids[0], apart=ids[1], vault=origin),
        acts.Kept(dossier=ids[0], apart="ab" * 16, vault="cd" * 16),
    ):
        past(other, other._vault.signer, other._vault.id.hex(), act)
    faults = other.verify().faults
    assert [fault.partition(": ")[2] for fault in faults] == [
        "keeps apart what did not come then",
        "keeps apart what did not come then",
        "names a vault from which nothing came",
    ]


def test_an_entry_about_another_vault_that_is_none_is_told(desk, other, keep):
    taken(other, keep(desk))
    origin = next(iter(other._registry.origins))
    act = acts.Noted(text="What no strand of a vault has.")
    with other._vault.transaction(other._vault.signer) as work:
        at = other._watch.read().isoformat()
        entry = acts.Entry(at=at, officer=other._vault.signer.officer.hex(), act=act)
        number = work.append(bytes.fromhex(origin), acts.encode(entry))
    assert other.verify().faults == [f"entry #{number}: belongs on another strand"]


# -- through several vaults ----------------------------------------------------------------


@pytest.fixture
def third(tmp_path):
    made = Desk.create(
        tmp_path / "third.db",
        unit="Archive office",
        officer="Dot Test",
        passphrase=NEW[1],
        cost=CHEAP,
    )
    yield made
    made.close()


def test_a_dossier_that_went_through_two_vaults_is_still_whole(desk, other, third, keep):
    before = records(desk)
    taken(other, keep(desk))
    id = someone(other, "screening")
    other.act(id, acts.Withdrawn(reason="Went elsewhere."))
    made = taken(third, keep(other))
    assert len(made.new) == 3
    assert third.record(id).unit == "Test unit"
    assert third.dossier(id).standing.stage == "withdrawn"
    for each in before:
        shown = records(third)[each]
        assert [e.act for e in before[each].timeline] == [
            e.act for e in shown.timeline[: len(before[each].timeline)]
        ]
    assert third.verify().faults == []


def test_an_inspection_says_from_which_vaults_dossiers_came(desk, other, keep, tmp_path):
    first = keep(desk)
    taken(other, first)
    found = inspect_archive(keep(other).file, identity=archives.identity_file(tmp_path))
    (origin,) = found.origins
    told = (origin.vault, origin.unit, origin.fingerprint)
    assert told == (first.vault, "Test unit", first.walk.own)
    assert f"Fingerprint of its log keys: {first.walk.own}" in found.text()
    assert found.holds


def test_what_came_by_two_ways_is_there_once(desk, other, third, keep):
    early = keep(desk)
    taken(other, early)
    taken(third, keep(other))
    desk.act(someone(desk, "screening"), acts.Withdrawn(reason="Went elsewhere."))
    late = keep(desk)
    assert len(taken(third, late).continued) == 3
    numbers = [(e.vault, e.number) for e in third.record(someone(third, "withdrawn")).timeline]
    assert len(numbers) == len({*numbers})
    assert len(third.restore(early).same) == 3
    assert third.verify().faults == []


def test_dossiers_that_went_on_elsewhere_come_home(desk, other, keep, tmp_path):
    taken(other, keep(desk))
    id = someone(other, "screening")
    other.act(id, acts.Withdrawn(reason="Withdrawn at the registry."))
    made = taken(desk, keep(other))
    assert id in made.continued
    assert desk.dossier(id).standing.stage == "withdrawn"
    assert desk.verify().faults == []


def test_what_came_home_goes_on_and_out_again(desk, other, third, keep, vault):
    """By an officer who was not there when it left; and no archive has the vault's own strand."""
    taken(other, keep(desk))
    id = someone(other, "screening")
    other.act(id, acts.Noted(text="Seen at the registry."))
    taken(desk, keep(other))
    desk.add_officer("Ex Test", OFFICER[1])
    desk.close()
    later = Desk.open(vault, "Ex Test", OFFICER[1])
    later.act(id, acts.Withdrawn(reason="Went elsewhere."))
    archive = keep(later)
    opened = archives.opened(archive.file)
    assert opened.names(f"origins/{archive.vault}") == []
    taken(third, archive)
    later.close()
    assert third.dossier(id).standing.stage == "withdrawn"
    assert third.verify().faults == []
    keep(third)  # whose walk looks at it all once more


def test_a_vault_is_known_in_one_way_however_its_archive_stands(desk, other, keep, tmp_path):
    """Where somebody wrote the officers' members in another order, and signed for it."""
    listed = [*archives.opened(keep(desk).file).members]
    names = [name for name, _data in listed]
    at = next(i for i, name in enumerate(names) if name.startswith("officers/"))
    listed[at], listed[at + 1] = listed[at + 1], listed[at]
    file = archives.Opened(tuple(listed)).resigned(desk._vault.signer).packed(tmp_path)
    taken(other, look(file, identity=archives.identity_file(tmp_path)))
    (origin,) = other._registry.origins.values()
    (said,) = origin.said.values()
    assert [*unpacked(said.part)][4:6] == [names[at], names[at + 1]]
    assert other.verify().faults == []


def test_an_archive_tells_of_no_vault_under_another_id(desk, other, keep, tmp_path):
    """As of itself, or of the one that it is of."""
    taken(other, keep(desk))
    opened = archives.opened(keep(other).file)
    archives.LOG_KEYS[other._vault.origin] = other._vault.log_keys()
    strange = opened
    for name in opened.names(f"origins/{desk._vault.id.hex()}"):
        strange = strange.renamed(name, name.replace(desk._vault.id.hex(), other._vault.id.hex()))
    faults = strange.resigned(other._vault.signer).inspected(tmp_path).faults
    assert f"origins/{other._vault.id.hex()}: is of no other vault" in faults


def test_a_dossier_that_goes_to_and_fro_does_not_nest(desk, other, keep, monkeypatch):
    monkeypatch.setattr("secterm.archive.received.DEEPEST", 3)
    id = someone(desk, "screening")
    for count in range(3):
        desk.act(id, acts.Noted(text=f"At the terminal, {count}."))
        taken(other, keep(desk, ids=[id]))
        other.act(id, acts.Noted(text=f"At the registry, {count}."))
        taken(desk, keep(other, ids=[id]))
    assert len(desk.dossier(id).state.notes[""]) == 6
    assert len(other.dossier(id).state.notes[""]) == 6
    assert desk.verify().faults == other.verify().faults == []


def test_a_dossier_that_went_through_too_many_vaults_is_not_taken_in(
    desk, other, third, keep, monkeypatch
):
    monkeypatch.setattr("secterm.archive.received.DEEPEST", 1)
    taken(other, keep(desk))
    archive = keep(other)
    assert "through too many vaults" in refused(third, archive, archive.walk.own)


def test_an_entry_too_large_for_a_part_is_not_taken_in(desk, other, keep, monkeypatch):
    archive = keep(desk)
    monkeypatch.setattr("secterm.archive.parts.LARGEST", 2000)
    assert "too large" in refused(other, archive, archive.walk.own)


def test_decisions_of_another_vault_are_exported(desk, other, keep, tmp_path):
    taken(other, keep(desk))
    folder = tmp_path / "decisions"
    folder.mkdir()
    to = Recipients((archives.RECIPIENT,))
    written = other.export(folder, to, what="all", kind="decision")
    found = inspect_archive(written.path, identity=archives.identity_file(tmp_path))
    stages = {line.stage for line in found.dossiers}
    assert (found.faults, stages) == ([], {"admitted", "refused"})


# -- refused ----------------------------------------------------------------------------------


def refused(desk, archive, fingerprint=""):
    before = desk.checkpoint_line()
    with pytest.raises(NotRestored) as told:
        desk.restore(archive, fingerprint)
    assert desk.checkpoint_line() == before
    return told.value.reason


def test_an_unknown_vault_needs_its_fingerprint(desk, other, keep):
    archive = keep(desk)
    assert "is not known yet" in refused(other, archive)
    assert "not the one given" in refused(other, archive, "0" * 32)
    spaced = archive.walk.own.upper().replace(" ", "   ")
    assert len(other.restore(archive, spaced).new) == 3
    assert "not the one given" in refused(other, archive, "0" * 32)


def test_a_vaults_own_archive_is_not_for_itself(desk, keep):
    archive = keep(desk)
    assert "of this very vault" in refused(desk, archive, archive.walk.own)


def test_an_archive_of_decisions_is_not_restored(desk, keep):
    with pytest.raises(NotRestored, match="decisions alone"):
        keep(desk, kind="decision", what="all")


def test_an_archive_that_does_not_hold_is_not_restored(desk, keep, tmp_path):
    archive = keep(desk)
    opened = archives.opened(archive.file)
    name = opened.name("dossiers/", ".sealed")
    changed = opened.changed(name, lambda data: data[:-1] + bytes([data[-1] ^ 1]))
    with pytest.raises(NotRestored, match="does not hold") as told:
        look(changed.packed(tmp_path), identity=archives.identity_file(tmp_path))
    assert any(name in fault for fault in told.value.faults)


def test_a_vault_that_forked_is_told(desk, other, keep, vault, tmp_path):
    copy = shutil.copy(vault, tmp_path / "copy.db")
    id = someone(desk, "screening")
    desk.act(id, acts.Noted(text="One way."))
    taken(other, keep(desk))
    fork = Desk.open(copy, *OFFICER)
    fork.act(id, acts.Noted(text="Another way."))
    assert "put back or forked" in refused(other, keep(fork))
    fork.close()


def test_a_vault_that_forked_earlier_is_told_by_what_its_archive_continues(
    desk, other, keep, vault, tmp_path
):
    copy = shutil.copy(vault, tmp_path / "copy.db")
    id = someone(desk, "screening")
    desk.act(id, acts.Noted(text="One way."))
    taken(other, keep(desk))
    fork = Desk.open(copy, *OFFICER)
    fork.act(id, acts.Noted(text="Another way."))
    keep(fork)
    fork.act(id, acts.Noted(text="And on."))
    assert "put back or forked" in refused(other, keep(fork))
    fork.close()


def test_a_vault_that_was_witnessed_is_known(desk, other, keep, medium):
    archive = keep(desk)
    other.witness(archive.walk, archive.sha256, medium, archive.walk.own)
    assert other.knows(archive)
    assert len(other.restore(archive).new) == 3


def test_what_comes_home_to_a_vault_that_was_put_back_is_told(desk, other, keep, vault, tmp_path):
    copy = shutil.copy(vault, tmp_path / "copy.db")
    desk.act(someone(desk, "screening"), acts.Noted(text="Lost when the copy was put back."))
    taken(other, keep(desk))
    archive = keep(other)
    back = Desk.open(copy, *OFFICER)
    assert "put back or forked" in refused(back, archive, archive.walk.own)
    back.act(someone(back, "screening"), acts.Noted(text="One."), acts.Noted(text="Two."))
    assert "put back or forked" in refused(back, archive, archive.walk.own)
    back.close()


def test_only_an_administrator_restores(desk, other, keep, tmp_path):
    archive = keep(desk)
    other.add_officer("Ex Test", OFFICER[1], "officer")
    other.close()
    officer = Desk.open(tmp_path / "other.db", "Ex Test", OFFICER[1])
    with pytest.raises(NotAllowed):
        taken(officer, archive)
    officer.close()


def test_what_another_vault_recorded_is_not_recorded_by_hand(desk):
    act = acts.Received(
        vault="0" * 32, unit="Nobody", dossier="0" * 32, size=1, root="0" * 64, entries=1
    )
    with pytest.raises(NotAllowed):
        desk.act(someone(desk, "screening"), act)


def test_the_second_person_is_another_one_than_in_the_other_vault(other, keep, tmp_path):
    folder = tmp_path / "core"
    folder.mkdir()
    first = Desk.open(archives.build(folder, ("second", "core")), *OFFICER)
    id = first.cards()[0].id
    taken(other, keep(first))
    first.close()
    other.add_officer(*OFFICER)
    other.add_officer(*SECOND)
    number = other.dossier(id).state.decision.number
    act = acts.Seconded(decided=number, agrees=True)
    with pytest.raises(NotAllowed, match="first person"):
        other.act(id, act, signer=other.second(*OFFICER))
    other.act(id, act, signer=other.second(*SECOND))
    assert other.dossier(id).standing.stage == "admitted"
    assert other.verify().faults == []


def test_it_is_told_after_each_transaction_how_many_dossiers_are_in(desk, other, keep, monkeypatch):
    monkeypatch.setattr(restoring, "TOGETHER", 2)
    archive, told = keep(desk), []
    other.restore(archive, archive.walk.own, recorded=told.append)
    assert told == [2, 3]
    told.clear()
    other.restore(archive, recorded=told.append)
    assert told == [3]


def test_whether_it_fits_is_known_before_a_fingerprint_is_told(desk, other, keep):
    archive = keep(desk)
    other.demand_fit(archive)
    with pytest.raises(NotRestored, match="of this very vault") as told:
        desk.demand_fit(archive)
    assert told.value.advice


def test_dossiers_are_counted_as_they_come(desk, other, keep):
    archive, told = keep(desk), []
    restoring.look(archive.file, identity=archive.identity, progress=counting(told.append))
    other.restore(archive, archive.walk.own, counting(told.append))
    assert told == [1, 2, 3, 1, 2, 3]
