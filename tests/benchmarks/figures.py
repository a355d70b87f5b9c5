"""Figures, each beside its peer, as a table or as JSON, with the machine they are of."""

import os
import platform
import statistics
import sys
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Size:
    """How much is measured: dossiers in a list, interviews, dossiers of an export, keys of
    each at most, runs.
    """

    cards: int
    interviews: int
    exported: int
    keys: int
    runs: int


FULL = Size(cards=100_000, interviews=4, exported=10_000, keys=10_000, runs=5)
TINY = Size(cards=200, interviews=1, exported=10, keys=2, runs=1)


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
        return f"under {self.under:g}: {'met' if self.ratio < self.under else 'MISSED'}"


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


def table(lines, where):
    """The lines under their headings, and the machine."""
    rows = [("work", "ours", "peer", "", "ratio", "target")]
    rows += [
        (
            line.work,
            f"{line.ours:.1f} {line.unit}",
            line.peer,
            f"{line.theirs:.1f} {line.unit}",
            f"{line.ratio:.2f}",
            line.target,
        )
        for line in lines
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    told = [
        "  ".join(
            cell.rjust(width) if place in (1, 3, 4) else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    return "\n".join([*told, "", ", ".join(f"{k}: {v}" for k, v in where.items())])


def as_json(lines, where):
    """The same, to be read by a program."""
    return {"machine": where, "lines": [{**asdict(line), "target": line.target} for line in lines]}
