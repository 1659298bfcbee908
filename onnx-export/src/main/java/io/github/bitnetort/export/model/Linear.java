package io.github.bitnetort.export.model;

import io.github.bitnetort.export.checkpoint.BitLinear;

/** A linear layer of the model, y = x · Wᵀ + bias. */
sealed interface Linear {
    /** The full name of its module. */
    String module();

    /** Output width. */
    int n();

    /** Input width. */
    int k();

    /** Whether it adds a bias. */
    boolean hasBias();

    /** Quantized: becomes a CustomBitMatMul. */
    record Quantized(BitLinear layer) implements Linear {
        @Override
        public String module() {
            return layer.module();
        }

        @Override
        public int n() {
            return layer.n();
        }

        @Override
        public int k() {
            return layer.k();
        }

        @Override
        public boolean hasBias() {
            return layer.bias() != null;
        }

        /** Whether its input is quantized as it comes, so that layers of one input can share that. */
        boolean readsInputAsIs() {
            return layer.norm() == null;
        }
    }

    /**
     * Floating point: becomes a MatMul.
     *
     * @param weight the checkpoint's tensor [n, k]
     * @param bias [n], or null
     */
    record Dense(String module, String weight, int n, int k, float[] bias) implements Linear {
        @Override
        public boolean hasBias() {
            return bias != null;
        }
    }
}
