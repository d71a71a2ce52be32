/* What a visitor's own browser can check of the log, with nothing but its own cryptography: signed
   notes (C2SP signed-note, tlog-checkpoint), trees (RFC 9162 2.1, C2SP tlog-tiles) and entries
   (RFC 7515). Whatever is wrong is a Fault, with a sentence in Chinese and one in English. */

export class Fault extends Error {
  constructor(chinese, english) {
    super(english);
    this.words = [chinese, english];
  }
}

const WIDTH = 256;
const HASH_BYTES = 32;
const FOUNDED = "ledger-founded.v1";
const REGISTERS = [FOUNDED, "key-registered.v1", "key-rotated.v1"];
const ENDS = ["key-revoked.v1", "key-withdrawn.v1"];
const CHAIN_MAX = 20;
const utf8 = new TextEncoder();

function joined(parts) {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

async function sha256(...parts) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", joined(parts)));
}

export function base64(bytes) {
  return btoa(String.fromCharCode(...bytes));
}

function base64url(bytes) {
  return base64(bytes).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

function unbase64(text) {
  try {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    if (base64(bytes) === text) return bytes;
  } catch {
    /* the same sentence for what can't be read at all */
  }
  throw new Fault("一段 base64 写法不对", "a text is not base64 as it must be written");
}

function unbase64url(text) {
  const letters = text.replaceAll("-", "+").replaceAll("_", "/");
  const bytes = unbase64(letters + "=".repeat((4 - (letters.length % 4)) % 4));
  if (base64url(bytes) === text) return bytes;
  throw new Fault("一段 base64url 写法不对", "a text is not base64url as it must be written");
}

function same(one, other) {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

/* Refuse to go on where the browser can't check Ed25519 (RFC 8032) itself. */
export async function canVerify() {
  if (!globalThis.crypto?.subtle) {
    throw new Fault(
      "这个网址不是 https（也不是本机），浏览器不提供密码功能，这里无法替您核对；请用下面的命令行办法",
      "this address is neither https nor this machine, so the browser lends no cryptography and " +
        "nothing can be checked here; use the command line below",
    );
  }
  try {
    await publicKey(new Uint8Array(HASH_BYTES).fill(9, 0, 1));
  } catch (reason) {
    if (reason.name !== "NotSupportedError") return;
    throw new Fault(
      "您的浏览器还不支持 Ed25519 签名，这里无法替您核对；请换较新的浏览器，或用下面的命令行办法",
      "your browser does not know Ed25519 yet, so nothing can be checked here; use a newer one, " +
        "or the command line below",
    );
  }
}

function publicKey(raw) {
  return crypto.subtle.importKey("raw", raw, { name: "Ed25519" }, false, ["verify"]);
}

async function signedBy(raw, signature, message) {
  try {
    return await crypto.subtle.verify("Ed25519", await publicKey(raw), signature, message);
  } catch {
    return false;
  }
}

/* Read a verifier key line `name+id+key` of the type that is named (1: a log, 4: a witness). */
export async function verifierKey(line, type) {
  const [name, id, encoded] = line.trim().split(/\+(.{8})\+(.*)/s);
  const typed = name && id && encoded ? unbase64(encoded) : [];
  if (typed.length !== 1 + HASH_BYTES || typed[0] !== type) {
    throw new Fault("验证公钥不是“名称+编号+公钥”的 Ed25519 写法", "the verifier key is not name+id+key for Ed25519");
  }
  const keyId = (await sha256(utf8.encode(`${name}\n`), typed)).slice(0, 4);
  if ([...keyId].map((byte) => byte.toString(16).padStart(2, "0")).join("") !== id) {
    throw new Fault("验证公钥的编号与名称、公钥对不上", "the verifier key's id does not belong to its name and key");
  }
  return { name, keyId, raw: typed.slice(1), line: line.trim() };
}

function takeApart(note) {
  const gap = note.lastIndexOf("\n\n");
  if (gap < 0 || !note.endsWith("\n")) {
    throw new Fault("检查点不是签名文本的写法", "the checkpoint is not a signed note");
  }
  const lines = note.slice(gap + 2, -1).split("\n").map((line) => line.split(" "));
  if (lines.some((line) => line.length !== 3 || line[0] !== "\u2014")) {
    throw new Fault("检查点有一行签名写法不对", "a signature line of the checkpoint is malformed");
  }
  return [note.slice(0, gap + 1), lines.map(([, name, signed]) => [name, unbase64(signed)])];
}

function signatureOf(signatures, key) {
  const ours = signatures.filter(([name, signed]) => name === key.name && same(signed.slice(0, 4), key.keyId));
  return ours.length === 1 ? ours[0][1].slice(4) : null;
}

/* Return origin, size and root of a checkpoint that the log's key signed. */
export async function openCheckpoint(note, key) {
  const [text, signatures] = takeApart(note);
  const signature = signatureOf(signatures, key);
  if (!signature || !(await signedBy(key.raw, signature, utf8.encode(text)))) {
    throw new Fault("检查点不是用这把公钥签的，或签名之后被改过", "the checkpoint is not signed by this key, or was changed after it was signed");
  }
  const [origin, size, root, end, ...more] = text.split("\n");
  if (end !== "" || more.length || !/^(0|[1-9][0-9]{0,15})$/.test(size) || !Number.isSafeInteger(+size)) {
    throw new Fault("检查点的正文不是三行", "the checkpoint's text is not origin, size and root");
  }
  if (origin !== key.name) {
    throw new Fault(`检查点属于另一本账：${origin}`, `the checkpoint is of another log: ${origin}`);
  }
  return { origin, size: +size, root: unbase64(root), text, note };
}

/* Return when a witness says it saw this checkpoint (POSIX seconds), or null if it did not sign. */
export async function cosignedAt(checkpoint, key) {
  const signed = signatureOf(takeApart(checkpoint.note)[1], key);
  if (!signed) return null;
  const at = new DataView(signed.buffer, signed.byteOffset).getBigUint64(0);
  const message = utf8.encode(`cosignature/v1\ntime ${at}\n${checkpoint.text}`);
  if (await signedBy(key.raw, signed.slice(8), message)) return Number(at);
  throw new Fault(`见证人 ${key.name} 的签名不对`, `the cosignature of the witness ${key.name} is wrong`);
}

function numbered(number, width) {
  const groups = [];
  for (let left = number; groups.length === 0 || left > 0; left = Math.floor(left / 1000)) {
    groups.unshift(String(left % 1000).padStart(3, "0"));
  }
  const path = groups.map((group, at) => (at < groups.length - 1 ? `x${group}` : group)).join("/");
  return width < WIDTH ? `${path}.p/${width}` : path;
}

/* The tree of a signed checkpoint, as the tiles tell it; `read` gives a file's bytes by its path. */
export class Tree {
  constructor(size, read) {
    this.size = size;
    this.read = read;
    this.kept = new Map();
  }

  once(path) {
    if (!this.kept.has(path)) this.kept.set(path, this.read(path));
    return this.kept.get(path);
  }

  /* The hash over a perfect subtree of 2^level leaves, of which it is number `index`. */
  async node(level, index) {
    const high = Math.floor(level / 8);
    const span = 2 ** (level % 8);
    const number = Math.floor((index * span) / WIDTH);
    const width = Math.min(WIDTH, Math.floor(this.size / 2 ** (8 * high)) - number * WIDTH);
    const path = `tile/${high}/${numbered(number, width)}`;
    const tile = await this.once(path);
    if (tile.length !== width * HASH_BYTES) {
      throw new Fault(`${path} 的长度不对`, `${path} has not the length that its place demands`);
    }
    const first = index * span - number * WIDTH;
    return this.#over(tile, first, span);
  }

  async #over(tile, first, span) {
    if (span === 1) return tile.slice(first * HASH_BYTES, (first + 1) * HASH_BYTES);
    const left = await this.#over(tile, first, span / 2);
    return sha256([1], left, await this.#over(tile, first + span / 2, span / 2));
  }

  /* The root of `size` leaves (RFC 9162 2.1.1), a subtree's hash being taken from the tiles unless
     `opened` says that it must be made from its parts; `leaf` is the hash of a leaf so opened. */
  async root(size, opened = () => false, leaf = null) {
    return this.#range(0, size, opened, leaf);
  }

  async #range(start, count, opened, leaf) {
    const open = opened(start, count);
    if (count === 1 && open) return leaf;
    const left = 2 ** Math.floor(Math.log2(count));
    if (left === count && !open) return this.node(Math.log2(count), start / count);
    const half = left === count ? count / 2 : left;
    const first = await this.#range(start, half, opened, leaf);
    return sha256([1], first, await this.#range(start + half, count - half, opened, leaf));
  }

  /* Return an entry's bytes, if they are the leaf of that index under the signed root. */
  async entry(index, root) {
    const number = Math.floor(index / WIDTH);
    const width = Math.min(WIDTH, this.size - number * WIDTH);
    const found = unpacked(await this.once(`tile/entries/${numbered(number, width)}`))[index % WIDTH];
    if (!found) throw new Fault("条目包里缺这一条", "the bundle of entries lacks this one");
    const leaf = await sha256([0], found);
    const opened = (start, count) => start <= index && index < start + count;
    if (same(await this.root(this.size, opened, leaf), root)) return found;
    throw new Fault(
      `第 ${index} 条不在签名的账本里：条目或证明它的散列被改过`,
      `entry ${index} is not under the signed root: the entry, or a hash that proves it, was changed`,
    );
  }

  /* Return quietly if the tree begins with the `size` leaves under `oldRoot`. */
  async extend(size, oldRoot, newRoot) {
    const opened = (start, count) => start < size && size < start + count;
    const fault = new Fault(
      "现在的账本不是上次那本的延续：写入过的内容被改过，或给您看的是另一本",
      "the log does not extend the one you saw last: what was written was changed, or you are shown another one",
    );
    if (size > this.size) throw fault;
    if (!same(await this.root(size), oldRoot)) throw fault;
    if (!same(await this.root(this.size, opened), newRoot)) throw fault;
  }
}

function unpacked(bundle) {
  const entries = [];
  let at = 0;
  while (at + 2 <= bundle.length) {
    const end = at + 2 + bundle[at] * 256 + bundle[at + 1];
    entries.push(bundle.slice(at + 2, end));
    at = end;
  }
  if (at !== bundle.length) throw new Fault("条目包不完整", "the bundle of entries is cut short");
  return entries;
}

/* Take an entry apart without believing it. */
export function readEntry(bytes) {
  const parts = new TextDecoder().decode(bytes).split(".");
  try {
    const [header, payload] = parts.slice(0, 2).map((part) => JSON.parse(new TextDecoder().decode(unbase64url(part))));
    if (parts.length === 3 && header.alg === "EdDSA" && header.typ === "donation-ledger-event+jws") {
      const signed = utf8.encode(`${parts[0]}.${parts[1]}`);
      return { kid: header.kid, payload, signed, signature: unbase64url(parts[2]) };
    }
  } catch {
    /* the same sentence for what can't be read at all */
  }
  throw new Fault("这一条不是本账本的写法", "the entry is not written as this ledger's are");
}

async function named(x) {
  const jwk = `{"crv":"Ed25519","kty":"OKP","x":"${x}"}`; // RFC 7638 3, RFC 8037 A.3
  return base64url(await sha256(utf8.encode(jwk)));
}

async function checkSigned(entry, x, index) {
  if ((await named(x)) === entry.kid && (await signedBy(unbase64url(x), entry.signature, entry.signed))) return;
  throw new Fault(`第 ${index} 条的签名不对`, `the signature of entry ${index} does not hold`);
}

/* Follow an entry's signer to the entry that founded the ledger: each key was registered by an
   earlier entry, which is proved and signed likewise. Return the indexes of these entries.

   `proved(index)` gives an entry that is under the signed root, `places(organisation)` the indexes
   of an organisation's key entries as the server tells them. */
export async function followSigner(index, origin, proved, places) {
  const chain = [];
  let entry = readEntry(await proved(index));
  for (let at = index; chain.length < CHAIN_MAX; ) {
    if (entry.payload.origin !== origin) {
      throw new Fault(`第 ${at} 条属于另一本账`, `entry ${at} is of another log`);
    }
    if (at === 0) {
      await checkFounding(entry);
      return chain;
    }
    const [registered, from] = await registration(entry, at, proved, places);
    await checkSigned(entry, registered.payload.data.public, at);
    chain.push(from);
    entry = registered;
    at = from;
  }
  throw new Fault("签名密钥的来历过长", "the chain of keys is too long");
}

async function checkFounding(entry) {
  const { topic, actor, data } = entry.payload;
  if (topic !== FOUNDED || actor !== "authority" || data.kid !== entry.kid) {
    throw new Fault("第 0 条不是开账的条目", "entry 0 does not found the ledger");
  }
  await checkSigned(entry, data.public, 0);
}

async function registration(entry, before, proved, places) {
  const actor = entry.payload.actor;
  let found = null;
  for (const at of (await places(actor)).filter((one) => one < before).sort((a, b) => a - b)) {
    const one = readEntry(await proved(at));
    const { topic, actor: by, data } = one.payload;
    if (by !== "authority" || data.organisation !== actor) continue;
    if (REGISTERS.includes(topic) && data.kid === entry.kid) found = [one, at];
    else if (found && ((ENDS.includes(topic) && data.kid === entry.kid) || data.replaces === entry.kid)) found = null;
  }
  if (found) return found;
  throw new Fault(
    `签第 ${before} 条的密钥当时不是 ${actor} 的有效密钥`,
    `the key that signed entry ${before} was no working key of ${actor} then`,
  );
}
