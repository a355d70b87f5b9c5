"""Cards side by side, column by column: what many of them have alike is kept once, and what is
of one length is kept without an object of its own. A hundred thousand take half as much
as their objects would, and are taken in by the thousand.
"""

from __future__ import annotations

import contextlib
import itertools
import operator
import re
import unicodedata
from array import array
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final, cast, overload

from secterm.desk.cards import Card, Kind, Sheet
from secterm.policy.model import Category

Spelled = Callable[[str, str, str], str]  # of a stage, what is owed, a category

ZEROS: Final = bytes.maketrans(b"123456789+", b"000000000-")
SHAPE: Final = "0000-00-00T00:00:00-00:00"  # of a time, as the program writes it
WRITTEN: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d([+-]\d\d:\d\d)", re.ASCII)
UTC: Final = "+00:00"
MIDNIGHT: Final = "2000-01-01T00:00:00"
LAST: Final = "~"  # after every time and every day
DAY, HOUR = len("2000-01-01"), len("2000-01-01T00")
ID: Final = 32  # hex digits
FEW: Final = 64  # ids that are sought one by one


class Even:
    """Texts of which most are of one length, in ASCII, a line each; the others stand apart."""

    def __init__(self, width: int) -> None:
        self._line = width + 1
        self._all = bytearray()
        self._odd: dict[int, str] = {}

    def __len__(self) -> int:
        return len(self._all) // self._line

    def take(self, texts: Sequence[str]) -> None:
        """So many more."""
        lines = "\n".join(texts) + "\n"
        ends = "\n" * len(texts)
        alike = lines[self._line - 1 :: self._line] == ends and lines.count("\n") == len(ends)
        if not alike or len(lines) != self._line * len(texts) or not lines.isascii():
            odd = {n: text for n, text in enumerate(texts, len(self)) if not self._fits(text)}
            self._odd.update(odd)
            lines = "".join(text + "\n" if self._fits(text) else self._gap for text in texts)
        self._all += lines.encode()

    def _fits(self, text: str) -> bool:
        return len(text) == self._line - 1 and text.isascii() and "\n" not in text

    @property
    def _gap(self) -> str:
        return " " * (self._line - 1) + "\n"

    def __getitem__(self, place: int) -> str:
        if place in self._odd:
            return self._odd[place]
        at = place * self._line
        return self._all[at : at + self._line - 1].decode()

    def __setitem__(self, place: int, text: str) -> None:
        self._odd.pop(place, None)
        line = text + "\n"
        if not self._fits(text):
            self._odd[place], line = text, self._gap
        at = place * self._line
        self._all[at : at + self._line] = line.encode()

    def every(self) -> list[str]:
        """All of them."""
        texts = self._all.decode().split("\n")
        texts.pop()
        for place, odd in self._odd.items():
            texts[place] = odd
        return texts

    def shaped(self, shape: str) -> bool:
        """Whether all have this shape, as wide as they are, in which every digit is a 0."""
        return not self._odd and self._all.translate(ZEROS) == len(self) * f"{shape}\n".encode()

    def end(self, text: str) -> bool:
        """Whether all end so, of those that have no line of their own."""
        return self._all.count(f"{text}\n".encode()) == len(self)

    def beginning(self, text: str) -> Iterator[int]:
        """The places of those that begin with this, which is not empty."""
        yield from (place for place, odd in self._odd.items() if odd.startswith(text))
        if not self._fits(text.ljust(self._line - 1)):
            return
        sought = text.encode()
        at = self._all.find(sought)
        while at >= 0:
            place, behind = divmod(at, self._line)
            if not behind and place not in self._odd:
                yield place
            at = self._all.find(sought, at + 1)


class _Numbers(dict[tuple[str, ...], int]):
    """Texts that several cards have alike, each such set of them under a number of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[tuple[str, ...]] = []

    def __missing__(self, texts: tuple[str, ...]) -> int:
        self[texts] = number = len(self.told)
        self.told.append(texts)
        return number


class _Sought:
    """Texts of a column, folded, as far as they were asked for."""

    def __init__(self, texts: list[str]) -> None:
        self._texts = texts
        self._folded: list[str] = []
        self._lines: list[str] = []  # all of them, and what some were before they changed

    def every(self) -> list[str]:
        """All of them."""
        if len(self._folded) < len(self._texts):
            line = _line(self._texts[len(self._folded) :])
            self._lines.append(line)
            self._folded += line.split("\n")
        return self._folded

    def changed(self, slot: int) -> None:
        """Another text in a slot."""
        if slot < len(self._folded):
            self._folded[slot] = line = _line([self._texts[slot]])
            self._lines.append(line)

    def anywhere(self, word: str) -> bool:
        """Whether one of them may have this in it; where not, none has."""
        self.every()
        return any(word in line for line in self._lines)


class Columns(Sequence[Card]):
    """Cards, each in a slot: the first in slot 0. One is made when it is asked for."""

    def __init__(self, spelled: Spelled) -> None:
        self.ids = Even(ID)
        self.since = Even(len(SHAPE))
        self.opened = Even(len(SHAPE))
        self.kind = array("I")  # of each slot
        self._names: list[str] = []
        self._identity_numbers: list[str] = []
        self._sought = _Sought(self._names), _Sought(self._identity_numbers)
        self._kinds = _Numbers()
        self._many: Counter[int] = Counter()  # of each kind
        self._posts = _Numbers()  # with their departments
        self._post = array("I")
        self._post_words: list[str] = []  # folded, as far as they were asked for
        self._slots: dict[str, int] = {}  # that were asked for
        self._clock = ""  # the offset at which times are put in order
        self.spell(spelled)

    def spell(self, spelled: Spelled) -> None:
        """By which words a kind is found."""
        self._spelled = spelled
        self._kind_words: list[str] = []  # folded, as far as they were asked for

    # -- what comes in ------------------------------------------------------

    def take(self, sheet: Sheet) -> None:
        """Further cards, of dossiers that are not here yet."""
        kinds = [self._kinds[kind] for kind in sheet.kinds]
        for place, many in Counter(sheet.kind).items():
            self._many[kinds[place]] += many
        self.kind.fromlist([kinds[place] for place in sheet.kind])
        posts = [self._posts[post] for post in sheet.posts]
        self._post.fromlist([posts[place] for place in sheet.post])
        self.ids.take(sheet.id)
        self.since.take(sheet.since)
        self.opened.take(sheet.opened)
        self._names += sheet.name
        self._identity_numbers += sheet.identity_number

    def change(self, slot: int, card: Card) -> None:
        """Another card in a slot, of the same dossier."""
        kind = self._kinds[card.stage, card.owed, card.lapses_on, card.category]
        self._many[self.kind[slot]] -= 1
        self._many[kind] += 1
        self.kind[slot] = kind
        self._post[slot] = self._posts[card.post, card.department]
        self.since[slot], self.opened[slot] = card.since, card.opened
        self._names[slot] = card.name
        self._identity_numbers[slot] = card.identity_number
        for sought in self._sought:
            sought.changed(slot)

    # -- what is there ------------------------------------------------------

    def __len__(self) -> int:
        return len(self.kind)

    @overload
    def __getitem__(self, slot: int) -> Card: ...
    @overload
    def __getitem__(self, slot: slice) -> list[Card]: ...
    def __getitem__(self, slot: int | slice) -> Card | list[Card]:
        if isinstance(slot, slice):
            return [self[at] for at in range(len(self))[slot]]
        stage, owed, lapses_on, category = self._kinds.told[self.kind[slot]]
        post, department = self._posts.told[self._post[slot]]
        return Card(
            id=self.ids[slot],
            name=self._names[slot],
            post=post,
            department=department,
            category=cast(Category, category),
            stage=stage,
            owed=owed,
            since=self.since[slot],
            opened=self.opened[slot],
            lapses_on=lapses_on,
            identity_number=self._identity_numbers[slot],
        )

    def slots(self, ids: Collection[str]) -> dict[str, int]:
        """Where the cards of these dossiers are, of those that are here."""
        if len(ids) > FEW:
            every = {id: slot for slot, id in enumerate(self.ids.every())}
            return {id: every[id] for id in ids if id in every}
        for id in ids:
            if id and id not in self._slots:
                found = (slot for slot in self.ids.beginning(id) if self.ids[slot] == id)
                self._slots.update((id, slot) for slot in found)
        return {id: self._slots[id] for id in ids if id in self._slots}

    def identity_numbers(self) -> Iterator[tuple[str, str]]:
        """Every identity number, and the name of whoever has it."""
        return zip(self._identity_numbers, self._names, strict=True)

    @property
    def kinds(self) -> Sequence[Kind]:
        """The kinds of cards, by their numbers; of some there may be none any more."""
        return cast(Sequence[Kind], self._kinds.told)

    def many(self) -> Iterator[tuple[Kind, int]]:
        """The kinds of which there are cards, and how many."""
        kinds = self.kinds
        return ((kinds[kind], many) for kind, many in self._many.items() if many)

    def waiting_since(self) -> list[str]:
        """Of each slot the day (YYYY-MM-DD) since which somebody waits; empty for nothing."""
        owed = [bool(owed) for _stage, owed, _day, _category in self.kinds]
        since = self.since.every()
        return [
            time[:DAY] if owed[kind] else "" for time, kind in zip(since, self.kind, strict=True)
        ]

    # -- by which words -----------------------------------------------------

    def fitting(self, word: str, slots: Sequence[int]) -> Iterable[bool]:
        """Whether each of these is found by this word, which is folded, besides by its id.

        No step of Python's own for each of them.
        """
        found: Iterable[bool] = itertools.repeat(False, len(slots))
        for sought in self._sought:
            if sought.anywhere(word):
                texts = sought.every()
                all = texts if self._all(slots) else map(texts.__getitem__, slots)
                found = map(
                    operator.or_, found, map(operator.contains, all, itertools.repeat(word))
                )
        for numbers, words in ((self._post, self._words_of_posts()), (self.kind, self._words())):
            good = {number for number, text in enumerate(words) if word in text}
            if good:
                there = map(good.__contains__, map(numbers.__getitem__, slots))
                found = map(operator.or_, found, there)
        return found

    def _words_of_posts(self) -> list[str]:
        more = self._posts.told[len(self._post_words) :]
        self._post_words += [folded(" ".join(texts)) for texts in more]
        return self._post_words

    def _words(self) -> list[str]:
        more = self.kinds[len(self._kind_words) :]
        spelled = (self._spelled(stage, owed, category) for stage, owed, _day, category in more)
        self._kind_words += map(folded, spelled)
        return self._kind_words

    # -- in which order -----------------------------------------------------

    def waiting(self, slots: Sequence[int]) -> list[str]:
        """What puts these in the order of who waits longest; whom nobody owes anything comes
        last.
        """
        owed = [bool(owed) for _stage, owed, _day, _category in self.kinds]
        return [
            since if owed[kind] else LAST + since
            for since, kind in zip(
                self._times(self.since, slots), self._kind_at(slots), strict=True
            )
        ]

    def lapse(self, slots: Sequence[int]) -> list[str]:
        """What has lapsed comes first, what does not lapse last."""
        keys = [
            "" if stage == "lapsed" else day or LAST for stage, _owed, day, _category in self.kinds
        ]
        return [keys[kind] for kind in self._kind_at(slots)]

    def name(self, slots: Sequence[int]) -> list[str]:
        """By name."""
        names = self._sought[0].every()
        return names if self._all(slots) else [names[slot] for slot in slots]

    def opening(self, slots: Sequence[int]) -> list[str]:
        """What was opened earlier comes first."""
        return list(self._times(self.opened, slots))

    def _all(self, slots: Sequence[int]) -> bool:
        return isinstance(slots, range) and slots == range(len(self))

    def _kind_at(self, slots: Sequence[int]) -> Sequence[int]:
        return self.kind if self._all(slots) else [self.kind[slot] for slot in slots]

    def _times(self, column: Even, slots: Sequence[int]) -> Sequence[str]:
        if not self._all(slots):
            return on_one_clock([column[slot] for slot in slots], self._clock or UTC)
        texts = column.every()
        self._clock = self._clock or next(filter(None, map(_offset, texts)), "")
        written = column.shaped(SHAPE)
        if written and column.end(self._clock):
            return texts
        return on_one_clock(texts, self._clock or UTC, written=written)


def folded(text: str) -> str:
    """A text as it is sought: no capitals, no accents, no wide letters."""
    if text.isascii():
        return text.lower()
    parts = unicodedata.normalize("NFKD", text)
    for c in set(parts):
        if unicodedata.combining(c):
            parts = parts.replace(c, "")
    return parts.casefold()


def _line(texts: Sequence[str]) -> str:
    """Each of them folded, on a line of its own, and all at once: one by one takes four times
    as long.
    """
    joined = "\n".join(texts)
    if joined.count("\n") >= len(texts):
        joined = "\n".join(text.replace("\n", " ") for text in texts)
    return folded(joined)


def on_one_clock(times: Sequence[str], offset: str, *, written: bool = False) -> Sequence[str]:
    """Times (ISO 8601) as texts that stand in the order of the times: as a clock showed them
    that has this offset. An empty one stays as it is, and comes first. `written`: all of them
    are told as the program does it.
    """
    hours: dict[str, str] = {}  # as that clock showed them: in a hundred thousand times are few

    def there(time: str) -> str:
        at = time[:HOUR] + time[-len(UTC) :]
        if at not in hours:
            hours[at] = _moved(f"{time[:HOUR]}:00:00{time[-len(UTC) :]}", offset)
        if not hours[at].endswith(f":00:00{offset}"):  # other minutes too
            return _moved(time, offset)
        return hours[at][:HOUR] + time[HOUR : -len(UTC)] + offset

    if written:
        return [time if time.endswith(offset) else there(time) for time in times]
    return [t if not t or _offset(t) == offset else _moved(t, offset) for t in times]


def _offset(time: str) -> str:
    """At which offset a time is told, where it is told as the program does it; else empty."""
    found = WRITTEN.fullmatch(time)
    return found[1] if found else ""


def _moved(time: str, offset: str) -> str:
    with contextlib.suppress(ValueError, OverflowError):  # what is no time stands somewhere
        there = datetime.fromisoformat(MIDNIGHT + offset).tzinfo
        return datetime.fromisoformat(time).astimezone(there).isoformat()
    return time
