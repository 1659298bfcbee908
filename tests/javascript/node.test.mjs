// onnxruntime-node, whose sessions take no op library: the model's portable function body runs.
import { Tokenizer } from "@huggingface/tokenizers";
import * as ort from "onnxruntime-node";
import assert from "node:assert/strict";
import { join } from "node:path";
import { before, test } from "node:test";
import { model, modelJson, prompts } from "./cases.mjs";
import { generate } from "./generate.mjs";

const tokenizer = new Tokenizer(modelJson("tokenizer.json"), modelJson("tokenizer_config.json"));
let session;

before(async () => {
  session = await ort.InferenceSession.create(join(model, "model.onnx"));
});

for (const { text, input_ids, tokens, continuation } of prompts) {
  test(`Node.js: ${text}`, async () => {
    assert.deepEqual(tokenizer.encode(text).ids, input_ids);
    const found = [];
    for await (const token of generate(ort, session, input_ids, tokens.length)) {
      found.push(token);
    }
    assert.deepEqual(found, tokens);
    assert.equal(tokenizer.decode(found, { skip_special_tokens: true }), continuation);
  });
}
