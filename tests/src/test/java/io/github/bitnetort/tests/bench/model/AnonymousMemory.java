package io.github.bitnetort.tests.bench.model;

import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * What the anonymous memory of this process that is in RAM is made of, in bytes.
 *
 * @param heap pages that Java's heap has touched, garbage and free ones included: how many says how often the collector
 *     came by, and nothing of what is leaked outside
 * @param direct direct buffers that have not been released: KV caches, ids, logits
 * @param jvm compiled code, classes, and what the JVM's compilers work with: tens of megabytes for some seconds. The last
 *     is known under {@code -XX:NativeMemoryTracking=summary} alone, else it is a part of {@code other}
 * @param other all else: ONNX Runtime, the op library, the tokenizer, threads' stacks, the JVM itself
 */
record AnonymousMemory(long heap, long direct, long jvm, long other) {
    private static final Path MAPPINGS = Path.of("/proc/self/smaps");
    private static final Pattern HEX = Pattern.compile("0x([0-9a-f]+)");
    private static final Pattern MAPPING = Pattern.compile("([0-9a-f]+)-[0-9a-f]+ .*");
    private static final int SAMPLES = 6;
    private static final long PAUSE_MILLIS = 50;
    private static final Pattern COMPILERS =
            Pattern.compile("- +(?:Compiler|Arena Chunk) \\(reserved=\\d+, committed=(\\d+)\\)");
    private static final String TRACKING = "vmNativeMemory";
    private static final String HEAP_INFO = "gcHeapInfo";
    private static final String TRIM = "systemTrimNativeHeap";

    /**
     * When everything that nobody holds any more has gone back to the system. Else a leak would first use up what was
     * freed before, and be seen late or never. The least of some samples, as other threads are still at
     * work for a moment.
     */
    static AnonymousMemory settled() throws IOException, JMException, InterruptedException {
        System.gc();
        AnonymousMemory least = null;
        for (int i = 0; i < SAMPLES; i++) {
            Thread.sleep(PAUSE_MILLIS);
            if (hasCommand(TRIM)) {
                command(TRIM);
            }
            AnonymousMemory now = now();
            least = least == null || now.nativeMemory() < least.nativeMemory() ? now : least;
        }
        return least;
    }

    private static AnonymousMemory now() throws IOException, JMException {
        HeapRange range = HeapRange.of(command(HEAP_INFO));
        long heap = 0;
        long all = 0;
        boolean inHeap = false;
        for (String line : Files.readAllLines(MAPPINGS)) {
            Matcher mapping = MAPPING.matcher(line);
            if (mapping.matches()) {
                inHeap = range.contains(Long.parseUnsignedLong(mapping.group(1), 16));
            } else if (line.startsWith("Anonymous:")) {
                long bytes = Long.parseLong(line.replaceAll("\\D", "")) << 10;
                all += bytes;
                heap += inHeap ? bytes : 0;
            }
        }
        long direct = directBuffers();
        long jvm = codeAndClasses() + compilers();
        return new AnonymousMemory(heap, direct, jvm, all - heap - direct - jvm);
    }

    long total() {
        return heap + direct + jvm + other;
    }

    /** What a leak of native memory would be in. */
    long nativeMemory() {
        return direct + other;
    }

    private static long directBuffers() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
    }

    private static long codeAndClasses() {
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.NON_HEAP)
                // This one is a part of another.
                .filter(pool -> !pool.getName().equals("Compressed Class Space"))
                .map(MemoryPoolMXBean::getUsage)
                .mapToLong(usage -> usage.getUsed())
                .sum();
    }

    private static long compilers() throws JMException {
        return COMPILERS
                .matcher(command(TRACKING, "summary", "scale=b"))
                .results()
                .mapToLong(found -> Long.parseLong(found.group(1)))
                .sum();
    }

    private static boolean hasCommand(String name) throws JMException {
        return Arrays.stream(ManagementFactory.getPlatformMBeanServer()
                        .getMBeanInfo(commands())
                        .getOperations())
                .anyMatch(operation -> operation.getName().equals(name));
    }

    private static String command(String name, String... arguments) throws JMException {
        Object[] values = arguments.length == 0 ? null : new Object[] {arguments};
        String[] types = arguments.length == 0 ? null : new String[] {String[].class.getName()};
        return (String) ManagementFactory.getPlatformMBeanServer().invoke(commands(), name, values, types);
    }

    private static ObjectName commands() throws JMException {
        return new ObjectName("com.sun.management:type=DiagnosticCommand");
    }

    /** Where Java's heap lies: [start, end). */
    record HeapRange(long start, long end) {
        /** @param info of {@code jcmd PID GC.heap_info} */
        static HeapRange of(String info) {
            List<Long> addresses = info.lines()
                    .filter(line -> !line.contains("class space") && !line.contains("Metaspace"))
                    .flatMap(line -> HEX.matcher(line).results())
                    .map(found -> Long.parseUnsignedLong(found.group(1), 16))
                    .sorted()
                    .toList();
            if (addresses.isEmpty()) {
                throw new IllegalStateException(
                        "GC.heap_info: found no addresses of the heap, wanted them as of -XX:+UseG1GC");
            }
            return new HeapRange(addresses.get(0), addresses.get(addresses.size() - 1));
        }

        boolean contains(long address) {
            return address >= start && address < end;
        }
    }
}
