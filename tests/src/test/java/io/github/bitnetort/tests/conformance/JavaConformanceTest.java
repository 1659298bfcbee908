package io.github.bitnetort.tests.conformance;

import io.github.bitnetort.ops.BitMatMul;
import io.github.bitnetort.ops.ScalarBitMatMul;
import io.github.bitnetort.ops.vector.VectorBitMatMul;
import org.junit.jupiter.api.Nested;

/** The implementations in Java. */
class JavaConformanceTest {
    abstract static class OfJava extends AbstractBitMatMulConformanceTest {
        private final BitMatMul implementation;

        OfJava(BitMatMul implementation) {
            this.implementation = implementation;
        }

        @Override
        String implementation() {
            return "Java " + implementation.name();
        }

        @Override
        float[] compute(Case given) {
            float[] y = new float[given.expected().length];
            implementation.compute(given.problem(), given.x(), given.m(), y);
            return y;
        }
    }

    /** The oracle can only be held to what was worked by hand. */
    @Nested
    class Scalar extends OfJava {
        Scalar() {
            super(new ScalarBitMatMul());
        }

        @Override
        boolean covers(Case given) {
            return given.replay().startsWith("golden");
        }
    }

    @Nested
    class Vector128 extends OfJava {
        Vector128() {
            super(new VectorBitMatMul(128));
        }
    }

    @Nested
    class Vector256 extends OfJava {
        Vector256() {
            super(new VectorBitMatMul(256));
        }
    }

    @Nested
    class Vector512 extends OfJava {
        Vector512() {
            super(new VectorBitMatMul(512));
        }
    }
}
