"""The documents of a dossier: what stands in them, on each page, whatever was recorded."""

import dataclasses
import hashlib
import re
import time
from dataclasses import replace
from datetime import datetime
from typing import get_args

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secterm import paper as papers
from secterm.cli.papers import KINDS
from secterm.desk import document as texts
from secterm.dossier import entries as acts
from secterm.dossier import gates, sentences
from secterm.paper import Matter, Receipt, documents, fonts, recovery, setting
from secterm.paper.sheet import Column, Head, Sheet
from tests.support import printed
from tests.support import typefaces as typeface
from tests.support.paper import ONE, PACK, TWO, Paper, someone

CHECKPOINT = "1404:73df-950f-7c99-01ea-e4b3"
ID, VAULT = "02" * 16, "01" * 16
NAMES = {ONE: "Alix Test", TWO: "Bex Test"}
ALL = get_args(acts.Document)
LONG = "x" * 500
ARCHIVED = acts.Archived(
    file="secterm-1200-0a1b2c3d.age", sha256="ab" * 32, recipients=("age1test",)
)

HEAD = Head(
    unit="Test unit",
    title="Receipt",
    about="Vault 01",
    checkpoint=CHECKPOINT,
    made=datetime.fromisoformat("2026-03-02T09:00:00+01:00"),
)


def matter(paper, unit="Test unit"):
    return Matter(
        unit=unit,
        vault=VAULT,
        id=ID,
        state=paper.state,
        entries=tuple(paper.entries),
        pack=paper.pack,
        checkpoint=CHECKPOINT,
        names=lambda id, at: NAMES.get(id, id),
    )


def made(paper, kind, **more):
    return documents.made(matter(paper, **more), kind)


def signed(paper):
    """An undertaking with its real text."""
    text = texts.undertaking(
        paper.pack, paper.state.particulars, unit="Test unit", officer="Alix Test", on=paper.today
    )
    act = paper.signed(text=text, text_sha256=hashlib.sha256(text.encode()).hexdigest())
    sides = [
        msgspec.structs.replace(side, public_key=key * 32)
        for side, key in zip(act.signatures, ("0a", "0b", "0c"), strict=False)
    ]
    return paper.record(msgspec.structs.replace(act, signatures=tuple(sides)))


def whole(category="core", **who):
    """Somebody who went through all of it."""
    paper = Paper(category)
    if who:
        about = someone(category, **who)
        paper.record(acts.Corrected(particulars=about, reason="Misread."))
    paper.answer().find().train()
    return signed(paper).acknowledge().decide().record(ARCHIVED)


@pytest.fixture(scope="module")
def core():
    return whole()


def test_the_command_line_knows_every_document():
    assert KINDS == ALL == tuple(papers.TITLES) == tuple(sentences.DOCUMENTS)


def test_only_what_is_there_is_offered(core):
    assert papers.there(Paper().state) == ()
    assert papers.there(Paper().answer().state) == ("screening",)
    assert papers.there(core.state) == ALL


@pytest.mark.parametrize("kind", ALL)
def test_every_page_says_whose_it_is_and_which_of_how_many(core, kind):
    paper = made(core, kind)
    told = printed.pages(paper.data)
    assert len(told) == paper.pages
    for n, page in enumerate(told, 1):
        for said in (
            "Test unit",
            papers.TITLES[kind],
            f"Dossier {ID}, as of 2 March 2026",
            f"Page {n} of {paper.pages}",
            "Policy pack “Posts that handle secrets”, version 1.0.0",
            f"Checkpoint {CHECKPOINT}",
            "Post up to: Top secret",
        ):
            assert said in page
        assert ("Need to know: only" in page) == (kind == "screening")


@pytest.fixture
def elsewhere():
    """Another place on earth, and back to this one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "Asia/Tokyo")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.long
@pytest.mark.parametrize("kind", ALL)
def test_the_same_dossier_gives_the_same_bytes(core, kind, monkeypatch, request):
    first = made(core, kind)
    request.getfixturevalue("elsewhere")
    monkeypatch.setattr(time, "time", lambda: 2_000_000_000.0)
    assert made(core, kind) == first
    about = printed.reader(first.data).metadata
    assert about.creation_date.date() == core.today
    assert (about.title, about.author) == (papers.TITLES[kind], "Test unit")


def test_the_undertaking_stands_line_for_line_with_every_key(core):
    data = made(core, "undertaking").data
    act = core.state.signed.act
    found, at = printed.letters(data), 0
    for line in act.text.split("\n"):
        at = found.index("".join(line.split()), at)
    for side in act.signatures:
        assert printed.holds(data, setting.fingerprint(side.public_key))
        assert printed.holds(data, setting.groups(side.public_key))
    assert printed.holds(data, setting.groups(act.text_sha256))
    assert printed.text(data).count("Place and date") == 3


def test_a_signature_that_does_not_hold_is_told_on_the_paper(core):
    assert "THIS DOES NOT HOLD" in printed.text(made(core, "undertaking").data)


def test_every_rule_says_when_it_was_acknowledged_and_what_was_refused():
    paper = Paper().answer().find().train().sign()
    first, second, *_rest = gates.rules_of(PACK, paper.state)
    paper.record(paper.acknowledged(first))
    paper.record(acts.RuleRefused(rule=second.id, reason="I cannot."))
    data = made(paper, "rules").data
    for rule in gates.rules_of(PACK, paper.state):
        assert printed.holds(data, rule.text)
    told = printed.text(data)
    assert told.count("Acknowledged before Alix Test, 2 March 2026") == 1
    assert "REFUSED before Alix Test" in told
    assert "Said: I cannot." in told
    assert "Not acknowledged" in told


def test_the_training_record_has_every_module_with_its_hours_and_quizzes(core):
    data = made(core, "training").data
    for module in gates.modules_of(PACK, core.state):
        assert printed.holds(data, module.title)
    assert printed.text(data).count("passed 5 5 Alix Test") >= 10
    empty = Paper().answer().find()
    empty.teach(gates.modules_of(PACK, empty.state)[0])
    told = printed.text(made(empty, "training").data)
    assert "No teaching is recorded." in told
    assert "No quiz is recorded." in told


def test_the_screening_report_has_every_question_answer_check_and_finding():
    paper = Paper("key").answer()
    about = next(q for q in paper.questions if q.kind == "yes_no" and q.follow_up)
    bad = acts.Answered(
        question=about.id, answer=about.adverse == "yes", follow_up="Long ago.", note="Calm."
    )
    paper.record(bad)
    data = made(paper, "screening").data
    for question in paper.questions:
        assert printed.holds(data, question.text)
    told = printed.text(data)
    assert about.follow_up.text in told
    assert "Long ago." in told
    assert "Calm." in told
    assert "Seen: borne out" in told
    assert "No finding is made yet." in told
    assert "2 January 2020" in told


def test_the_decision_says_who_decided_on_what_grounds_and_what_came_of_it(core):
    told = printed.text(made(core, "decision").data)
    for said in (
        "Admitted to the post",
        "As found.",
        "Valid until 2 March 2029",
        "Second officer agrees",
        "14 of 14 modules taught",
        "signed on 2 March 2026",
    ):
        assert said in told
    gone = whole("general").record(acts.Left(on="2026-03-02", reason="Retires."))
    told = printed.text(made(gone, "decision").data)
    assert "Left the post on 2 March 2026" in told
    assert "between 2 March 2027 and 2 March 2028" in told


def test_a_decision_that_waits_for_the_second_officer_says_that_it_does_not_hold_yet():
    paper = Paper("core").all_gates().record(acts.Decided(decision="admit", reason="As found."))
    assert "The decision does not hold yet." in printed.text(made(paper, "decision").data)
    number = paper.state.decision.number
    paper.record(acts.Seconded(decided=number, agrees=False, reason="Too early."), TWO)
    told = printed.text(made(paper, "decision").data)
    assert "does NOT agree" in told
    assert "So this decision does not hold." in told


def test_a_receipt_says_what_is_known_and_in_words_what_is_not(core):
    told = printed.text(made(core, "receipt").data)
    assert "secterm-1200-0a1b2c3d.age" in told
    assert "Medium not recorded" in told
    assert core.name not in told
    known = Receipt(
        file="a.age",
        sha256="cd" * 32,
        at="2026-03-02T09:00:00+01:00",
        officer="Alix Test",
        size=1234567,
        checkpoint="7:0000-1111-2222-3333-4444",
        medium="STICK, 32 GB",
        recipients=("passphrase",),
    )
    paper = documents.made(replace(matter(core), receipt=known), "receipt")
    told = printed.text(paper.data)
    for said in (
        "1,234,567 bytes",
        "2 March 2026, 09:00 (UTC+01:00)",
        "STICK, 32 GB",
        "7:0000-1111-2222-3333-4444",
        "whoever knows the archive's passphrase",
    ):
        assert said in told
    assert "not recorded" not in told


def test_a_sheet_for_each_custodian_has_a_line_for_every_word_and_no_word():
    found = recovery.sheets(HEAD, 2, 3, 33)
    told = printed.pages(found.data)
    assert len(told) == found.pages == 3
    for n, page in enumerate(told, 1):
        assert f"Share {n} of 3" in page
        assert f"Page {n} of 3" in page
        assert "Any 2 of the 3 shares" in page
        assert sorted(map(int, re.findall(r"\b(\d+)\. ", page.partition("lasts.")[2]))) == list(
            range(1, 34)
        )
    assert recovery.sheets(HEAD, 2, 3, 33) == found
    assert "This share by itself" in printed.text(recovery.sheets(HEAD, 1, 1, 33).data)


# -- nothing is cut off ---------------------------------------------------------------


@pytest.mark.parametrize("kind", ALL)
def test_a_name_of_500_letters_is_there_whole(kind):
    paper = whole("general")
    paper.state = called(paper.state, LONG)
    made_ = made(paper, kind, unit="Unit " + "y" * 495)
    assert printed.holds(made_.data, "y" * 495)
    if kind != "receipt":
        assert printed.holds(made_.data, LONG)


def called(state, name):
    """The state with another name, also one that is too long to be recorded here."""
    who = msgspec.structs.replace(state.particulars, name=name)
    return msgspec.structs.replace(state, particulars=who)


@pytest.mark.long
def test_nothing_stands_beyond_the_edge_of_a_page():
    """And every line is over the foot."""
    paper = whole("general")
    paper.state = called(paper.state, LONG)
    for kind in ALL:
        for page in printed.reader(made(paper, kind).data).pages:
            found = []
            page.extract_text(
                visitor_text=lambda text, cm, tm, font, size, found=found: found.append(
                    (tm[4], tm[5], text)
                )
            )
            assert all(50 < x < 540 and 25 < y < 815 for x, y, text in found if text.strip())


def test_an_answer_longer_than_a_page_goes_on_on_the_next():
    paper = Paper()
    about = next(q for q in paper.questions if q.kind == "text")
    said = " ".join(f"word{n}" for n in range(480))
    paper.record(acts.Answered(question=about.id, answer=said))
    paper.record(acts.Noted(text="\n".join(f"line {n}" for n in range(300)), question=about.id))
    data = made(paper, "screening").data
    assert all(f"word{n}" in printed.text(data) for n in range(480))
    assert all(f"line {n} " in printed.text(data) for n in range(299))


def test_a_table_that_goes_on_has_its_headings_again(core):
    told = printed.pages(made(core, "rules").data)
    assert all("Rule Acknowledged" in page for page in told[:-1])


# -- letters --------------------------------------------------------------------------


@pytest.fixture
def without_fonts(monkeypatch):
    monkeypatch.setattr(fonts, "PLACES", ())


@pytest.fixture
def typefaces(tmp_path, monkeypatch):
    """Fonts with Latin, Greek and Cyrillic, and two that have some of the rest."""
    european = typeface.LATIN + "ΞένιαКсеня"
    for name, letters in (
        ("DejaVuSans.ttf", european),
        ("DejaVuSans-Bold.ttf", european),
        ("wqy-zenhei.ttc", "x"),
        ("DroidSansFallbackFull.ttf", "北京"),
        ("DroidSansFallback.ttf", "한"),
    ):
        typeface.font(tmp_path / name, letters)
    monkeypatch.setattr(fonts, "PLACES", (tmp_path,))


def named(name):
    """The screening report of somebody who is called so."""
    paper = Paper().record(acts.Corrected(particulars=someone(name=name), reason="Misread."))
    return made(paper.answer(), "screening")


def embedded(data):
    """The fonts in it, by name."""
    used = [page["/Resources"]["/Font"] for page in printed.reader(data).pages]
    return {
        font["/BaseFont"].lstrip("/").split("+")[-1] for fonts in used for font in fonts.values()
    }


def test_greek_cyrillic_and_chinese_are_embedded_where_a_font_has_them(typefaces):
    found = named("Ξένια Ксения 北京 한")
    assert found.unshown == ("и",)
    assert printed.holds(found.data, "Ξένια Ксен[U+0438]я 北京 한")
    assert embedded(found.data) >= {"DejaVuSans", "DroidSansFallbackFull", "DroidSansFallback"}
    assert named("Ξένια Ксения 北京 한") == found


def test_further_fonts_are_not_even_opened_where_nothing_asks_for_them(typefaces, monkeypatch):
    opened = []
    add = fonts.Fonts._add

    def noted(self, family, style, name):
        opened.append(name)
        return add(self, family, style, name)

    monkeypatch.setattr(fonts.Fonts, "_add", noted)
    assert named("Zoë").unshown == ()
    assert set(opened) == {"DejaVuSans.ttf", "DejaVuSans-Bold.ttf"}


def test_a_letter_that_no_font_has_stands_as_its_number(without_fonts):
    found = named("Ξ “Zoë” 北京")
    assert found.unshown == ("Ξ", "京", "北")
    told = printed.text(found.data)
    assert "[U+039E] “Zoë” [U+5317][U+4EAC]" in told
    assert "No font of the machine that made this has some of the letters" in told
    assert named("Ξ “Zoë” 北京") == found
    assert embedded(found.data) == {"Helvetica", "Helvetica-Bold"}


def test_a_broken_font_is_passed_over(tmp_path, monkeypatch):
    for name in ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf", "wqy-zenhei.ttc"):
        (tmp_path / name).write_bytes(b"no font")
    monkeypatch.setattr(fonts, "PLACES", (tmp_path,))
    found = named("北")
    assert found.unshown == ("北",)
    assert embedded(found.data) == {"Helvetica", "Helvetica-Bold"}


def test_what_runs_from_the_right_is_drawn_from_the_right(monkeypatch):
    sheet = Sheet(HEAD)
    drawn = []
    monkeypatch.setattr(sheet._pdf, "cell", lambda wide, tall, text: drawn.append(text))
    sheet.text("שלום (12) עולם")
    sheet.text("Name שלום (א)")
    assert drawn == ["םלוע (12) םולש", "Name (א) םולש"]


# -- hostile text ---------------------------------------------------------------------

ANSWERED = Paper().answer()
HOSTILE = (
    ") Tj ET Q BT /F1 99 Tf (broken out",
    "\\) Tj \\( \\",
    "endstream endobj 1 0 obj << /JS (app.alert(1)) /S /JavaScript >>",
    "https://example.org [link](https://example.org) **bold** __under__",
    "<</Type/Annot/Subtype/Link>>",
    "{nb} {nb:x} {0} {name} %s",
    "\u202eevil\u202c \x1b[31m \x00 \ufeff",
)


def answered(paper, said, note=""):
    """Somebody whose answer this is, also one that could not be recorded here."""
    about = next(q for q in paper.questions if q.kind == "text")
    act = acts.Answered(question=about.id, answer=said, note=note)
    given = msgspec.structs.replace(paper.state.answers[about.id], act=act)
    answers = {**paper.state.answers, about.id: given}
    told = matter(paper, unit=note or "Test unit")
    return dataclasses.replace(told, state=msgspec.structs.replace(paper.state, answers=answers))


@pytest.mark.long
@pytest.mark.parametrize("said", HOSTILE)
@pytest.mark.parametrize("letters", ["fonts", "none"])
def test_what_was_recorded_stays_text(said, letters, monkeypatch):
    if letters == "none":
        monkeypatch.setattr(fonts, "PLACES", ())
    found = documents.made(answered(ANSWERED, said, said), "screening")
    read = printed.reader(found.data)
    root = read.trailer["/Root"]
    assert all("/Annots" not in page for page in read.pages)
    assert {"/Names", "/AA", "/AcroForm"}.isdisjoint(root)
    assert isinstance(root["/OpenAction"], list)  # a place to begin at, and nothing that is run
    letters = (c if c == "\n" or fonts.shown(c) else f"[U+{ord(c):04X}]" for c in said)
    assert printed.letters(found.data).count("".join("".join(letters).split())) >= 2
    assert f"Page {found.pages} of {found.pages}" in printed.pages(found.data)[-1]


@pytest.mark.long
@settings(max_examples=12, deadline=None)
@given(st.text(max_size=200), st.text(max_size=40))
def test_any_text_gives_a_paper_that_reads(said, name):
    sheet = Sheet(HEAD)
    sheet.text(said)
    sheet.facts([(name, said), (said, name)])
    sheet.table([Column(name, 1), Column(said, 2)], [(said, name)])
    sheet.ink([(said, name)])
    found = sheet.finished()
    assert len(printed.reader(found.data).pages) == found.pages
