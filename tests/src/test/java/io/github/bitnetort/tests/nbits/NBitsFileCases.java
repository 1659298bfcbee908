package io.github.bitnetort.tests.nbits;

import io.github.bitnetort.export.SingleNBitsModel;
import io.github.bitnetort.ops.CustomMatMulNBits;
import io.github.bitnetort.ops.MatMulNBitsSpec;
import io.github.bitnetort.tests.conformance.FileCase;
import java.util.List;

/** The cases of CustomMatMulNBits for programs in other languages. */
public final class NBitsFileCases {
    private NBitsFileCases() {}

    public static List<FileCase> all() {
        return NBitsCase.all().stream().map(NBitsFileCases::of).toList();
    }

    private static FileCase of(NBitsCase given) {
        MatMulNBitsSpec spec = given.problem().spec();
        boolean portable = given.content() != NBitsCase.Content.NOT_FINITE;
        int rank = given.leadingDimensions().length + 1;
        return new FileCase(
                CustomMatMulNBits.OP_TYPE,
                given.toString(),
                (functionBody, file, storage) ->
                        new SingleNBitsModel(given.problem(), functionBody, rank).write(file, storage),
                given.x(),
                given.shape(spec.k()),
                given.expected(),
                given.shape(spec.n()),
                portable,
                portable && spec.blockSize() > 0 ? NBitsTolerance.of(given) : null,
                given.problem().weights().length);
    }
}
