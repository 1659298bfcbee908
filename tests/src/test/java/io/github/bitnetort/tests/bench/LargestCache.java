package io.github.bitnetort.tests.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** The largest cache, as the system reports it: on a server, one that many CPUs share, also with other machines. */
public final class LargestCache {
    private static final Path CACHES = Path.of("/sys/devices/system/cpu/cpu0/cache");

    private LargestCache() {}

    /** Its bytes; 0 where the system does not say. */
    public static long bytes() {
        long largest = 0;
        if (!Files.isDirectory(CACHES)) {
            return largest;
        }
        try (DirectoryStream<Path> caches = Files.newDirectoryStream(CACHES, "index*")) {
            for (Path cache : caches) {
                Path size = cache.resolve("size");
                if (Files.exists(size)) {
                    largest = Math.max(largest, parse(Files.readString(size).strip()));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return largest;
    }

    /** As in 491520K. */
    private static long parse(String size) {
        return size.endsWith("K") ? 1024 * Long.parseLong(size.substring(0, size.length() - 1)) : Long.parseLong(size);
    }
}
