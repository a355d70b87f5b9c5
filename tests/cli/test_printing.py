"""Whatever a record holds, a terminal only shows it, in any locale."""

import pytest

from secterm.dossier import entries as acts
from secterm.dossier.entries import Entry
from tests.support.paper import someone

NAME = "Žofie Łukasz-Ægir 李"
HOSTILE = "\x1b]0;owned\x07\x1b[2J\x9b31m\N{RIGHT-TO-LEFT OVERRIDE}"
ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


@pytest.fixture
def id(room):
    """A dossier with texts that no screen of ours takes, but another program might."""
    desk = room.desk()
    try:
        id = desk.open_dossier(someone("general", name=NAME))
        with desk._record() as record:
            act = acts.Withdrawn(reason=f"Said:\n{HOSTILE} no.")
            entry = Entry(at=record.at.isoformat(), officer=record.officer_id, act=act)
            record.append(bytes.fromhex(id), entry)
    finally:
        desk.close()
    return id


def obeyed(text):
    """Characters that a terminal obeys."""
    return [c for c in text.replace("\n", "") if not c.isprintable()]


def test_control_characters_are_shown_and_not_obeyed(room, id):
    for done in (room.run("show", id), room.run("list")):
        assert done.status == 0
        assert NAME in done.out
        assert obeyed(done.out) == []
    assert "Said: \\x1b]0;owned\\x07\\x1b[2J\\x9b31m\\u202e no." in " ".join(
        room.run("show", id).out.split()
    )


def test_json_escapes_them_and_loses_nothing(room, id):
    done = room.run("show", id, "--json")
    assert obeyed(done.out) == []
    assert done.json["timeline"][-1]["act"]["reason"] == f"Said:\n{HOSTILE} no."
    assert done.json["particulars"]["name"] == NAME


@pytest.mark.parametrize("locale", [{"LC_ALL": "C"}, ASCII], ids=["C", "ASCII alone"])
def test_a_locale_without_the_characters_is_no_trouble(room, id, locale):
    shown = room.apart("show", id, env=locale)
    assert (shown.status, shown.err) == (0, "")
    assert (NAME if "PYTHONUTF8" not in locale else ascii(NAME)[1:-1]) in shown.out


def test_json_is_whole_in_a_locale_without_the_characters(room, id):
    done = room.apart("show", id, "--json", env=ASCII)
    assert (done.status, done.err) == (0, "")
    assert done.out.isascii()
    assert done.json["particulars"]["name"] == NAME


def test_an_officers_name_is_understood_in_a_locale_without_its_characters(empty):
    who = ("--vault", "v.db", "--officer", NAME, "--passphrase-file", "alice.txt")
    assert empty.bare("init", "--unit", "Úřad", *who).status == 0
    done = empty.apart("list", "--officer", NAME, env=ASCII)
    assert (done.status, done.err) == (0, "")


def test_a_path_in_any_bytes_is_told_harmlessly(room):
    done = room.bare("list", "--vault", "\udcff\x1b[2J.db")
    assert done.status == 4
    assert "\\udcff\\x1b[2J.db: There is no vault" in done.complaint
