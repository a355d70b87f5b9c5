"""Any bytes as a vault: it opens or does not, and says by name why not."""

import contextlib
import sqlite3

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from secterm.desk.desk import Desk
from secterm.vault import kdf
from secterm.vault.errors import VaultError
from secterm.vault.tables import SCHEMA
from secterm.vault.vault import failures_of
from tests.support import archives
from tests.support.hostile import changed, changes, named
from tests.support.house import OFFICER
from tests.support.sheets import lay

MAGIC = b"SQLite format 3\0"
TABLES = {
    "vault": ("id", "vault", "log_keys", "failures", "checksum"),
    "slot": ("id", "kdf", "tag", "sealed"),
    "dossier": ("id", "key", "commitment", "card"),
    "entry": ("number", "dossier", "sealed"),
    "draft": ("dossier", "sealed"),
    "sheet": ("place", "sealed"),
    "tile": ("level", "place", "hashes"),
    "signature": ("size", "sealed"),
    "head": ("id", "sealed"),
}
COLUMNS = [(table, column) for table, columns in TABLES.items() for column in columns]


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    """The bytes of a small vault that holds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kdf, "floors", (kdf.Cost(t=1, m=32, p=1),))
        folder = tmp_path_factory.mktemp("vault")
        path = archives.build(folder, ("admitted", "core"), ("opened", "key"))
        with contextlib.closing(Desk.open(path, *OFFICER)) as desk:
            for place, card in enumerate(desk.cards()):
                lay(desk._vault, place, card.id)
        return path.read_bytes()


@pytest.fixture
def walked(tmp_path):
    """Goes through a vault of these bytes as an officer would; whether it opened."""
    path = tmp_path / "v.db"

    def walk(data):
        path.with_name("v.db-journal").unlink(missing_ok=True)
        path.write_bytes(data)
        with named(VaultError):
            assert failures_of(path) < 2**32
        desk = None
        with named(VaultError):
            desk = Desk.open(path, *OFFICER)
        if desk is None:
            return False
        try:
            with named(VaultError):
                report = desk.verify()
                assert report.holds == (not report.faults)
            with named(VaultError):
                desk.cards()
            with named(VaultError):
                assert len(list(desk._vault.sheets())) <= len(data)
        finally:
            desk.close()
        return True

    return walk


@pytest.fixture
def edited(tmp_path):
    """The bytes of a vault after SQLite did this to it, so far as SQLite would."""
    path = tmp_path / "edited.db"

    def edit(good, *statements):
        path.write_bytes(good)
        with contextlib.closing(sqlite3.connect(path)) as db:
            db.execute("PRAGMA ignore_check_constraints = 1")
            db.execute("PRAGMA writable_schema = 1")
            for sql, values in statements:
                with contextlib.suppress(sqlite3.Error):
                    db.execute(sql, values)
            with contextlib.suppress(sqlite3.Error):
                db.commit()
        return path.read_bytes()

    return edit


def test_the_vault_that_is_spoilt_here_holds_before_it_is(good, walked):
    assert walked(good)


def test_any_bytes_are_no_vault_or_a_named_error(tries, walked):
    @given(st.one_of(st.binary(max_size=300), st.binary(max_size=9000).map(MAGIC.__add__)))
    def holds(data):
        walked(data)

    tries(holds, few=40, many=1000)


def test_a_vault_with_bytes_changed_opens_or_says_why_not(tries, good, walked):
    @given(changes)
    def holds(made):
        walked(changed(good, made))

    tries(holds, few=40, many=200)


def test_a_vault_of_its_own_length_with_bytes_changed_opens_or_says_why_not(tries, good, walked):
    """What is behind the checks of length and header: SQLite's pages, and our rows."""

    @given(changes)
    def holds(made):
        data = changed(good, made)[: len(good)].ljust(len(good), b"\0")
        walked(good[:72] + data[72:])

    tries(holds, few=40, many=200)


def test_a_vault_with_another_header_opens_or_says_why_not(tries, good, walked):
    field = st.tuples(st.integers(16, 99), st.binary(min_size=1, max_size=4))

    @given(st.lists(field, min_size=1, max_size=3))
    @example([(18, b"\x03")])  # a later write version, which SQLite takes for read-only
    @example([(19, b"\x03")])
    @example([(44, b"\0\0\0\x09")])  # a schema format that SQLite does not know
    @example([(52, b"\0\0\0\x01")])  # auto-vacuum
    @example([(56, b"\0\0\0\x02")])  # UTF-16
    def holds(fields):
        data = bytearray(good)
        for at, value in fields:
            data[at : at + len(value)] = value
        walked(bytes(data[: len(good)]))

    tries(holds, few=40, many=200)


LAST_DOSSIER = "rowid = (SELECT max(rowid) FROM dossier)"
ODD = st.one_of(
    st.sampled_from((None, 0, -1, 1, 2**62, 2**62 + 1, 2**63 - 1, 1.5, float("inf"))),
    st.text(max_size=80),
    st.binary(max_size=80),
    st.sampled_from((b"\0" * 16, b"\xff" * 32, b"\xff" * 70_000, "x" * 70_000)),
    st.sampled_from((2**21, 2**30)).map(lambda m: f"argon2id$v=19$m={m},t=3,p=4${'A' * 22}=="),
)


@st.composite
def row_changes(draw):
    """A change of rows: one value or all of a column, a row gone, a row there twice."""
    table, column = draw(st.sampled_from(COLUMNS))
    columns = TABLES[table]
    one = f"rowid = (SELECT rowid FROM {table} LIMIT 1 OFFSET {draw(st.integers(0, 9))})"
    also = ", ".join("?" if each == column else each for each in columns)
    return draw(
        st.sampled_from(
            (
                (f"UPDATE {table} SET {column} = ? WHERE {one}", True),
                (f"UPDATE OR IGNORE {table} SET {column} = ?", True),
                (f"DELETE FROM {table} WHERE {one}", False),
                (f"INSERT OR REPLACE INTO {table} SELECT {also} FROM {table} WHERE {one}", True),
            )
        ).flatmap(lambda sql: st.tuples(st.just(sql[0]), st.tuples(ODD) if sql[1] else st.just(())))
    )


def test_a_vault_with_rows_changed_opens_or_says_why_not(tries, good, walked, edited):
    @given(st.lists(row_changes(), min_size=1, max_size=3))
    @example([("UPDATE slot SET id = zeroblob(70000 + rowid)", ())])
    @example([(f"UPDATE dossier SET id = zeroblob(70000) WHERE {LAST_DOSSIER}", ())])
    @example([("UPDATE entry SET number = number + 4611686018427387904 WHERE number > 2", ())])
    def holds(made):
        walked(edited(good, *made))

    tries(holds, few=40, many=200)


SQL = [sql for _, _, sql in SCHEMA]
OTHER_SQL = st.one_of(
    st.sampled_from(SQL).map(lambda sql: sql.replace(" NOT NULL", "", 1)),
    st.sampled_from(SQL).map(lambda sql: sql.replace("BLOB", "TEXT", 1)),
    st.sampled_from(SQL).map(lambda sql: sql + " "),
    st.sampled_from(SQL),
    st.sampled_from(("CREATE VIEW vault AS SELECT * FROM vault", "CREATE TABLE", "\0", "é")),
)
SCHEMA_CHANGE = st.one_of(
    st.tuples(st.sampled_from(("type", "name", "tbl_name")), st.sampled_from((None, b"", 5, "x"))),
    st.tuples(st.just("rootpage"), st.one_of(st.integers(-2, 20), st.just(2**31), st.just("x"))),
    st.tuples(st.just("sql"), OTHER_SQL),
)
PLACES = ("1", "sql IS NULL", *(f"name = '{table}'" for table in (*TABLES, "entry_dossier")))


def test_a_vault_with_another_schema_opens_or_says_why_not(tries, good, walked, edited):
    @given(st.lists(st.tuples(SCHEMA_CHANGE, st.sampled_from(PLACES)), min_size=1, max_size=2))
    def holds(made):
        walked(
            edited(
                good,
                *(
                    (f"UPDATE sqlite_master SET {column} = ? WHERE {where}", (value,))
                    for (column, value), where in made
                ),
            )
        )

    tries(holds, few=40, many=200)


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TRIGGER t AFTER INSERT ON entry BEGIN DELETE FROM entry; END",
        "CREATE VIEW w AS SELECT * FROM entry",
        "CREATE TABLE more (x)",
        "CREATE INDEX more ON entry (sealed)",
        "ALTER TABLE entry ADD COLUMN more",
    ],
)
def test_a_vault_with_one_thing_more_in_its_schema_does_not_open(good, walked, edited, sql):
    assert not walked(edited(good, (sql, ())))
