package io.github.bitnetort.tests.bench.model;

import io.github.bitnetort.generate.BitNetModel;
import io.github.bitnetort.tests.bench.Figures;
import java.io.IOException;

/** What is said of memory. */
record MemoryFigures(Figures figures) {
    void report(BitNetModel model, int context, ResidentMemory bare, ResidentMemory peak) throws IOException {
        String section = "memory in RAM, cache for " + context + " positions";
        long cache = 2L * model.layers() * model.kvHeads() * model.headDim() * context * Float.BYTES;
        ResidentMemory now = ResidentMemory.exact();
        figures.putMegabytes(section, "peak_anonymous", peak.anonymous());
        figures.putMegabytes(section, "peak_mapped_from_files", peak.fileMapped());
        figures.putMegabytes(section, "the_cache_itself", cache);
        figures.putMegabytes(section, "peak_anonymous_beside_the_cache", peak.anonymous() - cache);
        figures.putMegabytes(section, "of_that_the_JVM_before_loading", bare.anonymous());
        figures.putMegabytes(section, "anonymous_after_generating", now.anonymous());
        figures.putMegabytes(section, "mapped_from_files_after_generating", now.fileMapped());
    }

    void reportStreams(int count, Streams streams) {
        String section = count + " streams";
        figures.put(section, "tokens", streams.tokens());
        figures.put(section, "all_together_tokens/s", streams.tokens() / streams.seconds(), 1);
        figures.putMegabytes(section, "growth_of_native_memory", streams.growth());
        figures.putMegabytes(
                section, "growth_by_the_trend_of_the_last_half", Math.round(streams.slope() * streams.tokens()));
        for (int i = 0; i < streams.points().size(); i++) {
            AnonymousMemory point = streams.points().get(i);
            figures.row("memory of " + section)
                    .put("tokens", i * streams.tokensBetween())
                    .put("native_MB", Figures.megabytes(point.nativeMemory()))
                    .put("of_that_buffers_and_caches_MB", Figures.megabytes(point.direct()))
                    .put("code_classes_and_compilers_MB", Figures.megabytes(point.jvm()))
                    .put("heap_MB", Figures.megabytes(point.heap()))
                    .put("anonymous_MB", Figures.megabytes(point.total()));
        }
    }
}
