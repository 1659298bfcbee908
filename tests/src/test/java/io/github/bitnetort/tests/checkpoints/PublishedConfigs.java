package io.github.bitnetort.tests.checkpoints;

import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The published configurations in {@code src/test/resources/checkpoints}. */
public final class PublishedConfigs {
    private static final String FOLDER = "/checkpoints";
    private static final String ENDING = ".json";

    private PublishedConfigs() {}

    /** The models that there is one of, in the order of their names. */
    public static List<String> names() throws IOException {
        try (Stream<Path> files =
                Files.list(Path.of(PublishedConfigs.class.getResource(FOLDER).toURI()))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(ENDING))
                    .map(name -> name.substring(0, name.length() - ENDING.length()))
                    .sorted()
                    .toList();
        } catch (URISyntaxException e) {
            throw new IOException(FOLDER + ": " + e, e);
        }
    }

    /**
     * A model's {@code config.json}.
     *
     * @throws IllegalArgumentException where there is none of that name
     */
    public static ObjectNode read(String model) throws IOException {
        try (InputStream in = PublishedConfigs.class.getResourceAsStream(FOLDER + "/" + model + ENDING)) {
            if (in == null) {
                throw new IllegalArgumentException(
                        "model: found '" + model + "', wanted a file's name of tests/src/test/resources/checkpoints");
            }
            return (ObjectNode) new JsonMapper().readTree(in.readAllBytes());
        }
    }
}
