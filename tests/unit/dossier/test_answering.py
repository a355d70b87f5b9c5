"""Whether an answer fits its question."""

from datetime import date

import pytest

from secterm.dossier import answering
from secterm.policy.model import Choice, Field, Question

TODAY = date(2026, 3, 2)


def question(kind, **more):
    return Question(id="q", kind=kind, text="Which?", **more)


ROWS = question(
    "list",
    fields=(
        Field(id="place", text="Place"),
        Field(id="since", text="Since", kind="date"),
        Field(id="months", text="Months", kind="number", required=False),
        Field(id="abroad", text="Abroad", kind="yes_no", required=False),
    ),
)
FEW = question("list", fields=(Field(id="place", text="Place"),), least=1, most=2)
CHOICE = question("choice", choices=(Choice(id="a", text="The first"), Choice(id="b", text="B")))


@pytest.mark.parametrize(
    ("asked", "answer", "said"),
    [
        (question("yes_no"), True, ""),
        (question("yes_no"), "yes", "yes or no"),
        (question("yes_no"), "", "needs an answer"),
        (question("yes_no", required=False), "", ""),
        (CHOICE, "a", ""),
        (CHOICE, "c", "Choose one"),
        (CHOICE, True, "Choose one"),
        (question("text"), "Words.", ""),
        (question("text"), "   ", "needs an answer"),
        (question("text"), 3.0, "in words"),
        (question("text"), "x" * 4001, "too long"),
        (question("date"), "2020-02-29", ""),
        (question("date"), "2021-02-29", "YYYY-MM-DD"),
        (question("date"), "٢٠٢٠-٠٢-٢٩", "YYYY-MM-DD"),
        (question("date"), [], "YYYY-MM-DD"),
        (question("number"), 3.5, ""),
        (question("number", least=0, most=9), 0.0, ""),
        (question("number", least=0, most=9), -1.0, "not under 0"),
        (question("number", least=0, most=9), 9.5, "not over 9"),
        (question("number"), True, "a number"),
        (question("number"), float("nan"), "a number"),
        (question("number"), float("inf"), "a number"),
        (question("number"), "3", "a number"),
        (ROWS, [], ""),
        (ROWS, [{"place": "Here", "since": "2020-01-01"}], ""),
        (ROWS, [{"place": "", "since": "2020-01-01"}], "Place: is missing"),
        (ROWS, [{"place": "Here", "since": "then"}], "Since: write a date"),
        (ROWS, [{"place": "x" * 4001, "since": "2020-01-01"}], "Place: is too long"),
        (ROWS, [{"place": "H", "since": "2020-01-01", "months": "many"}], "Months: write a number"),
        (ROWS, [{"place": "H", "since": "2020-01-01", "abroad": "si"}], "Abroad: write yes or no"),
        (ROWS, [{"place": "H", "since": "2020-01-01", "secret": "x"}], "not asked"),
        (ROWS, [{"place": "H", "since": "2020-01-01"}] * 201, "too many"),
        (ROWS, "Here", "one row for each"),
        (FEW, [], "at least 1 row."),
        (FEW, [{"place": "Here"}] * 2, ""),
        (FEW, [{"place": "Here"}] * 3, "too many"),
    ],
)
def test_an_answer_fits_its_question_or_it_is_said_why_not(asked, answer, said):
    fault = answering.fault(asked, answer, today=TODAY)
    assert (said in fault) if said else fault == ""


@pytest.mark.parametrize(
    ("text", "number"),
    [("3", 3.0), ("-2,5", -2.5), (" 4.25 ", 4.25), ("1e9", None), ("", None), ("0x1", None),
     ("٣", None), ("1.", None), ("9" * 16, None)],
)  # fmt: skip
def test_numbers_are_plain(text, number):
    assert answering.number(text) == number


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (True, "yes"),
        (False, "no"),
        (2.5, "2.5"),
        (3.0, "3"),
        ("a", "The first"),
        ("", "nothing to say"),
        ("two\nlines", "two lines"),
        ([], "none"),
        ([{"place": "Here", "since": "", "months": "3"}, {"place": "There"}], "Here; 3 | There"),
    ],
)
def test_an_answer_reads_in_one_line(answer, words):
    assert answering.words(CHOICE, answer) == words
    assert "\n" not in answering.words(None, answer)
