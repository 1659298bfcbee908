package io.github.bitnetort.ops;

import java.util.Arrays;
import java.util.stream.Collectors;

/** What becomes of a row of activations before the integer product; the op's attribute {@code activation}. */
public enum Activation {
    /** Symmetric int8 by the row's (or block's) absolute maximum: W1A8, W1.58A8. */
    INT8("int8"),
    /** −1 below zero, else +1: W1A1. */
    SIGN("sign");

    private final String onnxName;

    Activation(String onnxName) {
        this.onnxName = onnxName;
    }

    /** The attribute's value. */
    public String onnxName() {
        return onnxName;
    }

    /**
     * The constant of an attribute's value.
     *
     * @throws IllegalArgumentException for a value that the contract does not know
     */
    public static Activation fromOnnxName(String name) {
        for (Activation activation : values()) {
            if (activation.onnxName.equals(name)) {
                return activation;
            }
        }
        throw new IllegalArgumentException("activation: found \"" + name + "\", wanted one of "
                + Arrays.stream(values()).map(Activation::onnxName).collect(Collectors.joining(", ")));
    }
}
