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
- Of f32 in pieces the matrix unit's six products are counted, so that a share of the peak is one of a sixth of the unit's: on an H100
  all of it would be 165 Tflops of f32.
- Reads of global memory count as instructions only, so a bias or keep-mask, with an element for each pair, looks cheaper than it is
  beside a function that computes the same: an H100's 3.35 TB/s are 0.84e12 elements of four bytes, and with headDim 128, of which
  a pair takes 512 flops, 43 % of the matrix unit's peak.
- Occupancy is as in table.md.

Devices, per scheduler and clock (multiply-adds f32; of the matrix unit, f16 inputs and f32 sums; bytes of local memory; special
functions). A flop is half a multiply-add; the clocks are those that the makers' figures are for:

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
    Device("A100", "sm_80", 32, 1, 16, 256, 32, 4,
           "A100 whitepaper: 312 Tflops f16 and 19.5 f32 of 108 multiprocessors at 1.41 GHz; 128 B and 16 special functions each: CUDA C++ Programming Guide"),
    Device("H100", "sm_90", 32, 1, 32, 512, 32, 4,
           "H100 whitepaper: 989 Tflops f16 of 132 multiprocessors at 1.83 GHz, which only wgmma reaches; 128 lanes f32; else as A100"),
    Device("MI250", "gfx90a", 64, 4, 32, 128, 32, 4,
           "MI250X data sheet: 383 Tflops f16 matrix and 95.7 f32 (packed) of 220 compute units at 1.7 GHz; CDNA 2 ISA guide: local memory of 32 banks"),
    Device("MI300X", "gfx942", 64, 4, 32, 256, 32, 4,
           "MI300X data sheet: 1307 Tflops f16 matrix and 163 f32 of 304 compute units at 2.1 GHz; CDNA 3 ISA guide: local memory of 32 banks"),
    Device("RX 7900", "gfx1100", 32, 1, 64, 128, 64, 8,
           "RX 7900 XTX data sheet: 123 Tflops f16 and 61 f32 (dual issue) of 96 compute units at 2.5 GHz, 2 SIMDs each; RDNA 3 ISA guide: local memory of 64 banks for 2 compute units"),
    Device("Arc A770", "dg2", 1, 1 / 8, 8, 64, 8, 2,
           "Intel, Introduction to the Xe-HPG Architecture: 16 operations f32, 128 f16 matrix of a vector engine; oneAPI GPU Optimization Guide: 128 B for 16 of them; 2 lanes of math as on Xe-LP"),
    Device("Max 1550", "pvc", 1, 1 / 16, 16, 256, 64, 4,
           "Intel, Hot Chips 33, Ponte Vecchio: 256 operations f32, 4096 f16 matrix, 512 B of a core, which has 8 vector engines; lanes of math taken to be a quarter"),
)
PROGRAMS = ("TILES d64 F32", "TILES d128 F32", "TILES d64 F16", "MATRIX d64 F16", "MATRIX d128 F16", "MATRIX d64 BF16", "MATRIX d64 F32", "MATRIX d128 F32",
            "MATRIX d64 F16 copy engine", "MATRIX d128 F16 copy engine",
            "TILES gradients of keys d64 F32", "TILES gradients of queries d64 F32",
            "TILES gradients of keys d128 F32", "TILES gradients of queries d128 F32",
            "MATRIX gradients of keys d64 F16", "MATRIX gradients of queries d64 F16",
            "MATRIX gradients of keys d128 F16", "MATRIX gradients of queries d128 F16",
            "TILES d64 F16 documents", "MATRIX d64 F16 documents", "MATRIX d64 F16 keep",
            "TILES d128 F16 T5", "MATRIX d128 F16 T5", "MATRIX d128 F16 bias")
# Where gradients are checked, and the least share of the issue bound of outputs that theirs must have.
GRADIENT_TARGETS = ("sm_80", "sm_90", "gfx90a", "gfx1100")
GRADIENT_SHARE = 0.75
# Where a ready function is checked against what is built in for the same, and the least share of its issue bound that it must have.
FUNCTION_TARGETS = ("sm_80", "sm_90")
FUNCTION_TWINS = {"MATRIX d64 F16 documents": "MATRIX d64 F16 keep", "MATRIX d128 F16 T5": "MATRIX d128 F16 bias"}
FUNCTION_SHARE = 1 / 1.15
# Products of a tile that are not those of attention: how many have HEAD_DIM and VALUE_DIM.
PRODUCTS = {f"attn_backward_{side}_{family}": (2, count)
            for family in ("tiles", "matrix") for side, count in (("keys", 2), ("queries", 1))}


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
    heads, values = PRODUCTS.get(program.kernel, (1, 1))
    work = program.macro("TILE_KV") * (heads * program.macro("HEAD_DIM") + values * program.macro("VALUE_DIM"))
    if useful == "matrix unit":
        return work * (int(report.lanes) if TARGETS[device.target].maker == "intel" else 16)  # UNIT_ROWS of kernels/lib/matrix/units/unit.clh
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


def loops_of(device, program, report):
    """All loops, the hot ones and their unit; None without machine code."""
    maker = TARGETS[device.target].maker
    listing = report.binary if maker == "nvidia" else report.listing
    if listing is None:
        return None
    loops = find_loops(READ[maker](listing, program.kernel))
    return loops, *hot_loops(loops)


def taken(rows, target, label):
    """The program that the planner takes, with its report: the first of those with the label."""
    return next(((program, report) for program, report in rows.get(target, []) if program.label == label), None)


def is_compared(program):
    """Whether a sentence of the two checks below is about it."""
    forward = [f"TILES {size} F32" for size in ("d64", "d128")]
    gradients = [f"TILES gradients of {side} {size} F32" for side in ("keys", "queries") for size in ("d64", "d128")]
    return (program.target in GRADIENT_TARGETS and program.label in forward + gradients
            or program.target in FUNCTION_TARGETS and program.label in (*FUNCTION_TWINS, *FUNCTION_TWINS.values()))


def check_gradients(rows):
    """For each device and program of gradients that there is: a sentence, and whether it holds."""
    found = []
    for device in DEVICES:
        for size in ("d64", "d128") if device.target in GRADIENT_TARGETS else ():
            forward = issue_bound(device, taken(rows, device.target, f"TILES {size} F32"))
            for side in ("keys", "queries"):
                label = f"TILES gradients of {side} {size} F32"
                backward = issue_bound(device, taken(rows, device.target, label))
                if forward and backward:
                    found.append((f"{device.target}: {label} has an issue bound of {percent(backward)} of the peak, that of outputs is "
                                  f"{percent(forward)}", backward >= GRADIENT_SHARE * forward))
    return found


def check_functions(rows):
    """For each device and ready function that there is: a sentence, and whether it holds."""
    found = []
    for device in DEVICES:
        for label, twin in FUNCTION_TWINS.items() if device.target in FUNCTION_TARGETS else ():
            function = issue_bound(device, taken(rows, device.target, label))
            built_in = issue_bound(device, taken(rows, device.target, twin))
            if function and built_in:
                found.append((f"{device.target}: {label} has an issue bound of {percent(function)} of the peak, {twin} one of "
                              f"{percent(built_in)}", function >= FUNCTION_SHARE * built_in))
    return found


def issue_bound(device, program_and_report):
    of = loops_of(device, *program_and_report) if program_and_report else None
    return bounds(device, of[1], useful_unit(of[2]))["issue"] if of and of[1] else None


def useful_unit(unit):
    return "matrix unit" if unit == 0 else "multiply-adds"


def row(device, program, report):
    of = loops_of(device, program, report)
    if of is None:
        return None
    loops, hot, unit = of
    if not hot:
        return f"| {device.name} | {program.label} | {program.tiles} | {report.occupancy} | no loop with multiply-adds found | | | | |\n"
    useful = useful_unit(unit)
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
            one = taken(rows, device.target, label)
            if one:
                text += row(device, *one) or f"| {device.name} | {label} | {one[0].tiles} | no machine code | | | | | |\n"
    path.write_text(text, encoding="utf-8")
