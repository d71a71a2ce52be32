// Checks checkpoints and inclusion paths with @sigstore/verify, which keeps Rekor's logs honest.
//
// node check.cjs FOLDER-OF-NODE-MODULES: standard input holds a JSON list of requests, each with a
// `checkpoint`, the log's `origin`, `key` (base64 of its SPKI) and `proofs` {index, path, entry},
// the hashes and the entry in base64; standard output gets a list of answers.
"use strict";
const path = require("node:path");
const { readFileSync } = require("node:fs");

const from = (name) => require(path.join(process.argv[2], name));
const { crypto } = from("@sigstore/core");
const { verifyCheckpoint } = from("@sigstore/verify/dist/tlog/checkpoint");
const { verifyTLogInclusion } = from("@sigstore/verify/dist/tlog");

const bytes = (text) => Buffer.from(text, "base64");

// A log of theirs is known by the first bytes of its key's id, which the checkpoint names too.
function trusted(asked) {
  const publicKey = crypto.createPublicKey(bytes(asked.key));
  const raw = bytes(asked.key).subarray(-32);
  const named = Buffer.concat([Buffer.from(`${asked.origin}\n\x01`), raw]);
  return [{ logID: crypto.digest("sha256", named), baseURL: asked.origin, publicKey }];
}

function proven(asked, { index, path: hashes, entry }) {
  return {
    canonicalizedBody: bytes(entry),
    inclusionProof: {
      logIndex: String(index),
      hashes: hashes.map(bytes),
      checkpoint: { envelope: asked.checkpoint },
    },
  };
}

function check(asked) {
  const tlogs = trusted(asked);
  const bare = { inclusionProof: { checkpoint: { envelope: asked.checkpoint } } };
  const seen = verifyCheckpoint(bare, tlogs);
  for (const proof of asked.proofs) verifyTLogInclusion(proven(asked, proof), tlogs);
  return {
    refused: "",
    size: Number(seen.logSize),
    root: seen.logHash.toString("base64"),
    checked: asked.proofs.length,
  };
}

function answer(asked) {
  try {
    return check(asked);
  } catch (error) {
    return { refused: `${error.name}: ${error.message}`, size: 0, root: "", checked: 0 };
  }
}

process.stdout.write(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(answer)));
