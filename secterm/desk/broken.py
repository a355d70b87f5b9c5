"""A history that broke off, in words: what differs, both checkpoints, what that means and what
to do. A witness tells it of an archive, a vault of a cosignature.
"""

from __future__ import annotations

from typing import Final

from secterm.desk.witnesses import Sighting
from secterm.vault import checkpoints
from secterm.vault.note import Checkpoint
from secterm.words import _

Labelled = tuple[str, str]  # what it is, and its short line

PUT_BACK: Final = _("an older copy of the vault's file was put in its place")


class HistoryBroken(Exception):
    """A vault does not continue what was seen of it before.

    `then` and `now` are the two checkpoints, or log keys; `reason` says what differs, `meaning`
    what that can be, and `advice` what to do.
    """

    def __init__(
        self, reason: str, then: Labelled, now: Labelled, meaning: str, advice: str
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.then = then
        self.now = now
        self.meaning = meaning
        self.advice = advice


# -- at the witness -----------------------------------------------------------------


def other_keys(before: Sighting, now: str) -> HistoryBroken:
    """The log keys, whose fingerprint is `now`, are not those that were seen."""
    return HistoryBroken(
        _("This archive is of a vault that was seen before, but with other log keys."),
        (_("Log keys seen here on {day}").format(day=before.at[:10]), before.log_keys),
        (_("In this archive"), now),
        _("It is another vault under that one's name."),
        _("Do not rely on this archive. Let the vault's officers explain it."),
    )


def only_old(before: Sighting, now: Checkpoint) -> HistoryBroken:
    """It was seen already, and a later one since."""
    return HistoryBroken(
        _("This archive is older than the last one that was seen of its vault."),
        *_seen(before, now),
        _("It was seen here before, and what came later continues it."),
        _("Nothing is wrong with it. Bring the latest archive."),
    )


def fewer(before: Sighting, now: Checkpoint) -> HistoryBroken:
    """It has fewer entries than were seen, and was never seen itself."""
    return HistoryBroken(
        _("This archive has fewer entries than the last one that was seen of its vault."),
        *_seen(before, now),
        _(
            "Either it is an older archive that comes late, or the vault was rolled back: {how}."
        ).format(how=PUT_BACK),
        _("Ask for a new archive.") + " " + _explain(before),
    )


def forked(before: Sighting, now: Checkpoint) -> HistoryBroken:
    """With as many entries as were seen, it had another root."""
    return HistoryBroken(
        _("This archive has another history than the last one that was seen of its vault."),
        *_seen(before, now),
        _(
            "The vault was forked: {how}, or its entries were written anew, and others were "
            "recorded since."
        ).format(how=PUT_BACK),
        _explain(before),
    )


def unproven(before: Sighting, now: Checkpoint) -> HistoryBroken:
    """It has more entries than were seen, and no proof from there."""
    return HistoryBroken(
        _("Nothing in this archive proves that it continues the last one that was seen."),
        *_seen(before, now),
        _(
            "The vault does not know that it wrote that one. Most likely it was rolled back or "
            "forked: {how}."
        ).format(how=PUT_BACK),
        _explain(before)
        + " "
        + _("If it is, take the last cosignature in there, and export once more."),
    )


def _seen(before: Sighting, now: Checkpoint) -> tuple[Labelled, Labelled]:
    then = _("Seen here on {day}").format(day=before.at[:10])
    return (then, before.checkpoint), (_("In this archive"), checkpoints.short(now))


def _explain(before: Sighting) -> str:
    return _(
        "Keep this archive, and let the vault's officers explain it. There, “secterm verify "
        "--checkpoint {line}” tells whether the history that was seen is still in it."
    ).format(line=before.checkpoint)


# -- at the vault -------------------------------------------------------------------


def cut(seen: Checkpoint, here: Checkpoint) -> HistoryBroken:
    """The witness has seen more entries than there are."""
    return HistoryBroken(
        _("The witness has seen more entries of this vault than are here."),
        (_("Seen by the witness"), checkpoints.short(seen)),
        (_("Here now"), checkpoints.short(here)),
        _("This vault was put back: its file here is an older copy."),
        _STOP,
    )


def rewritten(seen: Checkpoint, here: Checkpoint) -> HistoryBroken:
    """With as many entries as the witness has seen, the root here is another."""
    return HistoryBroken(
        _("The witness has seen another history of this vault than the one here."),
        (_("Seen by the witness"), checkpoints.short(seen)),
        (_("Here, with as many"), checkpoints.short(here)),
        _("This vault was put back from an older copy and went on, or was forked."),
        _STOP,
    )


_STOP: Final = _(
    "Record nothing more here. Keep this file as it is and look for the latest copy of the vault; "
    "tell the witness and your unit."
)
