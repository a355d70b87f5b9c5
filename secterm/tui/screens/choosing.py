"""The forms in which settings are asked for: one for each setting, one for a view.
What does not fit is told in the form, and what was typed stays.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from secterm.archive import recipients
from secterm.settings import IDLE, LONGEST_NAME, WITHIN, Settings, View, reading
from secterm.tui.dates import EXAMPLES
from secterm.tui.screens.form import Entry, Form, Values
from secterm.tui.widgets.choices import Choice
from secterm.tui.wording import SHORT, STAGES
from secterm.words import _

LABELS: Final = {
    "idle": _("Lock when idle"),
    "theme": _("Colours"),
    "glyphs": _("Characters"),
    "dates": _("Dates"),
    "recipients": _("Archive recipients"),
}
CHOICES: Final = {
    "theme": {
        "auto": _("As fits this terminal"),
        "console": _("Console: the sixteen colours"),
        "dark": _("Dark"),
        "light": _("Light"),
        "contrast": _("High contrast"),
    },
    "glyphs": {
        "auto": _("As fits this terminal"),
        "console": _("Console: what every console font has"),
        "unicode": _("Unicode: finer lines and marks"),
    },
    "dates": {
        "day-first": _("Day, month, year: {example}").format(example=EXAMPLES["day-first"]),
        "month-first": _("Month, day, year: {example}").format(example=EXAMPLES["month-first"]),
        "year-first": _("Year, month, day: {example}").format(example=EXAMPLES["year-first"]),
    },
}
INTRO: Final = {
    "idle": _("The vault locks once nobody has pressed a key for so long."),
    "theme": _("Text and states are readable in each; colour never says anything alone."),
    "glyphs": _("A console font lacks many characters, which would show as blanks there."),
    "dates": _("The order of day, month and year where you type a date in figures."),
    "recipients": _(
        "Archives are encrypted to these keys unless others are named. Whoever has their "
        "secret keys reads the whole archive. The settings file is neither sealed nor signed, "
        "so an export shows the keys that it takes from here: compare them each time."
    ),
}
ORDERS: Final = {
    "waiting": _("Who waits longest"),
    "lapse": _("What lapses soonest"),
    "name": _("By name"),
    "opened": _("Opened last"),
}
OWED: Final = {key: word for key, word in SHORT.items() if key}


def setting_form(
    key: str,
    settings: Settings,
    told: str,
    kept: Values,
    known: Callable[[str], object] = lambda text: None,
) -> Form:
    """One setting, as it is now or as it was typed (`kept`). `known` says whether a text is a
    recipient of the book.
    """
    if key == "idle":
        entry = Entry(
            "idle",
            _("Seconds"),
            "count",
            value=kept.get("idle", str(settings.idle)),
            help=_("{low} to {high}").format(low=IDLE[0], high=IDLE[1]),
            check=lambda values: _number_fault(values["idle"], IDLE),
        )
    elif key == "recipients":
        entry = Entry(
            "recipients",
            _("age1… keys"),
            "text",
            value=kept.get("recipients", ", ".join(settings.recipients)),
            required=False,
            help=_(
                "With spaces or commas between; empty for none. A name of the recipients' book "
                "may stand for its key, with commas around."
            ),
            check=lambda values: _recipients_fault(values["recipients"], known),
        )
    else:
        entry = Entry(
            key,
            LABELS[key],
            "choice",
            value=kept.get(key, str(getattr(settings, key))),
            choices=tuple(Choice(word, text) for word, text in CHOICES[key].items()),
        )
    return Form(LABELS[key], [entry], intro=INTRO[key], told=told, help=INTRO[key])


def changed(key: str, settings: Settings, values: Values) -> Settings:
    """The settings with what this form gave."""
    if key == "idle":
        return msgspec.structs.replace(settings, idle=int(values["idle"]))
    if key == "recipients":
        return msgspec.structs.replace(settings, recipients=_keys(values["recipients"]))
    return msgspec.convert({**msgspec.to_builtins(settings), key: values[key]}, Settings)


def _keys(typed: str) -> tuple[str, ...]:
    return tuple(recipients.separated(typed))


def _recipients_fault(typed: str, known: Callable[[str], object]) -> str:
    wrong = reading.recipients_fault(_keys(typed))
    for number, text in enumerate(_keys(typed), 1):
        if not (wrong or recipients.is_key(text) or known(text)):
            wrong = recipients.NEITHER.format(n=number)
    return _("Not set: {reason}.").format(reason=wrong) if wrong else ""


def _number_fault(typed: str, bounds: tuple[int, int]) -> str:
    low, high = bounds
    if typed.isascii() and typed.isdigit() and len(typed) < 9 and low <= int(typed) <= high:
        return ""
    return _("Write a whole number from {low} to {high}.").format(low=low, high=high)


def view_form(view: View, told: str, kept: Values) -> Form:
    """A view, as it is now or as it was typed (`kept`)."""

    def listed(id: str, label: str, keys: tuple[str, ...], words: Mapping[str, str]) -> Entry:
        return Entry(
            id,
            label,
            value=kept.get(id, ", ".join(words[key] for key in keys)),
            required=False,
            help=_("Empty for all, or with commas between: {words}.").format(
                words=", ".join(words.values())
            ),
            check=lambda values: _words_fault(values[id], words),
        )

    return Form(
        _("View"),
        [
            Entry(
                "name",
                _("Name"),
                value=kept.get("name", view.name),
                check=lambda values: _name_fault(values["name"]),
            ),
            listed("stages", _("Stages"), view.stages, STAGES),
            listed("owed", _("What is owed"), view.owed, OWED),
            Entry(
                "words",
                _("Words"),
                value=kept.get("words", view.words),
                required=False,
                help=_("What is typed into the filter; empty for nothing."),
            ),
            Entry(
                "within",
                _("Lapses within days"),
                "count",
                value=kept.get("within", str(view.within)),
                help=_("Only what lapses so soon, or lapsed already; 0 for all."),
                check=lambda values: _number_fault(values["within"], WITHIN),
            ),
            Entry(
                "order",
                _("First"),
                "choice",
                value=kept.get("order", view.order),
                choices=tuple(Choice(key, text) for key, text in ORDERS.items()),
            ),
        ],
        told=told,
        tight=True,
        help=_("What this view of the list shows, and in which order."),
    )


def _name_fault(name: str) -> str:
    if len(name) > LONGEST_NAME:
        return _("At most {n} characters.").format(n=LONGEST_NAME)
    return ""


def _chosen(typed: str, words: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """The keys of what was typed, by the words on the screen or the file's; and what is none."""
    known = {key: key for key in words} | {word.casefold(): key for key, word in words.items()}
    parts = [part for part in (each.strip().casefold() for each in typed.split(",")) if part]
    return [known[part] for part in parts if part in known], [p for p in parts if p not in known]


def _words_fault(typed: str, words: Mapping[str, str]) -> str:
    wrong = _chosen(typed, words)[1]
    if not wrong:
        return ""
    return _("“{word}” is none of these: {words}.").format(
        word=wrong[0], words=", ".join(words.values())
    )


def view_of(values: Values) -> View:
    """The view that this form gave."""
    return msgspec.convert(
        {
            **values,
            "stages": _chosen(values["stages"], STAGES)[0],
            "owed": _chosen(values["owed"], OWED)[0],
            "within": int(values["within"]),
        },
        View,
    )
