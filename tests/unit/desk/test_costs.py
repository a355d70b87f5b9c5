"""What an answer and an opened dossier cost, in what no machine changes: statements of SQL,
syncs, pages and bytes. In a vault of three hundred dossiers it is what it is in a new one.
"""

import contextlib
import itertools
import re
import runpy
import shutil
import sqlite3
from collections import Counter
from pathlib import Path

import pytest

from secterm.desk import sample
from secterm.desk.desk import Desk
from secterm.dossier import entries as acts
from secterm.vault import file, kdf
from secterm.vault.merkle import HASH_SIZE, TILE_WIDTH
from secterm.vault.records import ID_SIZE
from secterm.vault.verify import AT_ONCE
from tests.benchmarks.interview import BYTES
from tests.support import calls, house
from tests.support.paper import someone

PAGE = 4096  # bytes, as SQLite has them
# The key that seals the answer is read, then whether the vault is still as this desk left it;
# the answer, its dossier's card, who signed, the head; and after that what the page of the
# interview asks, the questions that are marked.
ANSWER = [
    "SELECT dossier",
    "BEGIN",
    "SELECT head",
    "INSERT entry",
    "UPDATE dossier",
    "INSERT signature",
    "INSERT head",
    "COMMIT",
    "SELECT draft",
]
# With every 256th entry a tile of the tree is full: its hashes are read, and it is written.
FULL = [*ANSWER[:5], "SELECT entry", "INSERT tile", *ANSWER[5:]]
# Is there such a dossier, its key, its entries.
OPENED = ["SELECT dossier", "SELECT dossier", "SELECT entry"]
# SQLite's own first page, and the last page of each that is written: entries, their index by
# dossier, cards, signatures, heads.
PAGES = 6
# A page that is full makes another one, and its neighbours may be filled anew.
MOST_PAGES = 3 * PAGES


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Vaults with that many dossiers more, and this many entries."""

    def make(dossiers, entries):
        path = house.build(tmp_path_factory.mktemp("vault") / "vault.db")
        desk = Desk.open(path, *house.OFFICER)
        sample.fill(desk, dossiers, stages=("opened",), category="general")
        id = desk.open_dossier(someone())
        desk.act(id, *answers(entries - desk._vault.size))
        assert desk._vault.size == entries
        desk.close()
        return path

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kdf, "floors", (kdf.Cost(t=1, m=32, p=1),))
        return {"small": make(2, 20), "large": make(300, 4 * TILE_WIDTH - 10)}


@pytest.fixture
def desks(made, tmp_path, monkeypatch):
    """A desk at each, as durable as the program has it, and whose interview begins there."""
    for name, value in runpy.run_path(file.__file__)["PRAGMAS"].items():
        monkeypatch.setitem(file.PRAGMAS, name, value)
    with contextlib.ExitStack() as stack:
        found = {}
        for name, path in made.items():
            desk = Desk.open(Path(shutil.copy(path, tmp_path / name)), *house.OFFICER)
            stack.callback(desk.close)
            id = desk.open_dossier(someone())
            desk.dossier(id)
            found[name] = desk, id
        yield found


def answers(count):
    """So many answers to the questions that everybody is asked, from the first on again."""
    asked = house.plain()
    return [
        acts.Answered(question=q.id, answer=house.favourable(q) == "y")
        for q in (asked[number % len(asked)] for number in range(count))
    ]


def give(desk, id, answer):
    """What the interview's page does with an answer."""
    desk.act(id, answer)
    desk.marked(id)


def database(desk):
    return desk._vault.file.database.connection()


@contextlib.contextmanager
def statements(desk):
    """The statements meanwhile: what each does, and to which table."""
    heard = []

    def hear(sql):
        table = re.search(r'(?:FROM|INTO|UPDATE) "(\w+)"', sql)
        heard.append(" ".join([sql.split()[0], *(table.groups() if table else ())]))

    database(desk).set_trace_callback(hear)
    yield heard
    database(desk).set_trace_callback(None)


def steps(desk, work):
    """How many steps SQLite's machine takes for it: some for each row that it looks at."""
    taken = []
    database(desk).set_progress_handler(lambda: taken.append(1), 1)
    work()
    database(desk).set_progress_handler(None, 1)
    return len(taken)


@pytest.mark.parametrize("vault", ["small", "large"])
def test_an_answer_takes_the_same_nine_statements_and_a_full_tile_two_more(desks, vault):
    desk, id = desks[vault]
    tiles = 0
    for answer in answers(15):
        with statements(desk) as heard:
            give(desk, id, answer)
        full = desk._vault.size % TILE_WIDTH == 0
        assert heard == (FULL if full else ANSWER)
        tiles += full
    assert tiles == (vault == "large")


def test_an_answer_writes_as_many_bytes_as_the_benchmarks_bare_commit(desks):
    desk, id = desks["large"]
    heard, given = [], answers(26)
    database(desk).set_trace_callback(heard.append)
    for answer in given:
        desk.act(id, answer)
    changes = [sql for sql in heard if sql.startswith(("INSERT", "UPDATE"))]
    written = sum(len(blob) // 2 for sql in changes for blob in re.findall("x'([0-9a-f]+)'", sql))
    tile = TILE_WIDTH * HASH_SIZE  # one fell in with these; its share is one in 256
    mean = (written - tile) / len(given) + tile / TILE_WIDTH
    assert mean == pytest.approx(BYTES, rel=0.2)  # the head has 32 for each one bit of the size


def bare(folder):
    """What SQLite itself syncs where the same pragmas hold and one row is committed."""
    made = sqlite3.connect(folder / "bare", isolation_level=None, check_same_thread=False)
    with contextlib.closing(made) as database:
        for name, value in file.PRAGMAS.items():
            database.execute(f"PRAGMA {name} = {value}")
        database.execute("CREATE TABLE kept (bytes BLOB)")
        insert = "INSERT INTO kept VALUES (zeroblob(1024))"
        heard, _ = calls.told(lambda: database.execute(insert))
    return synced(heard, "bare")


def synced(heard, name):
    """How often each file was synced: the database, its journal, their folder."""
    paths = [Path(call.path).name for call in heard if call.what == "sync"]
    return Counter(path.removeprefix(name) if path.startswith(name) else "." for path in paths)


@pytest.mark.parametrize("vault", ["small", "large"])
def test_an_answer_is_synced_as_often_as_sqlites_smallest_commit_and_its_pages_written_twice(
    desks, vault, tmp_path
):
    desk, id = desks[vault]
    floor, pages = bare(tmp_path), []
    assert floor["."] == 2  # the journal's coming and its going; that is SQLite's `extra`
    for answer in answers(26):
        heard, _ = calls.told(lambda answer=answer: give(desk, id, answer))
        assert synced(heard, vault) == floor
        writes = [call for call in heard if call.what == "write"]
        pages.append(sum(call.path.endswith(vault) for call in writes))
        # As they were, each with its number and checksum, behind a head; and as they are.
        assert sum(call.size for call in writes) <= pages[-1] * (2 * PAGE + 8) + 2 * 512
    assert Counter(pages).most_common(1)[0][0] == PAGES
    assert max(pages) <= MOST_PAGES
    assert sum(pages) <= len(pages) * (PAGES + 1)


def test_an_answer_leaves_its_seal_its_ids_a_signature_and_a_hash(desks):
    desk, id = desks["small"]
    database(desk).execute("PRAGMA synchronous = off")
    path = desk._vault.file.path
    before, given = path.stat().st_size, answers(TILE_WIDTH)
    for answer in given:
        desk.act(id, answer)
    plain = sum(len(acts.encode(one.entry)) for one in desk.dossier(id).entries[-TILE_WIDTH:])
    seals = plain * 1.12 + len(given) * (1 + 28)  # padding; its mark, nonce and tag
    beside = len(given) * (2 * ID_SIZE + 124 + HASH_SIZE)  # in the row and the index; FORMAT.md
    # A quarter for what SQLite puts around rows, and for pages that are not full.
    assert plain < path.stat().st_size - before < 1.25 * (seals + beside)


def test_a_dossier_is_opened_with_the_same_work_whatever_else_the_vault_has(desks):
    taken = []
    for desk, id in desks.values():
        desk.act(id, *answers(20))
        desk._shelf.clear()
        with statements(desk) as heard:
            taken.append(steps(desk, lambda desk=desk, id=id: desk.dossier(id)))
        assert heard == OPENED
    assert max(taken) - min(taken) <= 1  # the end, where no dossier's id comes after this one


def test_what_it_takes_to_open_a_dossier_grows_by_the_same_with_each_entry(desks):
    desk, id = desks["large"]
    taken = []
    for _ in range(4):
        desk.act(id, *answers(10))
        desk._shelf.clear()
        taken.append(steps(desk, lambda: desk.dossier(id)))
    assert len({later - earlier for earlier, later in itertools.pairwise(taken)}) == 1


def test_a_verification_asks_twice_for_each_dossier_and_once_more_for_some_of_them_together(desks):
    asked, dossiers = {}, {}
    for name, (desk, _id) in desks.items():
        with statements(desk) as heard:
            report = desk.verify()
        assert report.holds
        asked[name], dossiers[name] = Counter(heard), report.dossiers
    more = dossiers["large"] - dossiers["small"]
    assert more >= 290
    grown = asked["large"] - asked["small"]
    together = -(-more // AT_ONCE) + 3 * 4  # what is left of each batch of entries takes one more
    assert grown.pop("SELECT entry") == more
    assert more < grown.pop("SELECT dossier") <= more + together
    assert set(grown) <= {"SELECT tile", "PRAGMA"}
