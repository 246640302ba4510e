// A Node.js site that refuses an upload that is in the bank, over `disrupt serve`; nothing from npm.
//
//   disrupt serve --bank bank --port 8010
//   MATCHER=http://127.0.0.1:8010 PORT=3000 node examples/refuse/node_site.mjs

import { createServer } from "node:http";

const MATCHER = process.env.MATCHER ?? "http://127.0.0.1:8010";
const KEY = process.env.MATCHER_KEY ?? "";
const MOST = 64 << 20;

/** block, review or none; null while the matcher cannot be relied on. */
async function actionOf(content) {
  try {
    const answer = await fetch(`${MATCHER}/v1/match?level=fast`, {
      method: "POST",
      body: content,
      headers: KEY ? { authorization: `Bearer ${KEY}` } : {},
      signal: AbortSignal.timeout(30_000),
    });
    // 422: it cannot be decoded. The answer says what to do all the same.
    if (answer.status !== 200 && answer.status !== 422) return null;
    return (await answer.json()).action ?? null;
  } catch {
    return null;
  }
}

function say(response, status, value) {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(value));
}

async function upload(request, response) {
  const pieces = [];
  let size = 0;
  for await (const piece of request) {
    size += piece.length;
    if (size > MOST) return say(response, 413, { error: "too large" });
    pieces.push(piece);
  }
  const action = await actionOf(Buffer.concat(pieces));
  if (action === null) return say(response, 503, { error: "uploads are closed for a moment" });
  if (action === "block") return say(response, 451, { error: "this cannot be published here" });
  // Here the file would be stored; one to review is not shown before somebody has looked at it.
  return say(response, action === "review" ? 202 : 201, { held: action === "review" });
}

createServer((request, response) => {
  if (request.method !== "POST" || request.url !== "/upload") return say(response, 404, {});
  upload(request, response).catch(() => response.destroy());
}).listen(Number(process.env.PORT ?? 3000), "127.0.0.1");
