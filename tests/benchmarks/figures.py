"""Figures, each beside its peer, as a table or as JSON, with the machine they are of."""

import os
import platform
import statistics
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Size:
    """How much is measured: dossiers of a long list, of a short one, of one to compare a dossier
    with; sample dossiers; interviews; dossiers of an export; entries of a journal; keys of each
    at most; vaults that grow; runs.
    """

    cards: int
    few: int
    least: int
    lives: int
    interviews: int
    exported: int
    journal: int
    keys: int
    grown: tuple[int, ...]
    runs: int


FULL = Size(
    cards=100_000,
    few=1_000,
    least=100,
    lives=1_000,
    interviews=2,
    exported=10_000,
    journal=2_500_000,
    keys=10_000,
    grown=(1_000, 10_000, 100_000, 1_000_000),
    runs=5,
)
QUICK = Size(
    cards=1_000,
    few=500,
    least=100,
    lives=30,
    interviews=1,
    exported=100,
    journal=10_000,
    keys=6,
    grown=(50, 500),
    runs=1,
)
TINY = Size(
    cards=200,
    few=100,
    least=50,
    lives=2,
    interviews=1,
    exported=10,
    journal=2_500,
    keys=2,
    grown=(20, 200),
    runs=1,
)


@dataclass(frozen=True)
class Growth:
    """How something grows: (dossiers, figure) of each vault."""

    part: str
    unit: str
    points: tuple[tuple[int, float], ...]


@dataclass(frozen=True)
class Line:
    """One line of the table. `ratio` is the median of the runs' ratios, not of two medians;
    `under` is its target, where it has one.
    """

    work: str
    unit: str
    ours: float
    peer: str
    theirs: float
    ratio: float
    under: float | None = None

    @property
    def target(self):
        """The target, and whether it is met."""
        if self.under is None:
            return ""
        return f"{self.under:g} or less: {'met' if self.met else 'MISSED'}"

    @property
    def met(self):
        """Whether the target is met, where there is one."""
        return self.under is None or self.ratio <= self.under


def compared(work, unit, peer, runs, under=None):
    """The line of several runs, each (ours, theirs)."""
    ours, theirs = zip(*runs, strict=True)
    return Line(
        work,
        unit,
        statistics.median(ours),
        peer,
        statistics.median(theirs),
        statistics.median(mine / other for mine, other in runs),
        under,
    )


def p95(seconds):
    """Milliseconds that all but one in twenty stayed under."""
    if len(seconds) < 20:
        return 1000 * max(seconds)
    return 1000 * statistics.quantiles(seconds, n=20)[18]


def median(seconds):
    """Milliseconds."""
    return 1000 * statistics.median(seconds)


def progress(text):
    """Says on standard error how far it is."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def machine(folder):
    """What it was measured on; the vaults stood in `folder`."""
    model = "unknown processor"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    return {
        "processor": model,
        "cores": len(os.sched_getaffinity(0)),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "file system": _file_system(Path(folder).resolve()),
        "load": round(os.getloadavg()[0], 1),
    }


def _file_system(folder):
    """The kind of file system: on one in memory nothing is durable, and so nothing waits."""
    mounts = [line.split()[1:3] for line in Path("/proc/mounts").read_text().splitlines()]
    over = [(len(at), kind) for at, kind in mounts if folder.is_relative_to(at)]
    return max(over)[1]
