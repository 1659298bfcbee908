package io.github.bitnetort.export.graph;

import java.nio.file.Path;
import java.util.UUID;

/** Names for what is not finished yet. */
public final class TemporaryPath {
    private TemporaryPath() {}

    /**
     * A new hidden name in the folder of {@code target}, so that renaming to it is one step. Nothing is created, so
     * that the file gets the permissions that the user's other files get.
     */
    public static Path beside(Path target) {
        Path absolute = target.toAbsolutePath();
        return absolute.resolveSibling("." + absolute.getFileName() + "." + UUID.randomUUID() + ".tmp");
    }
}
