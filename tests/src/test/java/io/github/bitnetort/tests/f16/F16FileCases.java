package io.github.bitnetort.tests.f16;

import io.github.bitnetort.export.SingleF16Model;
import io.github.bitnetort.ops.CustomMatMulF16;
import io.github.bitnetort.tests.conformance.FileCase;
import java.util.List;

/** The cases of CustomMatMulF16 for programs in other languages. */
public final class F16FileCases {
    private F16FileCases() {}

    public static List<FileCase> all() {
        return F16Case.all().stream().map(F16FileCases::of).toList();
    }

    private static FileCase of(F16Case given) {
        int rank = given.leadingDimensions().length + 1;
        return new FileCase(
                CustomMatMulF16.OP_TYPE,
                given.toString(),
                (functionBody, file, storage) ->
                        new SingleF16Model(given.problem(), functionBody, rank).write(file, storage),
                given.x(),
                given.shape(given.problem().k()),
                given.expected(),
                given.shape(given.problem().n()),
                given.isPortable(),
                given.isPortable() ? tolerance(given) : null,
                (long) Short.BYTES * given.problem().weights().length);
    }

    private static float[] tolerance(F16Case given) {
        float[] tolerance = new float[given.expected().length];
        for (int i = 0; i < tolerance.length; i++) {
            tolerance[i] = Math.nextUp((float) given.tolerance(i));
        }
        return tolerance;
    }
}
