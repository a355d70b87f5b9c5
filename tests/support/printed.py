"""Reads a paper back, as whoever gets the PDF does."""

import functools
import io
import os
import re

from pypdf import PdfReader


def reader(data):
    return PdfReader(io.BytesIO(data), strict=True)


@functools.cache
def pages(data):
    """What stands on each page, on one line and with single spaces."""
    return [" ".join(page.extract_text().split()) for page in reader(data).pages]


def text(data):
    return " ".join(pages(data))


def letters(data):
    """The same without any space, as a long word is broken over lines."""
    return re.sub(r"\s", "", text(data))


def printing(folder, monkeypatch, *, fails=""):
    """Puts an `lp` in front of the path; it keeps what it was told and what came to it."""
    folder.mkdir()
    ending = f"echo '{fails}' >&2; exit 1" if fails else "cat > job.pdf"
    lp = folder / "lp"
    lp.write_text(f"#!/bin/sh\ncd '{folder}'\nprintf '%s\\n' \"$@\" > told\n{ending}\n")
    lp.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    return folder


def holds(data, said):
    """Whether this stands in it, however it is broken into lines."""
    return re.sub(r"\s", "", said) in letters(data)
