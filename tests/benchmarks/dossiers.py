"""A dossier opened, and a question answered, among a hundred thousand and among a hundred."""

import time

from secterm.desk import sample
from tests.benchmarks.apart import apart
from tests.benchmarks.figures import compared, median, progress
from tests.benchmarks.paint import SILENCE, Painted
from tests.benchmarks.stocked import open_desk
from tests.support import house

BEGINNING = 24  # letters of a question by which it is known
OPENED = 20
ENTER, ESCAPE = "\r", "\x1b[27u"  # said in full, or Textual waits whether more of a sequence comes


def work(size, stock):
    """Key to paint of both."""
    opens, asks = [], []
    for run in range(size.runs):
        pairs = []
        for count in (size.cards, size.least):
            vault = stock.copy(stock.opened(count))
            opened = opening(vault, min(OPENED, size.keys))
            pairs.append((opened, asking(vault, min(size.interviews, size.keys))))
        (opened, asked), (opened_few, asked_few) = pairs
        opens.append((opened, opened_few))
        asks.append((asked, asked_few))
        progress(f"a dossier among {size.cards:,}: run {run + 1} of {size.runs}")
    peer = f"among {size.least:,}"
    return [
        compared(f"a dossier opened among {size.cards:,}, median", "ms", peer, opens, under=1.2),
        compared("  an answer to the next question, median", "ms", peer, asks, under=1.2),
    ]


def opening(vault, times):
    """Milliseconds from Enter to the dossier; each time another one, as it is opened first."""
    took = []
    with Painted("tests.benchmarks.stocked", vault) as program:
        program.waits_for(" dossiers")
        for _ in range(times):
            took += program.paints(ENTER, "Dossier:")
            program.press(ESCAPE, "Show only")
            program.press("\x1b[B")
    return median(took)


def asking(vault, interviews):
    """Milliseconds from an answer to the next question, in interviews of plain questions."""
    ids, took = apart(prepared, vault, interviews), []
    plain = house.plain()
    shows = [question.text[:BEGINNING] for question in plain]
    with Painted("tests.benchmarks.among", vault, *ids) as program:
        program.waits_for(shows[0])
        for _ in ids:
            for question, following in zip(plain, [*shows[1:], ""], strict=True):
                time.sleep(SILENCE)  # a quicker hand is taken for a key that is held
                if following:
                    took += program.paints(house.favourable(question), following)
                else:
                    program.press(house.favourable(question))
    return median(took)


def prepared(vault, count):
    """So many dossiers more, of whom the plain questions are open; their ids."""
    desk = open_desk(vault)
    before = set(desk.offer().all)
    sample.fill(desk, count, stages=("opened",), category="general")
    ids = sorted(set(desk.offer().all) - before)
    but = tuple(question.id for question in house.plain())
    for id in ids:
        house.answered(desk, id, but=but)
    desk.close()
    return ids
