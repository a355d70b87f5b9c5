"""A QR code is read from a picture, and a picture that would harm is refused in words."""

import contextlib
import io
import os
import random
import subprocess
import sys
import time
import zlib

import pyrage
import pytest
from PIL import Image

from secterm.archive import pictures
from secterm.archive.errors import RecipientInvalid
from tests.support.archives import KEY, RECIPIENT
from tests.support.pictures import HUGE, beside, chunk, claimed, code

OTHER = str(pyrage.x25519.Identity.generate().to_public())


def saved(picture, kind="PNG", **how):
    stream = io.BytesIO()
    picture.save(stream, kind, **how)
    return stream.getvalue()


def refused(content):
    with pytest.raises(RecipientInvalid) as caught:
        pictures.codes(content)
    return caught.value.reason


def transparent(picture):
    """Black on nothing, as an office program saves it."""
    whole = Image.new("RGBA", picture.size, (0, 0, 0, 0))
    whole.paste((0, 0, 0, 255), mask=picture.point(lambda grey: 255 - grey))
    return whole


@pytest.mark.parametrize("mode", ["L", "1", "P", "RGB", "LA", "RGBA"])
def test_a_code_is_read_from_a_png_of_every_kind(mode):
    assert pictures.codes(saved(code(RECIPIENT).convert(mode))) == [RECIPIENT]


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_a_code_is_read_from_a_jpeg_of_every_kind(mode):
    assert pictures.codes(saved(code(RECIPIENT).convert(mode), "JPEG")) == [RECIPIENT]


def test_a_code_is_read_black_on_nothing():
    assert pictures.codes(saved(transparent(code(RECIPIENT)))) == [RECIPIENT]


def test_a_code_is_read_askew_and_in_a_large_photograph():
    askew = code(RECIPIENT).rotate(25, expand=True, fillcolor=255).resize((4000, 4000))
    assert pictures.codes(saved(askew, "JPEG")) == [RECIPIENT]


def test_several_codes_of_one_picture_are_read():
    assert set(pictures.codes(saved(beside(code(RECIPIENT), code(OTHER))))) == {RECIPIENT, OTHER}


def test_a_picture_without_a_code_says_so():
    assert "no QR code" in refused(saved(Image.new("L", (300, 300), 255)))


def test_a_secret_key_in_a_picture_is_refused_and_not_repeated():
    reason = refused(saved(beside(code(RECIPIENT), code(str(KEY)))))
    assert "secret key" in reason
    assert str(KEY)[:20] not in reason


# -- pictures that lie ------------------------------------------------------------------

LIES = {
    "more pixels than it may have": claimed(HUGE, HUGE),
    "one row of them": claimed(2_000_000_000, 1),
    "no width": claimed(0, 100),
    "nothing in it": claimed(500, 500),
    "a text of a gigabyte": claimed(
        8, 8, between=chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(1 << 26)))
    ),
    "a profile of a gigabyte": claimed(
        8, 8, between=chunk(b"iCCP", b"a\0\0" + zlib.compress(bytes(1 << 26)))
    ),
    "another format under its name": b"\x89PNG\r\n\x1a\n" + saved(Image.new("L", (9, 9)), "GIF"),
    "a JPEG's beginning alone": b"\xff\xd8\xff",
    "noise": b"\xff\xd8\xff" + random.Random(1).randbytes(5000),
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_a_picture_that_lies_is_refused_in_words_and_soon(lie):
    began = time.monotonic()
    reason = refused(lie)
    assert reason.startswith(("the picture", "there is no QR code"))
    assert time.monotonic() - began < 10


def test_how_many_pixels_there_may_be_is_told():
    assert "more than 64 million pixels" in refused(claimed(HUGE, HUGE))


def test_a_picture_that_takes_more_memory_than_it_may_is_refused(monkeypatch):
    monkeypatch.setattr(pictures, "MOST_MEMORY", 200 * 1024 * 1024)
    rows = b"".join(b"\0" + bytes(4 * 7000) for _ in range(7000))
    assert "too much memory or time" in refused(claimed(7000, 7000, body=rows))


def test_a_picture_that_takes_more_time_than_it_may_is_refused(monkeypatch):
    monkeypatch.setattr(pictures, "CHILD", "while True: pass")
    monkeypatch.setattr(pictures, "MOST_SECONDS", 0.2)
    assert "takes too long" in refused(saved(code(RECIPIENT)))


def test_nothing_but_what_is_text_comes_back(monkeypatch):
    monkeypatch.setattr(pictures, "CHILD", "print('[1, {}]')")
    assert "damaged" in refused(saved(code(RECIPIENT)))
    monkeypatch.setattr(pictures, "CHILD", "print('[\"' + 'a' * 100_000 + '\"]')")
    assert "damaged" in refused(saved(code(RECIPIENT)))


def test_a_picture_cut_short_anywhere_is_refused_or_read_right():
    for whole in (saved(code(RECIPIENT)), saved(code(RECIPIENT), "JPEG")):
        for part in range(1, 6):
            with contextlib.suppress(RecipientInvalid):
                assert pictures.codes(whole[: len(whole) * part // 6]) == [RECIPIENT]


@pytest.mark.long
def test_a_flipped_byte_reads_another_key_nowhere():
    chance = random.Random(7)
    for kind in ("PNG", "JPEG"):
        whole = saved(code(RECIPIENT), kind)
        for _ in range(80):
            bad = bytearray(whole)
            bad[chance.randrange(3, len(bad))] ^= 1 << chance.randrange(8)
            try:
                assert pictures.codes(bytes(bad)) == [RECIPIENT]
            except RecipientInvalid:
                continue


def test_no_picture_is_decoded_in_the_process_that_holds_the_keys():
    checked = (
        "import sys; from secterm.archive import pictures;"
        "pictures.codes(sys.stdin.buffer.read());"
        "assert not {'PIL', 'zxingcpp'} & set(sys.modules)"
    )
    subprocess.run(
        [sys.executable, "-c", checked],
        input=saved(code(RECIPIENT)),
        check=True,
        env={**os.environ, "PYTHONPATH": os.getcwd()},
    )
