/* The part of the log's page that runs in the visitor's browser: it fetches the checkpoint, tiles
   and an entry, checks them (proving.js), and says each step in words. */
import { canVerify, base64, cosignedAt, Fault, followSigner, openCheckpoint, readEntry, Tree, verifierKey } from "./proving.js";

const chinese = document.documentElement.lang.startsWith("zh");
const say = (zh, en) => (chinese ? zh : en);
const form = document.getElementById("verify");
const steps = document.getElementById("steps");
const contents = document.getElementById("entry-contents");
const typedKey = document.getElementById("vkey");
const PINNED = "donation-ledger:seen";
const TYPED = "donation-ledger:vkey";

async function fetched(path, how = {}) {
  const answer = await fetch(`/log/${path}`, how).catch(() => null);
  if (answer?.ok) return answer;
  throw new Fault(`取不到 /log/${path}`, `/log/${path} could not be fetched`);
}

async function bytes(path) {
  return new Uint8Array(await (await fetched(path)).arrayBuffer());
}

function step(state, zh, en) {
  const words = { good: say("通过", "Holds"), bad: say("不符", "Fails"), open: say("未证", "Not proved") };
  const line = document.createElement("li");
  const verdict = document.createElement("b");
  line.className = state;
  verdict.textContent = words[state];
  line.append(verdict, say("：", ": "), say(zh, en));
  steps.append(line);
}

/* What this browser saw last of the log; a browser that keeps nothing has seen nothing. */
function seenLast() {
  try {
    return JSON.parse(localStorage.getItem(PINNED));
  } catch {
    return null;
  }
}

function remember(checkpoint, key) {
  try {
    localStorage.setItem(PINNED, JSON.stringify({ vkey: key.line, size: checkpoint.size, root: base64(checkpoint.root) }));
  } catch {
    step("open", "浏览器不让本页保存检查点，下次无法对照", "the browser lets this page keep nothing, so next time there is nothing to compare with");
  }
}

async function trustedKey(seen) {
  const typed = typedKey.value.trim();
  const served = (await (await fetched("vkey", { cache: "no-store" })).text()).trim();
  const key = await verifierKey(typed || seen?.vkey || served, 1);
  if (typed && typed !== served) {
    step("bad", "您填的公钥与本站给出的不同", "the key you typed is not the one this site gives");
  } else if (!typed && seen && seen.vkey !== served) {
    step("bad", "本站的公钥与您上次看到的不同", "this site's key is not the one you saw last time");
  } else if (typed) {
    step("good", "用您填的公钥核对，与本站给出的相同", "checked against the key you typed, which is also the one this site gives");
  } else if (seen) {
    step("good", "公钥与您上次看到的相同", "the key is the one you saw last time");
  } else {
    step("open", `第一次来：暂且相信本站给出的公钥。请从别处（票据、县级公告）再核对一次：${served}`,
      `first visit: the key this site gives is taken as it comes. Compare it with a second place: ${served}`);
  }
  return key;
}

async function checkWitnesses(checkpoint) {
  for (const item of document.querySelectorAll("[data-witness]")) {
    const line = item.dataset.witness;
    if (item.dataset.kind !== "ed25519") {
      step("open", `见证人 ${item.dataset.name} 用 ML-DSA-44，浏览器还不会核对`, `the witness ${item.dataset.name} signs with ML-DSA-44, which browsers can't check yet`);
      continue;
    }
    const at = await cosignedAt(checkpoint, await verifierKey(line, 4));
    if (at === null) step("open", `见证人 ${item.dataset.name} 没有签这个检查点`, `the witness ${item.dataset.name} did not sign this checkpoint`);
    else step("good", `见证人 ${item.dataset.name} 见证过这个检查点`, `the witness ${item.dataset.name} saw this checkpoint`);
  }
}

async function checkConsistency(checkpoint, tree, seen) {
  if (!seen) {
    step("open", "第一次来：没有上次的检查点可对照；这次的已存在您的浏览器里", "first visit: no earlier checkpoint to compare with; this one is now kept in your browser");
    return;
  }
  const root = Uint8Array.from(atob(seen.root), (letter) => letter.charCodeAt(0));
  await tree.extend(seen.size, root, checkpoint.root);
  step("good", `您上次看到 ${seen.size} 条，现在 ${checkpoint.size} 条：只有增加，没有改动`,
    `you last saw ${seen.size} entries, now there are ${checkpoint.size}: only added to, nothing changed`);
}

/* Check the newest checkpoint against the key and against what was seen last. */
async function checkLog() {
  await canVerify();
  const seen = seenLast();
  const key = await trustedKey(seen);
  const note = await (await fetched("checkpoint", { cache: "no-store" })).text();
  const checkpoint = await openCheckpoint(note, key);
  step("good", `检查点的签名有效：账本 ${checkpoint.origin} 共 ${checkpoint.size} 条`,
    `the checkpoint's signature holds: log ${checkpoint.origin}, ${checkpoint.size} entries`);
  const tree = new Tree(checkpoint.size, bytes);
  await checkWitnesses(checkpoint);
  await checkConsistency(checkpoint, tree, seen);
  remember(checkpoint, key);
  return { checkpoint, tree };
}

async function keyPlaces(organisation) {
  const answer = await fetched(`places/organisation-${encodeURIComponent(organisation)}?keys=true`);
  return (await answer.json()).map((place) => place.index);
}

async function checkEntry(index, { checkpoint, tree }) {
  if (index >= checkpoint.size) {
    throw new Fault(`第 ${index} 条还没有公布：检查点只到 ${checkpoint.size} 条`, `entry ${index} is not published: the checkpoint covers ${checkpoint.size} entries`);
  }
  const proved = (at) => tree.entry(at, checkpoint.root);
  const entry = readEntry(await proved(index));
  step("good", `第 ${index} 条确在签名的账本里（由散列一路算到检查点的摘要）`, `entry ${index} is in the signed log (hashed up to the checkpoint's root)`);
  const chain = await followSigner(index, checkpoint.origin, proved, keyPlaces);
  const via = chain.map((at) => `#${at}`).join(" ← ") || "#0";
  step("good", `这一条由 ${entry.payload.actor} 签名；密钥的来历也逐条核对过：${via}`,
    `it is signed by ${entry.payload.actor}; where its key comes from was checked entry by entry: ${via}`);
  step("open", "密钥当时没有被撤销：这一点以本站所列的条目为准，全账核对用命令行", "that the key was not withdrawn then rests on the entries this site lists; the command line checks the whole log");
  show(entry);
}

function show(entry) {
  contents.textContent = JSON.stringify(entry.payload, null, 2);
  contents.closest("[data-result]").hidden = false;
}

async function run() {
  steps.replaceChildren();
  contents.closest("[data-result]").hidden = true;
  try {
    const log = await checkLog();
    if (steps.dataset.index) await checkEntry(Number(steps.dataset.index), log);
    steps.dataset.done = "good";
  } catch (fault) {
    const [zh, en] = fault.words ?? [`核对中断：${fault.message}`, `the check broke off: ${fault.message}`];
    step("bad", zh, en);
    steps.dataset.done = "bad";
  }
}

form.addEventListener("submit", () => sessionStorage.setItem(TYPED, typedKey.value));
document.getElementById("forget").addEventListener("click", () => {
  localStorage.removeItem(PINNED);
  delete steps.dataset.done;
  run();
});
typedKey.value = sessionStorage.getItem(TYPED) ?? "";
typedKey.closest("p").hidden = false;
document.getElementById("checked-here").hidden = false;
run();
