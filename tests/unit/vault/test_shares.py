"""Recovery shares: so many of so many give the secret, and a wrong word is named."""

import itertools
import random

import pytest
from shamir_mnemonic import generate_mnemonics
from shamir_mnemonic.constants import (
    CUSTOMIZATION_STRING_EXTENDABLE,
    CUSTOMIZATION_STRING_ORIG,
)
from shamir_mnemonic.rs1024 import create_checksum
from shamir_mnemonic.wordlist import WORDLIST

from secterm.vault import shares
from secterm.vault.errors import ShareRefused
from secterm.vault.shares import Collected

SECRET = bytes(range(32))
DRAWN = shares.split(SECRET, 2, 3)


def collected(*typed):
    found = Collected()
    for one in typed:
        found.add(one)
    return found


def refused(typed, found=None):
    with pytest.raises(ShareRefused) as caught:
        (found or Collected()).add(typed)
    return caught.value


def changed(share, place, word):
    words = share.split()
    words[place - 1] = word
    return " ".join(words)


def checked(share, at, bits):
    """A share with some bits of a word changed and the checksum made to fit."""
    indices = [WORDLIST.index(word) for word in share.split()[:-3]]
    indices[at] ^= bits
    custom = CUSTOMIZATION_STRING_EXTENDABLE
    if not indices[1] & shares.EXTENDABLE:
        custom = CUSTOMIZATION_STRING_ORIG
    return " ".join(WORDLIST[i] for i in [*indices, *create_checksum(indices, custom)])


# -- enough, and not ----------------------------------------------------------


@pytest.mark.parametrize("chosen", list(itertools.permutations(range(3), 2)))
def test_any_two_of_three_give_the_secret(chosen):
    assert collected(*(DRAWN[i] for i in chosen)).secret() == SECRET


def test_all_three_of_which_two_are_needed_give_it_too():
    assert collected(*DRAWN).secret() == SECRET


def test_one_of_two_gives_nothing_and_says_how_many_are_missing():
    found = collected(DRAWN[0])
    assert (found.count, found.missing) == (1, 1)
    with pytest.raises(ShareRefused) as caught:
        found.secret()
    assert (caught.value.kind, caught.value.more) == ("few", 1)


def test_no_share_gives_nothing():
    with pytest.raises(ShareRefused) as caught:
        Collected().secret()
    assert (caught.value.kind, caught.value.more) == ("few", 1)


def test_one_of_one_is_the_whole():
    (whole,) = shares.split(SECRET, 1, 1)
    found = collected(whole)
    assert (found.missing, found.secret()) == (0, SECRET)


def test_sixteen_of_sixteen_give_it_and_fifteen_do_not():
    drawn = shares.split(SECRET, 16, 16)
    found = collected(*drawn[:15])
    assert found.missing == 1
    found.add(drawn[15])
    assert found.secret() == SECRET


@pytest.mark.parametrize(
    ("needed", "count"), [(0, 0), (0, 1), (1, 2), (1, 16), (3, 2), (2, 17), (17, 17), (-1, 1)]
)
def test_what_slip_39_does_not_have_is_not_drawn(needed, count):
    with pytest.raises(ValueError, match="no such shares"):
        shares.split(SECRET, needed, count)


def test_no_two_draws_are_alike():
    assert not set(shares.split(SECRET, 2, 3)) & set(shares.split(SECRET, 2, 3))


# -- what does not go together --------------------------------------------------


def test_a_share_of_another_set_is_refused_and_what_was_typed_stays():
    found = collected(DRAWN[0])
    other = shares.split(bytes(32), 2, 3)
    assert refused(other[1], found).kind == "set"
    assert found.count == 1
    found.add(DRAWN[2])
    assert found.secret() == SECRET


def test_a_share_of_another_set_with_the_same_number_gives_no_secret():
    bent = checked(DRAWN[1], 10, 1)
    found = collected(DRAWN[0], bent)
    with pytest.raises(ShareRefused) as caught:
        found.secret()
    assert caught.value.kind == "set"


def test_a_share_typed_twice_is_said_so():
    assert refused(DRAWN[0], collected(DRAWN[0])).kind == "again"


# -- words ------------------------------------------------------------------


def test_four_letters_of_each_word_are_enough_and_case_and_spaces_do_not_matter():
    short = ["  ".join(w[:4].upper() for w in share.split()) for share in DRAWN[:2]]
    assert collected(*short).secret() == SECRET


def test_three_letters_are_not_a_word():
    words = DRAWN[0].split()
    at = next(i for i, word in enumerate(words) if len(word) > 3)
    told = refused(changed(DRAWN[0], at + 1, words[at][:3]))
    assert (told.kind, told.place) == ("word", at + 1)


@pytest.mark.parametrize("place", range(1, 34))
def test_a_word_that_is_none_is_named(place):
    told = refused(changed(DRAWN[0], place, "zzzz"))
    assert (told.kind, told.word, told.place) == ("word", "zzzz", place)


@pytest.mark.long
@pytest.mark.parametrize("place", range(1, 34))
def test_a_wrong_word_of_the_list_is_named(place):
    dice = random.Random(place)
    for share in DRAWN:
        right = share.split()[place - 1]
        wrong = dice.choice([word for word in WORDLIST if word != right])
        told = refused(changed(share, place, wrong))
        assert (told.kind, told.word, told.place) == ("word", wrong, place)


def test_two_wrong_words_are_not_blamed_on_one():
    words = DRAWN[0].split()
    words[7], words[8] = words[8], words[7]
    if words[7] == words[8]:
        words[7] = next(word for word in WORDLIST if word != words[8])
    assert refused(" ".join(words)).kind in ("checksum", "word")
    wrong = [w for w in WORDLIST if w not in words][:2]
    assert refused(changed(changed(DRAWN[0], 5, wrong[0]), 20, wrong[1])).kind == "checksum"


@pytest.mark.parametrize("count", [0, 1, 20, 32, 34, 200])
def test_another_number_of_words_is_said_so(count):
    told = refused(" ".join((DRAWN[0].split() * 7)[:count]))
    assert (told.kind, told.place) == ("length", count)


def test_no_word_stands_in_an_errors_text():
    assert str(refused(changed(DRAWN[0], 3, "zzzz"))) == "word"


# -- of other programs ------------------------------------------------------------


def test_a_foreign_share_of_another_length_is_said_so():
    ((other, _),) = generate_mnemonics(1, [(2, 2)], bytes(16))
    told = refused(other)
    assert (told.kind, told.place) == ("length", 20)


def test_a_foreign_share_of_several_groups_is_said_so():
    groups = generate_mnemonics(2, [(1, 1), (1, 1)], SECRET)
    assert refused(groups[0][0]).kind == "foreign"


def test_a_share_that_would_take_hours_to_combine_is_foreign():
    assert refused(checked(DRAWN[0], 1, 0b1110)).kind == "foreign"


def test_a_share_whose_padding_is_wrong_is_foreign_and_no_word_is_blamed():
    told = refused(checked(DRAWN[0], 4, 0b1000000000))
    assert (told.kind, told.word) == ("foreign", "")


def test_a_share_of_an_older_program_of_this_length_gives_its_secret():
    drawn = generate_mnemonics(1, [(2, 3)], SECRET, iteration_exponent=1, extendable=False)[0]
    assert collected(*drawn[:2]).secret() == SECRET
    told = refused(changed(drawn[0], 9, "zero" if drawn[0].split()[8] != "zero" else "acid"))
    assert (told.kind, told.place) == ("word", 9)
