"""A bundle as small as one can be: its packages are made here, of a few lines each, and pip
is the one that runs these tests, packed.
"""

import base64
import functools
import hashlib
import importlib.metadata
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from secterm.bundle import install

INSTALL = Path(install.__file__)
PROGRAM = """
def main():
    import tiny
    print("secterm, version {version}")
"""


def wheel(folder, name, version, files, scripts="", tag="py3-none-any", about=""):
    """A package in its usual form."""
    info = f"{name}-{version}.dist-info"
    files = {
        **files,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{about}",
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n",
        **({f"{info}/entry_points.txt": scripts} if scripts else {}),
    }
    record = f"{info}/RECORD"
    lines = [f"{each},{_digest(text)},{len(text.encode())}" for each, text in files.items()]
    files[record] = "\n".join([*lines, f"{record},,", ""])
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}-{version}-{tag}.whl"
    with zipfile.ZipFile(path, "w") as packed:
        for each, text in files.items():
            packed.writestr(zipfile.ZipInfo(each), text)
    return path


def _digest(text):
    digest = hashlib.sha256(text.encode()).digest()
    return "sha256=" + base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


@functools.cache
def _pip():
    """The pip that is here, as a wheel; compiled, where it is, or each test compiles it anew."""
    path = Path(tempfile.mkdtemp(), f"pip-{importlib.metadata.version('pip')}-py3-none-any.whl")
    with zipfile.ZipFile(path, "w") as packed:
        for each in importlib.metadata.files("pip"):
            if each.parts[0] == "pip" and each.suffix != ".pyc":
                file = Path(each.locate())
                compiled = Path(importlib.util.cache_from_source(file))
                if each.suffix == ".py" and compiled.exists():
                    packed.write(compiled, each.with_suffix(".pyc").as_posix())
                elif each.suffix != ".exe":
                    packed.write(file, each.as_posix())
    return path


def bundle(folder, version="1.0", program=PROGRAM, tag="py3-none-any"):
    """A whole one, in a new folder; its `program` is all of secterm that there is."""
    code = program.replace("{version}", version)
    script = "[console_scripts]\nsecterm = secterm:main\n"
    wheel(folder / "packages", "secterm", version, {"secterm/__init__.py": code}, script)
    tiny = wheel(folder / "packages", "tiny", "1.0", {"tiny.py": "HERE = True\n"}, tag=tag)
    shutil.copyfile(_pip(), folder / "packages" / _pip().name)
    shutil.copyfile(INSTALL, folder / "install.py")
    lock = f"tiny==1.0 --hash=sha256:{hashlib.sha256(tiny.read_bytes()).hexdigest()}\n"
    (folder / "requirements.lock").write_text(lock)
    (folder / "INSTALL.txt").write_text("How to install it.\n")
    (folder / "packs" / "default").mkdir(parents=True)
    (folder / "packs" / "default" / "pack.toml").write_text("# nothing\n")
    return summed(folder)


def summed(folder):
    """The list of all that is in it, made anew; the folder."""
    names = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
    lines = [
        f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n"
        for name in names
        if name != install.SUMS
    ]
    (folder / install.SUMS).write_text("".join(lines))
    return folder


def told(folder):
    """The fingerprint as somebody tells it who saw the bundle made."""
    return install.fingerprint((folder / install.SUMS).read_bytes())


class Machine:
    """An isolated machine: a place for versions, and a folder for the command."""

    def __init__(self, folder):
        self.place, self.command = folder / "place", folder / "bin" / "secterm"
        self.vault = folder / "vault.db"
        self.vault.write_bytes(b"sealed")

    def run(self, program, *options, answer="", **more):
        return subprocess.run(
            self.command_to(program, *options),
            input=answer,
            capture_output=True,
            text=True,
            timeout=120,
            **more,
        )

    def command_to(self, program, *options):
        """As it is typed there."""
        where = ("--to", self.place, "--bin", self.command.parent)
        return [sys.executable, "-I", *map(str, (program, *where, *options))]

    def install(self, bundle, **more):
        """Whose fingerprint was told as it is."""
        return self.run(bundle / "install.py", "--fingerprint", told(bundle), **more)

    def rollback(self):
        return self.run(self.place / "install.py", "--rollback")

    def says(self):
        """What the command says of itself."""
        done = subprocess.run([self.command, "--version"], capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, "")
        assert self.vault.read_bytes() == b"sealed"
        return done.stdout.strip().removeprefix("secterm, version ")

    @property
    def versions(self):
        """Those that are there, without their fingerprints."""
        there = self.place / "versions"
        return sorted(p.name.split("-")[0] for p in there.iterdir()) if there.exists() else []

    def is_empty(self):
        return not self.versions and not os.path.lexists(self.command)
