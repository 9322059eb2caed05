#!/usr/bin/env python3
"""Writes the ONNX models of the peers: one node each, sizes by name, so that one file serves all shapes.

python3 -m pip install onnx && python3 bench/src/peers/onnx-models.py

Operators that take rows before heads must be told the number of heads, which no name can stand for. Its place is held by
PLACEHOLDER, which protobuf writes in three bytes; OnnxOperator.java writes the number over them.
"""

import pathlib

from onnx import TensorProto, checker, helper, save

PLACEHOLDER = 1 << 14
FOLDER = pathlib.Path(__file__).parent.parent / "main/resources/io/github/attention4j/bench/peers"


def tensor(name, *shape):
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)


def integers(name, *shape):
    return helper.make_tensor_value_info(name, TensorProto.INT32, shape)


def write(file, operator, domain, inputs, outputs, names=None, **attributes):
    node = helper.make_node(
        operator, names or [each.name for each in inputs], [each.name for each in outputs], domain=domain, **attributes
    )
    opsets = [helper.make_opsetid("", 23)]
    if domain:
        opsets.append(helper.make_opsetid(domain, 1))
    graph = helper.make_graph([node], "attention", inputs, outputs)
    model = helper.make_model(graph, opset_imports=opsets, ir_version=11, producer_name="")
    if not domain:
        checker.check_model(model)
    save(model, FOLDER / file)


FOLDER.mkdir(parents=True, exist_ok=True)
ROWS_FIRST = [
    tensor("query", "batch", "queries", "width"),
    tensor("key", "batch", "keys", "kvWidth"),
    tensor("value", "batch", "keys", "kvWidth"),
]
OUT = tensor("out", "batch", "queries", "width")
HEADS_FIRST = [
    tensor("query", "batch", "heads", "queries", "headDim"),
    tensor("key", "batch", "kvHeads", "keys", "headDim"),
    tensor("value", "batch", "kvHeads", "keys", "valueDim"),
]
for causal in (0, 1):
    suffix = "-causal.onnx" if causal else ".onnx"
    write(
        "multi-head-attention" + suffix,
        "MultiHeadAttention",
        "com.microsoft",
        ROWS_FIRST,
        [OUT],
        num_heads=PLACEHOLDER,
        unidirectional=causal,
    )
    write(
        "attention" + suffix,
        "Attention",
        "",
        HEADS_FIRST,
        [tensor("out", "batch", "heads", "queries", "valueDim")],
        is_causal=causal,
    )
write(
    "group-query-attention-causal.onnx",
    "GroupQueryAttention",
    "com.microsoft",
    ROWS_FIRST + [integers("seqlens_k", "batch"), integers("total_sequence_length")],
    [OUT] + [tensor(name, "batch", "kvHeads", "keys", "headDim") for name in ("present_key", "present_value")],
    names=["query", "key", "value", "", "", "seqlens_k", "total_sequence_length"],
    num_heads=PLACEHOLDER,
    kv_num_heads=PLACEHOLDER,
)
