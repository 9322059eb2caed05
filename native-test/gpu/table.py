"""The checked-in table: what compilers report of each program. A section for each target, headed by the compilers' versions."""

import difflib

HEAD = """# What the offline GPU compilers say of every packaged program

Written by `native-test/gpu-compile --update`, compared by `native-test/run --stage gpu`. Nothing here is a measurement. Spills and
stack are bytes (of AMD: registers spilled, moves from and to accumulation registers, and bytes of scratch memory); occupancy is the share of the hardware threads
of a compute unit that registers and local memory leave room for.
"""
COLUMNS = "| program | tiles | work-items | registers | local bytes | spills | stack | lanes | occupancy |\n" + "|---" * 9 + "|\n"


def section(versions, rows, kept):
    """`rows` are programs with their reports; of what has none it is the line of the section that is kept."""
    text = f"({versions})\n\n" + COLUMNS
    lines = {}  # of a program and its tiles, in their order: some programs differ in nothing that the table says
    for line in kept.splitlines():
        if line.startswith("| "):
            lines.setdefault(" | ".join(line.split(" | ")[:2]), []).append(line)
    for program, report in rows:
        same = lines.get(f"| {program.label} | {program.tiles}", [])
        line = same.pop(0) if same else f"| {program.name} is not in the table |"
        if report is None:
            text += line + "\n"
            continue
        cells = [program.label, program.tiles, str(program.items or "any"), report.registers, str(report.local_bytes),
                 report.spills, report.stack, report.lanes, report.occupancy]
        text += "| " + " | ".join(cells) + " |\n"
    return text


def write(path, sections):
    path.write_text(HEAD + "".join(f"\n## {name}\n\n{text}" for name, text in sections.items()), encoding="utf-8")


def read(path):
    """The sections by target."""
    if not path.exists():
        return {}
    parts = path.read_text(encoding="utf-8").split("\n## ")[1:]
    return {part.split("\n", 1)[0]: part.split("\n", 1)[1].strip("\n") + "\n" for part in parts}


def tools(text):
    """The versions in a section's head, by tool."""
    return dict(tool.rsplit(" ", 1) for tool in text.split("\n", 1)[0].strip("()").split(", "))


def without(text, columns):
    """The lines of a table with less columns; they are counted from 0."""
    lines = (line.split(" | ") for line in text.splitlines() if line.startswith("| "))
    return [" | ".join(cell for i, cell in enumerate(cells) if i not in columns) for cells in lines]


PTXAS_COLUMNS = (3, 5, 6, 8)  # registers, spills, stack, occupancy


def differences(kept, made):
    """Lines that differ; and whether the compilers are the same, so that nothing but the kernels can be why. Where one of them has no
    ptxas, what it says is not compared."""
    before, now = tools(kept), tools(made)
    both = [tool for tool in now if tool in before]
    same_compilers = all(before[tool] == now[tool] for tool in both)
    left_out = PTXAS_COLUMNS if ("ptxas" in before) != ("ptxas" in now) else ()
    lines = difflib.unified_diff(without(kept, left_out), without(made, left_out), "table.md", "now", n=0, lineterm="")
    return [line for line in lines if not line.startswith(("---", "+++", "@@"))], same_compilers
