"""Reads a paper back, as whoever gets the PDF does."""

import io
import re

from pypdf import PdfReader


def reader(data):
    return PdfReader(io.BytesIO(data), strict=True)


def pages(data):
    """What stands on each page, on one line and with single spaces."""
    return [" ".join(page.extract_text().split()) for page in reader(data).pages]


def text(data):
    return " ".join(pages(data))


def letters(data):
    """The same without any space, as a long word is broken over lines."""
    return re.sub(r"\s", "", text(data))


def holds(data, said):
    """Whether this stands in it, however it is broken into lines."""
    return re.sub(r"\s", "", said) in letters(data)
