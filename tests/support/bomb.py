"""A small vault file whose many rows all say that the same pages are theirs, as no
SQLite writes it: each is sound by itself, and together they are many times the file.
"""

import contextlib
import sqlite3

PAGE = 4096  # bytes
SHORT = 17_000  # bytes of a row's value before, so that its length takes as many bytes as after
LOCAL = 489  # bytes of a row that stand in its own page when it is long (SQLite file format 1.6)
SPEC = "argon2id$v=19$m=65536,t=3,p=4$AAECAwQFBgcICQoLDA0ODw=="


def bomb(path, rows):
    """Makes it of a vault: so many slots more, each of about a million bytes that all share."""
    long = next(n for n in range(1_000_000, 1_010_000) if _local(_record(n)[1]) == LOCAL)
    with contextlib.closing(sqlite3.connect(path)) as db:
        for number in range(rows + 1):
            size = SHORT if number else long
            row = (b"S" + number.to_bytes(15, "big"), SPEC, b"t" * 16, b"s" * 16, b"S" * size)
            db.execute("INSERT INTO slot VALUES (?, ?, ?, ?, ?)", row)
        db.commit()
    data = bytearray(path.read_bytes())
    (head, size), (long_head, long_size) = _record(SHORT), _record(long)
    first = data.index(long_head + b"S" + bytes(15))
    pages = data[first + LOCAL : first + LOCAL + 4]  # where the long value goes on
    at = made = 0
    while (at := data.find(head + b"S", at + 1)) >= 0:
        before = data.rindex(_varint(size), at - 6, at)
        data[before : before + 3] = _varint(long_size)
        data[at : at + len(head)] = long_head
        data[at + LOCAL : at + LOCAL + 4] = pages
        made += 1
    assert made == rows
    path.write_bytes(data)


def _record(size):
    """A slot's record header whose last value has so many bytes, and the whole record's size."""
    types = b"".join(map(_varint, (44, 2 * len(SPEC) + 13, 44, 44, 2 * size + 12)))
    head = _varint(len(types) + 1) + types
    return head, len(head) + 16 + len(SPEC) + 16 + 16 + size


def _local(size):
    least = (PAGE - 12) * 32 // 255 - 23
    some = least + (size - least) % (PAGE - 4)
    return some if some <= PAGE - 35 else least


def _varint(number):
    made = bytes([number & 0x7F])
    while number := number >> 7:
        made = bytes([0x80 | (number & 0x7F)]) + made
    return made
