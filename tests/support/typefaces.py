"""Small fonts of our own, so that no test depends on what a machine has installed."""

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

LATIN = "".join(map(chr, range(0x20, 0x7F))) + "“”ëé\u00a0"


def font(path, letters):
    """A TrueType font in which each of these letters is a box."""
    names = {ord(letter): f"u{ord(letter):04X}" for letter in letters}
    order = [".notdef", *names.values()]
    built = FontBuilder(1000, isTTF=True)
    built.setupGlyphOrder(order)
    built.setupCharacterMap(names)
    built.setupGlyf(dict.fromkeys(order, _box()))
    built.setupHorizontalMetrics(dict.fromkeys(order, (600, 50)))
    built.setupHorizontalHeader(ascent=800, descent=-200)
    built.setupNameTable({"familyName": path.stem, "styleName": "Regular", "psName": path.stem})
    built.setupOS2(sTypoAscender=800, sTypoDescender=-200)
    built.setupPost()
    built.save(path)


def _box():
    pen = TTGlyphPen(None)
    pen.moveTo((50, 0))
    for corner in ((50, 700), (550, 700), (550, 0)):
        pen.lineTo(corner)
    pen.closePath()
    return pen.glyph()
