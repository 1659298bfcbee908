package io.github.bitnetort.export.graph;

import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/** Names for what is not finished yet. */
public final class TemporaryPath {
    /** The name, or its end, of the folder in which an export makes its files. */
    public static final String EXPORT = ".export.tmp";

    private static final Pattern NAME =
            Pattern.compile("\\..+\\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\\.tmp|(\\..+)?\\.export\\.tmp");

    private TemporaryPath() {}

    /**
     * A new hidden name in the folder of {@code target}, so that renaming to it is one step. Nothing is created, so
     * that the file gets the permissions that the user's other files get.
     */
    public static Path beside(Path target) {
        Path absolute = target.toAbsolutePath();
        return absolute.resolveSibling("." + absolute.getFileName() + "." + UUID.randomUUID() + ".tmp");
    }

    /** The folder that holds what is hidden of a path, which tells a user more; empty where nothing is. */
    public static Optional<Path> place(Path path) {
        Optional<Path> place = Optional.empty();
        for (Path part = path; part != null; part = part.getParent()) {
            if (isTemporary(part)) {
                place = Optional.ofNullable(part.getParent());
            }
        }
        return place;
    }

    /** Whether a path's last name is one of these. */
    public static boolean isTemporary(Path path) {
        return path.getFileName() != null
                && NAME.matcher(path.getFileName().toString()).matches();
    }
}
