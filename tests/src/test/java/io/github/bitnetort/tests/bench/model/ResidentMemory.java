package io.github.bitnetort.tests.bench.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Memory of this process that is in RAM, in bytes: anonymous (heap, buffers, copies of weights) and mapped from files,
 * which the system can take back and other processes share.
 */
record ResidentMemory(long anonymous, long fileMapped) {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Path ROLLUP = Path.of("/proc/self/smaps_rollup");

    /** The kernel's running counters: cheap enough to be asked for while something is measured. */
    static ResidentMemory now() throws IOException {
        Map<String, Long> status = kibibytes(STATUS);
        return new ResidentMemory(
                status.get("RssAnon") << 10, status.get("RssFile") + status.getOrDefault("RssShmem", 0L) << 10);
    }

    /** By a walk over all pages: exact, and slow. */
    static ResidentMemory exact() throws IOException {
        Map<String, Long> rollup = kibibytes(ROLLUP);
        long anonymous = rollup.get("Anonymous") << 10;
        return new ResidentMemory(anonymous, (rollup.get("Rss") << 10) - anonymous);
    }

    ResidentMemory max(ResidentMemory other) {
        return new ResidentMemory(Math.max(anonymous, other.anonymous), Math.max(fileMapped, other.fileMapped));
    }

    private static Map<String, Long> kibibytes(Path file) throws IOException {
        return Files.readAllLines(file).stream()
                .filter(line -> line.endsWith(" kB"))
                .map(line -> line.split(":?\\s+"))
                .collect(Collectors.toMap(words -> words[0], words -> Long.parseLong(words[1])));
    }

    /** The highest of both while something runs, looked at every few milliseconds. */
    static final class Peak implements AutoCloseable {
        private static final long INTERVAL_MILLIS = 20;

        private final Thread thread = new Thread(this::watch, "peak memory");
        private volatile ResidentMemory peak;
        private volatile boolean ended;
        private volatile IOException failure;

        Peak() throws IOException {
            peak = now();
            thread.setDaemon(true);
            thread.start();
        }

        ResidentMemory get() throws IOException {
            if (failure != null) {
                throw failure;
            }
            peak = peak.max(now());
            return peak;
        }

        private void watch() {
            try {
                while (!ended) {
                    peak = peak.max(now());
                    Thread.sleep(INTERVAL_MILLIS);
                }
            } catch (IOException e) {
                failure = e;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void close() {
            ended = true;
            thread.interrupt();
        }
    }
}
