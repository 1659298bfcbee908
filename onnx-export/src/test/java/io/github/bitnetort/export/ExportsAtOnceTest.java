package io.github.bitnetort.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several exports to one folder at once: each is the only one there, or is refused. */
class ExportsAtOnceTest {
    @TempDir
    private Path folder;

    private Path checkpoint;
    private Path wanted;
    private Path out;

    @BeforeEach
    void export() throws IOException {
        checkpoint = TinyModel.llama().write(folder.resolve("checkpoint"));
        wanted = folder.resolve("wanted");
        ModelExporter.export(checkpoint, wanted, ExportOptions.DEFAULT, ProgressListener.NONE);
        out = Files.createDirectory(folder.resolve("parent")).resolve("out");
    }

    @Test
    void ofThreads() throws Exception {
        int threads = 4;
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            for (int round = 0; round < 20; round++) {
                CyclicBarrier barrier = new CyclicBarrier(threads);
                List<Callable<String>> tasks = Collections.nCopies(threads, () -> {
                    barrier.await(1, TimeUnit.MINUTES);
                    return ExportProcess.outcome(checkpoint, out);
                });
                List<String> outcomes = new ArrayList<>();
                for (Future<String> task : pool.invokeAll(tasks)) {
                    outcomes.add(task.get());
                }
                check(outcomes);
                ModelFolders.delete(out);
            }
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void ofProcesses() throws Exception {
        int times = 60;
        List<String> outcomes = new ArrayList<>();
        try (ExportProcess first = ExportProcess.many(checkpoint, out, times);
                ExportProcess second = ExportProcess.many(checkpoint, out, times)) {
            outcomes.addAll(first.lines());
            outcomes.addAll(second.lines());
        }
        assertEquals(2 * times, outcomes.size());
        check(outcomes);
    }

    private void check(List<String> outcomes) throws IOException {
        assertTrue(outcomes.contains(ExportProcess.DONE), outcomes::toString);
        String taken = out + ": output: found another export writing here, wanted none until this one ends";
        outcomes.forEach(
                outcome -> assertTrue(outcome.equals(ExportProcess.DONE) || outcome.equals(taken), () -> outcome));
        assertEquals(names(wanted), names(out));
        for (String name : names(wanted)) {
            assertEquals(-1, Files.mismatch(wanted.resolve(name), out.resolve(name)), name);
        }
        assertEquals(List.of("out"), names(out.getParent()));
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
