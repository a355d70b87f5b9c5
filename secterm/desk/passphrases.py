"""How strong a passphrase is, and the floor under it. Guesses are estimated by
zxcvbn (Wheeler, USENIX Security 2016); words that are known of the vault count
as guessed first. A passphrase is never kept and never told.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from zxcvbn_rs_py import zxcvbn

from secterm.desk.model import WeakPassphrase
from secterm.words import _

SHORTEST: Final = 12  # characters
WEAKEST: Final = 3  # of zxcvbn's scores 0 to 4
LONGEST_JUDGED: Final = 100  # characters; more cannot make it weaker


@dataclass(frozen=True)
class Judgement:
    """A passphrase's score from 0 to 4, whether it is good enough, and what would help."""

    score: int
    good: bool
    advice: str


def judge(passphrase: str, words: tuple[str, ...] = ()) -> Judgement:
    """Judges a passphrase against the floor. `words`: names that an attacker would try."""
    if not passphrase:
        return Judgement(0, False, _("Several words that do not belong together are best."))
    if not _is_text(passphrase):
        return Judgement(0, False, _("It holds what is not text of this terminal."))
    score = int(zxcvbn(passphrase[:LONGEST_JUDGED], [w for w in words if _is_text(w)]).score)
    if len(passphrase) < SHORTEST:
        return Judgement(
            min(score, WEAKEST - 1),
            False,
            _("Too short: at least {n} characters. Several words are best.").format(n=SHORTEST),
        )
    if score < WEAKEST:
        return Judgement(
            score, False, _("Too easy to guess. Add words that do not belong together.")
        )
    return Judgement(score, True, _("Good."))


def _is_text(text: str) -> bool:
    try:
        return bool(text.encode())
    except UnicodeEncodeError:  # half of a character
        return False


def demand(passphrase: str, words: tuple[str, ...]) -> None:
    """Raises `WeakPassphrase` where it is under the floor. `words` as in `judge`."""
    judged = judge(passphrase, words)
    if not judged.good:
        raise WeakPassphrase(judged.advice)
