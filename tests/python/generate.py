"""The exported trained model in Python's ONNX Runtime, as the README's four lines use it: greedy decoding through the KV
cache with the op library and without it, against Hugging Face's own tokens.

    python generate.py MODEL_FOLDER FIXTURE_FOLDER INDEX [PROMPT:STEPS ...]

INDEX is the index.json of the conformance cases; it names the library. PROMPT:STEPS ends a prompt's comparison early: where an
embedding of 8 bits makes two logits nearly tie.
"""

import json
import sys
from pathlib import Path

import numpy as np
import onnxruntime as ort
from safetensors import safe_open

# In the other two prompts the two best logits nearly tie, so a correct engine may depart.
PROMPTS = (0, 1, 4, 5)


def open_session(model, library):
    options = ort.SessionOptions()
    if library:
        options.register_custom_ops_library(str(library))
    return ort.InferenceSession(str(model), options)


def greedy(session, ids, steps):
    cache = {}
    for value in session.get_inputs():
        if value.name.startswith("past_key_values."):
            _, heads, _, dim = value.shape
            cache[value.name] = np.zeros((1, heads, 0, dim), np.float32)
    outputs = [value.name for value in session.get_outputs()]
    tokens, total = [], 0
    while len(tokens) < steps:
        total += ids.shape[1]
        feeds = {"input_ids": ids, "attention_mask": np.ones((1, total), np.int64), **cache}
        result = dict(zip(outputs, session.run(None, feeds)))
        token = int(result["logits"][0, -1].argmax())
        tokens.append(token)
        ids = np.array([[token]], np.int64)
        cache = {name: result[name.replace("past_key_values", "present")] for name in cache}
    return tokens


def main(model_folder, fixture, index, *ends):
    steps = {int(prompt): int(count) for prompt, count in (end.split(":") for end in ends)}
    library = json.loads(Path(index).read_text(encoding="utf-8"))["library"]
    references = safe_open(Path(fixture) / "reference.safetensors", "np")
    passed = failed = 0
    for title, used in (("op library", library), ("function body", None)):
        session = open_session(Path(model_folder) / "model.onnx", used)
        for prompt in PROMPTS:
            wanted = references.get_tensor(f"prompt{prompt}.greedy.f32").tolist()[: steps.get(prompt)]
            found = greedy(session, references.get_tensor(f"prompt{prompt}.input_ids"), len(wanted))
            if found == wanted:
                passed += 1
            else:
                failed += 1
                at = next(i for i, (a, b) in enumerate(zip(found, wanted)) if a != b)
                print(f"{title}, prompt {prompt}, token {at}: found {found[at]}, wanted {wanted[at]}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
