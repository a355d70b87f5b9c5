"""Pictures of QR codes as a camera or a printer gives them, and pictures that lie."""

import struct
import warnings
import zlib

import zxingcpp
from PIL import Image

HUGE = 60_000  # pixels a side, of a picture that says so in a hundred bytes


def code(text, side=400):
    """A grey picture of a QR code."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        made = zxingcpp.write_barcode(zxingcpp.BarcodeFormat.QRCode, text, side, side)
    rows = memoryview(made)
    return Image.frombytes("L", (rows.shape[1], rows.shape[0]), bytes(rows))


def beside(*pictures):
    """Several pictures in one row."""
    whole = Image.new("L", (sum(p.width for p in pictures), max(p.height for p in pictures)), 255)
    left = 0
    for picture in pictures:
        whole.paste(picture, (left, 0))
        left += picture.width
    return whole


def chunk(kind, data):
    """One chunk of a PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def claimed(width, height, *, depth=8, colour=6, body=b"", between=b""):
    """A PNG that says it is so large, whatever is in it."""
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    rows = chunk(b"IDAT", zlib.compress(body)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + between + rows
