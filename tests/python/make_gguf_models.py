"""Makes the fixtures of GGUF files whose scales differ from block to block: python make_gguf_models.py ../fixtures TEXT

    pip install torch==2.13.0 transformers==5.18.0 gguf==0.19.0 sentencepiece==0.2.2 safetensors protobuf

Each folder gets model.gguf, random weights of one type in one architecture, and reference.safetensors: what Hugging
Face's model of that architecture computes with its linear layers replaced by BlockLinear below, which knows nothing of
the exporter or its op. The llama file also has a SentencePiece tokenizer trained on TEXT, a plain text file (the held-out
chapters), and tokenizations.json beside it lists texts with the ids that sentencepiece itself and Hugging Face's
conversion give.
"""

import json
import sys
import tempfile
from enum import IntEnum
from pathlib import Path

import gguf
import numpy as np
import sentencepiece
import torch
from make_references import make_reference_of
from tokenizers import normalizers
from transformers import AutoConfig, AutoModelForCausalLM, LlamaTokenizer

FLOATS = gguf.GGMLQuantizationType


class Newer(IntEnum):
    """What gguf-py does not list yet."""

    Q2_0 = 42


gguf.GGML_QUANT_SIZES[Newer.Q2_0] = (64, 18)


class BlockLinear(torch.nn.Module):
    """Weights -1, 0, +1 [n, k] with a scale per block of columns; activations int8 per block of the same columns."""

    def __init__(self, weights, scales):
        super().__init__()
        self.blocks = torch.from_numpy(weights.reshape(*scales.shape, -1).astype(np.float32))
        self.scales = torch.from_numpy(scales.astype(np.float32))

    def forward(self, x):
        blocks = x.reshape(*x.shape[:-1], self.blocks.shape[1], self.blocks.shape[2])
        step = 127 / blocks.abs().amax(-1, keepdim=True).clamp(min=1e-5)
        codes = (blocks * step).round().clamp(-128, 127)
        sums = torch.einsum("...gk,ngk->...ng", codes, self.blocks)
        return (sums * (self.scales / step.squeeze(-1).unsqueeze(-2))).sum(-1)


def pack_q1(codes, scales):
    bits = np.packbits((codes > 0).astype(np.uint8), axis=-1, bitorder="little")
    return np.concatenate([scales[..., None].view(np.uint8), bits], axis=-1)


def pack_q2(codes, scales):
    pairs = (codes + 1).astype(np.uint8).reshape(*codes.shape[:-1], -1, 4)
    packed = pairs[..., 0] | pairs[..., 1] << 2 | pairs[..., 2] << 4 | pairs[..., 3] << 6
    return np.concatenate([scales[..., None].view(np.uint8), packed], axis=-1)


def pack_tq2(codes, scales):
    pairs = (codes + 1).astype(np.uint8).reshape(*codes.shape[:-1], 2, 4, 32)
    packed = pairs[..., 0, :] | pairs[..., 1, :] << 2 | pairs[..., 2, :] << 4 | pairs[..., 3, :] << 6
    packed = packed.reshape(*codes.shape[:-1], 64)
    return np.concatenate([packed, scales[..., None].view(np.uint8)], axis=-1)


# The type, columns of a block, the weights that it can hold, and how a block is packed.
TYPES = {
    "Q1_0": (FLOATS.Q1_0, 128, (-1, 1), pack_q1),
    "Q2_0": (Newer.Q2_0, 64, (-1, 0, 1), pack_q2),
    "TQ2_0": (FLOATS.TQ2_0, 256, (-1, 0, 1), pack_tq2),
}


class Model:
    """A file that is being written and the model that it is the file of."""

    def __init__(self, path, architecture, kind, config, seed):
        self.kind, self.block, self.values, self.pack = TYPES[kind]
        self.random = np.random.default_rng(seed)
        self.writer = gguf.GGUFWriter(path, architecture)
        self.architecture, self.config = architecture, config
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "config.json").write_text(json.dumps(config))
            self.model = AutoModelForCausalLM.from_config(
                AutoConfig.from_pretrained(folder), attn_implementation="eager", dtype=torch.float32
            ).eval()

    def metadata(self):
        writer, config = self.writer, self.config
        writer.add_context_length(config["max_position_embeddings"])
        writer.add_embedding_length(config["hidden_size"])
        writer.add_feed_forward_length(config["intermediate_size"])
        writer.add_block_count(config["num_hidden_layers"])
        writer.add_head_count(config["num_attention_heads"])
        writer.add_head_count_kv(config["num_key_value_heads"])
        writer.add_key_length(config["head_dim"])
        writer.add_value_length(config["head_dim"])
        writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
        writer.add_rope_freq_base(config["rope_theta"])
        writer.add_vocab_size(config["vocab_size"])

    def tensors(self):
        names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.LLAMA, 9).mapping
        others = {"q_norm": "attn_q_norm", "k_norm": "attn_k_norm", "attn_sub_norm": "attn_sub_norm"}
        others["ffn_sub_norm"] = "ffn_sub_norm"
        for name, module in list(self.model.named_modules()):
            last = name.rsplit(".", 1)[-1]
            stored = names[name][1] if name in names else None
            if last in others:
                stored = f"blk.{name.split('.')[2]}.{others[last]}"
            if "norm" in last:
                self.norm(module, stored + ".weight")
            elif last == "embed_tokens":
                self.embedding(module, stored + ".weight")
            elif last.endswith("_proj"):
                self.linear(name, module, stored + ".weight")

    def norm(self, module, stored):
        values = 1 + 0.2 * self.random.normal(size=module.weight.shape).astype(np.float32)
        module.weight.data = torch.from_numpy(values)
        self.writer.add_tensor(stored, values)

    def embedding(self, module, stored):
        """Of the model's type where the file has binary weights alone, and then the head is quantized too."""
        shape = module.weight.shape
        if self.kind == FLOATS.Q1_0:
            codes, scales = self.quantized(shape, 1.0)
            self.model.lm_head = BlockLinear(codes, scales)
            self.write(stored, codes, scales)
            values = self.floats(codes, scales)
        else:
            kind = FLOATS.Q8_0
            data = gguf.quantize(self.random.normal(size=shape).astype(np.float32), kind)
            self.writer.add_tensor(stored, data, raw_dtype=kind)
            values = gguf.dequantize(data, kind)
            self.model.lm_head.weight = torch.nn.Parameter(torch.from_numpy(values))
        module.weight = torch.nn.Parameter(torch.from_numpy(values))

    def linear(self, name, module, stored):
        codes, scales = self.quantized(module.weight.shape, module.weight.shape[1] ** -0.5)
        self.model.set_submodule(name, BlockLinear(codes, scales))
        if self.architecture == "llama" and name.endswith(("q_proj", "k_proj")):
            codes, scales = self.interleaved(codes), self.interleaved(scales)
        self.write(stored, codes, scales)

    def interleaved(self, rows):
        """Rows of a head as llama.cpp has them: the two halves in turns."""
        half = self.config["head_dim"] // 2
        return np.ascontiguousarray(rows.reshape(-1, 2, half, rows.shape[1]).swapaxes(1, 2).reshape(rows.shape))

    def quantized(self, shape, magnitude):
        codes = self.random.choice(np.array(self.values, dtype=np.int8), size=shape)
        scales = magnitude * self.random.uniform(0.3, 3, size=(shape[0], shape[1] // self.block))
        return codes, scales.astype(np.float16)

    def floats(self, codes, scales):
        return (codes.reshape(*scales.shape, -1) * scales[..., None].astype(np.float32)).reshape(codes.shape)

    def write(self, stored, codes, scales):
        data = self.pack(codes.reshape(*scales.shape, self.block), scales).reshape(len(codes), -1)
        if self.kind == FLOATS.TQ2_0:
            np.testing.assert_array_equal(gguf.dequantize(data, self.kind), self.floats(codes, scales))
        self.writer.add_tensor(stored, data, raw_dtype=self.kind)

    def close(self):
        self.writer.write_header_to_file()
        self.writer.write_kv_data_to_file()
        self.writer.write_tensors_to_file()
        self.writer.close()


def train_tokenizer(text, prefix, vocab):
    """As Llama's was trained: pairs, bytes for what has no token, digits apart, a space before every text."""
    sentencepiece.SentencePieceTrainer.train(
        input=str(text), model_prefix=prefix, vocab_size=vocab, model_type="bpe", byte_fallback=True, split_digits=True,
        normalization_rule_name="identity", remove_extra_whitespaces=False, allow_whitespace_only_pieces=True,
        user_defined_symbols=["<|user|>"], num_threads=1, minloglevel=2,
    )  # fmt: skip
    return sentencepiece.SentencePieceProcessor(model_file=prefix + ".model")


def add_tokenizer(writer, pieces):
    kinds = []
    for id in range(pieces.vocab_size()):
        kind = gguf.TokenType.NORMAL
        if pieces.is_unknown(id):
            kind = gguf.TokenType.UNKNOWN
        elif pieces.is_control(id):
            kind = gguf.TokenType.CONTROL
        elif pieces.is_byte(id):
            kind = gguf.TokenType.BYTE
        elif pieces.id_to_piece(id) == "<|user|>":
            kind = gguf.TokenType.USER_DEFINED
        kinds.append(kind)
    writer.add_tokenizer_model("llama")
    writer.add_token_list([pieces.id_to_piece(id) for id in range(pieces.vocab_size())])
    writer.add_token_scores([pieces.get_score(id) for id in range(pieces.vocab_size())])
    writer.add_token_types(kinds)
    writer.add_bos_token_id(pieces.bos_id())
    writer.add_eos_token_id(pieces.eos_id())
    writer.add_unk_token_id(pieces.unk_id())


def tokenizations(pieces, model_file, text):
    """Ids of texts by sentencepiece, and by transformers' conversion with what Llama 2's published tokenizer.json has
    before its merges: a space before every part of a text beside a special token."""
    converted = LlamaTokenizer.from_pretrained(str(Path(model_file).parent)).backend_tokenizer
    converted.normalizer = normalizers.Sequence([normalizers.Prepend("\u2581"), normalizers.Replace(" ", "\u2581")])
    converted.pre_tokenizer = None
    lines = [line for line in text.read_text().splitlines() if line]
    texts = lines[::7] + ["\n".join(lines[:40]), "", "a", " a", "  a  b ", "\n\n x\ty", "Don't 12345", "THE LORD"]
    texts += ["\u00e9\u4e2d\U0001f600", "And it came to pass<|user|>Lo!", "zzzzzzzz", "\u2581x", "e\u0301", "a\r\nCRLF"]
    return [
        {
            "text": text,
            "sentencepiece": [pieces.bos_id(), *pieces.encode(text)],
            "transformers": [pieces.bos_id(), *converted.encode(text, add_special_tokens=False).ids],
        }
        for text in texts
    ]


def config(architecture, model_type, **changes):
    values = {
        "architectures": [architecture],
        "model_type": model_type,
        "bos_token_id": 1,
        "eos_token_id": 2,
        "hidden_act": "silu",
        "hidden_size": 128,
        "intermediate_size": 256,
        "max_position_embeddings": 64,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "num_hidden_layers": 2,
        "head_dim": 32,
        "rms_norm_eps": 1e-6,
        "rope_theta": 10000.0,
        "tie_word_embeddings": True,
        "vocab_size": 131,
    }
    return values | changes


def main():
    fixtures = Path(sys.argv[1])
    torch.set_num_threads(1)
    wide = {"hidden_size": 256, "head_dim": 64, "num_key_value_heads": 1, "hidden_act": "relu2", "rope_theta": 500000.0}
    models = {
        "gguf-q1_0-qwen3": ("qwen3", "Q1_0", config("Qwen3ForCausalLM", "qwen3", head_dim=64, rope_theta=1e6)),
        "gguf-q2_0-llama": ("llama", "Q2_0", config("LlamaForCausalLM", "llama", vocab_size=640)),
        "gguf-tq2_0-bitnet": ("bitnet-b1.58", "TQ2_0", config("BitNetForCausalLM", "bitnet", **wide)),
    }
    text = Path(sys.argv[2])
    for seed, (name, (architecture, kind, values)) in enumerate(models.items(), start=200):
        folder = fixtures / name
        folder.mkdir(exist_ok=True)
        model = Model(folder / "model.gguf", architecture, kind, values, seed)
        model.metadata()
        if architecture == "llama":
            with tempfile.TemporaryDirectory() as scratch:
                prefix = scratch + "/tokenizer"
                pieces = train_tokenizer(text, prefix, values["vocab_size"])
                add_tokenizer(model.writer, pieces)
                cases = tokenizations(pieces, prefix + ".model", text)
            (folder / "tokenizations.json").write_text("[" + ",\n".join(map(json.dumps, cases)) + "]\n")
        model.tensors()
        model.close()
        make_reference_of(model.model, folder, values["vocab_size"], ("BlockLinear",))


if __name__ == "__main__":
    main()
