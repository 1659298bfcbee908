package io.github.bitnetort.generate;

import ai.onnxruntime.OnnxTensor;
import java.util.ArrayList;
import java.util.List;

/** Tensors that are closed together. */
final class Tensors implements AutoCloseable {
    private final List<OnnxTensor> tensors = new ArrayList<>();

    OnnxTensor add(OnnxTensor tensor) {
        tensors.add(tensor);
        return tensor;
    }

    @Override
    public void close() {
        tensors.forEach(OnnxTensor::close);
    }
}
