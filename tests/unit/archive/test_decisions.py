"""An extract for a personnel file tells the decision and nothing of the screening, and opens
nothing else.
"""

import json
import re

import msgspec
import pytest

from secterm.desk import sample
from secterm.desk.desk import Desk
from secterm.dossier import entries as acts
from secterm.dossier.permit import NotAllowed
from secterm.vault import kdf
from secterm.vault.vault import Vault
from tests.support import archives
from tests.support.archives import TO
from tests.support.house import OFFICER, SECOND


@pytest.fixture
def desk(vault):
    opened = Desk.open(vault, *OFFICER)
    yield opened
    opened.close()


def decision(opened, stage):
    return json.loads(opened[f"{opened.folder(stage)}/decision.json"])


# -- what is in it ----------------------------------------------------------------------


def test_it_tells_who_which_post_what_was_decided_by_whom_and_until_when(house, extract):
    told = decision(extract, "admitted")
    whole = json.loads(house.opened[f"{house.opened.folder('admitted')}/dossier.json"])
    for field in ("name", "post", "category"):
        assert told["particulars"][field] == whole["particulars"][field]
    assert (told["unit"], told["decision"]) == ("Test unit", "admit")
    assert told["decided"]["officer"] == OFFICER[0]
    assert told["seconded"]["officer"] == SECOND[0]
    assert int(told["valid_until"][:4]) == int(told["as_of"][:4]) + 3
    assert [gate["gate"] for gate in told["gates"]] == [
        *("screening", "training", "undertaking", "rules")
    ]
    assert all(gate["on"] == told["as_of"] for gate in told["gates"])
    assert [one["act"] for one in told["entries"]] == ["signed", "decided", "seconded"]


def test_it_holds_just_these_members(extract):
    kinds = {re.sub(r"[0-9a-f]{32}|(?<=/)[0-9]+(?=[.])", "#", name) for name in extract.names()}
    assert kinds == {
        *("README.txt", "checkpoint", "log-keys", "consistency.json", "officers.json"),
        *("manifest.json", "manifest.sig", "dossiers/#/decision.json"),
        *("dossiers/#/undertaking.txt", "dossiers/#/entries/#.tlog-proof"),
        *("dossiers/#/entries/#.officer-proof", "dossiers/#/SHA256SUMS", "schemas/SHA256SUMS"),
        *(
            f"schemas/{n}.schema.json"
            for n in ("consistency", "officers", "decision", "manifest", "manifest-sig")
        ),
    }


def test_it_holds_and_says_what_it_is(extract, tmp_path):
    found = extract.inspected(tmp_path)
    assert found.faults == []
    assert (found.kind, found.covers) == ("decision", "all")
    assert {d.stage for d in found.dossiers} == {"admitted", "refused"}
    assert "all dossiers: the decision alone, nothing of the screening" in found.text()
    assert "the word of the officer who signed it" in " ".join(found.text().split())


def test_no_key_and_no_sealed_byte_of_the_vault_is_in_it(house, extract):
    plain = b"".join(data for _name, data in extract.members)
    vault = Vault.open(house.vault, *OFFICER)
    try:
        for id in vault.dossiers():
            key = vault.dossier_key(id)
            assert key not in plain
            assert key.hex().encode() not in plain
            for _number, sealed in vault.sealed_entries(id):
                assert sealed not in plain
                assert sealed[:16] not in plain
        for seed in (key.private_bytes_raw() for key in vault.log_keys()[:1]):
            assert seed not in plain
    finally:
        vault.close()


def test_only_the_officers_of_whom_it_speaks_are_named(desk, medium):
    desk.add_officer("Cyr Test", "test orchard copper window")
    opened = archives.opened(desk.export(medium, TO, what="all", kind="decision").path)
    assert {o["name"] for o in json.loads(opened["officers.json"])} == {OFFICER[0], SECOND[0]}


# -- what is not --------------------------------------------------------------------------


@pytest.fixture(scope="session")
def lives(tmp_path_factory):
    """The extract of an appointee who answered as one should, and of the same with an answer
    that weighs, a note, findings with reasons and a decision with conditions.
    """
    made = {}
    for stage in ("admitted", "conditions"):
        folder = tmp_path_factory.mktemp(stage)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(kdf, "floors", (kdf.Cost(t=1, m=32, p=1),))
            vault = archives.build(folder, (stage, "general"))
            whole = archives.opened(archives.exported(vault, folder))
            alone = archives.exported(vault, folder, what="all", kind="decision")
            made[stage] = (whole, archives.opened(alone))
    return made


def likened(text):
    """A text without ids, keys, numbers of entries and times."""
    text = re.sub(r"[0-9a-f]{32,}", lambda found: "#" * len(found.group()), text)
    text = re.sub(r'"number": [0-9]+|(?<=/entries/)[0-9]+', "#", text)
    return re.sub(r"T[0-9:]{8}", "T#", text)


def test_an_answer_that_weighs_makes_no_other_extract(lives):
    """But for where in the journal the entries stand, which tells how many there were."""
    said = []
    for _whole, opened in lives.values():
        members = [m for m in opened.members if not m[0].endswith("-proof")]
        said.append(
            [
                (likened(name), likened(data.decode()))
                for name, data in members
                if name.startswith("dossiers/") or "schema" in name or name == "officers.json"
            ]
        )
    assert said[0] == said[1]
    sizes = [
        [len(d) for n, d in o.members if n.startswith("dossiers/") and "proof" not in n]
        for _whole, o in lives.values()
    ]
    assert sizes[0] == sizes[1]


def test_no_word_of_the_screening_or_of_a_reason_is_in_it(lives):
    whole, opened = lives["conditions"]
    plain = b"".join(data for _name, data in opened.members)
    words = set()
    for name in whole.names("dossiers/", ".json"):
        act = json.loads(whole[name]).get("act", {})
        for field in ("follow_up", "note", "reason", "conditions", "reference", "question"):
            words.add(str(act.get(field, "")))
        if act.get("act") == "noted":
            words.add(act["text"])
    words -= {""}
    assert len(words) >= 6
    for word in words:
        assert f'"{word}"'.encode() not in plain
        assert len(word) < 8 or word.encode() not in plain
    for field in (b'"answer', b'"finding', b'"reason', b'"condition', b'"checked', b'"note'):
        assert field not in plain


def refused_for_the_screening(desk):
    """The same person as any other, whose screening ended it."""
    who = acts.Particulars(
        name="Sam Sample", born="1990-01-02", identity_number="1", post="Clerk",
        department="Post", category="general",
    )  # fmt: skip
    id = desk.open_dossier(who)
    desk.act(
        id,
        acts.Answered(question="ever", answer=True, follow_up="It did."),
        acts.Found(section="", finding="unsuitable", reason="It did."),
        acts.Decided(decision="refuse", reason="Unsuitable."),
    )
    return id


def test_a_refusal_does_not_tell_at_which_gate_it_came(desk, medium):
    """Neither is one refused for the screening told apart from one who did not sign."""
    refused_for_the_screening(desk)
    opened = archives.opened(desk.export(medium, TO, what="all", kind="decision").path)
    told = [json.loads(opened[name]) for name in opened.names("dossiers/", "/decision.json")]
    shapes = [
        (t["stage"], t["gates"], t["undertaking"], [one["act"] for one in t["entries"]])
        for t in told
        if t["decision"] == "refuse"
    ]
    assert shapes == [("refused", [], None, ["decided"])] * 2


def test_it_says_no_word_of_what_came_undone_after_an_admission(desk, medium):
    """The gates are told as they stood when they were decided on."""
    card = next(card for card in desk.cards() if card.stage == "admitted")
    who = desk.dossier(card.id).state.particulars
    another = msgspec.structs.replace(who, born="1980-02-03")
    desk.act(card.id, acts.Corrected(particulars=another, reason="Misread."))
    written = desk.export(medium, TO, [card.id], kind="decision")
    told = decision(archives.opened(written.path), "lapsed")
    assert [gate["on"] for gate in told["gates"]] == [told["as_of"]] * 4


# -- of whom there is one, and what counts as archived -----------------------------------------


def test_where_no_decision_holds_there_is_none_and_nothing_is_recorded(desk, medium):
    card = next(card for card in desk.cards() if card.stage == "screening")
    before = desk.checkpoint_line()
    with pytest.raises(NotAllowed, match=f"no decision on {card.name} that holds"):
        desk.export(medium, TO, [card.id], kind="decision")
    assert desk.checkpoint_line() == before
    assert list(medium.iterdir()) == []


def test_of_a_selection_only_those_with_a_decision_are_in_it(desk, medium, tmp_path):
    ids = [card.id for card in desk.cards()]
    written = desk.export(medium, TO, ids, what="selection", kind="decision")
    opened = archives.opened(written.path)
    assert json.loads(opened["manifest.json"])["covers"] == {
        "what": "selection", "dossiers": 2, "left_out": 0,
    }  # fmt: skip
    assert written.left_out == 0


def test_it_is_recorded_as_an_extract_and_the_dossier_as_not_archived(desk, medium):
    every = frozenset(desk.offer().all)
    assert desk.offer().changed == every
    desk.export(medium, TO, what="all", kind="decision")
    assert desk.offer().changed == every
    desk.export(medium, TO)
    assert desk.offer().changed == frozenset()
    one = next(card.id for card in desk.cards() if card.stage == "admitted")
    desk.export(medium, TO, [one], kind="decision")
    last = desk.record(one).timeline[-1]
    assert last.act.extract == "decision"
    assert last.what.startswith("Decision exported to secterm-")
    assert desk.offer().changed == {one}


def test_what_changed_since_the_last_archive_is_in_the_next(desk, medium, tmp_path):
    desk.export(medium, TO)
    one = desk.cards()[0].id
    desk.act(one, acts.Noted(text="Came by."))
    sample.fill(desk, 1, stages=("opened",))
    written = desk.export(medium, TO, what="changed")
    opened = archives.opened(written.path)
    found = opened.inspected(tmp_path)
    assert found.holds
    assert found.covers == "changed"
    assert one in {d.id for d in found.dossiers}
    assert len(found.dossiers) == 2
    with pytest.raises(NotAllowed, match="No dossier has changed"):
        desk.export(medium, TO, what="changed")
