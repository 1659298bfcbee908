package io.github.bitnetort.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

class DirectMemoryTest {
    private static final int BYTES = 64 << 20;

    @Test
    void countsWhatNobodyReleased() {
        long before = DirectMemory.held();
        DirectMemory memory = DirectMemory.allocate(BYTES);
        assertEquals(before + BYTES, DirectMemory.held());
        memory.release().run();
        memory.release().run();
        assertEquals(before, DirectMemory.held());
    }

    /** From Java 22 on the memory is an arena's, which Java does not count, and whose bytes can no more be read. */
    @Test
    void releasingGivesTheMemoryBack() {
        DirectMemory memory = DirectMemory.allocate(BYTES);
        assertEquals(0, memory.bytes().get(BYTES - 1));
        long held = directBytes();
        memory.release().run();
        if (Runtime.version().feature() >= 22) {
            assertThrows(IllegalStateException.class, () -> memory.bytes().get(BYTES - 1));
        } else {
            assertTrue(held - directBytes() >= BYTES, () -> held + " and then " + directBytes());
        }
    }

    private static long directBytes() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .findFirst()
                .orElseThrow()
                .getMemoryUsed();
    }
}
