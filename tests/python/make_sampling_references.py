"""Writes java/generate/src/test/resources/sampling.json: what Hugging Face's logits processors make of some logits.

Needs torch and transformers: python3 make_sampling_references.py OUTPUT
"""

import json
import sys

import torch
from transformers import GenerationConfig
from transformers.generation.utils import GenerationMixin
from transformers import BitNetConfig, BitNetForCausalLM

VOCAB = 24
CASES = [
    dict(temperature=0.7),
    dict(temperature=1.6, top_k=5),
    dict(temperature=0.9, top_p=0.8),
    dict(temperature=1.3, min_p=0.15),
    dict(temperature=1.0, repetition_penalty=1.3),
    dict(temperature=1.0, repetition_penalty=0.7),
    dict(temperature=2.5, top_k=12, top_p=0.9),
    dict(temperature=2.5, top_k=12, min_p=0.3),
    dict(temperature=3.0, top_p=0.7, min_p=0.4),
    dict(temperature=3.0, top_p=0.95, min_p=0.05),
    dict(temperature=1.8, top_k=9, top_p=0.85, min_p=0.2, repetition_penalty=1.5),
    dict(temperature=0.4, top_k=20, top_p=0.99, min_p=0.01, repetition_penalty=1.1),
    dict(temperature=1.0, min_p=1.0),
    dict(temperature=5.0, top_p=0.01),
]


def model():
    """Any model: it is the one that puts the processors into order."""
    config = BitNetConfig(hidden_size=8, intermediate_size=8, num_hidden_layers=1, num_attention_heads=1,
                          num_key_value_heads=1, vocab_size=VOCAB)
    return BitNetForCausalLM(config)


def processed(generator, options, seen, logits):
    settings = dict(do_sample=True, top_k=0, top_p=1.0) | options
    config = GenerationConfig(**settings)
    ids = torch.tensor([seen])
    processors = GenerationMixin._get_logits_processor(
        generator, generation_config=config, input_ids_seq_length=len(seen), device="cpu")
    return processors(ids, logits[None].clone())[0], [type(p).__name__ for p in processors]


def main(output):
    torch.manual_seed(5)
    generator = model()
    cases = []
    for options in CASES:
        logits = torch.round(torch.randn(VOCAB) * 3000) / 1000
        seen = torch.randint(0, VOCAB, (10,)).tolist()
        scores, names = processed(generator, options, seen, logits)
        probabilities = torch.softmax(scores.double(), -1)
        print(options, names, int((scores > -torch.inf).sum()))
        cases.append(dict(options=options, seen=seen, logits=logits.tolist(), probabilities=probabilities.tolist()))
    with open(output, "w", encoding="utf-8") as file:
        json.dump(cases, file, indent=None, separators=(",", ":"))
        file.write("\n")


if __name__ == "__main__":
    main(sys.argv[1])
