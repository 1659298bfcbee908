// What the tests run: the model and its reference tokens, in the file that CLIENT_CASES names.
import { readFileSync } from "node:fs";
import { join } from "node:path";

const file = process.env.CLIENT_CASES;
if (!file) {
  throw new Error("CLIENT_CASES: not set, wanted the path of a cases.json");
}

/** Folder of the exported model, and { text, input_ids, tokens, continuation } of each prompt. */
export const { model, prompts } = JSON.parse(readFileSync(file, "utf8"));

export const modelJson = (name) => JSON.parse(readFileSync(join(model, name), "utf8"));
