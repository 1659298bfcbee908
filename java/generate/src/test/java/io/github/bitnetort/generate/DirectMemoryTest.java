package io.github.bitnetort.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

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

    @Test
    @EnabledForJreRange(max = JRE.JAVA_21)
    void javaCountsTheBufferNoMore() {
        DirectMemory memory = DirectMemory.allocate(BYTES);
        long held = directBytes();
        memory.release().run();
        assertTrue(held - directBytes() >= BYTES, () -> held + " and then " + directBytes());
    }

    @Test
    @EnabledForJreRange(minVersion = 22)
    void theArenaIsClosed() {
        DirectMemory memory = DirectMemory.allocate(BYTES);
        assertEquals(0, memory.bytes().get(BYTES - 1));
        memory.release().run();
        assertThrows(IllegalStateException.class, () -> memory.bytes().get(BYTES - 1));
    }

    private static long directBytes() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .findFirst()
                .orElseThrow()
                .getMemoryUsed();
    }
}
