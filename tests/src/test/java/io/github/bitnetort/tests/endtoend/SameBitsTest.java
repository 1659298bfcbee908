package io.github.bitnetort.tests.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bitnetort.export.AttentionOperator;
import io.github.bitnetort.export.ExportOptions;
import io.github.bitnetort.natives.GroupQueryAttention;
import io.github.bitnetort.natives.OpKernel;
import io.github.bitnetort.tests.clients.Commands;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * A whole model whose sums are all ours gives the same bits with each instruction set that this CPU has: logits of a long
 * text and of a padded batch, and the tokens that are made of them.
 */
class SameBitsTest {
    private static final Path FOLDER = Path.of("").toAbsolutePath();

    /** The trained model's width is a multiple of 16, and its MLP squares its gates: no sum is ONNX Runtime's. */
    private static final ExportOptions OPTIONS = ExportOptions.DEFAULT.withAttention(AttentionOperator.CUSTOM);

    @Test
    void everyInstructionSetGivesTheSameLogitsAndTokens() throws Exception {
        Path model = Fixture.TRAINED.exported("-custom", OPTIONS);
        Map<String, String> found = new LinkedHashMap<>();
        List<String> isas = GroupQueryAttention.KERNELS.all().stream()
                .filter(OpKernel::available)
                .map(OpKernel::isa)
                .toList();
        for (String isa : isas) {
            found.put(isa, digest(model, isa, 2));
        }
        found.put("any, one thread", digest(model, null, 1));
        System.out.println(found);
        assertTrue(found.size() > 2 && found.containsKey("scalar"), found::toString);
        assertEquals(Set.of(found.get("scalar")), Set.copyOf(found.values()), found::toString);
    }

    /** In a process of its own, since the environment says which instruction set. */
    private static String digest(Path model, String isa, int threads) throws Exception {
        Map<String, String> environment = isa == null ? Map.of() : Map.of("BITMATMUL_ISA", isa);
        Commands.Result result = Commands.in(FOLDER, environment)
                .result(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java"),
                        "--enable-native-access=ALL-UNNAMED",
                        "-Dorg.bytedeco.javacpp.cachedir=" + System.getProperty("org.bytedeco.javacpp.cachedir"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        LogitDigest.class.getName(),
                        model,
                        threads));
        assertEquals(0, result.exitCode(), isa);
        return result.output()
                .lines()
                .filter(line -> line.startsWith(LogitDigest.PREFIX))
                .findFirst()
                .orElseThrow();
    }
}
