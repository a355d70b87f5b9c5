"""`secterm print`: to a folder or a printer, and what it says."""

import pytest

from secterm.dossier import entries as acts
from secterm.paper import fonts
from tests.support import printed


def test_a_document_is_written_to_a_folder_and_that_is_recorded(room):
    (room.folder / "out").mkdir()
    id = room.admitted()
    done = room.run("print", id[:8], "decision", "--to", "out")
    assert (done.status, done.err) == (0, "")
    written, digest, checkpoint = done.out.splitlines()
    assert written == f"Written: out/secterm-decision-{id[:8]}.pdf"
    data = (room.folder / written.removeprefix("Written: ")).read_bytes()
    assert f"Dossier {id}" in printed.text(data)
    (act,) = [
        event["act"]
        for event in room.run("show", id, "--json").json["timeline"]
        if event["act"]["act"] == "printed"
    ]
    assert act["sha256"] == digest.removeprefix("SHA-256: ")
    assert checkpoint.startswith("Checkpoint ")
    assert "Written to print: the decision" in room.run("show", id).out


def test_a_document_goes_to_a_printer(room, tmp_path, monkeypatch):
    lp = printed.printing(tmp_path / "lp", monkeypatch)
    done = room.run("print", room.admitted(), "rules", "--printer", "Office")
    assert (done.status, done.err) == (0, "")
    assert done.out.splitlines()[0] == "With the printer: The rules, as acknowledged"
    assert (lp / "job.pdf").read_bytes().startswith(b"%PDF-")
    assert [path.name for path in room.folder.glob("*.pdf")] == []


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("decision",), 2, "one of them"),
        (("decision", "--to", "out", "--printer", "Office"), 2, "one of them"),
        (("novel", "--to", "out"), 2, "novel"),
        (("receipt", "--to", "."), 2, "no such document"),
        (("decision", "--to", "out"), 4, "is the medium mounted?"),
    ],
)
def test_what_cannot_be_printed_is_told(room, arguments, status, said):
    before = room.files
    done = room.run("print", room.admitted(), *arguments)
    assert done.status == status
    assert said in done.complaint
    assert room.files == before


def test_letters_that_no_font_has_are_told(room, monkeypatch):
    monkeypatch.setattr(fonts, "PLACES", ())
    id, desk = room.admitted(), room.desk()
    try:
        question = next(iter(desk.dossier(id).state.answers))
        desk.act(id, acts.Noted(text="京", question=question))
    finally:
        desk.close()
    done = room.run("print", id, "screening", "--to", ".")
    assert done.status == 0
    assert "secterm: No font of this machine has 1 of its letters: U+4EAC." in done.err
