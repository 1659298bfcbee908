package io.github.bitnetort.export.checkpoint.gguf;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** A vocabulary as Hugging Face's {@code tokenizer.json}. */
final class TokenizerJson {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final String WORD_START = "\u2581";

    private final Vocabulary vocabulary;
    private final PreTokenizer preTokenizer;
    private final Map<String, Integer> ids = new HashMap<>();

    /** @param preTokenizer of byte-level tokenizers; else null */
    TokenizerJson(Vocabulary vocabulary, PreTokenizer preTokenizer) {
        this.vocabulary = vocabulary;
        this.preTokenizer = preTokenizer;
        for (int id = 0; id < vocabulary.tokens().size(); id++) {
            String token = vocabulary.tokens().get(id);
            if (vocabulary.kinds().get(id) != Vocabulary.UNUSED && ids.put(token, id) != null) {
                throw vocabulary.bad("tokens", "\"" + token + "\" twice", "each token once");
            }
        }
    }

    boolean addsBos() {
        boolean absent = vocabulary.model() == Vocabulary.Model.LLAMA || preTokenizer.addsBos();
        return vocabulary.special("bos").isPresent() && vocabulary.flag("add_bos_token", absent);
    }

    boolean addsEos() {
        return vocabulary.special("eos").isPresent() && vocabulary.flag("add_eos_token", false);
    }

    byte[] bytes() {
        ObjectNode root = JSON.objectNode();
        root.put("version", "1.0");
        root.putNull("truncation");
        root.putNull("padding");
        root.set("added_tokens", addedTokens());
        if (vocabulary.model() == Vocabulary.Model.GPT2) {
            byteLevel(root);
        } else {
            sentencePiece(root);
        }
        return new JsonMapper().writeValueAsBytes(root);
    }

    /** Tokens that are found in a text before it is split. */
    private ArrayNode addedTokens() {
        ArrayNode added = JSON.arrayNode();
        for (int id = 0; id < vocabulary.tokens().size(); id++) {
            long kind = vocabulary.kinds().get(id);
            if (kind == Vocabulary.CONTROL || kind == Vocabulary.USER_DEFINED || kind == Vocabulary.UNKNOWN) {
                added.addObject()
                        .put("id", id)
                        .put("content", vocabulary.tokens().get(id))
                        .put("single_word", false)
                        .put("lstrip", false)
                        .put("rstrip", false)
                        .put("normalized", false)
                        .put("special", kind != Vocabulary.USER_DEFINED);
            }
        }
        return added;
    }

    private void byteLevel(ObjectNode root) {
        if (preTokenizer.composes()) {
            root.set("normalizer", type("NFC"));
        } else {
            root.putNull("normalizer");
        }
        ObjectNode preTokenizers = type("Sequence");
        ArrayNode parts = preTokenizers.putArray("pretokenizers");
        for (String pattern : preTokenizer.patterns()) {
            ObjectNode split = parts.addObject().put("type", "Split");
            split.putObject("pattern").put("Regex", pattern);
            split.put("behavior", "Isolated").put("invert", false);
        }
        parts.add(byteLevelStep(false));
        root.set("pre_tokenizer", preTokenizers);
        ObjectNode postProcessors = type("Sequence");
        ArrayNode processors = postProcessors.putArray("processors");
        processors.add(byteLevelStep(false));
        if (addsBos() || addsEos()) {
            processors.add(template());
        }
        root.set("post_processor", postProcessors);
        root.set("decoder", byteLevelStep(true));
        ObjectNode model = model(false, preTokenizer.ignoresMerges());
        ArrayNode merges = model.putArray("merges");
        for (String merge : vocabulary.merges()) {
            int space = merge.indexOf(' ', 1);
            if (space < 0 || !ids.containsKey(merge.substring(0, space) + merge.substring(space + 1))) {
                throw vocabulary.bad("merges", "\"" + merge + "\"", "two texts with a space between that make a token");
            }
            merges.addArray().add(merge.substring(0, space)).add(merge.substring(space + 1));
        }
        root.set("model", model);
    }

    private static ObjectNode byteLevelStep(boolean decodes) {
        return type("ByteLevel")
                .put("add_prefix_space", decodes)
                .put("trim_offsets", true)
                .put("use_regex", decodes);
    }

    private void sentencePiece(ObjectNode root) {
        boolean prefix = vocabulary.flag("add_space_prefix", true);
        ObjectNode normalizer = type("Sequence");
        ArrayNode steps = normalizer.putArray("normalizers");
        if (prefix) {
            steps.add(type("Prepend").put("prepend", WORD_START));
        }
        steps.add(replace(" ", WORD_START));
        root.set("normalizer", normalizer);
        root.putNull("pre_tokenizer");
        if (addsBos() || addsEos()) {
            root.set("post_processor", template());
        } else {
            root.putNull("post_processor");
        }
        ObjectNode decoder = type("Sequence");
        ArrayNode decoders = decoder.putArray("decoders");
        decoders.add(replace(WORD_START, " ")).add(type("ByteFallback")).add(type("Fuse"));
        if (prefix) {
            decoders.add(type("Strip").put("content", " ").put("start", 1).put("stop", 0));
        }
        root.set("decoder", decoder);
        ObjectNode model = model(true, false);
        ArrayNode merges = model.putArray("merges");
        mergesByScore().forEach(merge -> merges.addArray().add(merge.left).add(merge.right));
        root.set("model", model);
    }

    private record Merge(String left, String right, double score, int id, int leftId, int rightId) {}

    /** Every pair of tokens that makes a token, the best score of what it makes first. */
    private List<Merge> mergesByScore() {
        List<Double> scores = vocabulary.scores();
        List<Merge> merges = new ArrayList<>();
        for (int id = 0; id < vocabulary.tokens().size(); id++) {
            String token = vocabulary.tokens().get(id);
            if (vocabulary.kinds().get(id) != Vocabulary.NORMAL) {
                continue;
            }
            for (int i = token.offsetByCodePoints(0, 1);
                    i < token.length();
                    i += Character.charCount(token.codePointAt(i))) {
                Integer left = ids.get(token.substring(0, i));
                Integer right = ids.get(token.substring(i));
                if (left != null && right != null) {
                    merges.add(new Merge(token.substring(0, i), token.substring(i), scores.get(id), id, left, right));
                }
            }
        }
        merges.sort(Comparator.comparingDouble((Merge merge) -> -merge.score)
                .thenComparingInt(Merge::id)
                .thenComparingInt(Merge::leftId)
                .thenComparingInt(Merge::rightId));
        return merges;
    }

    private ObjectNode model(boolean byteFallback, boolean ignoreMerges) {
        ObjectNode model = type("BPE");
        model.putNull("dropout");
        OptionalInt unknown = vocabulary.special("unknown");
        if (byteFallback && unknown.isPresent()) {
            model.put("unk_token", vocabulary.tokens().get(unknown.getAsInt()));
        } else {
            model.putNull("unk_token");
        }
        model.putNull("continuing_subword_prefix");
        model.putNull("end_of_word_suffix");
        model.put("fuse_unk", byteFallback).put("byte_fallback", byteFallback).put("ignore_merges", ignoreMerges);
        ObjectNode vocab = model.putObject("vocab");
        for (int id = 0; id < vocabulary.tokens().size(); id++) {
            if (vocabulary.kinds().get(id) != Vocabulary.UNUSED) {
                vocab.put(vocabulary.tokens().get(id), id);
            }
        }
        return model;
    }

    /** BOS before and EOS behind each text, where they are wanted. */
    private ObjectNode template() {
        ObjectNode template = type("TemplateProcessing");
        ObjectNode specials = JSON.objectNode();
        ArrayNode single = template.putArray("single");
        ArrayNode pair = template.putArray("pair");
        for (int part = 0; part < 2; part++) {
            if (addsBos()) {
                special("bos", part, single, pair, specials);
            }
            if (part == 0) {
                sequence(single, "A", part);
            }
            sequence(pair, part == 0 ? "A" : "B", part);
            if (addsEos()) {
                special("eos", part, single, pair, specials);
            }
        }
        template.set("special_tokens", specials);
        return template;
    }

    private void special(String role, int part, ArrayNode single, ArrayNode pair, ObjectNode specials) {
        int id = vocabulary.special(role).orElseThrow();
        String token = vocabulary.tokens().get(id);
        if (part == 0) {
            single.addObject().putObject("SpecialToken").put("id", token).put("type_id", 0);
        }
        pair.addObject().putObject("SpecialToken").put("id", token).put("type_id", part);
        ObjectNode special = specials.putObject(token).put("id", token);
        special.putArray("ids").add(id);
        special.putArray("tokens").add(token);
    }

    private static void sequence(ArrayNode parts, String name, int part) {
        parts.addObject().putObject("Sequence").put("id", name).put("type_id", part);
    }

    private static ObjectNode replace(String from, String to) {
        ObjectNode replace = type("Replace");
        replace.putObject("pattern").put("String", from);
        return replace.put("content", to);
    }

    private static ObjectNode type(String name) {
        return JSON.objectNode().put("type", name);
    }
}
