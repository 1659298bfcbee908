package io.github.bitnetort.natives;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import org.bytedeco.javacpp.Loader;

/**
 * JavaCPP extracts a library once and knows it again by size and date alone, which two builds of a version may share; and
 * where they differ it writes into the old file, which another JVM may be running. Removing an old file first is right in
 * both cases: whoever has it mapped keeps it.
 */
final class ExtractedFile {
    private ExtractedFile() {}

    /** Deletes the extracted copy of a library in our jar where its content is another one. */
    static void dropIfStale(String name) throws IOException {
        URL resource = ExtractedFile.class.getResource(Loader.getPlatform() + "/" + name);
        if (resource == null) {
            return; // loading will say so
        }
        URLConnection connection = resource.openConnection();
        if (connection instanceof JarURLConnection jar) {
            Path file = cached(jar);
            if (Files.exists(file) && crc(file) != jar.getJarEntry().getCrc()) {
                Files.delete(file);
            }
        }
    }

    /** Where JavaCPP extracts to: the name of the jar, then that of the entry. */
    private static Path cached(JarURLConnection jar) throws IOException {
        Path jarName = Path.of(jar.getJarFile().getName()).getFileName();
        return Loader.getCacheDir().toPath().resolve(jarName).resolve(jar.getEntryName());
    }

    private static long crc(Path file) throws IOException {
        try (InputStream content = Files.newInputStream(file);
                CheckedInputStream checked = new CheckedInputStream(content, new CRC32())) {
            checked.transferTo(OutputStream.nullOutputStream());
            return checked.getChecksum().getValue();
        }
    }
}
