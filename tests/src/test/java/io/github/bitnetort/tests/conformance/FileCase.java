package io.github.bitnetort.tests.conformance;

import io.github.bitnetort.export.graph.ModelWriter;
import io.github.bitnetort.ops.CustomBitMatMul;
import io.github.bitnetort.tests.f16.F16FileCases;
import io.github.bitnetort.tests.gatedunit.GatedUnitCase;
import io.github.bitnetort.tests.nbits.NBitsFileCases;
import io.github.bitnetort.tests.rmsnorm.RmsNormCase;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A case of an op for programs that know nothing of cases but a model from X to Y.
 *
 * @param op the operator
 * @param replay what it is, for reports
 * @param portable whether the function body promises the answer
 * @param tolerance of the body, for each element of Y; null: not one bit may differ
 * @param weightBytes of the model's weights
 */
public record FileCase(
        String op,
        String replay,
        Model model,
        float[] x,
        long[] xShape,
        float[] y,
        long[] yShape,
        boolean portable,
        float[] tolerance,
        long weightBytes) {
    /** How its model is written. */
    public interface Model {
        void write(boolean functionBody, Path file, ModelWriter.Storage storage) throws IOException;
    }

    /** All cases of all ops. */
    static List<FileCase> all() {
        List<FileCase> cases = new ArrayList<>();
        Cases.all().forEach(given -> cases.add(of(given)));
        cases.addAll(NBitsFileCases.all());
        cases.addAll(F16FileCases.all());
        GatedUnitCase.all().forEach(given -> cases.add(given.fileCase()));
        RmsNormCase.all().forEach(given -> cases.add(given.fileCase()));
        return cases;
    }

    private static FileCase of(Case given) {
        boolean tolerant = given.portable() && given.problem().spec().isBlocked();
        return new FileCase(
                CustomBitMatMul.OP_TYPE,
                given.replay(),
                (functionBody, file, storage) ->
                        OrtSessions.model(given, functionBody).write(file, storage),
                given.x(),
                given.shape(given.problem().spec().k()),
                given.expected(),
                given.shape(given.problem().spec().n()),
                given.portable(),
                tolerant ? BlockTolerance.of(given) : null,
                (long) Integer.BYTES * given.problem().spec().layout().wordCount());
    }
}
