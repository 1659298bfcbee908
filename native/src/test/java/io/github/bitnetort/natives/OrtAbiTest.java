package io.github.bitnetort.natives;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.onnxruntime.OrtApi;
import org.bytedeco.onnxruntime.OrtApiBase;
import org.bytedeco.onnxruntime.OrtCustomOp;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Our own declaration of ONNX Runtime's C ABI against the official header, as compiled into its JavaCPP binding: the
 * binding either knows a member's offset, or calls it through an OrtApi of ours that records the slot.
 */
class OrtAbiTest {
    private static final Map<Class<?>, Object> ZEROS =
            Map.of(long.class, 0L, int.class, 0, float.class, 0f, boolean.class, false, byte.class, (byte) 0);

    private static OrtApi recorders;

    @BeforeAll
    static void loadBinding() throws IOException {
        // Two files are enough; JavaCPP's own loading wants those of execution providers too.
        String property = "org.bytedeco.javacpp.loadlibraries";
        String before = System.getProperty(property);
        System.setProperty(property, "false");
        try {
            recorders = new OrtApi(OrtAbiProbe.pointer(OrtAbiProbe.recorders()));
        } finally {
            if (before == null) {
                System.clearProperty(property);
            } else {
                System.setProperty(property, before);
            }
        }
        for (String library : new String[] {runtimeName(), System.mapLibraryName("jnionnxruntime")}) {
            String resource = Loader.getPlatform() + "/" + library;
            System.load(Loader.cacheResource(OrtApi.class, resource).getPath());
        }
    }

    private static String runtimeName() {
        String name = System.mapLibraryName("onnxruntime");
        return name.endsWith(".so") ? name + ".1" : name;
    }

    @TestFactory
    Stream<DynamicTest> everySlotIsTheOfficialOne() {
        return IntStream.iterate(0, i -> OrtAbiProbe.slotName(i) != 0, i -> i + 1)
                .mapToObj(i -> slotTest(OrtAbiProbe.text(OrtAbiProbe.slotName(i)), OrtAbiProbe.slotNumber(i)));
    }

    private static DynamicTest slotTest(String name, long slot) {
        return DynamicTest.dynamicTest(name, () -> assertEquals(officialSlot(name), slot, name));
    }

    @TestFactory
    Stream<DynamicTest> everyMemberOfTheCustomOpStandsWhereItOfficiallyDoes() {
        return IntStream.iterate(0, i -> OrtAbiProbe.memberName(i) != 0, i -> i + 1)
                .mapToObj(i -> memberTest(OrtAbiProbe.text(OrtAbiProbe.memberName(i)), OrtAbiProbe.memberOffset(i)));
    }

    private static DynamicTest memberTest(String name, long offset) {
        return DynamicTest.dynamicTest(
                name, () -> assertEquals(Pointer.offsetof(OrtCustomOp.class, name), offset, name));
    }

    @Test
    void theCustomOpHasNoFurtherMembers() {
        assertEquals(Pointer.sizeof(OrtCustomOp.class), OrtAbiProbe.customOpSize());
    }

    @Test
    void theBaseStartsWithGetApi() {
        assertEquals(0, Pointer.offsetof(OrtApiBase.class, "GetApi"));
        assertEquals(Long.BYTES, Pointer.offsetof(OrtApiBase.class, "GetVersionString"));
    }

    // Members that return a status are methods, which call through the table; the others are members with an offset.
    private static long officialSlot(String name) throws ReflectiveOperationException {
        Method method = Arrays.stream(OrtApi.class.getDeclaredMethods())
                .filter(m -> m.getName().equals(name) && Modifier.isNative(m.getModifiers()))
                .filter(m -> m.getReturnType() != OrtApi.class)
                .findFirst()
                .orElseThrow(() -> new AssertionError("OrtApi has no " + name));
        if (method.getParameterCount() == 0) {
            return Pointer.offsetof(OrtApi.class, name) / Long.BYTES;
        }
        Object[] nothing =
                Arrays.stream(method.getParameterTypes()).map(ZEROS::get).toArray();
        method.invoke(recorders, nothing);
        int slot = OrtAbiProbe.lastSlot();
        assertTrue(slot >= 0, name + " called nothing");
        return slot;
    }
}
