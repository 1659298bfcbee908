package io.github.bitnetort.tests.clients;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;

/** A folder with a package.json and its lock, copied below target/ and installed there. */
final class NpmPackage {
    private NpmPackage() {}

    /**
     * The copy, with exactly the locked packages. None of their install scripts runs: they would download more.
     *
     * @param name a folder of this module, outside of {@code src}
     */
    static Path install(String name) throws IOException, InterruptedException {
        Path source = Path.of(name);
        Path copy = Path.of("target", "clients", name).toAbsolutePath();
        copy(source, copy);
        Path lock = copy.resolve("package-lock.json");
        Path installed = copy.resolve("node_modules").resolve("installed-lock.json");
        if (!Files.exists(installed) || Files.mismatch(lock, installed) != -1) {
            Commands.in(copy).run(Toolset.program("npm"), "ci", "--ignore-scripts", "--no-audit", "--no-fund");
            Files.copy(lock, installed, StandardCopyOption.REPLACE_EXISTING);
        }
        return copy;
    }

    private static void copy(Path source, Path target) throws IOException {
        List<Path> files;
        try (Stream<Path> walk = Files.walk(source)) {
            files = walk.filter(Files::isRegularFile).map(source::relativize).toList();
        }
        for (Path file : files) {
            Path to = target.resolve(file);
            Files.createDirectories(to.getParent());
            Files.copy(source.resolve(file), to, StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
