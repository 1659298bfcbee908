package io.github.bitnetort.export.graph;

import io.github.bitnetort.export.ExportException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Copies a model file and its external data, byte for byte. */
public final class ModelCopy {
    private ModelCopy() {}

    /**
     * Copies. External data keeps its relative place; where both models lie in one folder, they share it.
     *
     * @throws java.nio.file.FileAlreadyExistsException where a file of the copy exists
     */
    public static void copy(Path from, Path to) throws IOException {
        Path source = from.toAbsolutePath().normalize().getParent();
        Path target = to.toAbsolutePath().normalize().getParent();
        Map<Path, Path> temporary = new LinkedHashMap<>();
        List<Path> done = new ArrayList<>();
        try {
            if (!source.equals(target)) {
                for (Path file : dataFiles(from)) {
                    Path place = target.resolve(source.relativize(file));
                    Files.createDirectories(place.getParent());
                    temporary.put(UnfinishedFiles.begin(TemporaryPath.beside(place)), place);
                    Files.copy(
                            file,
                            temporary.keySet().stream().reduce((a, b) -> b).orElseThrow());
                }
            }
            Path model = UnfinishedFiles.begin(TemporaryPath.beside(to));
            temporary.put(model, to);
            Files.copy(from, model);
            for (Map.Entry<Path, Path> file : temporary.entrySet()) {
                Files.move(file.getKey(), file.getValue());
                done.add(file.getValue());
            }
        } catch (IOException e) {
            for (Path file : done) {
                Files.deleteIfExists(file);
            }
            throw e;
        } finally {
            for (Path file : temporary.keySet()) {
                Files.deleteIfExists(file);
                UnfinishedFiles.end(file);
            }
        }
    }

    private static List<Path> dataFiles(Path model) throws IOException {
        try (ModelReader reader = ModelReader.open(model)) {
            return reader.dataFiles();
        } catch (ExportException e) {
            throw new IOException(e.getMessage(), e);
        }
    }
}
