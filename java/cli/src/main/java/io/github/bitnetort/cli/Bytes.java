package io.github.bitnetort.cli;

import java.util.Locale;

/** Sizes for people. */
final class Bytes {
    private Bytes() {}

    static String format(long bytes) {
        if (bytes < 1 << 10) {
            return bytes + " B";
        }
        double size = bytes / 1024.0;
        String[] units = {"KiB", "MiB", "GiB", "TiB"};
        int unit = 0;
        while (size >= 1024 && unit < units.length - 1) {
            size /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, "%.1f %s", size, units[unit]);
    }
}
