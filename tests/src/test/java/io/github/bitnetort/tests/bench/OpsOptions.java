package io.github.bitnetort.tests.bench;

import java.util.List;
import picocli.CommandLine.Option;

/** What to measure, and how long. */
final class OpsOptions extends TurnOptions {
    @Option(
            names = "--shape",
            split = ",",
            paramLabel = "TEXT",
            defaultValue = "2B-4T",
            description = "Shapes whose name contains one of these; all of them with an empty text (default:"
                    + " ${DEFAULT-VALUE}). See tests/src/test/resources/bench/shapes.csv.")
    List<String> shapes;

    @Option(
            names = "--m",
            split = ",",
            paramLabel = "M",
            defaultValue = "1,4,128,512",
            description = "Rows of X (default: ${DEFAULT-VALUE}).")
    List<Integer> rows;

    @Option(
            names = "--contender",
            split = ",",
            paramLabel = "NAME",
            defaultValue =
                    "ternary16,ternary20,binary32,sign,ternary16_huge,ternary20_huge,nbits2,nbits4,dynamic8,float32",
            description = "What to compare; ternary16 always takes part (default: ${DEFAULT-VALUE}).")
    List<Contender> contenders;

    @Option(
            names = "--megabytes",
            paramLabel = "MB",
            description = "Weights of each contender, which are read in turn where M <= 16 (default: as many that those"
                    + " of all contenders are 2.5 times the largest cache, at least 300).")
    Integer megabytes;

    /** Between two reads of one weight those of all other contenders are read too. */
    int megabytesOfEach() {
        return megabytes != null ? megabytes : Streaming.megabytesOfEach(contenders.size());
    }
}
