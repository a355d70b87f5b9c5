"""Dates as people type them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secterm.tui import dates

TODAY = date(2026, 11, 25)
ORDERS = ("day-first", "month-first", "year-first")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("3.5.1990", date(1990, 5, 3)),
        ("03/05/1990", date(1990, 5, 3)),
        ("3-5-90", date(1990, 5, 3)),
        ("3 5 1990", date(1990, 5, 3)),
        ("1990-05-03", date(1990, 5, 3)),
        ("1990/5/3", date(1990, 5, 3)),
        ("19900503", date(1990, 5, 3)),
        ("03051990", date(1990, 5, 3)),
        ("3 May 1990", date(1990, 5, 3)),
        ("3rd may, 1990", date(1990, 5, 3)),
        ("May 3, 1990", date(1990, 5, 3)),
        ("3.sept.1990", date(1990, 9, 3)),
        ("1990 dec 31", date(1990, 12, 31)),
        ("31 dec 89", date(1989, 12, 31)),
        ("5/13/1990", date(1990, 5, 13)),
        ("1.2.27", date(2027, 2, 1)),
        ("1.2.28", date(1928, 2, 1)),
        ("24.11.", date(2026, 11, 24)),
        ("26 nov", date(2025, 11, 26)),
        ("29.2.", date(2024, 2, 29)),
        ("Today", TODAY),
        ("yesterday", date(2026, 11, 24)),
        ("tomorrow", date(2026, 11, 26)),
    ],
)
def test_a_date_is_understood_as_it_is_typed(typed, meant):
    assert dates.loosely(typed, TODAY) == meant


@pytest.mark.parametrize(
    ("typed", "order", "meant"),
    [
        ("5/3/1990", "month-first", date(1990, 5, 3)),
        ("05031990", "month-first", date(1990, 5, 3)),
        ("90-5-3", "year-first", date(1990, 5, 3)),
        ("3.5.1990", "year-first", date(1990, 5, 3)),
        ("11/24", "month-first", date(2026, 11, 24)),
        ("11-24", "year-first", date(2026, 11, 24)),
    ],
)
def test_numbers_are_read_in_the_order_that_is_set(typed, order, meant):
    assert dates.loosely(typed, TODAY, order) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "1990",
        "May 1990",
        "3",
        "31.2.1990",
        "2019-02-30",
        "0.5.1990",
        "3.5.199",
        "3.5.0090",
        "ma 3 1990",
        "ju 3 1990",
        "3 may june 1990",
        "3rd 5 1990",
        "3.5.1990.1",
        "1990-1990-3",
        "3.5.1990 10:00",
        "99999999",
        "²³.5.1990",
        "soon",
        "-",
    ],
)
def test_what_is_no_date_or_misses_a_part_is_none(typed):
    assert dates.loosely(typed, TODAY) is None
    assert dates.iso(typed, TODAY) == typed


@given(st.dates(date(1800, 1, 1), date(2199, 12, 31)), st.sampled_from(ORDERS))
def test_what_is_shown_back_is_understood_again_in_every_order(day, order):
    assert dates.loosely(dates.in_full(day), TODAY, order) == day
    assert dates.loosely(day.isoformat(), TODAY, order) == day
    assert dates.in_full(day) in dates.understood(day.isoformat(), TODAY, order)


@given(st.dates(date(1800, 1, 1), date(2199, 12, 31)), st.sampled_from(ORDERS))
def test_a_day_in_the_set_order_is_never_taken_for_another(day, order):
    number = {
        "day-first": f"{day.day}.{day.month}.{day.year}",
        "month-first": f"{day.month}/{day.day}/{day.year}",
        "year-first": f"{day.year}-{day.month}-{day.day}",
    }[order]
    assert dates.loosely(number, TODAY, order) == day


@given(st.text(max_size=30))
def test_any_text_is_a_date_or_none(text):
    assert dates.loosely(text, TODAY) is None or dates.iso(text, TODAY) != ""


@given(st.dates(TODAY - timedelta(days=365 * 4), TODAY))
def test_without_a_year_it_is_never_a_day_to_come(day):
    found = dates.loosely(f"{day.day}.{day.month}.", TODAY)
    assert found is not None
    assert (found.day, found.month) == (day.day, day.month)
    assert found <= TODAY


def test_what_is_recorded_is_told_in_full_or_short_and_any_other_text_as_it_is():
    assert dates.told("1990-09-03") == dates.told("1990-09-03T14:05:06Z") == "3 September 1990"
    assert dates.short("1990-09-03") == dates.short(date(1990, 9, 3)) == "3 Sep 1990"
    assert dates.moment("1990-09-03T14:05:06Z") == "3 Sep 1990, 14:05"
    for other in ("", "soon", "1990-13-03", "1990-09-03 and after"):
        assert dates.told(other) == dates.short(other) == other


def test_the_examples_are_understood():
    for order in ORDERS:
        assert dates.loosely(dates.example(order), TODAY, order) == date(1990, 4, 28)
        assert dates.example(order) in dates.fault("soon", TODAY, order)


@pytest.mark.parametrize(
    ("typed", "missing"),
    [
        ("mar 2015", "The day is missing. "),
        ("2015 March", "The day is missing. "),
        ("3.2015", "The day is missing. "),
        ("2015-03", "The day is missing. "),
        ("2015", "The day and the month are missing. "),
        ("31.2.1990", "That month has no such day. "),
        ("1990-02-30", "That month has no such day. "),
        ("29 feb 2015", "That month has no such day. "),
        ("3.15", ""),
        ("20151332", ""),
        ("soon", ""),
    ],
)
def test_what_a_text_misses_to_be_a_date_is_told_where_it_is_plain(typed, missing):
    for order in ORDERS:
        assert dates.fault(typed, TODAY, order).startswith(f"{missing}Write a date, such as")
