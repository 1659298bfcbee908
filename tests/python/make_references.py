"""Makes the reference outputs in tests/fixtures with Hugging Face transformers itself.

Not part of the build: the results are committed. Run it again when a fixture is added:

    pip install torch==2.13.0 transformers==5.18.0 accelerate safetensors
    TORCHDYNAMO_DISABLE=1 python make_references.py ../fixtures

It writes
  heldout/argmax.safetensors      the trained model's most likely next token at each held-out position, and its perplexity
  variant-*/                      tiny random checkpoints of the shapes that the larger fixtures lack (biases, a norm
                                  before each BitLinear, odd sizes, modules left dense, scaled rotary embeddings,
                                  normed queries and keys)
Everything is computed in float32 with eager attention: the only unambiguous reference.
"""

import json
import math
import sys
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from transformers import AutoConfig, AutoModelForCausalLM
from transformers.integrations.bitnet import pack_weights

MADE_WITH = "transformers 5.18.0, torch 2.13.0+cpu, float32, eager attention, TORCHDYNAMO_DISABLE=1"
VOCAB = 131


def load(folder):
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager")
    return model.eval()


def make_heldout(fixtures):
    tokens = load_file(fixtures / "heldout" / "heldout_tokens.safetensors")
    ids, offsets = tokens["ids"], tokens["offsets"]
    model = load(fixtures / "kjv-bitnet")
    argmax, nll = [], 0.0
    for begin, end in zip(offsets[:-1].tolist(), offsets[1:].tolist()):
        chapter = ids[begin:end]
        with torch.no_grad():
            logits = model(chapter[None]).logits[0]
        argmax.append(logits.argmax(-1).to(torch.int32))
        nll += torch.nn.functional.cross_entropy(logits[:-1], chapter[1:], reduction="sum").item()
    perplexity = math.exp(nll / (len(ids) - (len(offsets) - 1)))
    save_file(
        {"argmax": torch.cat(argmax)},
        fixtures / "heldout" / "argmax.safetensors",
        metadata={"made_with": MADE_WITH, "perplexity": f"{perplexity:.6f}"},
    )
    print(f"held-out perplexity {perplexity:.4f}")


def base_config(**changes):
    config = {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "bos_token_id": 0,
        "eos_token_id": 1,
        "hidden_act": "silu",
        "hidden_size": 100,
        "intermediate_size": 252,
        "max_position_embeddings": 64,
        "num_attention_heads": 5,
        "num_key_value_heads": 1,
        "num_hidden_layers": 2,
        "rms_norm_eps": 1e-05,
        "rope_theta": 10000.0,
        "tie_word_embeddings": False,
        "torch_dtype": "float32",
        "vocab_size": VOCAB,
    }
    config.update(changes)
    return config


def bitnet(**changes):
    return base_config(architectures=["BitNetForCausalLM"], model_type="bitnet", hidden_act="relu2", **changes)


def quant(**changes):
    return {"quant_method": "bitnet", "modules_to_not_convert": ["lm_head"], **changes}


VARIANTS = {
    "variant-llama-bias": base_config(attention_bias=True, mlp_bias=True, quantization_config=quant()),
    "variant-bitnet-bias-rmsnorm": bitnet(
        attention_bias=True,
        num_attention_heads=6,
        num_key_value_heads=2,
        hidden_size=60,
        intermediate_size=500,
        quantization_config=quant(linear_class="autobitlinear", quantization_mode="offline", use_rms_norm=True),
    ),
    "variant-llama-rmsnorm-rope3": base_config(
        head_dim=24,
        num_attention_heads=4,
        num_key_value_heads=2,
        rope_scaling={
            "rope_type": "llama3",
            "factor": 4.0,
            "low_freq_factor": 1.0,
            "high_freq_factor": 4.0,
            "original_max_position_embeddings": 16,
        },
        torch_dtype="bfloat16",
        quantization_config=quant(use_rms_norm=True, rms_norm_eps=1e-5),
    ),
    "variant-llama-online-bias": base_config(
        attention_bias=True,
        tie_word_embeddings=True,
        torch_dtype="bfloat16",
        quantization_config=quant(linear_class="autobitlinear", quantization_mode="online"),
    ),
    "variant-llama-partly-dense": base_config(
        torch_dtype="float16",
        quantization_config=quant(modules_to_not_convert=["lm_head", "down_proj", "model.layers.0.self_attn.k_proj"]),
    ),
    "variant-llama-packed-head": base_config(
        vocab_size=132, quantization_config=quant(modules_to_not_convert=["nothing"])
    ),
    "variant-qwen3": base_config(
        architectures=["Qwen3ForCausalLM"],
        model_type="qwen3",
        attention_bias=True,
        head_dim=32,
        num_attention_heads=4,
        num_key_value_heads=2,
        hidden_size=96,
        rms_norm_eps=1e-06,
        rope_theta=1000000.0,
        tie_word_embeddings=True,
        torch_dtype="bfloat16",
        quantization_config=quant(),
    ),
    "variant-llama-yarn": base_config(
        head_dim=32,
        num_attention_heads=4,
        num_key_value_heads=2,
        rope_parameters={
            "rope_type": "yarn",
            "rope_theta": 10000.0,
            "factor": 4.0,
            "original_max_position_embeddings": 16,
            "beta_fast": 4.0,
        },
        torch_dtype="bfloat16",
        quantization_config=quant(),
    ),
}


def is_bitlinear(name, config):
    skipped = config["quantization_config"]["modules_to_not_convert"]
    return not any(name == s or name.endswith("." + s) or name.endswith(s) for s in skipped)


def make_checkpoint(folder, config, seed):
    generator = torch.Generator().manual_seed(seed)
    plain = {k: v for k, v in config.items() if k != "quantization_config"}
    folder.mkdir(exist_ok=True)
    (folder / "config.json").write_text(json.dumps(plain))
    skeleton = AutoModelForCausalLM.from_config(AutoConfig.from_pretrained(folder))
    quantization = config["quantization_config"]
    auto = quantization.get("linear_class") == "autobitlinear"
    online = quantization.get("quantization_mode") == "online"
    dtype = getattr(torch, config["torch_dtype"])
    rand = lambda *shape: torch.randn(*shape, generator=generator)
    tensors = {}
    for name, parameter in skeleton.named_parameters():
        module, _, kind = name.rpartition(".")
        shape = parameter.shape
        if "norm" in module:
            tensors[name] = (1 + 0.2 * rand(*shape)).to(dtype)
        elif kind == "bias":
            tensors[name] = (0.5 * rand(*shape)).to(dtype)
        elif "_proj" in name or module == "lm_head":
            if module == "lm_head" and config["tie_word_embeddings"]:
                continue
            if not is_bitlinear(module, config) or online:
                tensors[name] = (0.1 * rand(*shape)).to(dtype)
            else:
                ternary = torch.randint(-1, 2, shape, generator=generator)
                tensors[name] = pack_weights(ternary.to(torch.int8))
                scale = 0.05 + 0.1 * torch.rand(1, generator=generator)
                tensors[module + ".weight_scale"] = (scale if auto else 1 / scale).to(dtype)
            if quantization.get("use_rms_norm") and is_bitlinear(module, config):
                tensors[module + ".rms_norm.weight"] = (1 + 0.2 * rand(shape[1])).to(dtype)
        else:
            tensors[name] = rand(*shape).to(dtype)
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    (folder / "config.json").write_text(json.dumps(config, indent=1) + "\n")


def make_reference(folder, config):
    make_reference_of(load(folder), folder, config["vocab_size"], ("BitLinear", "AutoBitLinear"))


def make_reference_of(model, folder, vocab, linear_classes):
    """Writes logits of random prompts, and what goes into and comes out of each module of one of those classes."""
    generator = torch.Generator().manual_seed(7)
    out, captured = {}, {}

    def capture(name):
        def hook(_, inputs, output):
            captured[f"module.{name}.input"] = inputs[0].clone()
            captured[f"module.{name}.output"] = output.clone()

        return hook

    hooks = [
        module.register_forward_hook(capture(name))
        for name, module in model.named_modules()
        if type(module).__name__ in linear_classes
    ]
    for index, length in enumerate((1, 7, 17)):
        ids = torch.randint(2, vocab, (1, length), generator=generator)
        with torch.no_grad():
            out[f"prompt{index}.logits.f32"] = model(ids).logits
        out[f"prompt{index}.input_ids"] = ids
        if index == 1:
            out.update(captured)
            for hook in hooks:
                hook.remove()
    ids = torch.randint(2, vocab, (2, 9), generator=generator)
    mask = torch.ones_like(ids)
    mask[1, :4] = 0
    positions = (mask.cumsum(-1) - 1).clamp(min=0)
    with torch.no_grad():
        out["padded.logits.f32"] = model(ids, attention_mask=mask, position_ids=positions).logits
    out["padded.input_ids"], out["padded.attention_mask"] = ids, mask
    save_file({k: v.contiguous() for k, v in out.items()}, folder / "reference.safetensors", {"made_with": MADE_WITH})
    names = sorted({k.split(".", 1)[1].rsplit(".", 1)[0] for k in captured})
    print(f"{folder.name}: {len(names)} quantized modules, logit std {out['prompt2.logits.f32'].std():.3f}")


def main():
    fixtures = Path(sys.argv[1])
    torch.set_num_threads(1)
    for seed, (name, config) in enumerate(VARIANTS.items(), start=100):
        make_checkpoint(fixtures / name, config, seed)
        make_reference(fixtures / name, config)
    make_heldout(fixtures)


if __name__ == "__main__":
    main()
