package io.github.bitnetort.generate;

import java.util.List;

/** The text of one generation: tokens in, certain text out, ending at a stop string. */
final class TextStream {
    private final StreamingDecoder decoder;
    private final StopStrings stops;
    private final StringBuilder all = new StringBuilder();

    private TextStream(StreamingDecoder decoder, List<String> stops) {
        this.decoder = decoder;
        this.stops = new StopStrings(stops);
    }

    static TextStream of(StreamingDecoder decoder, List<String> stops) {
        return new TextStream(decoder, stops);
    }

    /** For a model without a tokenizer: no token has a text. */
    static TextStream none() {
        return new TextStream(new StreamingDecoder(ids -> ""), List.of());
    }

    String next(long token) {
        return shown(stops.accept(decoder.next(token)));
    }

    String end() {
        String certain = stops.accept(decoder.end());
        return shown(certain + stops.rest());
    }

    boolean stopped() {
        return stops.stopped();
    }

    String all() {
        return all.toString();
    }

    private String shown(String text) {
        all.append(text);
        return text;
    }
}
