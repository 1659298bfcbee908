package io.github.bitnetort.tests.conformance;

import io.github.bitnetort.tests.attention.AttentionRowsCase;
import io.github.bitnetort.tests.f16.F16Case;
import io.github.bitnetort.tests.gatedunit.GatedUnitCase;
import io.github.bitnetort.tests.nbits.NBitsCase;
import io.github.bitnetort.tests.op.RowsCase;
import io.github.bitnetort.tests.rmsnorm.RmsNormCase;
import java.util.List;
import java.util.stream.Stream;

/** The cases of all ops from X to Y, for programs in other languages, which know nothing of cases but a model. */
final class AllCases {
    private AllCases() {}

    static List<RowsCase> fromXToY() {
        return Stream.of(
                        Cases.all(),
                        NBitsCase.all(),
                        F16Case.all(),
                        GatedUnitCase.all(),
                        RmsNormCase.all(),
                        AttentionRowsCase.all())
                .<RowsCase>flatMap(List::stream)
                .toList();
    }
}
