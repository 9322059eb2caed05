"""The GPUs to compile for, with the limits that OpenCL programs meet on them."""

from dataclasses import dataclass

KIB = 1024


@dataclass(frozen=True)
class Target:
    name: str
    maker: str  # which tool chain
    arch: str  # as the tool chain calls it
    local_limit: int  # bytes of local memory of a work-group
    # Per compute unit (NVIDIA: multiprocessor, Intel: Xe core or dual subslice), for the occupancy:
    local_memory: int = 0
    warps: int = 0  # NVIDIA: warps; Intel: hardware threads with 128 registers each
    groups: int = 0

    @property
    def ptx(self):
        """What NVIDIA's PTX is made for: the oldest that has all its instructions, so that one text serves several."""
        return "sm_80" if self.arch in ("sm_80", "sm_89", "sm_90") else self.arch


# NVIDIA: CUDA C++ Programming Guide, "Technical Specifications per Compute Capability". 48 KiB is what OpenCL gives a kernel.
# Intel: oneAPI GPU Optimization Guide, "Intel Xe GPU Architecture".
TARGETS = {
    target.name: target
    for target in (
        Target("sm_75", "nvidia", "sm_75", 48 * KIB, 64 * KIB, 32, 16),
        Target("sm_80", "nvidia", "sm_80", 48 * KIB, 164 * KIB, 64, 32),
        Target("sm_89", "nvidia", "sm_89", 48 * KIB, 100 * KIB, 48, 24),
        Target("sm_90", "nvidia", "sm_90", 48 * KIB, 228 * KIB, 64, 32),
        Target("gfx90a", "amd", "gfx90a", 64 * KIB),
        Target("gfx942", "amd", "gfx942", 64 * KIB),
        Target("gfx1030", "amd", "gfx1030", 64 * KIB),
        Target("gfx1100", "amd", "gfx1100", 64 * KIB),
        Target("gfx1200", "amd", "gfx1200", 64 * KIB),
        Target("tgllp", "intel", "tgllp", 64 * KIB, 128 * KIB, 7 * 16, 32),
        Target("dg2", "intel", "dg2", 64 * KIB, 128 * KIB, 8 * 16, 32),
        Target("pvc", "intel", "pvc", 64 * KIB, 128 * KIB, 8 * 8, 32),
        Target("spirv", "spirv", "spir64", 32 * KIB),
        Target("spirv_khr", "spirv", "spir64", 32 * KIB),  # with sub-groups
    )
}


def nvidia_occupancy(target, items, registers, local_bytes):
    """Warps that a multiprocessor holds, as a share of those it could hold."""
    if not items or not registers:
        return None
    warps = -(-items // 32)
    by_warps = target.warps // warps
    by_registers = 65536 // (-(-registers // 8) * 8 * 32) // warps
    reserved = 0 if target.name == "sm_75" else KIB  # of each block, by the driver
    by_local = target.local_memory // (local_bytes + reserved) if local_bytes + reserved else target.groups
    return min(by_warps, by_registers, by_local, target.groups) * warps / target.warps


def intel_occupancy(target, items, simd, registers, local_bytes):
    """Hardware threads that a core holds, as a share of those it could hold."""
    if not items or not simd:
        return None
    threads = -(-items // simd)
    room = target.warps * 128 // max(registers, 128)
    by_local = target.local_memory // local_bytes if local_bytes else target.groups
    return min(room // threads, by_local, target.groups) * threads / target.warps
