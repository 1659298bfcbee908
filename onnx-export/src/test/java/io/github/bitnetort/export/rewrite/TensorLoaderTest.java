package io.github.bitnetort.export.rewrite;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.ByteString;
import io.github.bitnetort.export.onnx.TensorProto;
import io.github.bitnetort.export.onnx.TensorProto.DataType;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class TensorLoaderTest {
    private static TensorProto.Builder tensor(DataType type, long size) {
        return TensorProto.newBuilder().setDataType(type.getNumber()).addDims(size);
    }

    private static long[] load(TensorProto.Builder tensor) {
        DenseTensor loaded = TensorLoader.load(tensor.build());
        return LongStream.range(0, loaded.size())
                .map(i -> loaded.integer((int) i))
                .toArray();
    }

    /** ONNX puts two values of 4 bits, or four of 2, into a byte, wherever that byte is kept. */
    @Test
    void narrowIntegersArePackedInEitherField() {
        long[] wanted = {-1, 0, 1};
        ByteString raw = ByteString.copyFrom(new byte[] {0x0f, 0x01});
        assertArrayEquals(
                wanted, load(tensor(DataType.INT4, 3).addInt32Data(0x0f).addInt32Data(0x01)));
        assertArrayEquals(wanted, load(tensor(DataType.INT4, 3).setRawData(raw)));
        assertArrayEquals(new long[] {15, 0, 1}, load(tensor(DataType.UINT4, 3).setRawData(raw)));
        assertArrayEquals(
                new long[] {1, 2, 3, 0, 1},
                load(tensor(DataType.UINT2, 5).addInt32Data(0x39).addInt32Data(1)));
        assertThrows(
                EvaluationException.class,
                () -> load(tensor(DataType.INT4, 5).addInt32Data(0).addInt32Data(0)));
    }

    @Test
    void otherIntegersAreOneAnEntry() {
        assertArrayEquals(
                new long[] {-1, 7},
                load(tensor(DataType.INT8, 2).addInt32Data(-1).addInt32Data(7)));
        assertThrows(
                EvaluationException.class, () -> load(tensor(DataType.INT8, 2).addInt32Data(1)));
    }
}
