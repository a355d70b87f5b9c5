"""The recipients' book: who may, what is refused, what stays, and that a verification judges
each of its entries.
"""

import subprocess
from datetime import UTC, datetime

import pyrage
import pytest
from hypothesis import given
from hypothesis import strategies as st

from secterm.archive.errors import RecipientInvalid
from secterm.archive.recipients import Recipients, fingerprint
from secterm.desk.book import Book
from secterm.desk.booking import MOST_KEYS, keys_in
from secterm.desk.desk import Desk
from secterm.dossier import entries as acts
from secterm.dossier.entries import VaultEntry
from secterm.dossier.permit import NotAllowed
from secterm.vault import kdf
from tests.support.archives import KEY, RECIPIENT, identity_file
from tests.support.house import OFFICER, SECOND, build, copied
from tests.support.pictures import beside, code
from tests.unit.archive.test_without_program import AGE, needs_age

THEN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
KEYS = tuple(str(pyrage.x25519.Identity.generate().to_public()) for _ in range(4))


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kdf, "floors", (kdf.Cost(t=1, m=32, p=1),))
        path = tmp_path_factory.mktemp("vault") / "vault.db"
        return build(path, ("opened", "general"), clock=lambda: THEN)


@pytest.fixture
def path(built, tmp_path):
    return copied(built, tmp_path)


@pytest.fixture
def desk(path):
    desk = Desk.open(path, *OFFICER, clock=lambda: THEN)
    yield desk
    desk.close()


def added(desk, name="Registry", key=RECIPIENT, source="typed"):
    return desk.add_recipient(name, key, source, fingerprint(key))


def refused(act):
    with pytest.raises(NotAllowed) as caught:
        act()
    return caught.value.reason


# -- what can be done -------------------------------------------------------------------


def test_who_is_added_is_in_the_book_when_it_is_opened_again(desk, path):
    added(desk, "Central  registry", RECIPIENT.upper(), "picture")
    desk.close()
    again = Desk.open(path, *SECOND, clock=lambda: THEN)
    (who,) = again.recipients()
    assert (who.name, who.key, who.source) == ("Central registry", RECIPIENT, "picture")
    assert again.officer_name(who.officer) == OFFICER[0]
    assert who.at == THEN.isoformat()
    assert who.fingerprint == fingerprint(RECIPIENT)
    assert again.verify().faults == []
    again.close()


def test_who_is_removed_is_known_with_the_reason_and_may_come_back(desk):
    added(desk)
    desk.remove_recipient(RECIPIENT, "The office was closed.")
    assert desk.recipients() == ()
    (gone,) = desk.former_recipients()
    assert (gone.name, gone.reason) == ("Registry", "The office was closed.")
    assert desk.recipient("Registry") is None
    added(desk)
    assert [each.name for each in desk.recipients()] == ["Registry"]
    assert len(desk.former_recipients()) == 1
    assert desk.verify().faults == []


def test_names_and_keys_are_both_recipients(desk):
    added(desk, "Bureau Été")
    named = ["bureau  été", KEYS[0], RECIPIENT.upper()]
    assert desk.recipient_keys(named) == [RECIPIENT, KEYS[0]]
    for text in ("Registy", str(KEY)):
        with pytest.raises(RecipientInvalid) as caught:
            desk.recipient_keys([KEYS[0], text])
        assert "recipient 2" in caught.value.reason
        assert text not in caught.value.reason


def test_an_archive_to_a_recipient_of_the_book_opens_with_age(desk, tmp_path):
    added(desk)
    medium = tmp_path / "medium"
    medium.mkdir()
    written = desk.export(medium, Recipients.gather(desk.recipient_keys(["registry"])))
    if needs_age():
        plain = tmp_path / "plain.tar"
        identity = identity_file(tmp_path)
        subprocess.run([AGE, "-d", "-i", identity, "-o", plain, written.path], check=True)
        names = subprocess.run(["tar", "-tf", plain], check=True, capture_output=True, text=True)
        assert "manifest.json" in names.stdout
    else:
        assert pyrage.decrypt(written.path.read_bytes(), [KEY])


# -- what is refused ----------------------------------------------------------------------


def test_a_key_is_not_added_before_its_fingerprint_was_compared(desk):
    before = desk.checkpoint_line()
    for told in ("", fingerprint(RECIPIENT)[:3], fingerprint(KEYS[0]), "zzzz"):
        reason = refused(lambda told=told: desk.add_recipient("Registry", RECIPIENT, "file", told))
        assert "not how the key's fingerprint begins" in reason
    assert desk.checkpoint_line() == before


def test_a_duplicate_is_told_by_the_name_that_it_has(desk):
    added(desk)
    assert "in the book already: Registry" in refused(lambda: added(desk, "Another"))
    assert "of that name already" in refused(lambda: added(desk, " REGISTRY ", KEYS[0]))


@pytest.mark.parametrize(
    "name",
    ["", " ", "a" * 201, "a\x1bb", "One, two", f"see {KEYS[0]}", "age1", str(KEY)],
    ids=["none", "space", "long", "control", "comma", "with a key", "key's beginning", "secret"],
)
def test_a_name_that_could_be_taken_for_something_else_is_refused(desk, name):
    reason = refused(lambda: added(desk, name))
    assert str(KEY) not in reason


def test_a_secret_key_is_refused_and_stands_nowhere(desk, path):
    reason = refused(lambda: desk.add_recipient("Registry", str(KEY), "typed", "0000"))
    assert "secret key" in reason
    assert str(KEY)[20:40] not in reason
    assert desk.recipients() == ()


def test_nobody_is_removed_who_is_not_there_or_without_a_reason(desk):
    assert "not in the book" in refused(lambda: desk.remove_recipient(RECIPIENT, "So."))
    added(desk)
    assert "The reason is missing" in refused(lambda: desk.remove_recipient(RECIPIENT, " "))


def test_only_an_administrator_adds_and_removes(desk, path):
    added(desk)
    desk.close()
    second = Desk.open(path, *SECOND, clock=lambda: THEN)
    before = second.checkpoint_line()
    assert "administrator" in refused(lambda: added(second, "Another", KEYS[0]))
    assert "administrator" in refused(lambda: second.remove_recipient(RECIPIENT, "So."))
    assert second.checkpoint_line() == before
    second.close()


# -- files --------------------------------------------------------------------------------


def test_a_file_or_a_picture_gives_its_keys_with_their_names(tmp_path):
    text, picture = tmp_path / "keys.txt", tmp_path / "photo"
    text.write_text(f"# Registry\n{RECIPIENT}\n{KEYS[0]}\n{KEYS[0]}\n")
    assert keys_in(text) == ("file", [("Registry", RECIPIENT), ("", KEYS[0])])
    beside(code(f"# Bureau\n{KEYS[1]}"), code(KEYS[2].upper())).save(picture, "PNG")
    source, found = keys_in(picture)
    assert source == "picture"
    assert sorted(found) == sorted([("Bureau", KEYS[1]), ("", KEYS[2])])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("# nobody\n", "no age1… key in it"),
        (f"{RECIPIENT}\nhello\n", "recipient 2 is not an age public key"),
        (f"{RECIPIENT}\n{KEY}\n", "secret key"),
        ("ssh-ed25519 AAAA\n", "recipient 1 is not an age public key"),
    ],
    ids=["no key", "another line", "a secret key", "an SSH key"],
)
def test_a_file_with_anything_else_is_refused_whole(tmp_path, text, said):
    file = tmp_path / "keys.txt"
    file.write_text(text)
    reason = refused(lambda: keys_in(file))
    assert said in reason
    assert str(KEY)[20:40] not in reason


@given(st.binary() | st.text().map(str.encode))
def test_any_other_file_is_refused_in_words(tmp_path_factory, content):
    file = tmp_path_factory.getbasetemp() / "any"
    file.write_bytes(content)
    assert refused(lambda: keys_in(file)).startswith("Not added: ")


def test_a_file_of_too_many_keys_is_refused(tmp_path):
    file = tmp_path / "keys.txt"
    keys = (str(pyrage.x25519.Identity.generate().to_public()) for _ in range(MOST_KEYS + 1))
    file.write_text("\n".join(keys))
    assert f"more than {MOST_KEYS} keys" in refused(lambda: keys_in(file))


# -- what the entries may say ---------------------------------------------------------------


def put(desk, act, who=OFFICER):
    """An entry past the desk, as a changed program would write it; its number."""
    signer, vault = desk._vault.identify(*who), desk._vault
    entry = VaultEntry(at=THEN.isoformat(), officer=signer.officer.hex(), act=act)
    with vault.transaction(signer) as work:
        number = work.append(vault.id, acts.encode(entry))
    desk._read_again()
    return number


def adding(name, key):
    return acts.RecipientAdded(name=name, key=key, source="typed")


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (adding("Another", RECIPIENT), "adds a recipient's key that is in the book"),
        (adding("REGISTRY", KEYS[0]), "gives a recipient the name that another has"),
        (adding("Another", "age1nonsense"), "adds a recipient whose key is none"),
        (adding("Another", KEYS[0].upper()), "adds a recipient whose key is none"),
        (
            acts.RecipientRemoved(key=KEYS[0], reason="So."),
            "removes a recipient's key that is not in the book",
        ),
    ],
    ids=["key again", "name again", "no key", "capitals", "not there"],
)
def test_an_entry_that_does_not_fit_is_told_and_is_not_in_the_book(desk, act, words):
    added(desk)
    number = put(desk, act)
    assert f"entry #{number}: {words}" in desk.verify().faults
    assert [each.name for each in desk.recipients()] == ["Registry"]


def test_an_entry_of_somebody_who_may_not_is_told(desk):
    number = put(desk, adding("Registry", RECIPIENT), SECOND)
    words = "was not allowed to who signed it: the role then was officer"
    assert f"entry #{number}: {words}" in desk.verify().faults


STEPS = st.lists(
    st.tuples(st.booleans(), st.sampled_from(KEYS), st.sampled_from(["A", "a", "B", "Ä"]))
)


@given(STEPS)
def test_the_book_is_what_was_added_and_not_removed(steps):
    book, there = Book(), {}
    for number, (adds, key, name) in enumerate(steps):
        if adds:
            told = book.add(number, "then", "", adding(name, key))
            fits = key not in there and name.lower() not in map(str.lower, there.values())
            there |= {key: name} if fits else {}
        else:
            told = book.remove(number, "then", acts.RecipientRemoved(key=key, reason="So."))
            fits = there.pop(key, None) is not None
        assert bool(told) != fits
        assert {each.key: each.name for each in book.recipients if each.there} == there
        for key, name in there.items():
            assert book.find(key) == book.named(name)


def test_a_receipt_names_recipients_as_the_book_did_then(desk, tmp_path):
    def last():
        return desk.told(desk.receipts()[0])

    to = Recipients.gather((RECIPIENT,))
    desk.export(tmp_path, to)
    assert f"For     {RECIPIENT}\n" in last()
    added(desk, "Old registry")
    desk.export(tmp_path, to)
    assert f"For     Old registry\n          {RECIPIENT}\n" in last()
    desk.remove_recipient(RECIPIENT, "Renamed.")
    assert f"For     Old registry\n          {RECIPIENT}\n" in last()
    desk.export(tmp_path, to)
    assert f"For     {RECIPIENT}\n" in last()
    added(desk, "Archive")
    desk.export(tmp_path, to)
    assert f"For     Archive\n          {RECIPIENT}\n" in last()
    assert f"For     {RECIPIENT}\n" in desk.told(desk.receipts()[-1])
