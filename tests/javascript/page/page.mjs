// Loads the exported model from /model/ into ONNX Runtime for the web and continues the text of the form.
import { Tokenizer } from "@huggingface/tokenizers";
import * as ort from "onnxruntime-web";
import { generate } from "/generate.mjs";

const form = document.querySelector("form");
const button = form.querySelector("button");
const show = (id, text) => (document.getElementById(id).textContent = text);
const json = async (url) => (await fetch(url)).json();

async function load() {
  const [tokenizerJson, tokenizerConfig, config] = await Promise.all(
    ["tokenizer.json", "tokenizer_config.json", "config.json"].map((file) => json(`/model/${file}`)),
  );
  const session = await ort.InferenceSession.create("/model/model.onnx", {
    executionProviders: ["wasm"],
    externalData: [{ path: "model.onnx.data", data: "/model/model.onnx.data" }],
  });
  return { tokenizer: new Tokenizer(tokenizerJson, tokenizerConfig), session, endTokens: [config.eos_token_id].flat() };
}

async function run({ tokenizer, session, endTokens }) {
  const prompt = form.prompt.value;
  const tokens = [];
  const begin = performance.now();
  show("prompt-text", prompt);
  for await (const token of generate(ort, session, tokenizer.encode(prompt).ids, Number(form.count.value), endTokens)) {
    tokens.push(token);
    show("continuation", tokenizer.decode(tokens, { skip_special_tokens: true }));
    show("tokens", tokens.join(" "));
    await new Promise(requestAnimationFrame);
  }
  show("status", `${tokens.length} tokens in ${Math.round(performance.now() - begin)} ms`);
}

/** Runs an action with the button off, and shows what went wrong where it fails. */
async function busy(action) {
  button.disabled = true;
  try {
    await action();
    button.disabled = false;
  } catch (error) {
    show("status", `failed: ${error.message}`);
    throw error;
  }
}

let model;
form.addEventListener("submit", (event) => {
  event.preventDefault();
  show("status", "generating");
  busy(() => run(model));
});
busy(async () => {
  model = await load();
  show("status", "ready");
});
