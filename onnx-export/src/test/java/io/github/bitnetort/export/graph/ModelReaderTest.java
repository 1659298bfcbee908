package io.github.bitnetort.export.graph;

import static io.github.bitnetort.export.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.google.protobuf.UnknownFieldSet;
import io.github.bitnetort.export.ProgressListener;
import io.github.bitnetort.export.TestTensors;
import io.github.bitnetort.export.onnx.GraphProto;
import io.github.bitnetort.export.onnx.ModelProto;
import io.github.bitnetort.export.onnx.NodeProto;
import io.github.bitnetort.export.onnx.OperatorSetIdProto;
import io.github.bitnetort.export.onnx.SparseTensorProto;
import io.github.bitnetort.export.onnx.StringStringEntryProto;
import io.github.bitnetort.export.onnx.TensorAnnotation;
import io.github.bitnetort.export.onnx.TensorProto;
import io.github.bitnetort.export.onnx.TensorProto.DataType;
import io.github.bitnetort.export.onnx.TrainingInfoProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelReaderTest {
    @TempDir
    private Path folder;

    @Test
    void losesNothingOfAModel() throws IOException {
        ModelProto original = everything();
        Path file = Files.write(folder.resolve("a.onnx"), original.toByteArray());
        try (ModelReader reader = ModelReader.open(file)) {
            Path copy = folder.resolve("b.onnx");
            ModelWriter.write(reader.model(), copy, ModelWriter.Storage.EXTERNAL, ProgressListener.NONE);
            assertEquals(original, ModelProto.parseFrom(Files.readAllBytes(copy)));
            assertFalse(Files.exists(folder.resolve("b.onnx.data")));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
                    -              | 0   | 40 | no location
                    ../m.data      | 0   | 40 | inside the model's folder
                    /etc/passwd    | 0   | 40 | inside the model's folder
                    none.data      | 0   | 40 | no file
                    m.data         | -1  | 40 | offset "-1"
                    m.data         | x   | 40 | offset "x"
                    m.data         | 8   | 40 | offset 8 and length 40
                    m.data         | 999 | 40 | offset 999 and length 40
                    m.data         | 0   | 36 | found 36 bytes of data, wanted 40
                    m.data         | 4   | -  | found 36 bytes of data, wanted 40
                    """)
    void refusesExternalDataThatIsNotThere(String location, String offset, String length, String part)
            throws IOException {
        Files.write(folder.resolve("m.data"), new byte[40]);
        TensorProto.Builder tensor = TensorProto.newBuilder()
                .setName("t")
                .setDataType(DataType.FLOAT.getNumber())
                .addDims(10)
                .setDataLocation(TensorProto.DataLocation.EXTERNAL);
        String[][] entries = {{"location", location}, {"offset", offset}, {"length", length}};
        Stream.of(entries)
                .filter(entry -> entry[1] != null)
                .forEach(entry ->
                        tensor.addExternalDataBuilder().setKey(entry[0]).setValue(entry[1]));
        Path file = folder.resolve("m.onnx");
        Files.write(
                file,
                ModelProto.newBuilder()
                        .setGraph(GraphProto.newBuilder().addInitializer(tensor))
                        .build()
                        .toByteArray());
        assertRefused(() -> ModelReader.open(file), "initializer t", part);
    }

    @Test
    void refusesWhatIsNoModel() throws IOException {
        assertRefused(() -> ModelReader.open(folder.resolve("m.onnx")), "m.onnx", "no such file");
        TestTensors.writeText(folder.resolve("m.onnx"), "this is not a model");
        assertRefused(() -> ModelReader.open(folder.resolve("m.onnx")), "m.onnx", "wanted an ONNX model");
        Files.write(folder.resolve("m.onnx"), new byte[0]);
        assertRefused(() -> ModelReader.open(folder.resolve("m.onnx")), "m.onnx", "no graph");
    }

    private static ModelProto everything() {
        UnknownFieldSet unknown = UnknownFieldSet.newBuilder()
                .addField(999, UnknownFieldSet.Field.newBuilder().addVarint(5).build())
                .build();
        StringStringEntryProto entry =
                StringStringEntryProto.newBuilder().setKey("k").setValue("v").build();
        TensorProto tensor = Tensors.longs("t", new long[] {1}, 3).toBuilder()
                .setDocString("doc")
                .setUnknownFields(unknown)
                .build();
        GraphProto.Builder graph = GraphProto.newBuilder()
                .setName("g")
                .setDocString("doc")
                .addInitializer(tensor)
                .addSparseInitializer(SparseTensorProto.newBuilder().setValues(tensor))
                .addInput(Tensors.value("x", DataType.FLOAT, "n", 3))
                .addOutput(Tensors.value("y", DataType.FLOAT))
                .addValueInfo(Tensors.value("z", DataType.INT8, 1))
                .addQuantizationAnnotation(TensorAnnotation.newBuilder().setTensorName("t"))
                .addMetadataProps(entry)
                .addNode(NodeProto.newBuilder()
                        .setOpType("Strange")
                        .setDomain("other")
                        .addInput("x")
                        .addOutput("y")
                        .addMetadataProps(entry)
                        .setUnknownFields(unknown))
                .setUnknownFields(unknown);
        return ModelProto.newBuilder()
                .setIrVersion(10)
                .setProducerName("someone")
                .setGraph(graph)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(21))
                .addMetadataProps(entry)
                .addMetadataProps(entry)
                .addTrainingInfo(TrainingInfoProto.newBuilder().setAlgorithm(graph))
                .setUnknownFields(unknown)
                .build();
    }
}
