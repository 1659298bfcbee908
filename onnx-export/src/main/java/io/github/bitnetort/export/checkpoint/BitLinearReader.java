package io.github.bitnetort.export.checkpoint;

import io.github.bitnetort.export.ExportException;
import io.github.bitnetort.ops.RowSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Finds the tensors of quantized layers and undoes the convention that they are stored in. */
public final class BitLinearReader {
    private static final int ROWS_PER_BYTE = 4;

    private final Checkpoint checkpoint;
    private final QuantizationConfig quantization;

    /** @param quantization how the checkpoint's layers are stored */
    public BitLinearReader(Checkpoint checkpoint, QuantizationConfig quantization) {
        this.checkpoint = checkpoint;
        this.quantization = quantization;
    }

    /** See {@link #read(String, String, int, int, boolean)}; the weights are {@code <module>.weight}. */
    public BitLinear read(String module, int n, int k, boolean hasBias) {
        return read(module, module + ".weight", n, k, hasBias);
    }

    /**
     * The layer of that name. Weights are checked as they are read, everything else at once.
     *
     * @param weight the tensor that holds its weights
     * @param hasBias whether the model's class gives it one
     * @throws ExportException naming file, tensor, found and wanted
     */
    public BitLinear read(String module, String weight, int n, int k, boolean hasBias) {
        Optional<QuantizedMatrix> stored = checkpoint.quantized(weight);
        if (stored.isPresent()) {
            return stored(stored.get(), module, weight, n, k, hasBias);
        }
        boolean packed = quantization.scheme().isPacked();
        RowSource rows = packed ? packedRows(weight, n, k) : null;
        float scale;
        if (packed) {
            scale = storedScale(module);
        } else {
            FloatTensors.require(checkpoint, weight, n, k);
            AbsmeanRows absmean = new AbsmeanRows(checkpoint, weight, k);
            rows = absmean;
            scale = absmean.scale();
        }
        int blockSize = quantization.blockSize();
        float[] all = {scale};
        return new BitLinear(
                module,
                n,
                k,
                rows,
                blockSize,
                blockSize == 0 ? all : null,
                blockSize == 0 ? null : (first, count) -> filled(count * (k / blockSize), scale),
                bias(module, n, hasBias, scale),
                norm(module, k));
    }

    private BitLinear stored(QuantizedMatrix matrix, String module, String weight, int n, int k, boolean hasBias) {
        TensorInfo info = checkpoint.info(weight);
        if (!info.shape().equals(List.of((long) n, (long) k))) {
            throw FloatTensors.mismatch(info, "quantized weights [" + n + ", " + k + "]");
        }
        int blockSize = quantization.blockSize();
        return new BitLinear(
                module,
                n,
                k,
                matrix.rows(),
                blockSize,
                blockSize == 0 ? matrix.scale() : null,
                blockSize == 0 ? null : (first, count) -> matrix.blockScales(blockSize, first, count),
                bias(module, n, hasBias, 1),
                norm(module, k));
    }

    private static float[] filled(int count, float value) {
        float[] values = new float[count];
        Arrays.fill(values, value);
        return values;
    }

    private RowSource packedRows(String weight, int n, int k) {
        TensorInfo info = checkpoint.info(weight);
        if (n % ROWS_PER_BYTE != 0) {
            throw ExportException.of(
                    info.file(), "tensor " + weight, n + " output rows", "a multiple of 4, as a byte holds four rows");
        }
        if (info.dtype() != DType.U8 || !info.shape().equals(List.of((long) n / ROWS_PER_BYTE, (long) k))) {
            throw FloatTensors.mismatch(
                    info,
                    "packed ternary weights U8 [" + n / ROWS_PER_BYTE + ", " + k + "] (quantization "
                            + quantization.scheme().describe() + ")");
        }
        return new PackedRows(checkpoint, info);
    }

    /** In bitlinear the stored number divides the product, in autobitlinear it multiplies. */
    private float storedScale(String module) {
        String name = module + ".weight_scale";
        TensorInfo info = checkpoint.info(name);
        if (!info.dtype().isFloating() || info.elements() != 1) {
            throw FloatTensors.mismatch(info, "floating point [1]");
        }
        float stored = FloatTensors.read(
                checkpoint,
                name,
                info.shape().stream().mapToLong(Long::longValue).toArray())[0];
        float scale = quantization.scheme() == QuantizationConfig.Scheme.BITLINEAR ? 1f / stored : stored;
        if (!Float.isFinite(scale)) {
            throw ExportException.of(info.file(), "tensor " + name, stored, "a number whose reciprocal is finite");
        }
        return scale;
    }

    private float[] bias(String module, int n, boolean hasBias, float scale) {
        float[] bias = FloatTensors.readIf(checkpoint, hasBias, "attention_bias or mlp_bias", module + ".bias", n);
        if (bias != null && quantization.scheme() == QuantizationConfig.Scheme.AUTO_OFFLINE) {
            for (int i = 0; i < n; i++) {
                bias[i] *= scale;
            }
        }
        return bias;
    }

    private float[] norm(String module, int k) {
        return FloatTensors.readIf(
                checkpoint, quantization.useRmsNorm(), "use_rms_norm", module + ".rms_norm.weight", k);
    }
}
