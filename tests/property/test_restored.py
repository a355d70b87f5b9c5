"""What must hold of whatever was lived in one vault and taken into another."""

import contextlib
import itertools
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from secterm.archive.recipients import Recipients
from secterm.desk import quiz, sample
from secterm.desk.desk import Desk
from secterm.desk.restoring import look
from secterm.dossier import entries as acts
from secterm.dossier import signatures
from secterm.dossier.fold import fold
from secterm.dossier.permit import NotAllowed
from secterm.vault import kdf
from tests.support import archives
from tests.support.house import OFFICER, SECOND
from tests.support.paper import someone

SECRET = "a test's own signing secret"
STAGES = ("admitted", "unsigned", "opened", "decision", "deferred", "left", "withdrawn", "training")
CATEGORIES = ("core", "key", "general")
NEW = ("Cy Test", "test copper orbit lantern")


def few(examples):
    return settings(
        max_examples=examples,
        deadline=None,
        phases=[Phase.explicit, Phase.reuse, Phase.generate],  # each example makes whole vaults
        suppress_health_check=[*HealthCheck],
    )


# -- lives --------------------------------------------------------------------------------


@dataclass
class Desks:
    """Vaults in a folder, under the small pack, by their names."""

    folder: Path

    def __post_init__(self):
        (self.folder / "identity.txt").write_text(f"{archives.KEY}\n")
        (self.folder / "pack").mkdir()
        for name, text in archives.SMALL_PACK.items():
            (self.folder / "pack" / name).write_text(text)
        self._count = itertools.count()

    def create(self, name, unit):
        return Desk.create(
            self.folder / name,
            unit=unit,
            officer=NEW[0],
            passphrase=NEW[1],
            cost=kdf.floors[0],
            pack=self.folder / "pack",
        )

    def terminal(self, vault, name):
        """A copy of a vault that was made before."""
        return Desk.open(shutil.copy(vault, self.folder / name), *OFFICER)

    def archive(self, desk, ids=None):
        medium = self.folder / f"medium-{next(self._count)}"
        medium.mkdir()
        file = desk.export(medium, Recipients((archives.RECIPIENT,)), ids).path
        return look(file, identity=self.folder / "identity.txt")


@contextlib.contextmanager
def desks():
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        made = Desks(Path(folder))
        yield made, lambda desk: stack.enter_context(contextlib.closing(desk))


@pytest.fixture(scope="module")
def terminal(tmp_path_factory):
    """A vault with two officers and nobody else."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kdf, "floors", (kdf.Cost(t=1, m=32, p=1),))
        return archives.build(tmp_path_factory.mktemp("terminal"))


def trained(desk, id):
    opened = desk.dossier(id)
    (module,) = opened.pack.training.modules
    drawn = quiz.draw(module)
    right = {q.id: q.right for q in module.bank}
    hours = module.hours[opened.state.particulars.category]
    taught = acts.Trained(
        module=module.id, hours=hours, on=desk.today.isoformat(), trainer="T", place="Room"
    )
    desk.act(id, taught, quiz.answered(module, drawn, [right[q.id] for q in drawn.questions]))


def signed(desk, id, second):
    opened = desk.dossier(id)
    witness = second if opened.state.particulars.category == "core" else None
    text, name = desk.undertaking(id), opened.state.particulars.name
    desk.sign(id, text, name, SECRET, witness)


def seconded(desk, id, second):
    decision = desk.dossier(id).state.decision
    if decision is not None:
        desk.act(id, acts.Seconded(decided=decision.number, agrees=True), signer=second)


def corrected(desk, id, _second):
    who = desk.dossier(id).state.particulars
    other = msgspec.structs.replace(who, post=f"{who.post}, first class")
    desk.act(id, acts.Corrected(particulars=other, reason="A slip."))


def act(*made):
    return lambda desk, id, _second: desk.act(id, *made)


STEPS = {
    "answer": act(acts.Answered(question="ever", answer=False)),
    "answer adversely": act(acts.Answered(question="ever", answer=True, follow_up="Once.")),
    "answer more": act(acts.Answered(question="posts", answer=[{"post": "Clerk"}])),
    "check": act(acts.Checked(question="ever", reference="Seen", holds=True)),
    "find": act(
        acts.Found(section="one", finding="suitable"), acts.Found(section="", finding="suitable")
    ),
    "review": lambda desk, id, second: desk.act(id, acts.Reviewed(agrees=True), signer=second),
    "train": lambda desk, id, _second: trained(desk, id),
    "sign": signed,
    "acknowledge": lambda desk, id, _second: desk.acknowledge(id, desk.pack.rules.rules[0]),
    "admit": act(acts.Decided(decision="admit", reason="As found.")),
    "second": seconded,
    "correct": corrected,
    "withdraw": act(acts.Withdrawn(reason="So.")),
    "reopen": act(acts.Reopened(reason="So.")),
    "note": act(acts.Noted(text="So it was.")),
    "note a question": act(acts.Noted(text="So it was said.", question="ever")),
    "print": act(acts.Printed(document="rules", sha256="0" * 64, to="printer")),
    "leave": lambda desk, id, _second: desk.act(
        id, acts.Left(on=desk.today.isoformat(), reason="Moved.")
    ),
}
WAY = ("answer", "answer more", "check", "find", "review", "train", "sign", "acknowledge",
       "admit", "second")  # fmt: skip
QUIET = ("note", "note a question", "print")


def lives_on(desk, id, steps, second):
    """Tries these steps, in order; how many were allowed."""
    done = 0
    for step in steps:
        with contextlib.suppress(NotAllowed):
            STEPS[step](desk, id, second)
            done += 1
    return done


steps = st.lists(st.sampled_from(sorted(STEPS)), max_size=6)
# The way to an admission, of which some is not gone, with anything between.
ways = st.tuples(
    st.lists(st.booleans(), min_size=len(WAY), max_size=len(WAY)),
    st.lists(st.tuples(st.integers(0, len(WAY)), st.sampled_from(sorted(STEPS))), max_size=4),
).map(lambda drawn: _way(*drawn))


def _way(gone, between):
    found = [step for step, goes in zip(WAY, gone, strict=True) if goes or gone.count(True) > 6]
    for place, step in between:
        found.insert(place, step)
    return found


# -- what is compared ---------------------------------------------------------------------


def record(desk, id):
    """A record without when it came and where it has been since."""
    made = desk.record(id)
    timeline = [
        msgspec.structs.replace(one, vault="")
        for one in made.timeline
        if not isinstance(one.act, acts.Received)
    ]
    return msgspec.structs.replace(made, timeline=timeline)


def state(desk, id):
    """What the entries add up to, wherever they were recorded."""
    told = [one for one in desk.dossier(id).entries if not isinstance(one.entry.act, acts.Received)]
    return fold(msgspec.structs.replace(one, origin=None) for one in told)


def everything(desk):
    return {card.id: (record(desk, card.id), state(desk, card.id)) for card in desk.cards()}


def sides(desk, vault):
    """Every signature of an undertaking, checked anew for the vault in which it was given."""
    found = []
    for card in desk.cards():
        for one in desk.dossier(card.id).entries:
            if isinstance(one.entry.act, acts.Signed):
                signatures.check(one.entry.act, vault=vault, dossier=card.id)
                found.append((card.id, one.entry.act.signatures))
    return sorted(found, key=repr)


def officers(desk):
    """Which keys stand for those who recorded the dossiers."""
    known = {o.id: o.public_key.hex() for o in desk.officers()}
    for origin in desk._registry.origins.values():
        context = origin.context(max(origin.said))
        known |= {id: line.public_key for id, line in context.officers.items()}
    by = {one.entry.officer for card in desk.cards() for one in desk.dossier(card.id).entries
          if not isinstance(one.entry.act, acts.Received)}  # fmt: skip
    return {id: known[id] for id in by}


def taken(desk, archive):
    return desk.restore(archive, archive.walk.own)


# -- a new vault --------------------------------------------------------------------------


def there_and_back(terminal, people):
    with desks() as (made, at):
        desk = at(made.terminal(terminal, "terminal.db"))
        second = desk.second(*SECOND)
        for number, (stage, category, more) in enumerate(people):
            sample.fill(desk, 1, second=second, stages=(stage,), category=category)
            lives_on(desk, desk.cards()[number].id, more, second)
        archive = made.archive(desk)
        before = everything_before_export(desk)
        new = at(made.create("new.db", "Test unit"))
        found = taken(new, archive)
        assert sorted(found.new) == sorted(before)
        assert everything(new) == before
        assert sides(new, desk.vault_id) == sides(desk, desk.vault_id)
        assert officers(new) == officers(desk)
        report = new.verify()
        assert report.holds, report.faults
        again = made.archive(new)
        third = at(made.create("third.db", "Test unit"))
        taken(third, again)
        assert everything(third) == before
        assert third.verify().holds


def everything_before_export(desk):
    """As the archive has it: the export itself is an entry that came after."""
    found = {}
    for card in desk.cards():
        told = desk.dossier(card.id).entries
        assert isinstance(told[-1].entry.act, acts.Archived)
        made, folded = record(desk, card.id), fold(told[:-1])
        found[card.id] = (msgspec.structs.replace(made, timeline=made.timeline[:-1]), folded)
    return found


people = st.lists(
    st.tuples(st.sampled_from(STAGES), st.sampled_from(CATEGORIES), steps), min_size=1, max_size=3
)


@few(3)
@given(people=people)
def test_a_new_vault_has_what_the_other_had(terminal, people):
    there_and_back(terminal, people)


@pytest.mark.long
@few(30)
@given(people=people)
def test_a_new_vault_has_whatever_the_other_had(terminal, people):
    there_and_back(terminal, people)


# -- a life in pieces ---------------------------------------------------------------------


def in_pieces(terminal, category, way, cuts, order):
    with desks() as (made, at):
        desk = at(made.terminal(terminal, "terminal.db"))
        second = desk.second(*SECOND)
        id, pieces = desk.open_dossier(someone(category)), []
        for place in range(len(way) + 1):
            if place in cuts or place == len(way):
                pieces.append(made.archive(desk))
            lives_on(desk, id, way[place : place + 1], second)
        alone, new = (at(made.create(f"{name}.db", "Another unit")) for name in ("alone", "new"))
        taken(alone, pieces[-1])
        for number in order.sample(range(len(pieces)), len(pieces)):
            assert not taken(new, pieces[number]).apart
        assert everything(new) == everything(alone)
        for each in (new, alone):
            report = each.verify()
            assert report.holds, report.faults


cuts = st.sets(st.integers(0, len(WAY)), max_size=3)
category = st.sampled_from(CATEGORIES)
order = st.randoms(use_true_random=False)


@few(3)
@given(category=category, way=ways, cuts=cuts, order=order)
def test_a_life_in_pieces_is_the_whole_of_it(terminal, category, way, cuts, order):
    in_pieces(terminal, category, way, cuts, order)


@pytest.mark.long
@few(30)
@given(category=category, way=ways, cuts=cuts, order=order)
def test_any_life_in_any_pieces_is_the_whole_of_it(terminal, category, way, cuts, order):
    in_pieces(terminal, category, way, cuts, order)


# -- from hand to hand --------------------------------------------------------------------


def from_hand_to_hand(terminal, category, way, hands, order):
    """A dossier lives on in one vault after the other, and every archive of it reaches a third."""
    with desks() as (made, at):
        homes = [at(made.terminal(terminal, "terminal.db")), at(made.create("b.db", "B unit"))]
        homes[1].add_officer("Dex Test", SECOND[1])
        seconds = [homes[0].second(*SECOND), homes[1].second("Dex Test", SECOND[1])]
        id, pieces, here = homes[0].open_dossier(someone(category)), [], 0
        for place, step in enumerate(way):
            lives_on(homes[here], id, [step], seconds[here])
            if place in hands:
                pieces.append(made.archive(homes[here], [id]))
                here = 1 - here
                found = taken(homes[here], pieces[-1])
                assert not found.apart
        pieces.append(made.archive(homes[here], [id]))
        alone, new = (at(made.create(f"{name}.db", "Another unit")) for name in ("alone", "new"))
        taken(alone, pieces[-1])
        for number in order.sample(range(len(pieces)), len(pieces)):
            assert not taken(new, pieces[number]).apart
        assert loud(new, id) == loud(alone, id)
        for each in (*homes, new, alone):
            report = each.verify()
            assert report.holds, report.faults


def loud(desk, id):
    """What of a dossier counts: two vaults' notes may stand in either order."""
    made = record(desk, id)
    timeline = [one for one in made.timeline if not isinstance(one.act, acts.QUIET)]
    told = [one for one in desk.dossier(id).entries if not isinstance(one.entry.act, acts.QUIET)]
    notes = sorted(one.at + one.what for one in made.timeline if isinstance(one.act, acts.Noted))
    return [(one.at, one.act) for one in timeline], [one.stands for one in told], made.stage, notes


@few(2)
@given(category=category, way=ways, hands=cuts, order=order)
def test_a_dossier_from_hand_to_hand_is_whole(terminal, category, way, hands, order):
    from_hand_to_hand(terminal, category, way, hands, order)


@pytest.mark.long
@few(20)
@given(category=category, way=ways, hands=cuts, order=order)
def test_any_dossier_from_hand_to_hand_is_whole(terminal, category, way, hands, order):
    from_hand_to_hand(terminal, category, way, hands, order)


# -- histories that part ------------------------------------------------------------------


def parted(terminal, category, way, at_step, theirs, order):
    with desks() as (made, at):
        first, other = at(made.terminal(terminal, "terminal.db")), at(made.create("b.db", "B unit"))
        second = first.second(*SECOND)
        id = first.open_dossier(someone(category))
        lives_on(first, id, way[:at_step], second)
        taken(other, made.archive(first))
        corrected(first, id, second)
        lives_on(first, id, way[at_step:], second)
        lives_on(other, id, ["correct", *theirs], None)
        pieces = [made.archive(first), made.archive(other)]
        order.shuffle(pieces)
        new = at(made.create("new.db", "Another unit"))
        apart = [taken(new, piece).apart for piece in pieces]
        assert not apart[0]
        kept = apart[1][id]
        assert sorted([new.others(id), new.others(kept)]) == sorted([(kept,), (id,)])
        whole = [loud(new, id), loud(new, kept)]
        for desk in (first, other):
            told, _stands, stage, notes = loud(desk, id)
            assert any((told, stage, notes) == (w[0], w[2], w[3]) for w in whole)
        report = new.verify()
        assert report.holds, report.faults
        for piece in pieces:
            found = taken(new, piece)
            assert (found.same, found.apart) == ([id], {})
        corrected(first, id, second)
        assert taken(new, made.archive(first)).continued == [id]
        assert new.verify().holds


early = st.integers(0, 4)


@pytest.mark.long
@few(2)
@given(category=category, way=ways, at_step=early, theirs=steps, order=order)
def test_histories_that_part_are_both_whole(terminal, category, way, at_step, theirs, order):
    parted(terminal, category, way, at_step, [s for s in theirs if s in QUIET], order)


@pytest.mark.long
@few(20)
@given(category=category, way=ways, at_step=early, theirs=steps, order=order)
def test_any_histories_that_part_are_both_whole(terminal, category, way, at_step, theirs, order):
    parted(terminal, category, way, at_step, theirs, order)


# -- three vaults -------------------------------------------------------------------------


def among_three(terminal, category, happens):
    """Three vaults record and hand on what they have, in whatever order: each always holds, and
    whoever was sent an archive has every history that was in it.
    """
    with desks() as (made, at):
        vaults = [at(made.terminal(terminal, "terminal.db"))]
        vaults += [at(made.create(f"{name}.db", f"{name} unit")) for name in "bc"]
        vaults[0].open_dossier(someone(category))
        for what, first, other in happens:
            if isinstance(what, str):
                for card in vaults[first].cards():
                    lives_on(vaults[first], card.id, [what], None)
            elif first != other and vaults[first].cards():
                sent = made.archive(vaults[first])
                found = taken(vaults[other], sent)
                assert found.all == len(vaults[first].cards())
                there = [places(vaults[other], card.id) for card in vaults[other].cards()]
                for card in vaults[first].cards():
                    last = vaults[first].dossier(card.id).entries[-1]
                    assert isinstance(last.entry.act, acts.Archived)  # which came after
                    came = places(vaults[first], card.id) - {(vaults[first].vault_id, last.number)}
                    assert any(came <= one for one in there)
                assert not taken(vaults[other], sent).new
        for desk in vaults:
            report = desk.verify()
            assert report.holds, report.faults
            if desk.cards():
                archive = made.archive(desk)
                assert not archive.walk.faults


def places(desk, id):
    """The journals and numbers of a dossier's entries, but those that say where it has been."""
    return {
        (one.stands[0] or desk.vault_id, one.number)
        for one in desk.dossier(id).entries
        if not isinstance(one.entry.act, acts.Received)
    }


which = st.integers(0, 2)
acting = st.tuples(
    st.sampled_from(("answer", "correct", "note", "print", "withdraw")), which, which
)
sending = st.tuples(st.none(), which, which)
happens = st.lists(st.one_of(sending, sending, acting), min_size=4, max_size=14)


@few(2)
@given(category=category, happens=happens)
def test_three_vaults_hold_whatever_they_send_each_other(terminal, category, happens):
    among_three(terminal, category, happens)


@pytest.mark.long
@few(30)
@given(category=category, happens=happens)
def test_three_vaults_hold_whatever_happens(terminal, category, happens):
    among_three(terminal, category, happens)
