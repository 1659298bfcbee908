package io.github.bitnetort.export.checkpoint.gguf;

import io.github.bitnetort.export.ExportException;
import io.github.bitnetort.export.checkpoint.Architecture;
import io.github.bitnetort.export.checkpoint.ModelConfig;
import io.github.bitnetort.export.checkpoint.RopeConfig;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The JSON files that Hugging Face's software keeps beside a model, made of a GGUF file's metadata. */
final class CompanionFiles {
    /** Control tokens that end a turn or a text, beside the EOS token; llama.cpp stops at them too. */
    private static final Set<String> ENDS = Set.of(
            "<|eot_id|>", "<|eom_id|>", "<|im_end|>", "<|end|>", "<end_of_turn>", "<|end_of_text|>", "<|endoftext|>");

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private final ModelConfig config;
    private final GgufMetadata metadata;
    private final GgufArchitecture architecture;
    private final String preTokenizer;
    private final Optional<Vocabulary> vocabulary;

    /** @param preTokenizer in place of the file's, or null */
    CompanionFiles(ModelConfig config, GgufMetadata metadata, GgufArchitecture architecture, String preTokenizer) {
        this.config = config;
        this.metadata = metadata;
        this.architecture = architecture;
        this.preTokenizer = preTokenizer;
        this.vocabulary = Vocabulary.read(metadata, config.vocab());
    }

    /** @throws ExportException naming the key, found and wanted, for a tokenizer that cannot be written */
    Map<String, byte[]> all() {
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put(ModelConfig.FILE_NAME, JSON.writeValueAsBytes(configuration()));
        vocabulary.ifPresent(words -> {
            files.put("generation_config.json", JSON.writeValueAsBytes(generation(words)));
            TokenizerJson tokenizer = new TokenizerJson(words, preTokenizer(words));
            files.put("tokenizer.json", tokenizer.bytes());
            files.put("tokenizer_config.json", JSON.writeValueAsBytes(tokenizerConfiguration(words, tokenizer)));
        });
        return files;
    }

    private ObjectNode configuration() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.putArray("architectures").add(config.architecture().className());
        json.put("model_type", config.architecture().modelType());
        json.put("vocab_size", config.vocab())
                .put("hidden_size", config.hidden())
                .put("intermediate_size", config.intermediate())
                .put("num_hidden_layers", config.layers())
                .put("num_attention_heads", config.heads())
                .put("num_key_value_heads", config.kvHeads())
                .put("head_dim", config.headDim())
                .put("hidden_act", config.activation())
                .put("rms_norm_eps", config.rmsNormEps())
                .put("max_position_embeddings", config.maxPositions())
                .put("tie_word_embeddings", config.tiedEmbeddings())
                .put("rope_theta", config.rope().theta());
        scaling(json, config.rope());
        vocabulary.ifPresent(words -> {
            words.special("bos").ifPresent(id -> json.put("bos_token_id", id));
            words.special("eos").ifPresent(id -> json.put("eos_token_id", id));
            words.special("padding").ifPresent(id -> json.put("pad_token_id", id));
        });
        return json;
    }

    private static void scaling(ObjectNode json, RopeConfig rope) {
        if (rope.type() == RopeConfig.Type.LINEAR) {
            json.putObject("rope_scaling").put("rope_type", "linear").put("factor", rope.factor());
        } else if (rope.type() == RopeConfig.Type.YARN) {
            json.putObject("rope_scaling")
                    .put("rope_type", "yarn")
                    .put("factor", rope.factor())
                    .put("original_max_position_embeddings", (long) rope.originalMaxPositions())
                    .put("beta_fast", rope.yarn().betaFast())
                    .put("beta_slow", rope.yarn().betaSlow())
                    .put("attention_factor", rope.yarn().attentionFactor());
        }
    }

    private static ObjectNode generation(Vocabulary words) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        words.special("bos").ifPresent(id -> json.put("bos_token_id", id));
        Set<Integer> ends = new TreeSet<>();
        for (String role : Set.of("eos", "eot", "eom")) {
            words.special(role).ifPresent(ends::add);
        }
        for (int id = 0; id < words.tokens().size(); id++) {
            if (words.kinds().get(id) == Vocabulary.CONTROL
                    && ENDS.contains(words.tokens().get(id))) {
                ends.add(id);
            }
        }
        ArrayNode list = json.putArray("eos_token_id");
        ends.forEach(list::add);
        words.special("padding").ifPresent(id -> json.put("pad_token_id", id));
        return json;
    }

    private ObjectNode tokenizerConfiguration(Vocabulary words, TokenizerJson tokenizer) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("add_bos_token", tokenizer.addsBos()).put("add_eos_token", tokenizer.addsEos());
        token(json, words, "bos", "bos_token");
        token(json, words, "eos", "eos_token");
        token(json, words, "unknown", "unk_token");
        token(json, words, "padding", "pad_token");
        metadata.text("tokenizer.chat_template").ifPresent(template -> json.put("chat_template", template));
        return json.put("clean_up_tokenization_spaces", false)
                .put("model_max_length", config.maxPositions())
                .put("tokenizer_class", "PreTrainedTokenizerFast");
    }

    private static void token(ObjectNode json, Vocabulary words, String role, String field) {
        words.special(role).ifPresent(id -> json.put(field, words.tokens().get(id)));
    }

    /** 2B-4T's published file leaves it out; its tokenizer is Llama 3's. */
    private PreTokenizer preTokenizer(Vocabulary words) {
        if (words.model() != Vocabulary.Model.GPT2) {
            return null;
        }
        Optional<String> name = Optional.ofNullable(preTokenizer).or(words::preTokenizer);
        if (name.isEmpty() && architecture.architecture() == Architecture.BITNET) {
            return PreTokenizer.LLAMA3;
        }
        return name.flatMap(PreTokenizer::of)
                .orElseThrow(() -> words.bad("pre", name.orElse("none"), "one of " + PreTokenizer.allNames()));
    }
}
