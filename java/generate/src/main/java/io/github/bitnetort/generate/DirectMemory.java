package io.github.bitnetort.generate;

import java.lang.ref.Cleaner;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Memory outside the heap that can be given back at once. The collector, to which a direct buffer else is left, sees but
 * the few bytes of the buffer's object, and may not come by while gigabytes lie there. What nobody releases it still
 * takes.
 *
 * @param bytes in the machine's byte order, zero at first
 * @param release after which the buffer and its views must not be touched; harmless when repeated
 */
record DirectMemory(ByteBuffer bytes, Runnable release) {
    private static final int FIRST_WITH_ARENAS = 22;
    private static final long ALIGNMENT = 64;
    private static final Allocator ALLOCATOR =
            Runtime.version().feature() >= FIRST_WITH_ARENAS ? new Arenas() : new DirectByteBuffers();

    private static final AtomicLong HELD = new AtomicLong();

    static DirectMemory allocate(int bytes) {
        try {
            DirectMemory memory = ALLOCATOR.allocate(bytes);
            HELD.addAndGet(bytes);
            return new DirectMemory(memory.bytes(), releaseOnce(bytes, memory.release()));
        } catch (ReflectiveOperationException e) {
            if (e.getCause() instanceof OutOfMemoryError error) {
                throw error;
            }
            throw new IllegalStateException("direct memory: " + e, e);
        }
    }

    /** Bytes that nobody has released yet. Java's own figures leave arenas out, and count garbage. */
    static long held() {
        return HELD.get();
    }

    private static Runnable releaseOnce(int bytes, Runnable release) {
        AtomicBoolean released = new AtomicBoolean();
        return () -> {
            if (released.compareAndSet(false, true)) {
                release.run();
                HELD.addAndGet(-bytes);
            }
        };
    }

    private interface Allocator {
        DirectMemory allocate(int bytes) throws ReflectiveOperationException;
    }

    /** Of Java 22 and later, which warn of what there was before; by reflection, as this is compiled for 17. */
    private static final class Arenas implements Allocator {
        private static final Cleaner CLEANER = Cleaner.create();

        @Override
        public DirectMemory allocate(int bytes) throws ReflectiveOperationException {
            Class<?> type = Class.forName("java.lang.foreign.Arena");
            AutoCloseable arena = (AutoCloseable) type.getMethod("ofShared").invoke(null);
            Object segment =
                    type.getMethod("allocate", long.class, long.class).invoke(arena, Math.max(bytes, 1), ALIGNMENT);
            ByteBuffer buffer = (ByteBuffer) Class.forName("java.lang.foreign.MemorySegment")
                    .getMethod("asByteBuffer")
                    .invoke(segment);
            // Every view of the buffer holds the segment.
            Cleaner.Cleanable cleanable = CLEANER.register(segment, () -> close(arena));
            return new DirectMemory(buffer.limit(bytes).order(ByteOrder.nativeOrder()), cleanable::clean);
        }

        private static void close(AutoCloseable arena) {
            try {
                arena.close();
            } catch (Exception e) {
                throw new IllegalStateException("direct memory: " + e, e);
            }
        }
    }

    private static final class DirectByteBuffers implements Allocator {
        @Override
        public DirectMemory allocate(int bytes) throws ReflectiveOperationException {
            Class<?> type = Class.forName("sun.misc.Unsafe");
            Field field = type.getDeclaredField("theUnsafe");
            field.setAccessible(true);
            sun.misc.Unsafe unsafe = (sun.misc.Unsafe) field.get(null);
            ByteBuffer buffer = ByteBuffer.allocateDirect(bytes);
            return new DirectMemory(
                    buffer.duplicate().order(ByteOrder.nativeOrder()), () -> unsafe.invokeCleaner(buffer));
        }
    }
}
