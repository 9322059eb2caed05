"""Compiles one program for one target and says what the compiler reports of it."""

import hashlib
import re
import shutil
import struct
import subprocess
import tempfile
import threading
from dataclasses import dataclass, field
from pathlib import Path

from loops import find_loops, hot_loops, read_amd
from targets import intel_occupancy, nvidia_occupancy

HERE = Path(__file__).parent
CLC = Path("/usr/lib/clc")
CLANG = "clang-19"
SPIRV_CLANG = "clang-15"
SPIRV_TRANSLATOR = "llvm-spirv-15"
OPENCL = ["-x", "cl", "-Xclang", "-finclude-default-header", "-Wno-linker-warnings"]
SPILLED = re.compile(r"spilled around (\d+)")


@dataclass
class Report:
    registers: str = "-"
    local_bytes: int = 0
    local_limit: int = None  # where it is not the target's
    spills: str = "-"
    stack: str = "-"
    lanes: str = "-"  # SIMD width
    occupancy: str = "-"
    problems: list = field(default_factory=list)
    listing: Path = None  # assembler text, for the model
    binary: Path = None


class CompileError(Exception):
    pass


def run(command, log):
    """Runs a command; its output, which is also kept in a file."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)
    output = done.stdout + done.stderr
    with open(log, "a", encoding="utf-8") as file:
        file.write("$ " + " ".join(str(word) for word in command) + "\n" + output)
    if done.returncode != 0:
        raise CompileError(first_error(output) or f"{command[0]} ends with exit code {done.returncode}")
    return output


def first_error(output):
    for line in output.splitlines():
        if "error" in line.lower():
            return line.strip()[:300]
    return output.strip().splitlines()[-1][:300] if output.strip() else ""


def missing(maker):
    """What is not installed that this maker's targets need, or nothing."""
    needed = {
        "nvidia": [CLANG, CLC / "nvptx64--nvidiacl.bc"],
        "amd": [CLANG, CLC / "amdgcn--amdhsa.bc"],
        "intel": ["ocloc"],
        "spirv": [SPIRV_CLANG, SPIRV_TRANSLATOR, "spirv-val"],
    }[maker]
    absent = [str(tool) for tool in needed if not (tool.exists() if isinstance(tool, Path) else shutil.which(tool))]
    return "there is no " + " and no ".join(absent) if absent else ""


def has_ptxas():
    return shutil.which("ptxas") is not None


def versions(maker):
    """What the figures depend on."""
    if maker == "intel":
        with tempfile.TemporaryDirectory() as folder:  # the answer is a file
            subprocess.run(["ocloc", "query", "OCL_DRIVER_VERSION"], cwd=folder, capture_output=True, check=False)
            answer = Path(folder) / "OCL_DRIVER_VERSION"
            return "ocloc " + (answer.read_text().strip(" \0\n") if answer.exists() else "?")
    tools = {"nvidia": [CLANG] + (["ptxas"] if has_ptxas() else []), "amd": [CLANG], "spirv": [SPIRV_CLANG, SPIRV_TRANSLATOR]}
    said = []
    for tool in tools[maker]:
        output = subprocess.run([tool, "--version"], capture_output=True, text=True, check=False).stdout
        number = re.search(r"(?:V|version )(\d+\.\d+[.\d]*)", output)
        said.append(f"{tool} {number.group(1) if number else '?'}")
    return ", ".join(said)


PTX_LOCKS = {}  # by what is compiled
PTX_LOCKS_LOCK = threading.Lock()


def make_ptx(target, program, source, log):
    """The program in PTX, compiled once for all targets with the same one."""
    name = hashlib.sha256(f"{target.ptx} {program.items} {program.source} {program.options}".encode()).hexdigest()[:16]
    ptx = log.parent.parent / "ptx" / f"{name}.ptx"
    with PTX_LOCKS_LOCK:
        first = name not in PTX_LOCKS
        lock = PTX_LOCKS.setdefault(name, threading.Lock())
        if first:
            lock.acquire()
    if first:
        try:
            ptx.unlink(missing_ok=True)
            ptx.parent.mkdir(exist_ok=True)
            clang_ptx(target, program, source, ptx, log)
        finally:
            lock.release()
    with lock:  # it is there, or its compiler failed
        if not ptx.exists():
            raise CompileError(f"no PTX, see the same program for another target of {target.ptx}")
    return ptx


def clang_ptx(target, program, source, ptx, log):
    command = [CLANG, "--target=nvptx64-unknown-nvidiacl", *OPENCL, "-O3", "-include", HERE / "nvidia.h"]
    command += ["-Xclang", "-mlink-builtin-bitcode", "-Xclang", CLC / "nvptx64--nvidiacl.bc"]
    command += ["-Xclang", "-target-cpu", "-Xclang", target.ptx, "-Xclang", "-target-feature", "-Xclang", "+ptx78"]
    part = ptx.with_suffix(".part")
    run(command + program.options.split() + ["-S", "-o", part, source], log)
    if program.items:
        # clang drops the required work-group size, from which ptxas knows how many registers an item may have.
        text = re.sub(r"(\.entry [^{]*?\))\s*\n\{", rf"\1\n.reqntid {program.items}, 1, 1\n{{", part.read_text(), count=1)
        part.write_text(text)
    part.rename(ptx)


HOPPER_MARK = "//@ "  # of the instructions that Hopper.java makes of comments; see kernels/lib/matrix/units/wgmma.clh
HOPPER_LOCAL_LIMIT = 227 << 10  # what kernels with them may use, by MatrixConfig.java


def make_hopper_ptx(ptx, base):
    """What Hopper.java makes of a program, in a file of its own."""
    text = re.sub(r"\.version \S+", ".version 8.0", ptx.read_text(), count=1).replace(HOPPER_MARK, "")
    made = base.with_suffix(".ptx")
    made.write_text(re.sub(r"\.target sm_\d+", ".target sm_90a", text, count=1))
    return made


def compile_nvidia(target, program, source, base):
    log, arch = base.with_suffix(".log"), target.arch
    ptx = make_ptx(target, program, source, log)
    if HOPPER_MARK in ptx.read_text():
        ptx, arch = make_hopper_ptx(ptx, base), "sm_90a"
    text = ptx.read_text()
    report = Report(local_limit=HOPPER_LOCAL_LIMIT if arch == "sm_90a" else target.local_limit, listing=ptx, local_bytes=ptx_shared_bytes(text))
    depots = [int(size) for size in re.findall(r"\.local [^;]*__local_depot\d+\[(\d+)\]", text)]
    report.stack = str(sum(depots))
    if depots:
        report.problems.append(f"{sum(depots)} bytes of private arrays in memory")
    for name in re.findall(r"\.extern \.func[^;]*?(\w+)\s*\n?\(", text):
        report.problems.append(f"calls {name}, which nobody defines")
    if has_ptxas() and not report.problems and report.local_bytes <= report.local_limit:
        report.binary = base.with_suffix(".cubin")
        said = run(["ptxas", "-v", f"-arch={arch}", ptx, "-o", report.binary], log)
        if "wgmma.mma_async instructions are serialized" in said:
            report.problems.append("products of warpgroups wait for one another, says ptxas")
        registers = int(re.search(r"Used (\d+) registers", said).group(1))
        spills = re.search(r"(\d+) bytes stack frame, (\d+) bytes spill stores, (\d+) bytes spill loads", said)
        stack, stores, loads = (int(number) for number in spills.groups())
        report.registers, report.spills, report.stack = str(registers), str(stores + loads), str(stack)
        if stack or stores or loads:
            report.problems.append(f"{stack} bytes of stack, {stores} bytes of spill stores, {loads} of loads")
        report.occupancy = percent(nvidia_occupancy(target, program.items, registers, report.local_bytes))
    return report


def ptx_shared_bytes(text):
    total = 0
    for bits, count in re.findall(r"\.shared (?:\.align \d+ )?\.[bfsu](\d+) [\w$]+(?:\[(\d+)\])?", text):
        total += int(bits) // 8 * int(count or 1)
    return total


def compile_amd(target, program, source, base):
    assembler, log = base.with_suffix(".s"), base.with_suffix(".log")
    command = [CLANG, "--target=amdgcn-amd-amdhsa", f"-mcpu={target.arch}", "-nogpulib", *OPENCL, "-O3"]
    command += ["-include", HERE / "amd.h", "-Xclang", "-mlink-builtin-bitcode", "-Xclang", CLC / "amdgcn--amdhsa.bc"]
    run(command + program.options.split() + ["-S", "-o", assembler, source], log)
    text = assembler.read_text()

    def number(name, default=0):
        found = re.search(rf"; {name}: (\d+)", text)
        return int(found.group(1)) if found else default

    report = Report(listing=assembler, local_bytes=number("LDSByteSize"))
    accumulators = number("NumAgprs")
    report.registers = f"{number('NumVgprs')}+{accumulators}" if accumulators else str(number("NumVgprs"))
    spilled = int(re.search(r"\.vgpr_spill_count: (\d+)", text).group(1))
    report.spills, report.stack = str(spilled), str(number("ScratchSize"))
    if spilled:
        report.problems.append(f"{spilled} spilled vector registers")
    moves = len(re.findall(r"^\s+v_accvgpr_", text, re.M))
    if moves:
        hot, share = hot_moves(assembler, program.kernel)
        report.spills += f" ({moves} moves, {hot} hot)"
        # Matrix instructions have their sums there, so with them moves are no sign of too many values.
        if share > HOT_MOVES and "v_mfma" not in text:
            report.problems.append(f"{hot} moves from and to accumulation registers in the hot loops: more values than vector registers")
    if number("ScratchSize"):
        report.problems.append(f"{number('ScratchSize')} bytes of scratch memory")
    defined = set(re.findall(r"^([\w.$]+):", text, re.M))
    for name in sorted(set(re.findall(r"([\w.$]+)@(?:gotpcrel32|rel32)@lo", text)) - defined):
        report.problems.append(f"calls {name}, which nobody defines")
    report.lanes = "64" if target.name.startswith("gfx9") else "32"
    waves = number("Occupancy")
    report.occupancy = f"{100 * waves // (8 if target.name.startswith('gfx9') else 16)} %"
    return report


# AMD CDNA 2 and 3 ISA guides, section 3.6.4: a lane has 512 registers in one file, up to 256 for any instruction and up to 256 for
# accumulation. So a value beyond the first 256 costs a move, not memory, which is dear only where there are many of them.
HOT_MOVES = 0.05  # of a hot loop's instructions


def hot_moves(assembler, kernel):
    """Moves from and to accumulation registers in the hot loops, and the largest share of a loop's instructions."""
    hot, _ = hot_loops(find_loops(read_amd(assembler, kernel)))
    return sum(loop.counts.moves for loop in hot), max((loop.counts.moves / loop.counts.issue for loop in hot), default=0)


def compile_intel(target, program, source, base):
    folder, log = base, base.with_suffix(".log")
    (folder / "d").mkdir(parents=True, exist_ok=True)  # ocloc does not make it
    iga = iga_folder(base.parent)
    options = ["-options", program.options]
    said = run(["ocloc", "compile", "-file", source, "-device", target.arch, "--format", "zebin",
                "-output", "z", "-out_dir", folder, *options], log)
    if "Build failed" in said:
        raise CompileError(first_error(said))
    binary = next(folder.glob("z*.bin"))
    run(["env", f"LD_LIBRARY_PATH={iga}", "ocloc", "disasm", "-file", binary, "-device", target.arch, "-dump", folder / "d"], log)
    info = (folder / "d" / ".ze_info").read_text()
    kernel = info[info.index(f"name:            {program.kernel}\n"):]
    kernel = kernel[: kernel.find("\n  - name:") if "\n  - name:" in kernel else len(kernel)]

    def number(name):
        found = re.search(rf"^ +{name}: +(\d+)", kernel, re.M)
        return int(found.group(1)) if found else 0

    listing = folder / "d" / f".text.{program.kernel}.asm"
    report = Report(listing=listing if listing.exists() else None, local_bytes=number("slm_size"))
    report.registers, report.lanes = str(number("grf_count")), str(number("simd_size"))
    private = memory_buffer(kernel, "private_space")
    # Devices before pvc have one space for both.
    spilled = memory_buffer(kernel, "spill_fill_space") + memory_buffer(kernel, "single_space")
    warned = SPILLED.search(said)
    report.stack, report.spills = str(private), str(spilled)
    if private:
        report.problems.append(f"{private} bytes of private arrays in memory")
    if spilled or warned:
        report.problems.append(f"{spilled} bytes of spilled registers or private arrays" + (f", {warned.group(0)}" if warned else ""))
    for name in undefined_symbols(binary.read_bytes()):
        report.problems.append(f"calls {name}, which nobody defines")
    if program.shuffled_lanes > number("simd_size"):
        report.problems.append(f"SIMD{report.lanes}, but the shuffles are over {program.shuffled_lanes} neighbours")
    report.occupancy = percent(
        intel_occupancy(target, program.items, number("simd_size"), number("grf_count"), report.local_bytes))
    return report


def memory_buffer(kernel, usage):
    found = re.search(rf"usage: +{usage}\s+size: +(\d+)", kernel)
    return int(found.group(1)) if found else 0


def undefined_symbols(elf):
    """Names that an ELF file (64 bit, little endian) asks for."""
    table, entry, count = struct.unpack_from("<Q", elf, 40)[0], *struct.unpack_from("<HH", elf, 58)
    headers = [struct.unpack_from("<IIQQQQII", elf, table + i * entry) for i in range(count)]
    names = []
    for header in headers:
        if header[1] == 2:  # SHT_SYMTAB; its link is the section with the names
            strings = headers[header[6]][4]
            for at in range(header[4] + 24, header[4] + header[5], 24):
                name, _, _, where = struct.unpack_from("<IBBH", elf, at)
                if where == 0:  # SHN_UNDEF
                    names.append(elf[strings + name : elf.index(b"\0", strings + name)].decode())
    return names


def iga_folder(folder):
    """A folder with the name that ocloc asks for the disassembler by; Debian has it under another."""
    iga = folder.parent / "iga"
    iga.mkdir(parents=True, exist_ok=True)
    link = iga / "libiga64.so"
    if not link.is_symlink():
        try:
            link.symlink_to("/usr/lib/x86_64-linux-gnu/libiga64.so.1")
        except FileExistsError:
            pass  # another thread was faster
    return iga


def compile_spirv(target, program, source, base):
    bitcode, module, log = base.with_suffix(".bc"), base.with_suffix(".spv"), base.with_suffix(".log")
    # Unoptimised, as drivers get it: optimised modules use what SPIR-V does not have.
    run([SPIRV_CLANG, "--target=spir64-unknown-unknown", *OPENCL, "-O1", "-Xclang", "-disable-llvm-passes",
         "-emit-llvm", "-c", *program.options.split(), "-o", bitcode, source], log)
    shuffles = program.shuffled_lanes > 0
    run([SPIRV_TRANSLATOR, f"--spirv-max-version={'1.3' if shuffles else '1.2'}", bitcode, "-o", module], log)
    run(["spirv-val", "--target-env", "spv1.3" if shuffles else "opencl2.0", module], log)
    return Report()


COMPILE = {"nvidia": compile_nvidia, "amd": compile_amd, "intel": compile_intel, "spirv": compile_spirv}


def percent(share):
    return "-" if share is None else f"{100 * share:.0f} %"


def compile_program(target, program, source, base):
    """The report of one program; what does not compile is a problem of it."""
    if program.kernel == "none":
        return Report(problems=["the planner has no configuration for it"])
    base.with_suffix(".log").unlink(missing_ok=True)
    try:
        report = COMPILE[target.maker](target, program, source, base)
    except CompileError as error:
        return Report(problems=[f"does not compile: {error}"])
    limit = report.local_limit or target.local_limit
    if report.local_bytes > limit:
        report.problems.append(f"{report.local_bytes} bytes of local memory, the limit is {limit}")
    return report
