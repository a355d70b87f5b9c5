"""What a bare Linux console can draw: the characters of Debian's default font."""

from functools import cache
from pathlib import Path


@cache
def drawn() -> frozenset[str]:
    """Every character that shows as itself there."""
    text = Path(__file__).with_name("console_glyphs.txt").read_text()
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    listed = {chr(int(line.split()[0], 16)) for line in lines}
    return frozenset(listed | {chr(c) for c in range(0x20, 0x7F)})
