// A local web server for the page: node serve.mjs MODEL_FOLDER [PORT]
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".json": "application/json",
  ".wasm": "application/wasm",
};
// A page must be isolated from others to have threads.
const HEADERS = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

/** The file that a path of the server stands for. */
function fileOf(path, modelFolder) {
  const roots = { "/model/": modelFolder, "/node_modules/": join(HERE, "node_modules"), "/": HERE };
  const prefix = Object.keys(roots).find((start) => path.startsWith(start));
  const root = resolve(roots[prefix]);
  const file = normalize(join(root, path.slice(prefix.length) || "page/index.html"));
  return file.startsWith(root + sep) ? file : undefined;
}

async function answer(request, response, modelFolder) {
  const { pathname } = new URL(request.url, "http://localhost");
  const file = fileOf(decodeURIComponent(pathname), modelFolder);
  const info = file && (await stat(file).catch(() => undefined));
  if (!info?.isFile()) {
    response.writeHead(404, HEADERS).end(`no such file: ${pathname}`);
    return;
  }
  const type = TYPES[extname(file)] ?? "application/octet-stream";
  response.writeHead(200, { ...HEADERS, "Content-Type": type, "Content-Length": info.size });
  createReadStream(file).pipe(response);
}

/** Serves the page and the model on the loopback interface; resolves to { url, close }. */
export async function serve(modelFolder, port = 0) {
  const server = createServer((request, response) => {
    answer(request, response, modelFolder).catch((error) => response.writeHead(500).end(String(error)));
  });
  await new Promise((listening, failed) => server.once("error", failed).listen(port, "127.0.0.1", listening));
  return { url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [modelFolder, port = "8080"] = process.argv.slice(2);
  if (!modelFolder) {
    console.error("usage: node serve.mjs MODEL_FOLDER [PORT]");
    process.exit(2);
  }
  console.log((await serve(modelFolder, Number(port))).url);
}
