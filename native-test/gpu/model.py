"""A model of how fast the compiled kernels could be at best: what their inner loops issue and read, against what devices can."""

from dataclasses import dataclass

from loops import READ, find_loops, hot_loops, weight
from targets import TARGETS

HEAD = """# A model of the GPU kernels. Not a measurement

Written by `native-test/gpu-compile --model`. No GPU took part: the machine code of the kernels is read, and the units of a device
are taken to be busy as its maker's figures say, with everything that can overlap overlapped. Real kernels are slower; what
the model says is what stands in the way first, and that no change of the kernel's surroundings would help beyond.

How it is made:

- The hot loops are those with most multiply-adds, at most two: queries times keys and weights times values, or one loop of both.
  Of a loop the usual way through it counts, without loops inside it: not the variants for tiles that are partly masked or hold NaNs.
  Of NVIDIA the machine code is read, of AMD and Intel the assembler text.
- Of each loop: clocks that a scheduler (NVIDIA: a quarter of a multiprocessor, AMD: a SIMD, Intel: a vector engine) needs to issue its
  instructions, clocks of the multiply-add or matrix unit, and clocks of its share of local memory for the bytes read, without
  credit for lanes that read the same. AMD's scalar, branch and local memory instructions issue beside the vector unit and do not count.
- A bound is the clocks of the multiply-add unit divided by the clocks of what is busiest: the share of the device's peak that it
  leaves. "whole tile" adds the other instructions of a tile (softmax, loading), as if nothing overlapped with them; loops that are
  not hot are left out.
- Occupancy is as in table.md.

Devices, per scheduler and clock (multiply-adds f32; of the matrix unit, f16 inputs and f32 sums; bytes of local memory; special functions):

"""


@dataclass(frozen=True)
class Device:
    name: str
    target: str
    lanes: int  # of an instruction; 1 where the listing has them
    issue: float  # clocks of an instruction; of Intel, of a lane
    fma: int
    matrix: int
    local: float
    special: float
    source: str


DEVICES = (
    Device("A100", "sm_80", 32, 1, 16, 256, 32, 4, "NVIDIA A100 whitepaper: 64 FP32 lanes, 1024 f16 multiply-adds, 128 B a clock and multiprocessor"),
    Device("H100", "sm_90", 32, 1, 32, 512, 32, 4, "NVIDIA H100 whitepaper; the matrix unit at the rate of mma.sync, half of what wgmma reaches"),
    Device("MI250", "gfx90a", 64, 4, 32, 128, 32, 4, "AMD CDNA 2 whitepaper: 256 flops f32 (packed), 1024 flops f16 matrix, a clock and compute unit"),
    Device("MI300X", "gfx942", 64, 4, 32, 256, 32, 4, "AMD CDNA 3 whitepaper: 256 flops f32 (packed), 2048 flops f16 matrix, a clock and compute unit"),
    Device("RX 7900", "gfx1100", 32, 1, 64, 128, 64, 8, "AMD RDNA 3 ISA guide: 2 SIMDs of 32 lanes with dual issue, 512 flops f16 WMMA, a clock and compute unit"),
    Device("Arc A770", "dg2", 1, 1 / 8, 8, 64, 8, 2, "Intel Xe HPG: 16 flops f32 and 128 f16 matrix operations a clock and vector engine, 128 B a clock and Xe core"),
    Device("Max 1550", "pvc", 1, 1 / 16, 16, 256, 64, 4, "Intel Xe HPC: 32 flops f32 and 512 f16 matrix operations a clock and vector engine, 512 B a clock and Xe core"),
)
PROGRAMS = ("TILES d64 F32", "TILES d128 F32", "TILES d64 F16", "MATRIX d64 F16", "MATRIX d128 F16", "MATRIX d64 BF16")


def clocks(device, counts):
    """Of each unit, for one run through a loop."""
    return {
        "multiply-adds": counts.fma * device.lanes / device.fma,
        "matrix unit": counts.matrix / device.matrix,
        "issue": counts.issue * device.issue,
        "local memory": counts.local_bytes * device.lanes / device.local,
        "special functions": counts.special * device.lanes / device.special,
    }


def bounds(device, hot, useful):
    """The share of the peak that each unit leaves, over the hot loops, which do the same amount of work each."""
    shares = {}
    for unit in ("issue", "local memory", "special functions"):
        slowdowns = [max(1.0, clocks(device, loop.counts)[unit] / clocks(device, loop.counts)[useful]) for loop in hot]
        shares[unit] = len(slowdowns) / sum(slowdowns)
    return shares


def tile_work(device, program, report, useful):
    """Multiply-adds of a tile: of a work-item, or on the matrix unit of a sub-group."""
    work = program.macro("TILE_KV") * (program.macro("HEAD_DIM") + program.macro("VALUE_DIM"))
    if useful == "matrix unit":
        return work * (int(report.lanes) if TARGETS[device.target].maker == "intel" else 16)  # UNIT_ROWS of kernels/lib/unit.clh
    return work * program.macro("TILE_Q") / program.items if program.items else 0


def whole_tile(device, program, report, loops, hot, useful, share):
    """The share of the peak with the instructions around the hot loops; None where they are not known."""
    work = tile_work(device, program, report, useful)
    if useful == "matrix unit" and hot[0].counts.matrix >= work > 0:
        return share  # the tile is one loop
    around = [loop for loop in loops if all(loop.holds(one) for one in hot)]
    if not around or not work:
        return None
    tile = min(around, key=lambda loop: len(loop.body))
    if useful == "matrix unit":
        best = work / device.matrix
    else:
        best = work * (device.lanes if device.lanes > 1 else int(report.lanes)) / device.fma
    return best / (best / share + tile.counts.issue * device.issue)


def row(device, program, report):
    if not report.listing and not report.binary:
        return None
    target = TARGETS[device.target]
    listing = report.binary if target.maker == "nvidia" else report.listing
    if listing is None:
        return None
    loops = find_loops(READ[target.maker](listing, program.kernel))
    hot, unit = hot_loops(loops)
    if not hot:
        return f"| {device.name} | {program.label} | {program.tiles} | {report.occupancy} | no loop with multiply-adds found | | | | |\n"
    useful = "matrix unit" if unit == 0 else "multiply-adds"
    shares = bounds(device, hot, useful)
    limit, share = min(shares.items(), key=lambda item: item[1])
    tile = whole_tile(device, program, report, loops, hot, useful, share)
    counted = ", ".join(f"{weight(loop)[unit]} in {loop.counts.issue:.0f}" for loop in hot)
    cells = [device.name, program.label, program.tiles, report.occupancy, counted, percent(shares["issue"]),
             percent(shares["local memory"]), percent(tile), f"{limit}, {percent(share)}" if share < 0.995 else useful]
    return "| " + " | ".join(cells) + " |\n"


def percent(share):
    return "-" if share is None else f"{100 * share:.0f} %"


def write(path, rows):
    """`rows` are programs with their reports, by target."""
    text = HEAD + "| device | compiled for | lanes | f32 | matrix | local | special | source |\n" + "|---" * 8 + "|\n"
    for device in DEVICES:
        text += (f"| {device.name} | {device.target} | {device.lanes if device.lanes > 1 else 'as compiled'} | {device.fma} | {device.matrix} "
                 f"| {device.local:g} | {device.special:g} | {device.source} |\n")
    text += ("\n| device | program | tiles | occupancy | multiply-adds in instructions, of the hot loops | issue bound | local memory bound "
             "| whole tile | what limits the hot loops |\n" + "|---" * 9 + "|\n")
    for label in PROGRAMS:
        for device in DEVICES:
            for program, report in rows.get(device.target, []):
                if program.label == label:  # the first is what the planner takes
                    text += row(device, program, report) or f"| {device.name} | {label} | {program.tiles} | no machine code | | | | | |\n"
                    break
    path.write_text(text, encoding="utf-8")
