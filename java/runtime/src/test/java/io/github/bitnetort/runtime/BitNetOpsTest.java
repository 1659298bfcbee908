package io.github.bitnetort.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/**
 * Every order of registering, opening and closing. What goes wrong here is mostly not an exception but the end of the
 * JVM: then the build says that the test's process crashed.
 */
class BitNetOpsTest {
    private static final OrtEnvironment ENVIRONMENT = OrtEnvironment.getEnvironment();

    @Test
    void withoutRegisteringTheModelDoesNotLoad() throws Exception {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            assertThrows(OrtException.class, () -> ENVIRONMENT.createSession(Models.MODEL, options));
        }
    }

    @Test
    void registeringTwiceIsHarmless() throws Exception {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            BitNetOps.register(options);
            BitNetOps.register(options);
            try (OrtSession session = ENVIRONMENT.createSession(Models.MODEL, options)) {
                BitNetOps.register(options);
                assertComputes(session);
            }
        }
    }

    @Test
    void theMemoryOfTheWeightsIsSaidWithTheFirstRegistration() throws Exception {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            BitNetOps.register(options, WeightMemory.MAPPED);
            BitNetOps.register(options, WeightMemory.MAPPED);
            BitNetOps.register(options);
            assertEquals(
                    WeightMemory.MAPPED.configValue(),
                    options.getConfigEntries().get(WeightMemory.CONFIG_ENTRY));
            var error = assertThrows(
                    IllegalStateException.class, () -> BitNetOps.register(options, WeightMemory.HUGE_PAGES));
            assertEquals(
                    "weights: found options registered with MAPPED, wanted HUGE_PAGES with the first registration",
                    error.getMessage());
            try (OrtSession session = ENVIRONMENT.createSession(Models.MODEL, options)) {
                assertComputes(session);
            }
        }
    }

    @Test
    void optionsMayCloseBeforeTheSession() throws Exception {
        OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        BitNetOps.register(options);
        OrtSession session = ENVIRONMENT.createSession(Models.MODEL, options);
        options.close();
        assertComputes(session);
        session.close();
    }

    @Test
    void theSessionMayCloseBeforeItsOptions() throws Exception {
        OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        BitNetOps.register(options);
        ENVIRONMENT.createSession(Models.MODEL, options).close();
        try (OrtSession again = ENVIRONMENT.createSession(Models.MODEL, options)) {
            assertComputes(again);
        }
        options.close();
    }

    /** ONNX Runtime answers a second close with an exception of Java; nothing worse may come of it. */
    @Test
    void closingTwiceIsHarmless() throws Exception {
        OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        BitNetOps.register(options);
        OrtSession session = ENVIRONMENT.createSession(Models.MODEL, options);
        OrtSession other = ENVIRONMENT.createSession(Models.MODEL, options);
        options.close();
        assertThrows(IllegalStateException.class, options::close);
        session.close();
        assertThrows(IllegalStateException.class, session::close);
        assertComputes(other);
        other.close();
    }

    @Test
    void registeringOnClosedOptionsIsAnException() {
        OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        options.close();
        for (int attempt = 0; attempt < 2; attempt++) {
            assertThrows(IllegalStateException.class, () -> BitNetOps.register(options), "attempt " + attempt);
        }
    }

    @Test
    void manyOptionsComeAndGo() throws Exception {
        try (OrtSession.SessionOptions first = new OrtSession.SessionOptions()) {
            BitNetOps.register(first);
            try (OrtSession session = ENVIRONMENT.createSession(Models.MODEL, first)) {
                for (int i = 0; i < 200; i++) {
                    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
                        BitNetOps.register(options);
                        if (i % 20 == 0) {
                            ENVIRONMENT.createSession(Models.MODEL, options).close();
                        }
                    }
                    assertComputes(session);
                }
            }
        }
    }

    @Test
    void twoSessionsFromEightThreads() throws Exception {
        try (OrtSession one = open(1);
                OrtSession two = open(2)) {
            onEightThreads(thread -> {
                for (int i = 0; i < 200; i++) {
                    assertComputes((thread + i) % 2 == 0 ? one : two);
                }
            });
        }
    }

    @Test
    void eightThreadsRegisterOpenRunAndClose() throws Exception {
        onEightThreads(thread -> {
            for (int i = 0; i < 20; i++) {
                try (OrtSession session = open(1 + thread % 2)) {
                    assertComputes(session);
                }
            }
        });
    }

    @Test
    void eightThreadsRegisterOnTheSameOptions() throws Exception {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            onEightThreads(thread -> BitNetOps.register(options));
            try (OrtSession session = ENVIRONMENT.createSession(Models.MODEL, options)) {
                assertComputes(session);
            }
        }
    }

    @Test
    void theLibraryPathIsAFileThatOthersMayRegister() throws Exception {
        Path library = BitNetOps.getLibraryPath();
        assertTrue(library.isAbsolute(), library::toString);
        assertTrue(Files.isRegularFile(library), library::toString);
        assertEquals(System.mapLibraryName("bitmatmul"), library.getFileName().toString());
        assertEquals(library, BitNetOps.getLibraryPath());
        OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        options.registerCustomOpLibrary(library.toString());
        try (OrtSession session = ENVIRONMENT.createSession(Models.MODEL, options)) {
            options.close();
            assertComputes(session);
        }
    }

    @Test
    void anUnavailableLibraryIsOneActionableSentenceWithItsCause() {
        Throwable cause = new UnsatisfiedLinkError("no jnibitmatmul in java.library.path");
        var error = assertThrows(NativeLibraryException.class, () -> BitNetOps.requireAvailable(Optional.of(cause)));
        assertSame(cause, error.getCause());
        assertTrue(
                error.getMessage()
                        .matches(
                                "CustomBitMatMul's library is not available \\(no jnibitmatmul in java.library.path\\): put"
                                        + " the jar bitnet-native with classifier \\S+ on the class path, or run the model without"
                                        + " the plug-in\\."),
                error::getMessage);
    }

    /** The options are closed at once: most of these tests run with a session that has outlived them. */
    private static OrtSession open(int threads) throws OrtException {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(threads);
            BitNetOps.register(options);
            return ENVIRONMENT.createSession(Models.MODEL, options);
        }
    }

    private static void assertComputes(OrtSession session) throws OrtException {
        assertArrayEquals(Models.EXPECTED, Models.run(session));
    }

    private interface Work {
        void on(int thread) throws Exception;
    }

    private static void onEightThreads(Work work) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Callable<Void>> tasks = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                int thread = i;
                tasks.add(() -> {
                    work.on(thread);
                    return null;
                });
            }
            for (Future<Void> future : threads.invokeAll(tasks)) {
                future.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
