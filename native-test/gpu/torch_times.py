"""Times of PyTorch's attention on this machine's GPU, for native-test/gpu/card; written as they come."""

import json
import statistics
import sys
import time

# batch, heads, heads of keys, queries, keys, headDim; those of bench/results and of the card's own decoding
SHAPES = [(4, 16, 16, 4096, 4096, 128), (4, 16, 16, 4096, 4096, 64), (1, 8, 8, 4096, 4096, 128), (1, 16, 16, 2048, 2048, 64),
          (1, 32, 8, 1024, 1024, 128), (1, 32, 8, 1, 65536, 128), (8, 32, 8, 1, 4096, 128)]
WAYS = ("FLASH_ATTENTION", "CUDNN_ATTENTION", "EFFICIENT_ATTENTION")
ROUNDS = 15


def times(torch, attend):
    """Milliseconds of rounds of several calls each, by the device's clock."""
    attend()
    torch.cuda.synchronize()
    begin = time.perf_counter()
    attend()
    torch.cuda.synchronize()
    calls = max(1, min(50, int(0.005 / max(1e-6, time.perf_counter() - begin))))
    found = []
    for _ in range(ROUNDS):
        first, last = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        first.record()
        for _ in range(calls):
            attend()
        last.record()
        torch.cuda.synchronize()
        found.append(first.elapsed_time(last) / calls)
    return found


def measure(torch, shape, dtype, causal, way, backward):
    from torch.nn.attention import SDPBackend, sdpa_kernel

    batch, heads, kv_heads, queries, keys, size = shape

    def random(count, rows):
        return torch.randn(batch, count, rows, size, device="cuda", dtype=dtype, requires_grad=backward)

    query, key, value = random(heads, queries), random(kv_heads, keys), random(kv_heads, keys)
    grad = torch.randn_like(query)

    def attend():
        with sdpa_kernel(getattr(SDPBackend, way)):
            out = torch.nn.functional.scaled_dot_product_attention(query, key, value, is_causal=causal, enable_gqa=heads != kv_heads)
        if backward:
            out.backward(grad)

    return times(torch, attend)


def main(arguments):
    quick, path = "--quick" in arguments, arguments[-1]
    report = {"rows": []}

    def save():
        with open(path, "w", encoding="utf-8") as file:
            json.dump(report, file, indent=1)

    try:
        import torch
    except ImportError as error:
        report["left_out"] = f"no PyTorch: {error}"
        return save()
    if not torch.cuda.is_available():
        report["left_out"] = f"PyTorch {torch.__version__} finds no GPU"
        return save()
    report |= {"torch": torch.__version__, "device": torch.cuda.get_device_name()}
    for shape in SHAPES[:1] if quick else SHAPES:
        one = shape[3] == 1
        for dtype in (torch.float16,) if one else (torch.float16, torch.float32):
            for causal in (False,) if one else (False, True):
                for backward in (False,) if one or dtype == torch.float32 else (False, True):
                    for way in WAYS:
                        row = {"shape": shape, "type": str(dtype), "causal": causal, "with_gradients": backward, "way": way}
                        try:
                            found = measure(torch, shape, dtype, causal, way, backward)
                            row |= {"median_ms": statistics.median(found), "least_ms": min(found)}
                        except RuntimeError as error:  # a way that is not for this
                            row["refused"] = str(error).splitlines()[0][:200]
                        report["rows"].append(row)
                        save()
    return save()


if __name__ == "__main__":
    main(sys.argv[1:])
