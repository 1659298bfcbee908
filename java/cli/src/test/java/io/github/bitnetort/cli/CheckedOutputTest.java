package io.github.bitnetort.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CheckedOutputTest {
    private static CheckedOutput failing(String message) {
        CheckedOutput output = new CheckedOutput(new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException(message);
            }
        });
        PrintWriter writer = new PrintWriter(output, true, StandardCharsets.UTF_8);
        writer.println("text");
        assertTrue(writer.checkError());
        return output;
    }

    @Test
    void whatWasNotWrittenIsRemembered() {
        assertEquals(
                Optional.of("No space left on device"),
                failing("No space left on device").failure());
    }

    @Test
    void aReaderThatIsGoneIsNoFailure() {
        assertEquals(Optional.empty(), failing("Broken pipe").failure());
    }

    @Test
    void whatIsWrittenArrives() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (CheckedOutput output = new CheckedOutput(bytes)) {
            output.write(1);
            output.write(new byte[] {2, 3, 4}, 1, 2);
            assertEquals(Optional.empty(), output.failure());
        }
        assertArrayEquals(new byte[] {1, 3, 4}, bytes.toByteArray());
    }
}
