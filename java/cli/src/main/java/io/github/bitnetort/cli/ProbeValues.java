package io.github.bitnetort.cli;

import io.github.bitnetort.export.ProbePoint;
import java.util.Optional;

/** What the layers of one side of a comparison read and gave on one input. */
interface ProbeValues {
    /** In words, for the table's head. */
    String description();

    /** What a layer read, [rows, K]; empty where this side does not know. */
    Optional<float[]> input(ProbePoint point);

    /** What a layer gave, [rows, N]; empty where this side does not know. */
    Optional<float[]> output(ProbePoint point);
}
