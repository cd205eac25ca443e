// Everything here makes a page that already works nicer to use: no view depends on it.
"use strict";

const find = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
document.documentElement.classList.add("js");

// --- menus and dialogs -----------------------------------------------------------------------

function closeMenus(except) {
  for (const menu of all("details.menu[open]")) if (!menu.contains(except)) menu.open = false;
}

document.addEventListener("click", (event) => {
  closeMenus(event.target);
  const opener = event.target.closest("[data-open]");
  if (opener) {
    closeMenus();
    document.getElementById(opener.dataset.open).showModal();
  }
  const closer = event.target.closest("dialog [data-close]");
  if (closer) {
    event.preventDefault();
    closer.closest("dialog").close();
  }
  const copier = event.target.closest("[data-copy]");
  if (copier) {
    const source = document.getElementById(copier.dataset.copy);
    source.select();
    navigator.clipboard?.writeText(source.value);
  }
});

// A panel that would leave the window at the right opens towards the left.
document.addEventListener("toggle", (event) => {
  const panel = event.target.open && event.target.matches("details.menu") && find(".menu-panel", event.target);
  if (panel && panel.getBoundingClientRect().right > innerWidth) panel.classList.add("end");
}, true);

/** Shows what htmx put into the dialog; its heading becomes the dialog's. */
function openDialog() {
  const dialog = find("#dialog");
  const heading = find("#dialog-body h1");
  if (heading) {
    const title = document.createElement("h2");
    title.append(...heading.childNodes);
    heading.replaceWith(title);
    dialog.setAttribute("aria-label", title.textContent);
  }
  closeMenus();
  if (!dialog.open) dialog.showModal();
  focusFirst(dialog);
}

function focusFirst(root) {
  const target = find("[data-focus]", root) ?? find("[autofocus], .form-grid :is(input, select, textarea):not([type=hidden], [readonly])", root);
  target?.focus();
}

// --- htmx: busy state, focus and what a screen reader hears ------------------------------------

document.addEventListener("htmx:before:request", () => find("main")?.setAttribute("aria-busy", "true"));
document.addEventListener("htmx:finally:request", () => find("main")?.removeAttribute("aria-busy"));

document.addEventListener("htmx:before:swap", (event) => {
  const { ctx } = event.detail;
  if (!ctx.response) return;
  const { status, raw } = ctx.response;
  const page = new DOMParser().parseFromString(ctx.text, "text/html");
  if (!ctx.select || find(ctx.select, page)) return;
  event.preventDefault();
  // Another page than the one asked for: after a step the record, after a session the sign-in.
  if (status < 400) return location.assign(raw.url);
  // An error page of its own belongs in the page, not in the part asked for.
  find("#dialog")?.close();
  find("main").replaceChildren(...find("main", page).childNodes);
  document.title = page.title;
  find("main").focus();
});

document.addEventListener("htmx:after:swap", () => {
  const shown = find("#dialog-body #ask");
  if (shown && !shown.dataset.opened) {
    shown.dataset.opened = "true";
    openDialog();
  }
  all("cw-combobox").forEach((combobox) => combobox.set());
  const said = find("#list .range, #list .empty-title");
  const live = find("#said");
  if (said && live.textContent !== said.textContent) live.textContent = said.textContent;
});

// --- forms: nothing typed is lost by accident, nothing is sent twice ---------------------------

let dirty = false;

function setDirty(value) {
  dirty = value;
  for (const note of all(".dirty-note")) note.hidden = !value;
}

document.addEventListener("input", (event) => {
  if (event.target.closest("form[data-guard]")) setDirty(true);
});
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method === "dialog" || event.defaultPrevented) return;
  if (form.dataset.sent && form.method === "post") return event.preventDefault();
  if (form.method === "post" && !form.hasAttribute("hx-post")) form.dataset.sent = "true";
  dirty = false;
});
addEventListener("beforeunload", (event) => {
  if (dirty) event.preventDefault();
});
addEventListener("pageshow", () => all("form[data-sent]").forEach((form) => delete form.dataset.sent));

// --- keyboard ----------------------------------------------------------------------------------

const typing = (element) => element.matches("input, select, textarea, [contenteditable]");
const follow = (selector) => {
  const link = find(selector);
  link?.click();
  return link;
};
let pending = "";

const keys = {
  "?": () => find("#keys")?.showModal(),
  "/": () => find("#search")?.focus(),
  c: () => follow("[data-key=c]"),
  e: () => follow("[data-key=e]"),
  "[": () => follow("[data-key='[']"),
  "]": () => follow("[data-key=']']"),
  j: () => moveRow(1),
  k: () => moveRow(-1),
  "g h": () => location.assign("/"),
  "g i": () => location.assign("/inbox"),
};

document.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
    const save = find("#save");
    if (save) {
      event.preventDefault();
      save.form.requestSubmit(save);
    }
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") return escape_(event);
  if (typing(event.target) || find("dialog[open]:modal")) return;
  const act = keys[`${pending} ${event.key}`.trim()];
  pending = event.key === "g" && !pending ? "g" : "";
  if (act) {
    event.preventDefault();
    act();
  }
});

function escape_(event) {
  const menu = find("details.menu[open]");
  if (menu) {
    menu.open = false;
    find("summary", menu).focus();
  } else if (event.target.id === "search") event.target.blur();
}

function moveRow(step) {
  const links = all("[data-rows] tbody th a");
  const now = links.findIndex((link) => link.closest("tr").contains(document.activeElement));
  links[Math.min(links.length - 1, Math.max(0, now + step))]?.focus();
}

document.addEventListener("keydown", (event) => {
  const mark = event.target.closest?.(".chart-mark");
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (!mark || !step) return;
  event.preventDefault();
  const marks = all(".chart-mark", mark.closest("figure"));
  marks[(marks.indexOf(mark) + step + marks.length) % marks.length].focus();
});

// --- reference field: a text with a list of matching records -----------------------------------

let listNumber = 0;

class Combobox extends HTMLElement {
  connectedCallback() {
    this.set();
    if (this.wired) return;
    this.wired = true;
    this.addEventListener("input", (event) => event.target === this.input && this.typed());
    this.addEventListener("focusin", () => this.input.select());
    this.addEventListener("click", (event) => event.target === this.input && this.load());
    this.addEventListener("focusout", () => this.close());
    this.addEventListener("keydown", (event) => this.key(event));
    this.addEventListener("mousedown", (event) => {
      const option = event.target.closest("[data-value]");
      if (event.target.closest(".combobox-list")) event.preventDefault();
      if (option) this.choose(option);
    });
  }

  /** Gives the plain text input its list; again after a morph, which knows only the server's part. */
  set() {
    this.input = find("input[type=text]", this);
    this.hidden_ = find("input[type=hidden]", this);
    if (this.list?.isConnected && this.input.getAttribute("aria-controls") === this.list.id) return;
    this.list ??= document.createElement("ul");
    Object.assign(this.list, { id: this.list.id || `options-${++listNumber}`, className: "combobox-list", role: "listbox", hidden: true });
    this.list.setAttribute("aria-label", this.input.labels?.[0]?.textContent ?? this.input.getAttribute("aria-label") ?? "");
    this.append(this.list);
    for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-expanded", "false"], ["aria-controls", this.list.id]])
      this.input.setAttribute(name, value);
  }

  typed() {
    if (this.hidden_) this.hidden_.value = "";
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.load(), 120);
  }

  async load() {
    if (this.input.readOnly) return;
    const address = new URL(this.dataset.src, location.href);
    const query = this.hidden_?.value ? "" : this.input.value;
    address.searchParams.set("q", query);
    for (const [name] of [...address.searchParams].filter(([name]) => name.startsWith("this."))) {
      const beside = this.beside(name.slice("this.".length));
      if (beside) address.searchParams.set(name, beside.type === "checkbox" ? String(beside.checked) : beside.value);
    }
    this.request?.abort();
    this.request = new AbortController();
    let answer;
    try {
      answer = await fetch(address, { signal: this.request.signal, headers: { "HX-Request": "true" } });
    } catch (error) {
      if (error.name === "AbortError") return;
      throw error;
    }
    if (!answer.ok || document.activeElement !== this.input) return;
    const page = new DOMParser().parseFromString(`<ul>${await answer.text()}</ul>`, "text/html");
    this.list.replaceChildren(...find("ul", page).children);
    this.options().forEach((option, index) => (option.id = `${this.list.id}-${index}`));
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
    this.mark(query ? 0 : -1);
  }

  /** The input of another field of the same record, or of the same line. */
  beside(field) {
    const own = this.input.name.replace(/\.text$/, "");
    const found = this.input.form?.elements.namedItem(own.slice(0, own.lastIndexOf(".") + 1) + field);
    return found instanceof Element ? found : null;
  }

  options() {
    return all("[data-value]", this.list);
  }

  mark(index) {
    const options = this.options();
    this.at = options.length ? (index + options.length) % options.length : -1;
    if (index < 0) this.at = -1;
    options.forEach((option, number) => option.setAttribute("aria-selected", String(number === this.at)));
    const current = options[this.at];
    if (current) this.input.setAttribute("aria-activedescendant", current.id);
    else this.input.removeAttribute("aria-activedescendant");
    current?.scrollIntoView({ block: "nearest" });
  }

  choose(option) {
    if ("many" in this.dataset) this.add(option);
    else {
      this.input.value = option.textContent.trim();
      this.hidden_.value = option.dataset.value;
      this.hidden_.dispatchEvent(new Event("input", { bubbles: true }));
    }
    this.close();
  }

  add(option) {
    const chosen = this.previousElementSibling;
    const name = this.input.name.replace(/\.text$/, "");
    const label = document.createElement("label");
    label.className = "check";
    const box = Object.assign(document.createElement("input"), { type: "checkbox", name, value: option.dataset.value, checked: true });
    const text = document.createElement("span");
    text.textContent = option.textContent.trim();
    label.append(box, text);
    if (!all("input", chosen).some((one) => one.value === box.value)) chosen.append(label);
    this.input.value = "";
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }

  key(event) {
    if (event.isComposing || event.target !== this.input) return;
    const open = !this.list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!open) this.load();
      else this.mark(this.at < 0 && event.key === "ArrowUp" ? this.options().length - 1 : this.at + (event.key === "ArrowDown" ? 1 : -1));
    } else if ((event.key === "Enter" || event.key === "Tab") && open && this.at >= 0) {
      if (event.key === "Enter") event.preventDefault();
      this.choose(this.options()[this.at]);
    } else if (event.key === "Escape" && open) {
      event.stopPropagation();
      event.preventDefault();
      this.close();
    }
  }

  close() {
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }
}

// --- line items: rows are added and removed in place -------------------------------------------

class Lines extends HTMLElement {
  connectedCallback() {
    if (this.ready) return;
    this.ready = true;
    this.body = find("tbody", this);
    this.next = Math.max(-1, ...all("tr[data-index]", this.body).map((row) => Number(row.dataset.index))) + 1;
    this.addEventListener("click", (event) => this.clicked(event));
    this.addEventListener("keydown", (event) => this.key(event));
    this.addEventListener("paste", (event) => this.paste(event));
  }

  clicked(event) {
    if (event.target.closest("[data-add]")) {
      event.preventDefault();
      this.focusRow(this.addRow());
    }
    const remove = event.target.closest("[data-remove]");
    if (remove) {
      event.preventDefault();
      this.removeRow(remove.closest("tr"));
    }
  }

  key(event) {
    if (event.isComposing || event.defaultPrevented) return;
    const row = event.target.closest("tr[data-index]");
    if (!row || !event.target.matches("input, select")) return;
    if (event.key === "Enter") {
      event.preventDefault();
      this.focusRow(this.rowAfter(row) ?? this.addRow(), this.columnOf(event.target));
    } else if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      event.preventDefault();
      this.moveRow(row, event.key === "ArrowUp" ? -1 : 1);
      event.target.focus();
    } else if ((event.ctrlKey || event.metaKey) && event.key === "Delete") {
      event.preventDefault();
      this.removeRow(row);
    }
  }

  rows() {
    return all("tr[data-index]", this.body);
  }

  rowAfter(row) {
    const rows = this.rows();
    return rows[rows.indexOf(row) + 1];
  }

  columnOf(input) {
    return this.inputs(input.closest("tr")).indexOf(input);
  }

  inputs(row) {
    return all("td :is(input:not([type=hidden]), select, textarea)", row);
  }

  focusRow(row, column = 0) {
    const inputs = this.inputs(row);
    (inputs[column] ?? inputs[0])?.focus();
  }

  addRow() {
    const copy = find("template", this).content.cloneNode(true);
    const row = find("tr", copy);
    const index = String(this.next++);
    const position = String(this.rows().length + 1);
    for (const element of [row, ...all("*", row)])
      for (const attribute of element.attributes)
        attribute.value = attribute.value.replaceAll("__index__", index).replaceAll("__position__", position);
    find(".position", row).textContent = position;
    this.body.append(copy);
    return row;
  }

  removeRow(row) {
    const near = this.rowAfter(row) ?? row.previousElementSibling;
    if (row.nextElementSibling?.matches(".line-error")) row.nextElementSibling.remove();
    row.remove();
    this.renumber();
    if (near?.isConnected) this.focusRow(near);
    else find("[data-add]", this)?.focus();
    this.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** Swaps a row with its neighbour by swapping their numbers, which is the order sent. */
  moveRow(row, step) {
    const rows = this.rows();
    const other = rows[rows.indexOf(row) + step];
    if (!other) return;
    if (step < 0) other.before(row);
    else other.after(row);
    const [a, b] = [row.dataset.index, other.dataset.index];
    this.renameRow(row, a, "__moved__");
    this.renameRow(other, b, a);
    this.renameRow(row, "__moved__", b);
    this.renumber();
    this.dispatchEvent(new Event("input", { bubbles: true }));
  }

  renameRow(row, from, to) {
    const name = this.dataset.name;
    row.dataset.index = to;
    for (const element of all("*", row))
      for (const attribute of element.attributes)
        attribute.value = attribute.value.replaceAll(`${name}.${from}`, `${name}.${to}`);
  }

  renumber() {
    this.rows().forEach((row, index) => {
      const position = find(".position", row);
      const before = position.textContent;
      position.textContent = index + 1;
      for (const element of all("[aria-label]", row)) element.setAttribute("aria-label", element.getAttribute("aria-label").replace(before, index + 1));
    });
  }

  /** Cells pasted from a sheet fill this row and the next ones, adding rows as needed. */
  paste(event) {
    const text = event.clipboardData?.getData("text/plain") ?? "";
    const row = event.target.closest("tr[data-index]");
    if (!row || !/[\t\n]/.test(text.trim())) return;
    event.preventDefault();
    const start = this.columnOf(event.target);
    let current = row;
    for (const line of text.replace(/\r?\n$/, "").split(/\r?\n/)) {
      current ??= this.addRow();
      line.split("\t").forEach((value, offset) => this.fill(this.inputs(current)[start + offset], value.trim()));
      current = this.rowAfter(current);
    }
    this.dispatchEvent(new Event("input", { bubbles: true }));
  }

  fill(input, value) {
    if (!input || input.readOnly) return;
    if (input.type === "checkbox") input.checked = /^(1|true|yes|是|✓|x)$/i.test(value);
    else if (input.matches("select")) input.value = [...input.options].find((option) => option.text === value || option.value === value)?.value ?? "";
    else input.value = value;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

// --- dates: `t` is today, `+` and `-` move by a day --------------------------------------------

class DateInput extends HTMLElement {
  connectedCallback() {
    this.addEventListener("keydown", (event) => {
      const input = event.target;
      const step = { t: 0, "+": 1, "=": 1, "-": -1 }[event.key];
      if (step === undefined || input.readOnly || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      const day = step && input.valueAsDate ? input.valueAsDate : new Date(Date.now() - new Date().getTimezoneOffset() * 60000);
      day.setUTCDate(day.getUTCDate() + step);
      input.valueAsDate = day;
      input.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }
}

customElements.define("cw-combobox", Combobox);
customElements.define("cw-lines", Lines);
customElements.define("cw-date", DateInput);

// --- development: the page follows the text without losing what is being typed -------------------

/** What people changed in inputs of the page, by name and order, to be put back after a morph. */
function typedValues() {
  const changed = [];
  for (const input of all("main :is(input, select, textarea)")) {
    const same = input.matches("[type=checkbox], [type=radio]")
      ? input.checked === input.defaultChecked
      : input.matches("select")
        ? [...input.options].every((option) => option.selected === option.defaultSelected)
        : input.value === input.defaultValue;
    if (!same && input.name) changed.push([input.id, input.name, input.type, input.value, input.checked]);
  }
  return changed;
}

function putBack(changed) {
  for (const [id, name, type, value, checked] of changed) {
    const radio = type === "radio" || type === "checkbox";
    const same = all(`[name="${CSS.escape(name)}"]`).filter((input) => (radio ? input.value === value : !id || input.id === id));
    for (const input of same) {
      if (radio) input.checked = checked;
      else input.value = value;
    }
  }
}

async function reload() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const input of all("[autofocus]", page)) input.removeAttribute("autofocus");
  if (find("cw-lines") && dirty) keepAddedRows();
  const changed = typedValues();
  const [x, y] = [scrollX, scrollY];
  const wasDirty = dirty;
  const sheet = find("link[rel=stylesheet]", page);
  if (sheet && sheet.getAttribute("href") !== find("link[rel=stylesheet]").getAttribute("href")) find("link[rel=stylesheet]").href = sheet.getAttribute("href");
  document.documentElement.lang = page.documentElement.lang;
  document.title = page.title;
  await htmx.swap({ text: page.body.innerHTML, target: document.body, swap: "innerMorph", sourceElement: document.body });
  for (const lines of all("cw-lines[hx-morph-skip]")) lines.removeAttribute("hx-morph-skip");
  putBack(changed);
  if (wasDirty) setDirty(true);
  scrollTo(x, y);
}

/** Rows of a grid that exist only here are not morphed away: the grid stays as it is. */
function keepAddedRows() {
  for (const lines of all("cw-lines")) lines.setAttribute("hx-morph-skip", "");
}

const events = document.body.dataset.devEvents;
if (events) {
  const source = new EventSource(events);
  let seen = "";
  source.addEventListener("change", ({ data }) => {
    if (seen && seen !== data) reload();
    seen = data;
  });
  addEventListener("beforeunload", () => source.close());
}

focusFirst(find("main") ?? document.body);
