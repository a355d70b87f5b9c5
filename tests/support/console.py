"""What a bare Linux console can draw: the characters of Debian's default font."""

from functools import cache
from pathlib import Path

UNKNOWN = "\ufffd"  # the font has it; it stands for what the font has not


@cache
def drawn() -> frozenset[str]:
    """Every character that shows as itself in Lat15-Fixed16, and so in Uni2-Fixed16."""
    text = Path(__file__).with_name("console_glyphs.txt").read_text()
    lines = [line.split() for line in text.splitlines() if line and not line.startswith("#")]
    listed = {chr(int(line[0], 16)) for line in lines if len(line) == 1}
    return frozenset(listed | {chr(c) for c in range(0x20, 0x7F)}) - {UNKNOWN}
