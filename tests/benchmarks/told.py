"""What was measured, as a table, as JSON, and as README has it: a table and a picture, which
are written from the figures that are kept beside this module and by nobody's hand.
"""

import json
from dataclasses import asdict
from pathlib import Path

from tests.benchmarks.figures import Growth, Line
from tests.benchmarks.growing import exponent
from tests.benchmarks.paint import ROOT

KEPT = Path(__file__).with_name("results.json")
PICTURE = Path(__file__).with_name("growth.svg")
README = ROOT / "README.md"
BEGINS, ENDS = "<!-- figures: python -m tests.benchmarks --keep -->", "<!-- figures end -->"
HEADINGS = ("work", "ours", "peer or floor", "", "ratio", "target")


def rows(lines):
    """The cells of each line."""
    return [
        (
            line.work,
            f"{line.ours:,.{_places(line.ours)}f} {line.unit}",
            line.peer,
            f"{line.theirs:,.{_places(line.theirs)}f} {line.unit}",
            f"{line.ratio:.{2 if line.ratio >= 0.1 else 4}f}",
            line.target,
        )
        for line in lines
    ]


def _places(figure):
    return 0 if figure >= 1000 else 1 if figure >= 10 else 2


def told(where):
    """The machine."""
    return ", ".join(f"{what}: {value}" for what, value in where.items())


def table(lines, where):
    """The lines under their headings, and the machine."""
    cells = [HEADINGS, *rows(lines)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    text = [
        "  ".join(
            cell.rjust(width) if place in (1, 3, 4) else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in cells
    ]
    return "\n".join([*text, "", told(where)])


def curves(grown):
    """How everything grows, a line each."""
    return "\n".join(
        f"{each.part:12} grows with size^{exponent(each.points):.2f}: "
        + ", ".join(f"{count:,}: {figure:.3g} {each.unit}" for count, figure in each.points)
        for each in grown
        if len(each.points) > 1
    )


def as_json(lines, grown, where):
    """The same, to be read by a program."""
    return {
        "machine": where,
        "lines": [{**asdict(line), "target": line.target} for line in lines],
        "growth": [
            {**asdict(each), "exponent": exponent(each.points)}
            for each in grown
            if len(each.points) > 1
        ],
    }


def keep(measured, where):
    """Keeps what each of these works found, beside what others found on the same machine, and
    writes README's table and the picture anew.
    """
    there = json.loads(KEPT.read_text()) if KEPT.exists() else {"machine": where, "works": {}}
    same = {k: v for k, v in there["machine"].items() if k != "load"}
    works = there["works"] if same == {k: v for k, v in where.items() if k != "load"} else {}
    for name, found in measured.items():
        works[name] = [asdict(each) for each in found]
    KEPT.write_text(json.dumps({"machine": where, "works": works}, indent=1) + "\n")
    README.write_text(in_readme(README.read_text()))
    draw(kept("growth"))


def kept(*names):
    """What is kept of these works, or of all, in the order in which they are named here."""
    from tests.benchmarks.__main__ import WORKS

    works = json.loads(KEPT.read_text())["works"]
    return [
        Growth(one["part"], one["unit"], tuple(map(tuple, one["points"])))
        if "points" in one
        else Line(**one)
        for name in names or WORKS
        for one in works.get(name, ())
    ]


def in_readme(text):
    """README with the table of what is kept, in place of the one there."""
    before, _, rest = text.partition(BEGINS)
    _, _, after = rest.partition(ENDS)
    return f"{before}{BEGINS}\n{markdown()}\n{ENDS}{after}"


def markdown():
    """What is kept, as README has it."""
    found, where = kept(), json.loads(KEPT.read_text())["machine"]
    lines = [each for each in found if isinstance(each, Line)]
    text = [
        "| work | ours | peer or floor | | ratio | to reach |",
        "|---|---:|---|---:|---:|---|",
        *(f"| {' | '.join(map(_cell, row))} |" for row in rows(lines)),
        "",
        f"Measured on: {told(where)}.",
    ]
    grown = [each for each in found if isinstance(each, Growth) and len(each.points) > 1]
    if grown:
        counts = sorted({count for each in grown for count, _ in each.points})
        text += [
            "",
            f"| dossiers | exponent | {' | '.join(f'{count:,}' for count in counts)} |",
            "|---|---:|" + "---:|" * len(counts),
        ]
    for each in grown:
        at = dict(each.points)
        cells = [_figure(at[count], each.unit) if count in at else "" for count in counts]
        text.append(f"| {each.part} | {exponent(each.points):.2f} | {' | '.join(cells)} |")
    return "\n".join(text)


def _cell(text):
    """As Markdown has it: a bar parts no cells, and what belongs to the line above says so."""
    text = text.replace("|", "\\|")
    return f"… {text.strip()}" if text.startswith(" ") else text


def _figure(figure, unit):
    if unit == "bytes":
        return f"{figure / 2**20:,.1f} MiB"
    return f"{figure:,.2f} s" if figure >= 1 else f"{1000 * figure:,.2f} ms"


def draw(grown):
    """The picture: both axes by powers of ten."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "secterm"
    from matplotlib import pyplot

    figure, (times, sizes) = pyplot.subplots(
        1, 2, figsize=(9, 4), width_ratios=(3, 1), layout="constrained"
    )
    marks = iter("osv^D*Px")
    for each in grown:
        axes = sizes if each.unit == "bytes" else times
        x, y = zip(*each.points, strict=True)
        if each.unit == "bytes":
            y = [figure / 2**20 for figure in y]
        label = f"{each.part} ({exponent(each.points):.2f})" if len(x) > 1 else each.part
        axes.loglog(x, y, marker=next(marks), label=label, markersize=4, linewidth=1)
    for axes, unit in ((times, "seconds"), (sizes, "MiB")):
        axes.set_xlabel("dossiers")
        axes.set_ylabel(unit)
        axes.grid(visible=True, linewidth=0.3)
        if axes.lines:
            axes.legend(fontsize=8)
    figure.savefig(PICTURE, metadata={"Date": None})
    pyplot.close(figure)
