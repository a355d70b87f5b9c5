"""How the app is dressed: the theme, the characters and the colours that suit the
terminal, or that the officer has set.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from textual.css.stylesheet import Stylesheet
from textual.filter import LineFilter, Monochrome

from secterm.settings import Settings
from secterm.tui import glyphs, terminals, themes
from secterm.tui.order import InOrder
from secterm.tui.sealed import Terminal
from secterm.tui.widgets import scrolling


class _Sheet(Stylesheet):
    """A style sheet that is parsed once: Textual's own, read anew for a theme as at the start,
    forgets what it has read, and reads it again for the next screen.
    """

    def reparse(self) -> None:
        """Applies new variables."""
        self.parse()


class Dressed(InOrder):
    """An app in colours and characters that its terminal has."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        super().__init__(driver_class=Terminal)
        scrolling.install()
        for theme in themes.THEMES:
            self.register_theme(theme)
        self.stylesheet = _Sheet(variables=self.get_css_variables())
        self.animation_level = "none"  # a console draws slowly, and a key acts at once
        self._environment = environment
        self.colours = terminals.fitting(environment)
        self.no_color = self.colours == "none"
        self.console._color_system = terminals.SYSTEMS[self.colours]
        self.glyphs: glyphs.Set = "unicode"

    def dress(self, settings: Settings, *, colours: bool = True) -> None:
        """Puts on the characters that are set, and the theme too where `colours` are meant."""
        if colours:
            self.theme = themes.fitting(settings.theme, self.colours)
        fit = glyphs.fitting(self._environment)
        self.glyphs = fit if settings.glyphs == "auto" else settings.glyphs
        if self.is_running:
            self.refresh_css(animate=False)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """What every drawn line passes, in this order."""
        textual = [f for f in super().get_line_filters() if not isinstance(f, Monochrome)]
        filters = [_STILL, *textual]
        if self.glyphs == "console":
            filters.append(_GLYPHS)
        if self.colours == "none":
            filters.append(_COLOURLESS)
        elif self.colours == "16":
            filters.append(_SIXTEEN)
        return filters

    def unshown(self, text: str) -> str:
        """What is said beside a text that this terminal cannot show whole; else empty."""
        return glyphs.told(text) if self.glyphs == "console" else ""

    def action_theme(self) -> None:
        """The next theme."""
        self.theme = themes.after(self.theme, self.colours)


_STILL = glyphs.Still()
_GLYPHS = glyphs.Glyphs()
_COLOURLESS = terminals.Colourless()
_SIXTEEN = terminals.Sixteen()
