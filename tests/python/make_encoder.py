"""Makes the fixture bitnet-encoder: a small BERT with BitLinear layers, as torch.onnx exports it.

Not part of the build: the results are committed. To make them again:

    pip install torch==2.13.0 transformers==5.18.0 tokenizers onnx onnxscript safetensors
    TORCHDYNAMO_DISABLE=1 python make_encoder.py ../fixtures

Every Linear in BERT's layers is Hugging Face's AutoBitLinear (online); all weights are random. It writes
  encoder.onnx     torch.onnx (dynamo), opset 18: input_ids, attention_mask, token_type_ids -> last_hidden_state
  tokenizer.json   WordPiece of the held-out chapters
  reference.json   texts, their token ids, and torch's own mean of the last hidden states, of length 1
"""

import json
import sys
from pathlib import Path

import onnx
import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
from transformers import BertConfig, BertModel
from transformers.integrations.bitnet import AutoBitLinear

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
VOCAB = 1000
TEXTS = [
    "In the beginning God created the heaven and the earth.",
    "The LORD is my shepherd; I shall not want.",
    "And the king said unto his servants, Go ye up against the city.",
    "Blessed are the meek",
]


def held_out_text(fixtures):
    ids = load_file(fixtures / "heldout" / "heldout_tokens.safetensors")["ids"].tolist()
    return Tokenizer.from_file(str(fixtures / "kjv-bitnet" / "tokenizer.json")).decode(ids)


def make_tokenizer(text):
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trainer = trainers.WordPieceTrainer(vocab_size=VOCAB, special_tokens=SPECIAL)
    tokenizer.train_from_iterator(text.splitlines(), trainer)
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", SPECIAL.index("[SEP]")), ("[CLS]", SPECIAL.index("[CLS]")))
    return tokenizer


def make_model():
    config = BertConfig(
        vocab_size=VOCAB,
        hidden_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=256,
        max_position_embeddings=128,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        attn_implementation="eager",
    )
    model = BertModel(config, add_pooling_layer=False)
    for module in list(model.encoder.modules()):
        for name, child in list(module.named_children()):
            if type(child) is torch.nn.Linear:
                setattr(module, name, AutoBitLinear(child.in_features, child.out_features, online_quant=True))
    for name, parameter in model.named_parameters():
        torch.nn.init.normal_(parameter, 1.0 if name.endswith("LayerNorm.weight") else 0.0, 0.2)
    return model


class Encoder(torch.nn.Module):
    def __init__(self, bert):
        super().__init__()
        self.bert = bert

    def forward(self, input_ids, attention_mask, token_type_ids):
        return self.bert(input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids).last_hidden_state


def inputs_of(tokenizer, text):
    encoding = tokenizer.encode(text)
    return tuple(torch.tensor([row]) for row in (encoding.ids, encoding.attention_mask, encoding.type_ids))


def export(encoder, tokenizer, path):
    dims = {0: torch.export.Dim.DYNAMIC, 1: torch.export.Dim.DYNAMIC}
    example = tuple(torch.cat([row, row]) for row in inputs_of(tokenizer, TEXTS[0]))
    program = torch.onnx.export(
        encoder,
        example,
        dynamo=True,
        opset_version=18,
        input_names=["input_ids", "attention_mask", "token_type_ids"],
        output_names=["last_hidden_state"],
        dynamic_shapes=(dims, dims, dims),
    )
    model = program.model_proto
    for node in model.graph.node:  # where in this machine's files each node comes from
        del node.metadata_props[:]
    for value in model.graph.value_info:
        del value.metadata_props[:]
    onnx.checker.check_model(model, full_check=True)
    onnx.save_model(model, path)


def reference(encoder, tokenizer):
    rows = []
    for text in TEXTS:
        inputs = inputs_of(tokenizer, text)
        with torch.no_grad():
            mean = encoder(*inputs)[0].mean(0)
        rows.append({"text": text, "input_ids": inputs[0][0].tolist(), "embedding": (mean / mean.norm()).tolist()})
    return rows


def main():
    fixtures = Path(sys.argv[1])
    folder = fixtures / "bitnet-encoder"
    folder.mkdir(exist_ok=True)
    torch.manual_seed(11)
    torch.set_num_threads(1)
    tokenizer = make_tokenizer(held_out_text(fixtures))
    encoder = Encoder(make_model()).eval()
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    export(encoder, tokenizer, folder / "encoder.onnx")
    (folder / "reference.json").write_text(json.dumps(reference(encoder, tokenizer), indent=1) + "\n")


if __name__ == "__main__":
    main()
