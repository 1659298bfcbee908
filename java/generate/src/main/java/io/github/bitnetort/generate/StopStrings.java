package io.github.bitnetort.generate;

import java.util.List;

/**
 * Holds text back while it may still turn into a stop string, so that a listener never sees the beginning of one. One
 * object serves one generation.
 */
final class StopStrings {
    private final List<String> stops;
    private final StringBuilder pending = new StringBuilder();
    private boolean stopped;

    StopStrings(List<String> stops) {
        this.stops = stops;
    }

    /** Takes a piece and gives the text that is certain by now; after a stop string has been found, nothing more. */
    String accept(String piece) {
        if (stopped) {
            return "";
        }
        pending.append(piece);
        int stop = firstStop();
        if (stop >= 0) {
            stopped = true;
            return take(stop);
        }
        return take(pending.length() - longestPartialStop());
    }

    boolean stopped() {
        return stopped;
    }

    /** What is still held back: no stop string came of it. Empty after a stop. */
    String rest() {
        return stopped ? "" : take(pending.length());
    }

    private int firstStop() {
        int first = -1;
        for (String stop : stops) {
            int at = pending.indexOf(stop);
            if (at >= 0 && (first < 0 || at < first)) {
                first = at;
            }
        }
        return first;
    }

    /** The length of the longest end of the pending text that begins a stop string. */
    private int longestPartialStop() {
        for (int start = 0; start < pending.length(); start++) {
            String end = pending.substring(start);
            if (stops.stream().anyMatch(stop -> stop.startsWith(end))) {
                return end.length();
            }
        }
        return 0;
    }

    private String take(int length) {
        String text = pending.substring(0, length);
        pending.delete(0, length);
        return text;
    }
}
