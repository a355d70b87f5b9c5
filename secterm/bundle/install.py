"""Installs secterm from the bundle that this file lies in, on a machine without a network.

It needs Python 3.11 and nothing else, no other file of secterm's either. Nothing is run or
kept that was not checked first, and the version that was current stays so until the new one
is whole, on the disk and tried. No vault is ever touched.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import io
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import NoReturn, TextIO

SUMS = "SHA256SUMS"
PYTHON = (3, 11)
DIGITS = 32  # of the fingerprint, as many as a voice reads out without a slip
STAGE = ".carried-"
FAILED, UNUSABLE, SIGNALLED = 1, 2, 128
_LINE = re.compile(r"([0-9a-f]{64})  ([A-Za-z0-9._+-]+(?:/[A-Za-z0-9._+-]+)*)")
_OWN = re.compile(r"packages/secterm-([A-Za-z0-9.+]+)-py3-none-any\.whl")
_PIP = re.compile(r"packages/(pip-[A-Za-z0-9.+]+-py3-none-any\.whl)")


class Refused(Exception):
    """What a person reads: what happened, what is safe, what to do. `status` is the exit
    status: 1 where the bundle or an installed version does not hold, else 2.
    """

    def __init__(self, text: str, status: int = UNUSABLE) -> None:
        super().__init__(text)
        self.status = status


class Stopped(BaseException):
    """A signal asked for the end; `number` is the signal's."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


def main(arguments: Sequence[str] | None = None) -> int:
    """The program; its exit status."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        _run(arguments)
    except Refused as refused:
        return _complain(str(refused), refused.status)
    except Stopped as stopped:
        print()
        return _complain(f"Stopped. {SAFE}", SIGNALLED + stopped.number)
    except OSError as error:
        where = f": {error.filename}" if error.filename else ""
        return _complain(f"{error.strerror or error}{where}. {SAFE}", FAILED)
    return 0


SAFE = "The version that was current, if any, still is, and no vault was touched."


def _stop(number: int, frame: FrameType | None) -> NoReturn:
    raise Stopped(number)


def _complain(text: str, status: int) -> int:
    say(f"install: {text}", sys.stderr)
    return status


def say(text: str, stream: TextIO | None = None) -> None:
    """On a terminal no word is torn at the edge; elsewhere the lines stay as they are."""
    stream = stream or sys.stdout
    sys.stdout.flush()
    if stream.isatty():
        columns = shutil.get_terminal_size().columns - 1
        lines = textwrap.TextWrapper(columns, break_long_words=False, break_on_hyphens=False)
        text = "\n".join(
            line if line.startswith(" ") else lines.fill(line) for line in text.split("\n")
        )
    print(text, file=stream, flush=True)


def _run(arguments: Sequence[str] | None) -> None:
    here = Path(__file__).resolve().parent
    root = os.geteuid() == 0
    local = Path.home() / ".local"
    parser = argparse.ArgumentParser(
        prog="install.py",
        description="Installs secterm from the bundle that this file lies in, without a network, "
        "or goes back to the version before. Vaults are not touched.",
        epilog="Exit status: 0 done, 1 the bundle or a version does not hold, 2 unusable arguments "
        "or an unfit machine.",
    )
    parser.add_argument(
        "--to",
        type=Path,
        metavar="DIR",
        help="where the versions go (as root /opt/secterm, else ~/.local/lib/secterm)",
    )
    parser.add_argument(
        "--bin",
        type=Path,
        metavar="FOLDER",
        help="where the command secterm goes (as root /usr/local/bin, else ~/.local/bin)",
    )
    parser.add_argument(
        "--fingerprint",
        metavar="F",
        help="the bundle's, as you were told it; nothing is asked then",
    )
    parser.add_argument(
        "--rollback", action="store_true", help="make the version before the current one again"
    )
    given = parser.parse_args(arguments)
    if sys.version_info < PYTHON:
        raise Refused(
            "This is Python {}.{}; secterm needs 3.11 or later. Nothing was changed. "
            "Start install.py with a later one: python3.11 {}".format(
                *sys.version_info[:2], Path(__file__)
            )
        )
    usual = Path("/opt/secterm") if root else local / "lib" / "secterm"
    if (here / "versions").is_dir():
        usual = here
    place = Path(os.path.abspath(given.to or usual))
    folder = Path(os.path.abspath(given.bin or (Path("/usr/local/bin") if root else local / "bin")))
    if given.rollback:
        rollback(place)
    else:
        install(here, place, folder / "secterm", given.fingerprint)


# What was carried in


def fingerprint(sums: bytes) -> str:
    """The bundle's fingerprint, of the bytes of its SHA256SUMS: 32 hex digits, in groups of
    four.
    """
    digits = hashlib.sha256(sums).hexdigest()[:DIGITS]
    return " ".join(digits[at : at + 4] for at in range(0, DIGITS, 4))


def named(sums: bytes) -> dict[str, str]:
    """Each file's SHA-256 in hex, by its name in the bundle. Raises `Refused`."""
    lines = [_LINE.fullmatch(line) for line in sums.decode("ascii", "replace").splitlines()]
    names = {line[2]: line[1] for line in lines if line}
    steps = {step for name in names for step in name.split("/")}
    if not names or len(names) != len(lines) or steps & {".", "..", SUMS}:
        raise Refused(f"{SUMS} is damaged. Nothing was installed. {ANEW}", FAILED)
    return names


ANEW = (
    "Copy the bundle anew, or have it made anew. If it shows again, the medium is bad or "
    "somebody changed it: do not use it."
)


def _sums(bundle: Path) -> bytes:
    try:
        return (bundle / SUMS).read_bytes()
    except FileNotFoundError:
        raise Refused(
            f"There is no {SUMS} in {bundle}: this is no bundle, or not all of it was copied. "
            "Nothing was changed. Start the install.py that is in the bundle; from here only "
            "--rollback does something."
        ) from None


def agree(sums: bytes, told: str | None) -> None:
    """Only a person, or what they gave, can say whose bundle this is. Raises `Refused`."""
    own = fingerprint(sums)
    print(f"Fingerprint of this bundle:\n\n    {own}\n", flush=True)
    if told is not None:
        digits = re.sub(r"[\s:-]", "", told).lower()
        whole = hashlib.sha256(sums).hexdigest()
        if digits not in (whole[:DIGITS], whole):
            raise Refused(
                "This is not the fingerprint that was given. Nothing was installed. Ask for it "
                "once more where the bundle was made; if it differs still, do not use this "
                "medium.",
                FAILED,
            )
        return
    say(
        "Compare it, group by group, with the one that was shown where the bundle was made: "
        "told to you by voice, or on paper, but not with one that came on this medium."
    )
    try:
        answer = input("If it is the same, type yes: ")
    except EOFError:
        print()
        raise Refused(
            "Nobody said whether the fingerprint is right. Nothing was installed. Give it with "
            "--fingerprint where nobody can be asked."
        ) from None
    if answer.strip().lower() != "yes":
        raise Refused("Not installed, since yes was not typed. Nothing was changed.", FAILED)


def carry(bundle: Path, into: Path, names: Mapping[str, str]) -> None:
    """Copies the bundle, and checks what it copies: what a medium gives a second time is
    never asked for. Raises `Refused` with every file that is not as it was made.
    """
    found = set(_within(bundle))
    wrong = [f"missing: {name}" for name in sorted(names.keys() - found)]
    wrong += [f"not part of the bundle: {name}" for name in sorted(found - names.keys() - {SUMS})]
    for name in sorted(names.keys() & found):
        copy = into / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        try:
            plain = stat.S_ISREG((bundle / name).lstat().st_mode)
            same = plain and _copy(bundle / name, copy) == names[name]
            wrong += [] if same else [f"changed: {name}"]
        except _Unreadable as error:
            wrong.append(f"cannot be read: {name} ({error})")
    if wrong:
        raise Refused(
            "The bundle is not as it was made.\n"
            + "".join(f"  {each}\n" for each in wrong)
            + f"Nothing was installed. {ANEW}",
            FAILED,
        )


class _Unreadable(Exception):
    pass


def _within(folder: Path) -> Iterator[str]:
    def fail(error: OSError) -> NoReturn:
        raise error

    for at, folders, files in os.walk(folder, onerror=fail):
        for name in files + [each for each in folders if os.path.islink(os.path.join(at, each))]:
            yield Path(at, name).relative_to(folder).as_posix()


def _copy(source: Path, copy: Path) -> str:
    """The SHA-256 of what was copied, in hex."""
    seen = hashlib.sha256()
    with copy.open("xb") as out:
        for piece in _pieces(source):
            seen.update(piece)
            out.write(piece)
    return seen.hexdigest()


def _pieces(source: Path) -> Iterator[bytes]:
    try:
        with source.open("rb") as stream:
            while piece := stream.read(1 << 20):
                yield piece
    except OSError as error:
        raise _Unreadable(error.strerror) from None


def fits(stage: Path, names: Mapping[str, str]) -> None:
    """Whether this Python and this machine can run the packages. Raises `Refused`."""
    sys.path.insert(0, str(_pip(stage, names)))
    from pip._vendor.packaging import tags, utils

    own = set(tags.sys_tags())
    wheels = [Path(name).name for name in sorted(names) if name.endswith(".whl")]
    wanted = {wheel: utils.parse_wheel_filename(wheel)[3] for wheel in wheels}
    wrong = [wheel for wheel in wheels if own.isdisjoint(wanted[wheel])]
    if not wrong:
        return
    here = "{}.{}".format(*sys.version_info[:2])
    abis = {tag.abi for wheel in wrong for tag in wanted[wheel] if tag.abi == tag.interpreter}
    pythons = sorted(re.sub(r"^cp(\d)(\d+)$", r"\1.\2", abi) for abi in abis)
    if pythons and here not in pythons:
        raise Refused(
            f"The packages of this bundle are for Python {' and '.join(pythons)}; this is Python "
            f"{here} ({sys.executable}). Nothing was installed. Start install.py with that "
            f"Python, or have a bundle made for this one: --python {here}"
        )
    kind = next(tag.platform for tag in tags.sys_tags())
    raise Refused(
        f"This machine is {kind}, and the bundle has packages that do not run on it:\n"
        + "".join(f"  {wheel}\n" for wheel in wrong)
        + f"Nothing was installed. Have a bundle made for this machine: --platform {kind}"
    )


def _pip(stage: Path, names: Mapping[str, str]) -> Path:
    return stage / _only(names, _PIP)[0]


def _only(names: Mapping[str, str], shape: re.Pattern[str]) -> re.Match[str]:
    found = [match for match in map(shape.fullmatch, names) if match]
    if len(found) != 1:
        raise Refused(f"The bundle lacks a package. Nothing was installed. {ANEW}", FAILED)
    return found[0]


# What is installed


def install(bundle: Path, place: Path, command: Path, told: str | None) -> None:
    """From the bundle to the command. Raises `Refused`, `OSError`."""
    sums = _sums(bundle)
    names = named(sums)
    version = _only(names, _OWN)[1]
    name = f"{version}-{hashlib.sha256(sums).hexdigest()[:8]}"
    say(f"secterm {version}, a bundle of {len(names)} files.\n")
    agree(sums, told)
    _may_be_written(command, place)
    with held(place) as stage:
        say(f"Checking {len(names)} files ...")
        carry(bundle, stage, names)
        fits(stage, names)
        target = place / "versions" / name
        there = (target / SUMS).exists()
        if there:
            say(f"Version {name} is there already. Checking it ...")
            _as_carried(target, stage, names)
            tried(target, version)
        else:
            say(f"Installing into {target} ...")
            made(target, stage, names, version)
        command.parent.mkdir(parents=True, exist_ok=True)
        _link(command, str(place / "current" / "bin" / "secterm"))
        _replace_file(stage / "install.py", place / "install.py")
        before = switched(place, name)
        gone = tidied(place)
    _tell(place, command, name, there and before == name, gone)


@contextlib.contextmanager
def held(place: Path) -> Iterator[Path]:
    """The place for this installer alone, and in it a folder that goes again in the end."""
    import fcntl

    os.umask(0o022)  # an officer runs what root has installed, and writes nothing of it
    (place / "versions").mkdir(parents=True, exist_ok=True)
    for folder in (place, place / "versions"):
        state = folder.stat()
        if state.st_uid != os.geteuid():
            raise Refused(
                f"{folder} belongs to another user. Nothing was changed. Run this as that user, "
                "or name another place with --to."
            )
        if state.st_mode & 0o022:
            raise Refused(
                f"Others can write to {folder}, and so change the program. Nothing was changed. "
                f"Look what is in it, then: chmod go-w {folder}"
            )
    lock = os.open(place, os.O_RDONLY)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused(
                f"Another install.py is at work in {place}. Nothing was changed. Wait for it."
            ) from None
        for left in place.glob(f"{STAGE}*"):
            shutil.rmtree(left)
        stage = Path(tempfile.mkdtemp(prefix=STAGE, dir=place))
        try:
            yield stage
        finally:
            shutil.rmtree(stage, ignore_errors=True)
    finally:
        os.close(lock)


def _may_be_written(command: Path, place: Path) -> None:
    if not os.path.lexists(command):
        return
    leads = os.readlink(command) if command.is_symlink() else ""
    if leads != str(place / "current" / "bin" / "secterm"):
        raise Refused(
            f"{command} is there already and is not of this installer"
            + (f": it leads to {leads}" if leads else "")
            + ". Nothing was changed. Move it away, or name another folder with --bin."
        )


def made(target: Path, stage: Path, names: Mapping[str, str], version: str) -> None:
    """A version, whole and tried; its list of the bundle's files is written last, and says
    so. Raises `Refused`, `OSError`, and then leaves nothing.
    """
    import venv

    if target.exists():
        shutil.rmtree(target)
    try:
        venv.EnvBuilder(symlinks=True, with_pip=False).create(target)
        own = _only(names, _OWN)[0]
        (stage / "own.lock").write_text(f"secterm=={version} --hash=sha256:{names[own]}\n")
        options = (
            "--isolated --no-input --no-cache-dir --disable-pip-version-check --no-color --quiet "
            "install --no-index --no-deps --only-binary :all: --require-hashes "
            "--progress-bar off --no-warn-script-location --root-user-action ignore"
        )
        _called(
            "The packages could not be installed",
            [
                target / "bin" / "python",
                "-I",
                _pip(stage, names) / "pip",
                *options.split(),
                f"--find-links={stage}/packages",
                f"--requirement={stage}/requirements.lock",
                f"--requirement={stage}/own.lock",
            ],
            stage,
        )
        tried(target, version)
        for name in sorted({name.split("/")[0] for name in names} - {"packages", "install.py"}):
            shutil.move(stage / name, target / name)
        (stage / SUMS).write_text("".join(f"{names[name]}  {name}\n" for name in sorted(names)))
        os.sync()  # or the power goes, and a version that says it is whole is not
        os.rename(stage / SUMS, target / SUMS)
    except BaseException:
        shutil.rmtree(target, ignore_errors=True)
        raise


def tried(target: Path, version: str) -> None:
    """Whether the program of this version starts. Raises `Refused`."""
    program = target / "bin" / "secterm"
    said = _called(f"{program} does not start", [program, "--version"], target)
    if version not in said.split():
        raise Refused(
            f"{target} is not secterm {version}: it says {said.strip()!r}. {SAFE}", FAILED
        )


def _called(what: str, command: Sequence[str | Path], folder: Path) -> str:
    """What it says, or `what` went wrong, in an environment that has no settings of anybody."""
    clean = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "LANG", "LC_ALL", "TERM")}
    clean |= {"PIP_CONFIG_FILE": os.devnull, "TMPDIR": str(folder)}
    done = subprocess.run(
        [str(part) for part in command],
        env=clean,
        cwd=folder,
        capture_output=True,
        text=True,
        preexec_fn=_ends_with(os.getpid()),
    )
    if done.returncode:
        last = "\n".join((done.stderr or done.stdout).strip().splitlines()[-5:])
        raise Refused(f"{what}; these were the last words:\n{last}\n{SAFE}", FAILED)
    return done.stdout


def _ends_with(parent: int) -> Callable[[], None]:
    """What a child does before anything: it ends when its installer is killed, and so never
    writes where the next one tidies.
    """
    import ctypes

    libc = ctypes.CDLL(None, use_errno=True)

    def ends() -> None:
        if libc.prctl(1, signal.SIGKILL) or os.getppid() != parent:  # PR_SET_PDEATHSIG
            os._exit(FAILED)

    return ends


def _as_carried(target: Path, stage: Path, names: Mapping[str, str]) -> None:
    """Whether the installed files are those of the bundle. Raises `Refused`."""
    import zipfile

    site = next((target / "lib").glob("python*/site-packages"), target)
    there = {
        name
        for name in _within(site)
        if "__pycache__" not in name.split("/")
        and not re.fullmatch(r"[^/]+\.dist-info/(RECORD|INSTALLER|REQUESTED)", name)
    }
    wrong = []
    for wheel in sorted(
        each for each in names if each.endswith(".whl") and not _PIP.fullmatch(each)
    ):
        with zipfile.ZipFile(stage / wheel) as packed:
            for each in packed.namelist():
                if each.endswith(("/", ".dist-info/RECORD")) or ".data/" in each:
                    continue
                if each not in there or (site / each).read_bytes() != packed.read(each):
                    wrong.append(each)
                there.discard(each)
    wrong += sorted(there)
    if wrong:
        raise Refused(
            f"The version in {target} is not as the bundle has it:\n"
            + "".join(f"  {each}\n" for each in wrong[:10])
            + (f"  and {len(wrong) - 10} more\n" if len(wrong) > 10 else "")
            + "Nothing was changed. Look who could write there; then remove it and install anew: "
            f"rm -r {target}",
            FAILED,
        )


# Which version is current


def _current(place: Path) -> str | None:
    try:
        return Path(os.readlink(place / "current")).name
    except FileNotFoundError:
        return None


def _before(place: Path, name: str) -> str | None:
    """What was current before that version was, where it is there still and whole."""
    try:
        before = Path(os.readlink(place / "versions" / name / "before")).name
    except FileNotFoundError:
        return None
    return before if (place / "versions" / before / SUMS).exists() else None


def switched(place: Path, name: str) -> str | None:
    """Makes a version current, in one step on the disk; the name of the one before."""
    current = _current(place)
    if current not in (None, name):
        _link(place / "versions" / name / "before", f"../{current}")
    _on_the_disk(place / "versions" / name)
    _on_the_disk(place / "versions")
    _link(place / "current", f"versions/{name}")
    _on_the_disk(place)
    return current


def tidied(place: Path) -> list[str]:
    """Removes all versions but the current one and the one before it; their names."""
    current = _current(place)
    keep = {current, _before(place, current) if current else None}
    gone = sorted(each.name for each in (place / "versions").iterdir() if each.name not in keep)
    for each in gone:
        shutil.rmtree(place / "versions" / each, ignore_errors=True)
    return gone


def rollback(place: Path) -> None:
    """Makes the version before the current one again; once more, and it is undone. Raises
    `Refused`, `OSError`.
    """
    current = _current(place)
    if current is None:
        raise Refused(f"Nothing is installed in {place}. Nothing was changed.")
    with held(place):
        before = _before(place, current)
        if before is None:
            raise Refused(f"There is no version before {current} in {place}. Nothing was changed.")
        tried(place / "versions" / before, before.rpartition("-")[0])
        switched(place, before)
    say(f"Version {before} is current again; before it was {current}.")
    say("Vaults were not touched. The same command goes forward again.")


def _on_the_disk(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _link(link: Path, to: str) -> None:
    new = link.with_name(f".{link.name}-new")
    new.unlink(missing_ok=True)
    new.symlink_to(to)
    os.replace(new, link)


def _replace_file(source: Path, file: Path) -> None:
    new = file.with_name(f".{file.name}-new")
    shutil.copyfile(source, new)
    os.replace(new, file)


def _tell(place: Path, command: Path, name: str, same: bool, gone: Sequence[str]) -> None:
    before = _before(place, name)
    say(f"\nVersion {name} is " + ("current, as it was, and whole." if same else "current."))
    if before:
        say(f"Before it was {before}; back to that: python3 {place}/install.py --rollback")
    for each in gone:
        say(f"Removed {each}.")
    say(f"What comes next: less {place}/current/INSTALL.txt")
    starts = shutil.which(command.name)
    if starts and os.path.samefile(starts, command):
        say("Start: secterm")
    elif starts:
        say(f"The command secterm starts {starts}, not this one. Start: {command}")
    else:
        say(f"{command.parent} is not in your PATH. Log in anew, or add it. Start: {command}")


if __name__ == "__main__":
    sys.exit(main())
