package io.github.bitnetort.tests.loading;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whether this machine gives memory in huge pages to whoever asks. */
public final class HugePages {
    private static final Path ENABLED = Path.of("/sys/kernel/mm/transparent_hugepage/enabled");

    private HugePages() {}

    public static boolean areAllowed() throws IOException {
        return Files.exists(ENABLED) && !Files.readString(ENABLED).contains("[never]");
    }
}
