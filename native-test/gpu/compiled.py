"""Which programs the table is of, by fingerprints of all that a compiler is given, so that what has not changed need not be compiled again."""

import datetime
import hashlib
from pathlib import Path

HERE = Path(__file__).parent
PATH = HERE / "compiled.txt"
HEAD = "# Programs of which table.md has what compilers say: fingerprints of text, options and compilers. Written by native-test/gpu-compile --update.\n"
# Of unchanged programs one in so many is compiled all the same, another one every day.
SAMPLE = 10
# What compilers are given beside programs, and who reads what they say.
COMMON = ("nvidia.h", "amd.h", "toolchains.py", "targets.py", "loops.py")


class Fingerprints:
    def __init__(self, folder, versions):
        """`folder` has the programs' sources; `versions` are those of each target's compilers."""
        self.folder, self.versions = folder, versions
        self.texts = {}
        self.common = b"".join((HERE / name).read_bytes() for name in COMMON)
        lines = PATH.read_text(encoding="utf-8").splitlines() if PATH.exists() else []
        self.kept = {line for line in lines if not line.startswith("#")}

    def of(self, program):
        if program.source not in self.texts:
            self.texts[program.source] = (self.folder / f"{program.source}.cl").read_bytes()
        given = repr((program, self.versions[program.target])).encode()
        return hashlib.sha256(self.common + self.texts[program.source] + given).hexdigest()[:16]

    def is_kept(self, program):
        """Whether the table has it and today is not its day to be compiled."""
        made = self.of(program)
        return f"{program.target} {made}" in self.kept and (int(made, 16) + datetime.date.today().toordinal()) % SAMPLE != 0

    def write(self, programs):
        """Those of these programs in place of their targets'."""
        made = {f"{program.target} {self.of(program)}" for program in programs}
        targets = {line.split()[0] for line in made}
        PATH.write_text(HEAD + "".join(line + "\n" for line in sorted(made | {line for line in self.kept if line.split()[0] not in targets})),
                        encoding="utf-8")
