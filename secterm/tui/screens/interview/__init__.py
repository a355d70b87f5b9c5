"""The screening interview: one question a page. An answer is recorded as soon
as it is given, so that nothing given is ever lost.
"""

from secterm.tui.screens.interview.room import Interview

__all__ = ["Interview"]
