"""The command line: the other face. It asks the desk and decides nothing. The
screens are imported only by the commands that show them.
"""

from __future__ import annotations

import gc
from typing import NoReturn


def main() -> NoReturn:
    """The program, hardened before anything else of it is imported."""
    from secterm.host import hardening

    hardening.harden()
    from secterm.cli.program import run

    try:
        run()
    finally:
        gc.freeze()  # the process ends: its collector need not walk all that was imported
