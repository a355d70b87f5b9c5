"""Reads the QR codes of a picture file, PNG or JPEG. A picture comes from outside and its
decoders are written in C: they run in a process of their own, which has so much memory
and time and no more, and gives nothing back but text.
"""

from __future__ import annotations

import subprocess
from typing import Final

import msgspec

from secterm.archive import child
from secterm.archive.errors import RecipientInvalid
from secterm.archive.secret_keys import is_secret
from secterm.words import _

LARGEST: Final = 32 * 1024 * 1024  # bytes of the file
MOST_PIXELS: Final = 64_000_000  # of a camera; four bytes each while it is decoded
MOST_MEMORY: Final = 1024 * 1024 * 1024  # bytes
MOST_SECONDS: Final = 10
LARGEST_ANSWER: Final = 64 * 1024  # bytes; a QR code has 2953 at most

KINDS: Final = {"png": b"\x89PNG\r\n\x1a\n", "jpeg": b"\xff\xd8\xff"}  # how each begins

# Where the picture claims more pixels than it may, nothing of it is decoded. A picture that is
# larger than a code needs is read smaller.
CHILD: Final = """
import resource, sys
memory, seconds, pixels = map(int, sys.argv[2:5])
resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
import io, json
import zxingcpp
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
kind = {"png": PngImageFile, "jpeg": JpegImageFile}[sys.argv[1]]
picture = kind(io.BytesIO(sys.stdin.buffer.read()))
if picture.width * picture.height > pixels:
    sys.exit(3)
picture.draft("L", (2000, 2000))
grey = picture.convert("RGBA") if picture.mode in ("P", "PA") else picture
if "A" in grey.getbands():
    from PIL import Image
    paper = Image.new("L", grey.size, 255)
    paper.paste(grey.convert("L"), mask=grey.getchannel("A"))
    grey = paper
grey = grey.convert("L")
grey.thumbnail((3000, 3000))
codes = zxingcpp.read_barcodes(grey, formats=zxingcpp.BarcodeFormat.QRCode)
json.dump([code.text for code in codes[:16]], sys.stdout)
"""
TOO_LARGE: Final = 3


def kind_of(content: bytes) -> str:
    """`png` or `jpeg`, by how it begins; empty for what is neither."""
    return next((kind for kind, begins in KINDS.items() if content.startswith(begins)), "")


def codes(picture: bytes) -> list[str]:
    """The texts of the QR codes in a picture. Raises `RecipientInvalid` for one that cannot be
    read, for one that has none, and where a secret key stands in one.
    """
    found = _read(kind_of(picture), picture)
    if not found:
        raise RecipientInvalid(_("there is no QR code in the picture that can be read"))
    if any(is_secret(text) for text in found):
        raise RecipientInvalid(
            _("the picture shows a secret key, which nobody but its owner may have")
        )
    return found


def _read(kind: str, picture: bytes) -> list[str]:
    limits = [str(limit) for limit in (MOST_MEMORY, MOST_SECONDS, MOST_PIXELS)]
    try:
        done = child.run(CHILD, kind, *limits, given=picture, seconds=2 * MOST_SECONDS)
    except subprocess.TimeoutExpired:
        raise RecipientInvalid(_("the picture takes too long to read")) from None
    except OSError as error:
        raise RecipientInvalid(
            _("the picture cannot be read here: {reason}").format(reason=error.strerror)
        ) from None
    if done.returncode == TOO_LARGE:
        raise RecipientInvalid(
            _("the picture has more than {n} million pixels").format(n=MOST_PIXELS // 1_000_000)
        )
    try:
        if done.returncode == 0 and len(done.stdout) <= LARGEST_ANSWER:
            return msgspec.json.decode(done.stdout, type=list[str])
    except msgspec.DecodeError:
        pass
    raise RecipientInvalid(_("the picture is damaged, or asks for too much memory or time"))
