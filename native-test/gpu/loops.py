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
    target: int = None  # of a branch


@dataclass
class Loop:
    begin: int
    end: int
    counts: Instruction

    def holds(self, other):
        return self is not other and self.begin <= other.begin and other.end <= self.end


def add_up(instructions):
    total = Instruction(issue=0)
    for one in instructions:
        for name in ("issue", "fma", "matrix", "special", "local_bytes"):
            setattr(total, name, getattr(total, name) + getattr(one, name))
    return total


def find_loops(code):
    """All loops: what lies between a branch backwards and its target. Several branches to one target are one loop."""
    ends = {}
    for i, one in enumerate(code):
        if one.target is not None and one.target < i:
            ends[one.target] = max(i, ends.get(one.target, 0))
    return [Loop(begin, end, add_up(code[begin : end + 1])) for begin, end in sorted(ends.items())]


# --- NVIDIA: machine code in a cubin. Instructions have 16 bytes; the lower nine bits say what they do in every operand form.
# NVIDIA does not document them; these were read off kernels whose instructions are known from their PTX.

SASS_FFMA, SASS_HMMA, SASS_LDSM, SASS_MUFU, SASS_LDS, SASS_BRA = 0x023, 0x03C, 0x03B, 0x108, 0x184, 0x147


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
        elif operation == SASS_MUFU:
            one.special = 1
        elif operation == SASS_LDS:
            one.local_bytes = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 8, 6: 16}[high >> 9 & 7]
        elif operation == SASS_LDSM:
            one.local_bytes = 4 * {0: 1, 1: 2, 2: 4}[high >> 8 & 3]
        elif operation == SASS_BRA:
            one.target = i + 1 + offsets[i] // 4  # four words an instruction
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
    branch = re.match(r"s_c?branch\w* (\.LBB\w+)", line)
    return one, branch.group(1) if branch else None


# --- Intel: disassembled text ---


def read_intel(path, _):
    return assembler_instructions(path.read_text(), r"(L\d+):", intel_instruction)


def intel_instruction(line):
    line = re.sub(r"^\([^|)]*\)\s*", "", line)  # what masks it
    jump = re.match(r"(?:jmpi|while|goto)\b.*?\b(L\d+)\b", line)
    if jump:
        return Instruction(issue=8), jump.group(1)
    parts = re.match(r"([\w.]+)\s+\((\d+)\|", line)
    if not parts:
        return Instruction(issue=8), None
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
    return one, None


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
        code[at].target = labels.get(to)
    return code


READ = {"nvidia": read_sass, "amd": read_amd, "intel": read_intel}
