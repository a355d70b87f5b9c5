"""What a person reads goes through here, so that another language is a catalogue."""

from __future__ import annotations

import gettext
from pathlib import Path
from typing import Final

_catalogue: Final = gettext.translation(
    "secterm", localedir=Path(__file__).parent / "locale", fallback=True
)
_ = _catalogue.gettext
ngettext = _catalogue.ngettext
