"""What a person reads goes through here, so that another language is a catalogue. All else
waits for this module: it imports as little as it can.
"""

from __future__ import annotations

import gettext
import os
from typing import Final

_catalogue: Final = gettext.translation(
    "secterm", localedir=os.path.join(os.path.dirname(__file__), "locale"), fallback=True
)
_ = _catalogue.gettext
ngettext = _catalogue.ngettext
