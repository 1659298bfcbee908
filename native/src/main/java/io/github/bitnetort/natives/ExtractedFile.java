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
 * JavaCPP extracts a library once and knows it again by size and date alone. Our jars are reproducible, so all builds of
 * a version have one date, and often one size: without a look at the content, yesterday's library would be loaded.
 */
final class ExtractedFile {
    private ExtractedFile() {}

    /** Deletes the extracted copy of a library in our jar where it is another one, so that it is extracted anew. */
    static void dropIfStale(String name) throws IOException {
        URL resource = ExtractedFile.class.getResource(Loader.getPlatform() + "/" + name);
        if (resource == null) {
            return; // loading will say so
        }
        URLConnection connection = resource.openConnection();
        if (connection instanceof JarURLConnection jar) {
            Path file = Loader.cacheResource(resource).toPath();
            if (crc(file) != jar.getJarEntry().getCrc()) {
                Files.delete(file);
            }
        }
    }

    private static long crc(Path file) throws IOException {
        try (InputStream content = Files.newInputStream(file);
                CheckedInputStream checked = new CheckedInputStream(content, new CRC32())) {
            checked.transferTo(OutputStream.nullOutputStream());
            return checked.getChecksum().getValue();
        }
    }
}
