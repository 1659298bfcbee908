// onnxruntime-web in a headless Chromium: the page itself, as a user sees it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
import { model, prompts } from "./cases.mjs";
import { serve } from "./serve.mjs";

const LOAD_MS = 60_000;
const GENERATE_MS = 120_000;
const problems = [];
let server, browser, page;

before(async () => {
  server = await serve(model);
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM,
    args: process.getuid?.() === 0 ? ["--no-sandbox"] : [], // Chromium's sandbox refuses root
  });
  page = await browser.newPage();
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("requestfailed", (request) => problems.push(`${request.url()}: ${request.failure()?.errorText}`));
  await page.goto(server.url);
  await page.waitForFunction(() => document.getElementById("status").textContent !== "loading the model", null, {
    timeout: LOAD_MS,
  });
  assert.deepEqual(problems, []);
  assert.equal(await page.textContent("#status"), "ready");
});

after(async () => {
  await browser?.close();
  server?.close();
});

for (const { text, tokens, continuation } of prompts) {
  test(`browser: ${text}`, async () => {
    await page.fill("textarea", text);
    await page.fill("input", String(tokens.length));
    await page.click("button");
    await page.waitForSelector("button:enabled", { timeout: GENERATE_MS });
    assert.deepEqual(problems, []);
    assert.match(await page.textContent("#status"), new RegExp(`^${tokens.length} tokens in `));
    assert.deepEqual((await page.textContent("#tokens")).split(" ").map(Number), tokens);
    assert.equal(await page.textContent("#continuation"), continuation);
  });
}

test("browser: threads are on", async () => {
  assert.equal(await page.evaluate(() => crossOriginIsolated), true);
});

if (process.env.SCREENSHOT) {
  test("browser: screenshot", () => page.screenshot({ path: process.env.SCREENSHOT }));
}
