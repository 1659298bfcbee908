package io.github.bitnetort.export.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** The expected numbers are what torch 2.13 computes by the formulas of transformers 5.18. */
class RopeConfigTest {
    private static final float[] PLAIN = {
        0x1.0p0f, 0x1.db4c78p-2f, 0x1.b93a6ap-3f, 0x1.99999ap-4f, 0x1.7c3d2ap-5f, 0x1.60fb8cp-6f,
        0x1.47ae14p-7f, 0x1.3030f4p-8f, 0x1.1a62d2p-9f, 0x1.0624dep-10f, 0x1.e6b4b8p-12f, 0x1.c3d14ep-13f
    };

    @Test
    void plain() {
        assertArrayEquals(PLAIN, new RopeConfig(RopeConfig.Type.DEFAULT, 10_000, 1, 0, 0, 0).inverseFrequencies(24));
    }

    @Test
    void linearDividesEveryFrequency() {
        float[] halved = PLAIN.clone();
        for (int i = 0; i < halved.length; i++) {
            halved[i] /= 2;
        }
        assertArrayEquals(halved, new RopeConfig(RopeConfig.Type.LINEAR, 10_000, 2, 0, 0, 0).inverseFrequencies(24));
    }

    @Test
    void llama3KeepsHighFrequenciesAndDividesLowOnes() {
        float[] expected = {
            0x1.45f306p-1f, 0x1.18e504p-3f, 0x1.b93a6ap-5f, 0x1.99999ap-6f, 0x1.7c3d2ap-7f, 0x1.60fb8cp-8f,
            0x1.47ae14p-9f, 0x1.3030f4p-10f, 0x1.1a62d2p-11f, 0x1.0624dep-12f, 0x1.e6b4b8p-14f, 0x1.c3d14ep-15f
        };
        assertArrayEquals(expected, new RopeConfig(RopeConfig.Type.LLAMA3, 10_000, 4, 1, 4, 16).inverseFrequencies(24));
    }

    @Test
    void llama3OfARealModel() {
        float[] expected = {
            0x1.0p0f, 0x1.53c38cp-1f, 0x1.c2ef78p-2f, 0x1.2b3dc6p-2f, 0x1.8d2760p-3f, 0x1.078d40p-3f,
            0x1.5dc95ap-4f, 0x1.d03ccep-5f, 0x1.341190p-5f, 0x1.98de92p-6f, 0x1.0f5386p-6f, 0x1.681adap-7f,
            0x1.ddee9ep-8f, 0x1.3d2804p-8f, 0x1.a4ee40p-9f, 0x1.67a23ap-10f, 0x1.132ba4p-11f, 0x1.765ba4p-13f,
            0x1.46831ap-14f, 0x1.b15902p-15f, 0x1.1f91f0p-15f, 0x1.7da9e8p-16f, 0x1.fa8b86p-17f, 0x1.5024d6p-17f,
            0x1.be2188p-18f, 0x1.280d96p-18f, 0x1.88ec20p-19f, 0x1.04be68p-19f, 0x1.5a0f4ep-20f, 0x1.cb4a9ap-21f,
            0x1.30c94ep-21f, 0x1.948360p-22f
        };
        float[] found = new RopeConfig(RopeConfig.Type.LLAMA3, 500_000, 8, 1, 4, 8192).inverseFrequencies(64);
        // torch's vectorized pow is not correctly rounded: one unit in the last place.
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], found[i], Math.ulp(expected[i]), "frequency " + i);
        }
    }

    @Test
    void yarnOfTransformers() {
        float[] expected = {
            0x1.0p0f, 0x1.67e6p-2f, 0x1.43d136p-4f, 0x1.6c310ep-5f, 0x1.99999ap-6f, 0x1.ccab84p-7f,
            0x1.030dc6p-7f, 0x1.235a72p-8f, 0x1.47ae14p-9f, 0x1.708938p-10f, 0x1.9e7c7p-11f, 0x1.d22a5p-12f,
            0x1.0624dep-12f, 0x1.26d42cp-13f, 0x1.4b96cp-14f, 0x1.74eea6p-15f
        };
        RopeConfig yarn = RopeConfig.withYarn(10_000, 4, 16, new RopeConfig.Yarn(4, 1, true, 1.5));
        float[] found = yarn.inverseFrequencies(32);
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], found[i], Math.ulp(expected[i]), "frequency " + i);
        }
        assertEquals(1.5f, yarn.attentionFactor());
    }
}
