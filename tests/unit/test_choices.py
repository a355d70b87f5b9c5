"""Answers to choose among, as they are drawn."""

from rich.console import Console

from secterm.tui.widgets.choices import Choice, Choices


def drawn(*texts, width=40):
    console = Console(width=width)
    with console.capture() as taken:
        console.print(Choices([Choice(text, text) for text in texts], open=True).render())
    return [line.rstrip() for line in taken.get().splitlines()]


def test_the_second_line_of_a_long_answer_begins_under_its_words():
    first, second, *_, last = drawn("An answer of so many words that they take two lines", "Short")
    assert first.startswith("  1 ( ) An answer")
    assert second[:8].isspace()
    assert not second[8:9].isspace()
    assert last == "  2 ( ) Short"


def test_short_answers_take_a_line_each():
    assert drawn("Yes", "No") == ["  1 ( ) Yes", "  2 ( ) No"]
