/* Keys a batch like a sheet: moves by keys, copies down, pastes from spreadsheets, counts along.
   What is read here is only shown; the server reads everything again by its own rules. */
const chinese = document.documentElement.lang.startsWith("zh");
const say = (zh, en) => (chinese ? zh : en);
const form = document.getElementById("batch");
const body = form.querySelector(".grid tbody");
const told = document.getElementById("told");
const refused = document.getElementById("refused");
const most = Number(form.dataset.most);
const COLUMNS = 4;
const AMOUNT = 2;
const PLAIN = /^([0-9]{1,13}|[0-9]{1,3}(?:,[0-9]{3}){1,4})(?:\.([0-9]{1,2}))?$/;
let changed = false;

const rows = () => [...body.rows];
const cells = (row) => [...row.querySelectorAll("input")];
const cell = (place, column) => cells(body.rows[place])[column];

function placeOf(input) {
  const row = input.closest("tr");
  return [row.sectionRowIndex, cells(row).indexOf(input)];
}

/* Whole fen of an amount in plain digits, null of any other: the server reads more spellings. */
function fenOf(input) {
  if (input.dataset.fen && input.value === input.defaultValue) return BigInt(input.dataset.fen);
  const written = PLAIN.exec(input.value.trim());
  if (!written) return null;
  return BigInt(written[1].replaceAll(",", "") + (written[2] ?? "").padEnd(2, "0"));
}

function grouped(fen) {
  const digits = String(fen).padStart(3, "0");
  return `${digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ",")}.${digits.slice(-2)}`;
}

function counted() {
  const amounts = rows().filter((row) => cells(row).some((one) => one.value.trim())).map((row) => fenOf(cells(row)[AMOUNT]));
  const known = amounts.filter((fen) => fen !== null && fen > 0n);
  return { count: known.length, fen: known.reduce((sum, fen) => sum + fen, 0n), open: amounts.length - known.length };
}

function apart(name, expected, keyed, write) {
  document.getElementById(`${name}-expected`).textContent = expected === null ? "—" : write(expected);
  document.getElementById(`${name}-keyed`).textContent = write(keyed);
  const by = expected === null ? null : expected > keyed ? expected - keyed : keyed - expected;
  const words = by === null ? "" : by === 0n ? say("相符", "equal") : `${say("相差", "apart")} ${write(by)}`;
  document.getElementById(`${name}-apart`).textContent = words;
}

function showTotals() {
  const now = counted();
  const typed = document.getElementById("count").value.trim();
  apart("count", /^[0-9]{1,4}$/.test(typed) ? BigInt(typed) : null, BigInt(now.count), String);
  apart("total", fenOf(document.getElementById("total")), now.fen, grouped);
}

function tell() {
  const { count, fen, open } = counted();
  const rest = open ? say(`，另有 ${open} 行保存后计入`, `; ${open} more rows are counted when saved`) : "";
  told.textContent = say(`已录 ${count} 笔，${grouped(fen)} 元${rest}`, `${count} keyed, ${grouped(fen)} yuan${rest}`);
}

function refuse(words) {
  refused.textContent = words;
  refused.hidden = !words;
}

function note() {
  changed = true;
  refuse("");
  showTotals();
}

function put(input, text) {
  input.value = text;
  input.removeAttribute("aria-invalid");
}

function addRow() {
  const last = body.rows[body.rows.length - 1];
  const row = last.cloneNode(true);
  const place = body.rows.length + 1;
  const head = row.querySelector("th");
  const before = head.id;
  head.id = `row-${place}`;
  head.textContent = String(place);
  for (const error of row.querySelectorAll(".error")) error.remove();
  for (const input of cells(row)) {
    input.removeAttribute("value");
    input.removeAttribute("aria-describedby");
    delete input.dataset.fen;
    input.setAttribute("aria-labelledby", input.getAttribute("aria-labelledby").replace(before, head.id));
    put(input, "");
  }
  body.append(row);
}

function go(place, column) {
  if (place < 0 || column < 0 || column >= COLUMNS) return;
  if (place === body.rows.length && place < most) addRow();
  if (place < body.rows.length) {
    const next = cell(place, column);
    next.focus();
    next.select();
  }
}

function copyDown(input, place, column) {
  if (place === 0) return;
  put(input, cell(place - 1, column).value);
  note();
  tell();
}

const atStart = (input) => input.selectionStart === 0 && input.selectionEnd === 0;
const atEnd = (input) => input.selectionStart === input.value.length && input.selectionEnd === input.value.length;
const whole = (input) => input.selectionStart === 0 && input.selectionEnd === input.value.length;

/* Each key that the grid takes for itself: what it does, or null where the box keeps it. */
function move(event, input) {
  const [place, column] = placeOf(input);
  const command = event.ctrlKey || event.metaKey;
  if (command && event.key.toLowerCase() === "d") return () => copyDown(input, place, column);
  if (command || event.altKey) return null;
  if (event.key === "Enter") return () => go(place + (event.shiftKey ? -1 : 1), column);
  if (event.shiftKey) return null;
  if (event.key === "ArrowDown") return () => go(place + 1, column);
  if (event.key === "ArrowUp") return () => go(place - 1, column);
  if (event.key === "ArrowLeft" && (atStart(input) || whole(input))) return () => go(place, column - 1);
  if (event.key === "ArrowRight" && (atEnd(input) || whole(input))) return () => go(place, column + 1);
  return null;
}

/* Cells as spreadsheets copy them: parted by tabs, one in quotes may hold tabs, lines and quotes. */
function copied(text) {
  const lines = [[""]];
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const mark = text[at];
    const line = lines[lines.length - 1];
    const last = line.length - 1;
    if (quoted && mark === '"' && text[at + 1] === '"') line[last] += text[(at += 1)];
    else if (mark === '"' && (quoted || line[last] === "")) quoted = !quoted;
    else if (!quoted && mark === "\t") line.push("");
    else if (!quoted && mark === "\n") lines.push([""]);
    else if (mark !== "\r") line[last] += mark === "\n" || mark === "\t" ? " " : mark;
  }
  if (lines.length > 1 && lines[lines.length - 1].join("") === "") lines.pop();
  return lines;
}

function paste(event, input) {
  const text = event.clipboardData?.getData("text/plain") ?? "";
  if (!/[\t\n]/.test(text)) return;
  event.preventDefault();
  const lines = copied(text);
  const [place, column] = placeOf(input);
  if (place + lines.length > most) {
    refuse(say(`一批不超过 ${most} 行，没有粘贴；请分批录入`, `a batch has at most ${most} rows, so nothing was pasted; key the rest in another one`));
  } else if (lines.some((line) => column + line.length > COLUMNS)) {
    refuse(say("复制的列多于此处右边的列，没有粘贴；请从对应的格子粘贴", "more columns were copied than stand to the right of here, so nothing was pasted; paste from the cell they belong to"));
  } else {
    while (body.rows.length < place + lines.length) addRow();
    lines.forEach((line, down) => line.forEach((said, along) => put(cell(place + down, column + along), said.trim())));
    note();
    tell();
  }
}

body.addEventListener("keydown", (event) => {
  if (event.isComposing || !(event.target instanceof HTMLInputElement)) return;
  const act = move(event, event.target);
  if (!act) return;
  event.preventDefault();
  act();
});
body.addEventListener("paste", (event) => {
  if (event.target instanceof HTMLInputElement) paste(event, event.target);
});
form.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "s") return;
  event.preventDefault();
  form.requestSubmit(document.getElementById("save"));
});
form.addEventListener("input", note);
form.addEventListener("change", tell);
form.addEventListener("submit", () => {
  changed = false;
});
window.addEventListener("beforeunload", (event) => {
  if (changed) event.preventDefault();
});
document.getElementById("keys").hidden = false;
showTotals();
