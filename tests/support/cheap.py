"""The program's own entry point, with a key derivation that costs nothing, and for
hands faster than anybody's.

Only tests start it; the program itself has no way to lower the floor. What the
program tells in one calm line, a failing test wants whole: the traceback goes
to the file that the test names. Where a test has to see its memory, it is not hidden.
"""

import os
import traceback

from secterm.tui import quiet
from secterm.vault import kdf

kdf.floors = (kdf.Cost(t=1, m=32, p=1),)
kdf.TARGET_SECONDS = 0.0


def _trace(path):
    from secterm.tui.app import SectermApp

    told = SectermApp._handle_exception

    def handle(app, error):
        with open(path, "a", encoding="utf-8") as file:
            traceback.print_exception(error, file=file)
        told(app, error)

    SectermApp._handle_exception = handle


def _with_screens(trace):
    """What concerns the screens, once they can be imported."""
    settle = quiet.settle

    def settled():
        settle()
        from secterm.tui import order
        from secterm.tui.screens import handover

        order.HELD = handover.HELD = 0.0
        if trace:
            _trace(trace)

    quiet.settle = settled


def _seen():
    """Whoever started it may look into its memory."""
    from secterm.host.kernel import Kernel

    Kernel.hide_memory = lambda kernel: None


if __name__ == "__main__":
    from secterm.cli import main

    _with_screens(os.environ.get("SECTERM_TEST_TRACE"))
    if os.environ.get("SECTERM_TEST_SEEN"):
        _seen()
    main()
