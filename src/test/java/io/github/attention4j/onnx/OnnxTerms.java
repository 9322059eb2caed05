package io.github.attention4j.onnx;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionSpecBuilder;
import io.github.attention4j.DType;
import io.github.attention4j.Operand;
import io.github.attention4j.score.BoolTerm;
import io.github.attention4j.score.CallTensor;
import io.github.attention4j.score.FloatTerm;
import io.github.attention4j.score.IntTerm;
import io.github.attention4j.score.Place;
import io.github.attention4j.score.Term;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * From a graph on the matrix of scores to terms of each pair. What does not depend on scores is known and becomes a
 * constant, an index where it counts along a dimension, and else a tensor of the call.
 */
final class OnnxTerms {
    private final int[] shape;
    private final List<OnnxTensor> tensors = new ArrayList<>();
    private Place place;
    private Map<String, OnnxValue> values;

    /** For scores [batch, head, query, key]. */
    OnnxTerms(int... shape) {
        this.shape = shape;
    }

    /** What the graph makes of a score, or of what stands for it. */
    FloatTerm apply(OnnxGraph graph, FloatTerm score, Place place) {
        this.place = place;
        values = new HashMap<>();
        graph.constants().forEach((name, tensor) -> values.put(name, OnnxValue.of(tensor)));
        values.put(graph.inputs().get(0), OnnxValue.of(score));
        for (OnnxNode node : graph.nodes()) {
            values.put(node.output(0), compute(node));
        }
        return (FloatTerm) term(values.get(graph.outputs().get(0)));
    }

    /** The tensors of the call, which are asked for in a spec. */
    void describe(AttentionSpecBuilder spec) {
        for (int i = 0; i < tensors.size(); i++) {
            int[] dims = tensors.get(i).dims();
            spec.scoreTensor(i, type(tensors.get(i)), dims.length == 0 ? new int[] {1} : dims);
        }
    }

    void give(AttentionArrays arrays) {
        for (int i = 0; i < tensors.size(); i++) {
            Operand operand = Operand.valueOf("SCORE_TENSOR_" + i);
            if (type(tensors.get(i)) == DType.F32) {
                arrays.with(operand, tensors.get(i).floats());
            } else {
                arrays.with(operand, tensors.get(i).ints());
            }
        }
    }

    private static DType type(OnnxTensor tensor) {
        return tensor.type().isFloat() ? DType.F32 : DType.I32;
    }

    private OnnxValue input(OnnxNode node, int index) {
        OnnxValue value =
                index < node.inputs().size() ? values.get(node.inputs().get(index)) : null;
        if (value == null) {
            throw new IllegalArgumentException(
                    node.operator() + " needs input " + index + ", but has " + node.inputs());
        }
        return value;
    }

    private Term term(OnnxNode node, int index) {
        return term(input(node, index));
    }

    private FloatTerm number(OnnxNode node) {
        return (FloatTerm) term(node, 0);
    }

    private Term term(OnnxValue value) {
        if (value.term() != null) {
            return value.term();
        }
        if (value.tensor().values().length == 1) {
            return value.constant();
        }
        int along = value.counts();
        return switch (along) {
            case 0 -> place.key();
            case 1 -> place.query();
            case 2 -> place.head();
            case 3 -> place.batch();
            default -> element(value.tensor());
        };
    }

    /** A dimension of size 1 is broadcast, as an index beyond a tensor counts as its last. */
    private Term element(OnnxTensor tensor) {
        int index = tensors.indexOf(tensor);
        if (index < 0) {
            index = tensors.size();
            tensors.add(tensor);
        }
        IntTerm[] indices = {place.batch(), place.head(), place.query(), place.key()};
        CallTensor read = place.tensor(index);
        IntTerm[] own = Arrays.copyOfRange(indices, 4 - tensor.rank(), 4);
        if (tensor.type().isFloat()) {
            return read.at(own);
        }
        return tensor.type() == OnnxType.BOOL ? read.intAt(own).equalTo(0).not() : read.intAt(own);
    }

    private OnnxValue compute(OnnxNode node) {
        return switch (node.operator()) {
            case "Shape", "Gather", "Range", "Reshape", "Unsqueeze", "Squeeze", "Constant" ->
                OnnxValue.of(new OnnxKnown(node, values, shape).compute());
            case "Identity", "Expand" -> input(node, 0);
            case "Cast" -> OnnxValue.of(cast(term(node, 0), OnnxType.of(node.integer("to", 1))));
            case "Where" -> OnnxValue.of(choose((BoolTerm) term(node, 0), term(node, 1), term(node, 2)));
            case "Not" -> OnnxValue.of(((BoolTerm) term(node, 0)).not());
            case "Exp" -> OnnxValue.of(number(node).exp());
            case "Log" -> OnnxValue.of(number(node).log());
            case "Tanh" -> OnnxValue.of(number(node).tanh());
            case "Sigmoid" -> OnnxValue.of(number(node).sigmoid());
            case "Sqrt" -> OnnxValue.of(number(node).sqrt());
            case "Sin" -> OnnxValue.of(number(node).sin());
            case "Cos" -> OnnxValue.of(number(node).cos());
            case "Floor" -> OnnxValue.of(number(node).floor());
            case "Relu" -> OnnxValue.of(number(node).max(0));
            case "Neg", "Abs" -> OnnxValue.of(ofOne(node.operator(), term(node, 0)));
            default -> OnnxValue.of(ofTwo(node));
        };
    }

    private static Term ofOne(String operator, Term of) {
        if (of instanceof FloatTerm x) {
            return operator.equals("Neg") ? x.negated() : x.abs();
        }
        IntTerm n = (IntTerm) of;
        return operator.equals("Neg") ? n.negated() : n.abs();
    }

    private static Term cast(Term from, OnnxType to) {
        if (to == OnnxType.BOOL) {
            return from instanceof FloatTerm x
                    ? x.equalTo(0).not()
                    : from instanceof IntTerm n ? n.equalTo(0).not() : from;
        }
        IntTerm whole = from instanceof BoolTerm is
                ? is.choose(IntTerm.of(1), IntTerm.of(0))
                : from instanceof IntTerm n ? n : to.isFloat() ? null : ((FloatTerm) from).toInt();
        return !to.isFloat() ? whole : whole == null ? from : whole.toFloat();
    }

    private static Term choose(BoolTerm is, Term first, Term second) {
        return first instanceof FloatTerm x
                ? is.choose(x, (FloatTerm) second)
                : is.choose((IntTerm) first, (IntTerm) second);
    }

    private Term ofTwo(OnnxNode node) {
        Term first = term(node, 0);
        Term second = term(node, 1);
        if (first instanceof FloatTerm x) {
            return ofFloats(node, x, (FloatTerm) second);
        }
        if (first instanceof IntTerm n) {
            return ofIntegers(node, n, (IntTerm) second);
        }
        BoolTerm is = (BoolTerm) first;
        return switch (node.operator()) {
            case "And" -> is.and((BoolTerm) second);
            case "Or" -> is.or((BoolTerm) second);
            default -> throw unknown(node);
        };
    }

    private static Term ofFloats(OnnxNode node, FloatTerm x, FloatTerm y) {
        return switch (node.operator()) {
            case "Add" -> x.plus(y);
            case "Sub" -> x.minus(y);
            case "Mul" -> x.times(y);
            case "Div" -> x.dividedBy(y);
            case "Min" -> x.min(y);
            case "Max" -> x.max(y);
            case "Less" -> x.lessThan(y);
            case "Greater" -> x.moreThan(y);
            case "LessOrEqual" -> x.lessThan(y).or(x.equalTo(y));
            case "GreaterOrEqual" -> x.moreThan(y).or(x.equalTo(y));
            case "Equal" -> x.equalTo(y);
            default -> throw unknown(node);
        };
    }

    private static Term ofIntegers(OnnxNode node, IntTerm n, IntTerm m) {
        return switch (node.operator()) {
            case "Add" -> n.plus(m);
            case "Sub" -> n.minus(m);
            case "Mul" -> n.times(m);
            case "Div" -> { // towards 0
                IntTerm whole = n.abs().dividedBy(m.abs());
                yield n.xor(m).lessThan(0).choose(whole.negated(), whole);
            }
            case "Mod" -> n.modulo(m);
            case "Min" -> n.min(m);
            case "Max" -> n.max(m);
            case "Less" -> n.lessThan(m);
            case "Greater" -> n.moreThan(m);
            case "LessOrEqual" -> n.atMost(m);
            case "GreaterOrEqual" -> n.atLeast(m);
            case "Equal" -> n.equalTo(m);
            default -> throw unknown(node);
        };
    }

    private static IllegalArgumentException unknown(OnnxNode node) {
        return new IllegalArgumentException(node.operator() + " is not known in a graph on scores");
    }
}
