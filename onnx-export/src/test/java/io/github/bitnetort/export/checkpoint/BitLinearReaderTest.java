package io.github.bitnetort.export.checkpoint;

import static io.github.bitnetort.export.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.github.bitnetort.export.TestTensors;
import io.github.bitnetort.export.checkpoint.QuantizationConfig.Scheme;
import io.github.bitnetort.ops.RowPlanes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BitLinearReaderTest {
    /** Two packed rows of three columns; the eight rows they hold are written out in {@link #UNPACKED}. */
    private static final byte[] PACKED = {
        (byte) 0b10_01_00_10, 0b00_10_01_01, 0b01_01_10_00, 0b00_00_00_00, (byte) 0b10_10_10_10, 0b01_10_00_01
    };

    private static final int[][] UNPACKED = {
        {1, 0, -1}, {-1, 1, 0}, {-1, 0, 1}, {-1, 1, -1}, {0, 1, 0}, {-1, 1, 1}, {1, -1, 0}, {-1, 1, 0}
    };

    @TempDir
    private Path folder;

    private final TestTensors tensors = new TestTensors()
            .put("m.weight", "U8", new long[] {2, 3}, PACKED)
            .bfloats("m.weight_scale", new long[] {1}, 4);
    private SafetensorsCheckpoint checkpoint;

    @AfterEach
    void close() throws IOException {
        if (checkpoint != null) {
            checkpoint.close();
        }
    }

    @Test
    void unpacksRowsBlockByBlock() throws IOException {
        BitLinear layer = reader(Scheme.AUTO_OFFLINE, false).read("m", 8, 3, false);
        for (int n = 0; n < 8; n++) {
            byte[] row = {9, 9, 9, 9, 9};
            layer.rows().copyRow(n, row, 1);
            assertArrayEquals(
                    new byte[] {9, (byte) UNPACKED[n][0], (byte) UNPACKED[n][1], (byte) UNPACKED[n][2], 9},
                    row,
                    "row " + n);
        }
        assertEquals(Optional.of(new RowPlanes(0, 2)), layer.rows().planes(5));
        assertNull(layer.bias());
        assertNull(layer.norm());
    }

    @Test
    void dividesByTheScaleOrMultiplies() throws IOException {
        assertEquals(
                0.25f, reader(Scheme.BITLINEAR, false).read("m", 8, 3, false).scale()[0]);
        assertEquals(
                4f, reader(Scheme.AUTO_OFFLINE, false).read("m", 8, 3, false).scale()[0]);
    }

    @Test
    void scalesTheBiasWhereTheClassDoes() throws IOException {
        tensors.floats("m.bias", new long[] {8}, 1, 2, 3, 4, 5, 6, 7, 8);
        assertEquals(3f, reader(Scheme.BITLINEAR, false).read("m", 8, 3, true).bias()[2]);
        assertEquals(
                12f, reader(Scheme.AUTO_OFFLINE, false).read("m", 8, 3, true).bias()[2]);
    }

    @Test
    void quantizesMasterWeightsByTheirMean() throws IOException {
        // Mean magnitude 1, so the multiplier is 1: halves round to even.
        tensors.remove("m.weight").remove("m.weight_scale");
        tensors.bfloats("m.weight", new long[] {4, 2}, 0.5f, -0.5f, 1.5f, -1.5f, 0.25f, 2.5f, -0.75f, 0.5f);
        tensors.floats("m.bias", new long[] {4}, 1, 2, 3, 4);
        BitLinear layer = reader(Scheme.AUTO_ONLINE, false).read("m", 4, 2, true);
        assertEquals(1f, layer.scale()[0]);
        assertEquals(2f, layer.bias()[1]);
        assertArrayEquals(new byte[] {0, 0, 1, -1, 0, 1, -1, 0}, rows(layer));
    }

    @Test
    void scaleOfMasterWeightsIsTheReciprocalOfTheMultiplier() throws IOException {
        tensors.remove("m.weight").floats("m.weight", new long[] {4, 1}, 0.3f, -0.1f, 0, 0);
        BitLinear layer = reader(Scheme.AUTO_ONLINE, false).read("m", 4, 1, false);
        float mean = (float) (((double) 0.3f + 0.1f) / 4);
        assertEquals(1f / (1f / mean), layer.scale()[0]);
        assertArrayEquals(new byte[] {1, -1, 0, 0}, rows(layer));
        tensors.remove("m.weight").floats("m.weight", new long[] {4, 1}, 0, 0, 0, 0);
        assertEquals(
                1f / (1f / 1e-5f),
                reader(Scheme.AUTO_ONLINE, false).read("m", 4, 1, false).scale()[0]);
    }

    @Test
    void readsTheNormOfItsOwn() throws IOException {
        tensors.floats("m.rms_norm.weight", new long[] {3}, 1, 2, 3);
        assertArrayEquals(
                new float[] {1, 2, 3},
                reader(Scheme.BITLINEAR, true).read("m", 8, 3, false).norm());
        assertRefused(
                () -> reader(Scheme.BITLINEAR, false).read("m", 8, 3, false), "m.rms_norm.weight", "use_rms_norm");
    }

    @Test
    void refusesCodeThree() throws IOException {
        byte[] bad = PACKED.clone();
        bad[4] |= 0b00_11_00_00;
        tensors.remove("m.weight").put("m.weight", "U8", new long[] {2, 3}, bad);
        BitLinear layer = reader(Scheme.BITLINEAR, false).read("m", 8, 3, false);
        layer.rows().copyRow(1, new byte[3], 0);
        assertRefused(
                () -> layer.rows().copyRow(5, new byte[3], 0),
                "model.safetensors",
                "tensor m.weight: row 5, column 1: found code 3, wanted 0, 1 or 2");
    }

    @Test
    void refusesOtherShapesAndTypes() throws IOException {
        assertRefused(() -> reader(Scheme.BITLINEAR, false).read("m", 12, 3, false), "m.weight", "U8 [2, 3]", "[3, 3]");
        assertRefused(() -> reader(Scheme.BITLINEAR, false).read("m", 8, 4, false), "m.weight", "U8 [2, 3]", "[2, 4]");
        assertRefused(() -> reader(Scheme.BITLINEAR, false).read("m", 6, 3, false), "m.weight", "multiple of 4");
        assertRefused(
                () -> reader(Scheme.AUTO_ONLINE, false).read("m", 8, 3, false), "m.weight", "found U8", "floating");
        tensors.remove("m.weight").bfloats("m.weight", new long[] {8, 3}, new float[24]);
        assertRefused(
                () -> reader(Scheme.BITLINEAR, false).read("m", 8, 3, false),
                "m.weight",
                "found BF16 [8, 3]",
                "U8 [2, 3]");
    }

    @Test
    void refusesMissingAndMisshapenCompanions() throws IOException {
        assertRefused(() -> reader(Scheme.BITLINEAR, false).read("n", 8, 3, false), "tensor n.weight", "found none");
        assertRefused(() -> reader(Scheme.BITLINEAR, false).read("m", 8, 3, true), "tensor m.bias", "found none");
        assertRefused(() -> reader(Scheme.BITLINEAR, true).read("m", 8, 3, false), "m.rms_norm.weight", "found none");
        tensors.floats("m.bias", new long[] {7}, new float[7]);
        assertRefused(() -> reader(Scheme.BITLINEAR, false).read("m", 8, 3, true), "m.bias", "[7]", "[8]");
        assertRefused(() -> reader(Scheme.BITLINEAR, false).read("m", 8, 3, false), "m.bias", "no such tensor");
    }

    @Test
    void refusesScalesThatAreNone() throws IOException {
        assertRefused(
                () -> withScale("F32", new long[] {1}, new byte[4], Scheme.BITLINEAR), "m.weight_scale", "found 0.0");
        assertRefused(
                () -> withScale("F32", new long[] {1}, new byte[] {0, 0, (byte) 0xc0, 0x7f}, Scheme.AUTO_OFFLINE),
                "m.weight_scale",
                "NaN");
        assertRefused(() -> withScale("F32", new long[] {2}, new byte[8], Scheme.BITLINEAR), "m.weight_scale", "[2]");
        assertRefused(() -> withScale("I32", new long[] {1}, new byte[4], Scheme.BITLINEAR), "m.weight_scale", "I32");
        tensors.remove("m.weight_scale");
        assertRefused(
                () -> reader(Scheme.BITLINEAR, false).read("m", 8, 3, false), "tensor m.weight_scale: found none");
    }

    private void withScale(String dtype, long[] shape, byte[] bytes, Scheme scheme) throws IOException {
        tensors.remove("m.weight_scale").put("m.weight_scale", dtype, shape, bytes);
        reader(scheme, false).read("m", 8, 3, false);
    }

    private byte[] rows(BitLinear layer) {
        byte[] rows = new byte[layer.n() * layer.k()];
        for (int n = 0; n < layer.n(); n++) {
            layer.rows().copyRow(n, rows, n * layer.k());
        }
        return rows;
    }

    private BitLinearReader reader(Scheme scheme, boolean norms) throws IOException {
        close();
        tensors.write(folder);
        checkpoint = SafetensorsCheckpoint.open(folder);
        return new BitLinearReader(checkpoint, new QuantizationConfig(scheme, null, norms, 1e-6f, 0, false));
    }
}
