"""Instructions of compiled kernels and the loops among them."""

import re
import struct
from dataclasses import dataclass


@dataclass
class Instruction:
    issue: float = 1  # instructions of the scheduler, or of AMD's vector unit; of Intel the lanes
    fma: int = 0  # fused multiply-adds of a lane; of Intel, of all lanes
    matrix: int = 0  # fused multiply-adds of a matrix instruction, of all lanes together
    special: int = 0  # exponentials and the like; of Intel the lanes
    local_bytes: int = 0  # read from local memory by a lane; of Intel, by all lanes
    moves: int = 0  # from and to AMD's accumulation registers
    targets: tuple = ()  # of a branch
    jumps: bool = False  # never goes on with the next


SUMS = ("issue", "fma", "matrix", "special", "local_bytes", "moves")


@dataclass
class Loop:
    header: int  # its first instruction
    body: frozenset  # its instructions
    counts: Instruction  # of one round, without the loops inside

    def holds(self, other):
        return self is not other and other.body < self.body


def add_up(instructions):
    total = Instruction(issue=0)
    for one in instructions:
        for name in SUMS:
            setattr(total, name, getattr(total, name) + getattr(one, name))
    return total


class Flow:
    """Blocks of instructions that always follow each other, and what leads to what."""

    def __init__(self, code):
        starts = {0} | {to for one in code for to in one.targets} | {i + 1 for i, one in enumerate(code) if one.targets or one.jumps}
        starts = sorted(start for start in starts if start < len(code))
        self.blocks = [range(start, end) for start, end in zip(starts, starts[1:] + [len(code)])]
        number = {block.start: i for i, block in enumerate(self.blocks)}
        named = {to for one in code for to in one.targets}
        self.after = []
        for i, block in enumerate(self.blocks):
            last = code[block[-1]]
            # What no branch leads to is reached from above, whatever the branch there looks like.
            left = last.jumps and (not last.targets or block.stop in named)
            goes_on = i + 1 < len(self.blocks) and not left
            self.after.append(([i + 1] if goes_on else []) + [number[to] for to in last.targets if to < len(code)])
        self.order = self.in_order()
        self.before = {i: [j for j in self.order if i in self.after[j]] for i in self.order}
        self.dominators = self.find_dominators()

    def in_order(self):
        """Reachable blocks, each after those that lead to it unless they do so in a loop."""
        done, seen, stack = [], {0}, [(0, iter(self.after[0]))]
        while stack:
            block, rest = stack[-1]
            following = next((to for to in rest if to not in seen), None)
            if following is None:
                done.append(block)
                stack.pop()
            else:
                seen.add(following)
                stack.append((following, iter(self.after[following])))
        return done[::-1]

    def find_dominators(self):
        """For each block the blocks that every way to it passes."""
        every = set(self.order)
        found = {i: {0} if i == 0 else every for i in self.order}
        changed = True
        while changed:
            changed = False
            for i in self.order[1:]:
                now = {i} | set.intersection(*(found[j] for j in self.before[i]))
                changed |= now != found[i]
                found[i] = now
        return found

    def bodies(self):
        """The blocks of each loop, by its first. A branch back is a loop's only if all ways to it pass where it leads: compilers
        also put blocks that are seldom needed behind the others."""
        bodies = {}
        for end in self.order:
            for header in self.after[end]:
                if header in self.dominators[end]:
                    body, open_ends = bodies.setdefault(header, {header}), [end]
                    while open_ends:
                        block = open_ends.pop()
                        if block not in body:
                            body.add(block)
                            open_ends += self.before[block]
        return bodies

    def usual_path(self, code, header, body):
        """The way through a loop that does its work with few instructions: of two variants of a piece of code, one plain and one for
        tiles that are partly masked, the plain one. Loops inside are passed once."""
        best, end = {}, None
        for block in self.order:
            if block not in body:
                continue
            reached = [before for before in self.before[block] if before in best and block != header]
            origin = max(reached, key=lambda before: best[before][0]) if reached else None
            gain = sum(WORTH * (one.fma + one.matrix) - one.issue for one in (code[i] for i in self.blocks[block]))
            best[block] = (gain + (best[origin][0] if reached else 0), origin)
            if header in self.after[block] and (end is None or best[block][0] > best[end][0]):
                end = block
        path = []
        while end is not None:
            path.append(end)
            end = best[end][1]
        return path


WORTH = 3  # of a multiply-add, in instructions: a way around the work is not the usual way, one around a small check is


def find_loops(code):
    flow = Flow(code)
    bodies = flow.bodies()
    loops = []
    for header, body in bodies.items():
        inside = set().union(*(other for other in bodies.values() if other < body))
        path = [block for block in flow.usual_path(code, header, body) if block not in inside]
        counts = add_up(code[i] for block in path for i in flow.blocks[block])
        instructions = frozenset(i for block in body for i in flow.blocks[block])
        loops.append(Loop(flow.blocks[header].start, instructions, counts))
    return sorted(loops, key=lambda loop: loop.header)


def weight(loop):
    return (loop.counts.matrix, loop.counts.fma)


def hot_loops(loops):
    """The loops that hold most of the multiply-adds, at most two: queries times keys and weights times values. And the unit, 0 if they
    are the matrix unit's."""
    unit = 0 if any(loop.counts.matrix for loop in loops) else 1
    most = max((weight(loop)[unit] for loop in loops), default=0)
    hot = [loop for loop in loops if weight(loop)[unit] * 2 >= most > 0]
    return sorted(hot, key=lambda loop: loop.counts.issue / weight(loop)[unit])[:2], unit


# --- NVIDIA: machine code in a cubin. Instructions have 16 bytes; the lower nine bits say what they do in every operand form.
# NVIDIA does not document them; these were read off kernels whose instructions are known from their PTX.

SASS_FFMA, SASS_HMMA, SASS_LDSM, SASS_MUFU, SASS_LDS, SASS_BRA = 0x023, 0x03C, 0x03B, 0x108, 0x184, 0x147
SASS_EXIT, SASS_RET, SASS_HGMMA = 0x14D, 0x150, 0x1F0


def read_sass(path, kernel):
    elf = path.read_bytes()
    table = struct.unpack_from("<Q", elf, 40)[0]
    count, names_at = struct.unpack_from("<HH", elf, 60)
    headers = [struct.unpack_from("<IIQQQQII", elf, table + i * 64) for i in range(count)]
    names = headers[names_at][4]
    for header in headers:
        name = elf[names + header[0] : elf.index(b"\0", names + header[0])].decode()
        if name == f".text.{kernel}":
            return sass_instructions(elf[header[4] : header[4] + header[5]])
    raise ValueError(f"no code of {kernel} in {path}")


def sass_instructions(text):
    words = [struct.unpack_from("<QQ", text, at) for at in range(0, len(text), 16)]
    branches = {i: word for i, word in enumerate(words) if word[0] & 0x1FF == SASS_BRA}
    # After the kernel's end there is a branch to itself, which tells how this architecture writes offsets.
    offset = branch_words if branch_words(*branches[max(branches)]) == -4 else branch_words_split
    offsets = {i: offset(*word) for i, word in branches.items()}
    if offsets[max(offsets)] != -4:
        raise ValueError("the last branch is none to itself, so the code is not understood")
    code = []
    for i, (low, high) in enumerate(words[: max(offsets)]):
        operation, one = low & 0x1FF, Instruction()
        if operation == SASS_FFMA:
            one.fma = 1
        elif operation == SASS_HMMA:
            one.matrix = 16 * 8 * 16
        elif operation == SASS_HGMMA:  # 64 rows by n columns by 16, of four sub-groups
            n = ((low >> 53 & 31) + 1) * 8
            one.matrix = 16 * n * 16
            first = 0 if low >> 10 & 1 else 64  # rows that it reads from local memory, too
            one.local_bytes = (n + first) * 16 * 2 / 4 / 32  # of a lane
        elif operation == SASS_MUFU:
            one.special = 1
        elif operation == SASS_LDS:
            one.local_bytes = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 8, 6: 16}[high >> 9 & 7]
        elif operation == SASS_LDSM:
            one.local_bytes = 4 * {0: 1, 1: 2, 2: 4}[high >> 8 & 3]
        elif operation == SASS_BRA:
            one.targets = (i + 1 + offsets[i] // 4,)  # four words an instruction
            one.jumps = low >> 12 & 15 == 7 and high >> 23 & 31 == 7  # no predicate, no divergence asked for
        elif operation in (SASS_EXIT, SASS_RET):
            one.jumps = low >> 12 & 15 == 7
        code.append(one)
    return code


def branch_words(low, high):
    """From the next instruction on, as sm_75 to sm_89 have it."""
    return signed(low >> 34 | (high & 0x3FFFF) << 30, 48)


def branch_words_split(low, high):
    """The same on sm_90, where the last eight bits lie elsewhere."""
    return branch_words(low, high) << 8 | low >> 16 & 0xFF


def signed(number, bits):
    return number - (1 << bits) if number >> (bits - 1) else number


# --- AMD: assembler text ---

DS_BYTES = {"b32": 4, "f32": 4, "b64": 8, "b96": 12, "b128": 16, "u16": 2, "i16": 2, "u8": 1, "i8": 1}


def read_amd(path, kernel):
    text = path.read_text()
    body = text[text.index(f"\n{kernel}:") :]
    body = body[: body.index(".end_amdhsa_kernel") if ".end_amdhsa_kernel" in body else len(body)]
    return assembler_instructions(body, r"(\.LBB\w+):", amd_instruction)


def amd_instruction(line):
    line = line.split(";")[0]  # without comments
    operation = line.split()[0]
    one = Instruction(issue=1 if operation.startswith("v_") else 0)  # other units work beside the vector unit
    one.fma = len(re.findall(r"v_(?:dual_)?(?:fma|fmac|mac|mad|fmaak|fmamk)_(?:mix_)?f32", line))
    one.fma += 2 * len(re.findall(r"v_pk_fma_f32", line))
    shape = re.match(r"v_(?:mfma|wmma)_f32_(\d+)x(\d+)x(\d+)", operation)
    if shape:
        one.matrix = int(shape.group(1)) * int(shape.group(2)) * int(shape.group(3))
    one.special = int(bool(re.match(r"v_(?:exp|log|rcp)", operation)))
    read = re.match(r"ds_(?:read|load)(2?)(?:st64|_2addr_stride64|_2addr)?_\D*?([bfui]\d+)", operation)
    if read:
        one.local_bytes = DS_BYTES.get(read.group(2), 4) * (2 if read.group(1) or "2addr" in operation else 1)
    one.moves = int(operation.startswith("v_accvgpr_"))
    branch = re.match(r"s_c?branch\w* (\.LBB\w+)", line)
    one.jumps = operation in ("s_branch", "s_endpgm")
    return one, branch.groups() if branch else ()


# --- Intel: disassembled text ---


def read_intel(path, _):
    return assembler_instructions(path.read_text(), r"(L\d+):", intel_instruction)


def intel_instruction(line):
    masked = re.match(r"\([^)]*f\d", line)
    line = re.sub(r"^\([^)]*\)\s*", "", line)  # what masks it
    if re.match(r"(?:jmpi|while|goto)\b", line):
        # Of 'goto' the first is where the other lanes go on.
        return Instruction(issue=8, jumps=line.startswith("jmpi") and not masked), tuple(re.findall(r"\bL\d+\b", line))
    parts = re.match(r"([\w.]+)\s+\((\d+)\|", line)
    if not parts:
        return Instruction(issue=8), ()
    operation, lanes = parts.group(1), int(parts.group(2))
    one = Instruction(issue=lanes)  # the model divides by the lanes of the unit
    if operation == "mad" and re.search(r"<1>:f\s", line):
        one.fma = lanes
    if operation.startswith("dpas"):
        repeat = int(re.search(r"dpasw?\.\d+x(\d+)", operation).group(1))
        one.matrix, one.issue = repeat * lanes * 16, 8
    if operation.startswith("send"):
        one.issue = 8
        registers = re.search(r"rd:(\d+)", line)
        # By its name, or in the older messages by the number of the surface that stands for local memory.
        if registers and ("load.slm" in line or re.search(r"0x\w{6}FE\b.*untyped surface read", line)):
            one.local_bytes = int(registers.group(1)) * 32
    one.special = lanes if operation.startswith("math") else 0
    return one, ()


def assembler_instructions(text, label, read_line):
    code, labels, branches = [], {}, {}
    for line in text.splitlines():
        line = line.strip()
        named = re.match(label, line)
        if named:
            labels[named.group(1)] = len(code)
        elif line and not line.startswith((".", "//", "#", ";")):
            one, to = read_line(line)
            if to:
                branches[len(code)] = to
            code.append(one)
    for at, to in branches.items():
        code[at].targets = tuple(labels[name] for name in to if name in labels)
    return code


READ = {"nvidia": read_sass, "amd": read_amd, "intel": read_intel}
