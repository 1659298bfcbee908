package io.github.bitnetort.generate;

import java.nio.Buffer;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.IdentityHashMap;
import java.util.Map;

/** Direct buffers that one owner holds, and releases one by one or all together. Not thread-safe. */
final class OwnedBuffers implements AutoCloseable {
    private final Map<Buffer, DirectMemory> memory = new IdentityHashMap<>();

    /** As {@link DirectBuffers#floats}. */
    FloatBuffer floats(String what, long count) {
        DirectMemory allocated = DirectMemory.allocate(DirectBuffers.size(what, count, Float.BYTES));
        return owned(allocated.bytes().asFloatBuffer(), allocated);
    }

    /** As {@link DirectBuffers#longs}. */
    LongBuffer longs(String what, long count) {
        DirectMemory allocated = DirectMemory.allocate(DirectBuffers.size(what, count, Long.BYTES));
        return owned(allocated.bytes().asLongBuffer(), allocated);
    }

    private <B extends Buffer> B owned(B buffer, DirectMemory allocated) {
        memory.put(buffer, allocated);
        return buffer;
    }

    /** Gives the memory of a buffer back; neither it nor a view of it may be touched any more. */
    void release(Buffer buffer) {
        memory.remove(buffer).release().run();
    }

    /** Gives all memory back. */
    @Override
    public void close() {
        memory.values().forEach(allocated -> allocated.release().run());
        memory.clear();
    }
}
