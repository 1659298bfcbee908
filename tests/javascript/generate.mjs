// Greedy decoding with any of ONNX Runtime's JavaScript packages, in Node.js and in the browser alike.

/** The cache of an empty past: a tensor [1, heads, 0, head dimension] for each input past_key_values.N.key|value. */
function emptyCache(ort, session) {
  return Object.fromEntries(
    session.inputMetadata
      .filter(({ name }) => name.startsWith("past_key_values."))
      .map(({ name, shape: [, heads, , dimension] }) => [
        name,
        new ort.Tensor("float32", new Float32Array(0), [1, heads, 0, dimension]),
      ]),
  );
}

/** The present cache of a run under the names that the next run reads it by. */
function nextCache(outputs) {
  return Object.fromEntries(
    Object.entries(outputs)
      .filter(([name]) => name.startsWith("present."))
      .map(([name, value]) => [name.replace("present.", "past_key_values."), value]),
  );
}

function argmaxOfLastRow({ data, dims }) {
  const vocabulary = dims.at(-1);
  const row = data.subarray(data.length - vocabulary);
  return row.reduce((best, logit, token) => (logit > row[best] ? token : best), 0);
}

/**
 * Yields the most likely next tokens, one by one.
 *
 * @param ort onnxruntime-node or onnxruntime-web
 * @param session the exported model
 * @param {number[]} prompt token ids
 * @param {number} count how many tokens to yield at most
 * @param {number[]} [endTokens] token ids that end the text; they are not yielded
 */
export async function* generate(ort, session, prompt, count, endTokens = []) {
  const int64 = (values) => new ort.Tensor("int64", BigInt64Array.from(values, BigInt), [1, values.length]);
  let cache = emptyCache(ort, session);
  let ids = prompt;
  let length = 0;
  for (let step = 0; step < count; step++) {
    length += ids.length;
    const mask = int64(new Array(length).fill(1));
    const outputs = await session.run({ input_ids: int64(ids), attention_mask: mask, ...cache });
    const token = argmaxOfLastRow(outputs.logits);
    if (endTokens.includes(token)) {
      return;
    }
    yield token;
    ids = [token];
    cache = nextCache(outputs);
  }
}
