"""What to compile: the programs that the Java planner would build."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

LIST_PROGRAMS = "io.github.attention4j.internal.opencl.GpuPrograms"


@dataclass(frozen=True)
class Program:
    target: str
    label: str  # what it computes
    tiles: str
    kernel: str
    items: int  # of a work-group; 0 if any number
    expected_local_bytes: int  # -1 if Java does not say
    source: str  # the name of its file
    options: str

    @property
    def shuffled_lanes(self):
        """Work-items that must be in one sub-group because they exchange numbers without local memory; 0 if none."""
        kind, lanes = self.macro("SHUFFLE"), self.macro("ITEMS_X") or self.macro("KEY_LANES")
        return lanes if kind in (1, 2, 3, 4) or kind == 6 and lanes <= 8 else 0

    def macro(self, name):
        found = re.search(rf"-D ?{name}=(\d+)", self.options)
        return int(found.group(1)) if found else 0

    @property
    def name(self):
        return self.label + (f" [{self.tiles}]" if self.tiles else "")


def list_programs(build, folder):
    """Writes the kernel sources into a folder; the programs of all targets. `build` has the compiled Java classes."""
    classes = f"{build}/classes:{build}/test-classes"
    subprocess.run(["java", "-cp", classes, LIST_PROGRAMS, str(folder)], check=True)
    programs = []
    for line in (Path(folder) / "programs.tsv").read_text().splitlines():
        target, label, tiles, kernel, items, local_bytes, source, options = line.split("\t")
        programs.append(Program(target, label, tiles, kernel, int(items), int(local_bytes), source, options))
    return programs


def planted(target, plant):
    """A program with a known fault; see planted.cl."""
    return Program(target, f"planted {plant.lower()}", "", "planted", 128, -1, "planted", f"-cl-std=CL1.2 -D PLANT=PLANT_{plant}")
