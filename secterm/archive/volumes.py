"""An export that does not fit one file or one medium is written in volumes, each an archive
by itself: how many dossiers each takes, and of volumes that were found, which are missing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from secterm.archive.errors import ArchiveNotWritten
from secterm.archive.media import LARGEST_FILE, Medium
from secterm.archive.space import Load, told
from secterm.dossier import sentences
from secterm.dossier.entries import MOST_VOLUMES, Volume
from secterm.words import _, ngettext

SHARE: Final = 32  # one part of a volume in so many stays free: what it takes is an estimate
SHOWN: Final = 8  # hex digits of a set, for a person

Weight = tuple[int, int]  # a dossier's entries, and their bytes as they are sealed


def planned(base: Load, weights: Sequence[Weight], limit: int) -> list[int]:
    """How many of these dossiers each volume takes, in their order: as many as are sure to fit
    into `limit` bytes. One volume where all fit into one.

    `base` is what is in every volume. Raises `ArchiveNotWritten` where one dossier is too large
    for a volume, or where volumes of this size would be too many.
    """
    if whole_load(base, weights).bytes() <= limit:
        return [len(weights)]
    counts: list[int] = []
    fits, load, count = limit - limit // SHARE, base, 0
    for weight in weights:
        grown = load.with_one(*weight)
        if count and grown.bytes() > fits:
            counts.append(count)
            grown, count = base.with_one(*weight), 0
        load, count = grown, count + 1
        if count == 1 and load.bytes() > limit:
            raise _too_large(load.bytes(), limit)
    counts.append(count)
    if len(counts) > MOST_VOLUMES:
        raise ArchiveNotWritten(
            _("at {limit} a volume there would be {n} of them.").format(
                limit=told(limit), n=len(counts)
            ),
            advice=_("Take larger volumes, or a larger medium."),
        )
    return counts


def largest(medium: Medium | None, given: int | None = None) -> int | None:
    """The bytes that a file there may have at most, and no more than are `given`; None where
    nothing ends it but the room that there is.
    """
    most = LARGEST_FILE.get(medium.filesystem) if medium else None
    return min((size for size in (most, given) if size is not None), default=None)


def whole_load(base: Load, weights: Iterable[Weight]) -> Load:
    """What all of these dossiers take up in one archive."""
    for weight in weights:
        base = base.with_one(*weight)
    return base


def _too_large(needs: int, limit: int) -> ArchiveNotWritten:
    return ArchiveNotWritten(
        _(
            "one dossier alone, with the officers and packs that are in every volume, takes about "
            "{needs}, and a volume is to have {limit} at most."
        ).format(needs=told(needs), limit=told(limit)),
        advice=_("Take larger volumes, or a larger medium."),
    )


class Gathered(msgspec.Struct, frozen=True, kw_only=True):
    """What was found of one set: numbers of volumes that are missing, and of those that are
    there more than once.
    """

    set: str
    of: int
    missing: tuple[int, ...]
    doubled: tuple[int, ...]


def gathered(volumes: Iterable[Volume | None]) -> list[Gathered]:
    """Of several archives, by what their manifests say in `covers`, which volumes of which set
    are missing or doubled; each set once, in the order in which they come. An archive that is
    no volume is of no set.
    """
    found: dict[tuple[str, int], Counter[int]] = {}
    for volume in volumes:
        if volume is not None:
            found.setdefault((volume.set, volume.of), Counter())[volume.number] += 1
    return [
        Gathered(
            set=set,
            of=of,
            missing=tuple(number for number in range(1, of + 1) if not there[number]),
            doubled=tuple(sorted(number for number, times in there.items() if times > 1)),
        )
        for (set, of), there in found.items()
    ]


def absent(found: Iterable[Gathered]) -> list[Volume]:
    """The volumes that are missing of these sets."""
    return [Volume(set=s.set, number=n, of=s.of) for s in found for n in s.missing]


def is_named(file: str, volume: Volume) -> bool:
    """Whether a file is called as such a volume is, of whatever set."""
    ending = rf".*-{volume.number}of{volume.of}(-[0-9]+)?\.age"
    return re.fullmatch(ending, file, re.ASCII | re.DOTALL) is not None


def numbers(found: Sequence[int]) -> str:
    """Numbers for a person, in ascending order: `2, 5 to 9`."""
    runs: list[list[int]] = []
    for number in found:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ", ".join(
        str(a) if a == b else f"{a}, {b}" if b == a + 1 else _("{a} to {b}").format(a=a, b=b)
        for a, b in runs
    )


def called(volume: Volume) -> str:
    """Which volume it is, for a person."""
    return _("{volume}, of set {set}").format(
        volume=sentences.volume(volume), set=volume.set[:SHOWN]
    )


def said(found: Gathered) -> str:
    """What is missing of a set, or that nothing is, in a sentence or two."""
    n = len(found.missing)
    lines = [
        ngettext(
            "Of set {set}, volume {numbers} of {of} is missing.",
            "Of set {set}, volumes {numbers} of {of} are missing.",
            n,
        ).format(set=found.set[:SHOWN], numbers=numbers(found.missing), of=found.of)
        if n
        else _("Of set {set}, volumes 1 to {of} are all here.").format(
            set=found.set[:SHOWN], of=found.of
        )
    ]
    if found.doubled:
        n = len(found.doubled)
        told_twice = ngettext(
            "Volume {numbers} is here twice.", "Volumes {numbers} are here twice.", n
        )
        lines.append(told_twice.format(numbers=numbers(found.doubled)))
    return " ".join(lines)
