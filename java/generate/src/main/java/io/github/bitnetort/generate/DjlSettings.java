package io.github.bitnetort.generate;

/**
 * DJL sends a usage ping when a tokenizer is first loaded and downloads another native library where it sees a GPU.
 * These system properties, which DJL reads at that moment, forbid both; an environment variable or property that the
 * user has set stays as it is.
 */
final class DjlSettings {
    private DjlSettings() {}

    static void keepOffline() {
        setIfAbsent("OPT_OUT_TRACKING", "true");
        setIfAbsent("RUST_FLAVOR", "cpu");
    }

    private static void setIfAbsent(String name, String value) {
        if (System.getenv(name) == null && System.getProperty(name) == null) {
            System.setProperty(name, value);
        }
    }
}
