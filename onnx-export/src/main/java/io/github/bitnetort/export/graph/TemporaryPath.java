package io.github.bitnetort.export.graph;

import java.nio.file.Path;
import java.util.UUID;
import java.util.regex.Pattern;

/** Names for what is not finished yet. */
public final class TemporaryPath {
    private static final Pattern NAME = Pattern.compile("\\..+\\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\\.tmp");

    private TemporaryPath() {}

    /**
     * A new hidden name in the folder of {@code target}, so that renaming to it is one step. Nothing is created, so
     * that the file gets the permissions that the user's other files get.
     */
    public static Path beside(Path target) {
        Path absolute = target.toAbsolutePath();
        return absolute.resolveSibling("." + absolute.getFileName() + "." + UUID.randomUUID() + ".tmp");
    }

    /** Whether a path is one of these, which tells a user nothing: its folder does. */
    public static boolean isTemporary(Path path) {
        return path.getFileName() != null
                && NAME.matcher(path.getFileName().toString()).matches();
    }
}
