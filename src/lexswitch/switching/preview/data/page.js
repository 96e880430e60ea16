// Shows the texts of the element "data" before and after switching. `page_data` in page_data.py describes the format.
"use strict";

const PAGE_SIZE = 50;
const data = JSON.parse(document.getElementById("data").textContent);
const byId = (id) => document.getElementById(id);
const names = new Intl.DisplayNames(["en"], { type: "language", fallback: "code" });
const state = { step: data.step, show: "all", languages: new Set(), page: 0 };
const texts = data.texts.map(readText);
let shown = []; // the texts that pass the filters
let active = null; // the part whose card is open

/** Return a text with its units sorted by offset; units that share a span exclude each other. */
function readText([row, column, text, numbers]) {
  const units = [];
  let start = 0;
  for (let at = 0; at < numbers.length; at += 6) {
    const [gap, length, language, term, steps, replacement] = numbers.slice(at, at + 6);
    start += gap;
    units.push({ start, end: start + length, language, term, steps, replacement });
  }
  return { row, column, characters: Array.from(text), units };
}

const isOn = (unit) => (unit.steps >> state.step) & 1;

/** Return the parts of a text at the current step: units, words that stayed with their reason, and the rest. */
function partsOf(text) {
  const spans = [];
  for (const unit of text.units) {
    const last = spans.at(-1);
    if (last && last.start === unit.start) {
      if (isOn(unit)) spans[spans.length - 1] = unit;
    } else {
      spans.push(unit);
    }
  }
  const parts = [];
  let done = 0;
  for (const unit of spans) {
    if (unit.start > done) parts.push({ before: text.characters.slice(done, unit.start).join("") });
    parts.push({ before: text.characters.slice(unit.start, unit.end).join(""), unit });
    done = unit.end;
  }
  if (done < text.characters.length) parts.push({ before: text.characters.slice(done).join("") });
  return parts;
}

function element(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in node) node[name] = value;
    else node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

// -- texts ------------------------------------------------------------------------------------------------------------

function article(text) {
  const before = element("p", { className: "before", dir: "auto", lang: data.source });
  const after = element("p", { className: "after", dir: "auto", lang: data.source });
  let first = true;
  for (const part of partsOf(text)) {
    if (!part.unit) {
      before.append(part.before);
      after.append(part.before);
      continue;
    }
    const on = isOn(part.unit);
    const old = element("span", { className: on ? "part replaced" : "part" }, part.before);
    const now = on ? replaced(part.unit) : element("span", { className: "part" }, part.before);
    now.tabIndex = first ? 0 : -1; // one stop of Tab per text; arrow keys go from part to part
    first = false;
    for (const node of [old, now]) Object.assign(node, { part, twin: node === old ? now : old });
    before.append(old);
    after.append(...(on ? withBlanks(now, data.replacements[part.unit.replacement]) : [now]));
  }
  const column = text.column ? [element("br"), element("bdi", {}, text.column)] : [];
  const place = element("div", { className: "place" }, String(text.row), ...column);
  return element("article", { className: "text", ariaLabel: `Row ${text.row} ${text.column}`.trim() }, place, before, after);
}

/** Return the new text of a unit. */
function replaced(unit) {
  const code = data.languages[unit.language];
  const node = element("bdi", { className: "part switched", lang: code }, data.replacements[unit.replacement].trim());
  node.dataset.language = code;
  node.style.setProperty("--hue", hue(unit.language));
  return node;
}

/** Return a mark with the blanks beside it that were inserted with the translation. */
function withBlanks(mark, replacement) {
  return [/^\s*/.exec(replacement)[0], mark, /\s*$/.exec(replacement)[0]];
}

/** Return the hue of a language: steps of the golden angle keep neighbors apart. */
const hue = (language) => (255 + language * 137.5) % 360;

function passes(text) {
  const languages = new Set(text.units.filter(isOn).map((unit) => unit.language));
  if (state.show === "changed" && !languages.size) return false;
  if (state.show === "unchanged" && languages.size) return false;
  return !state.languages.size || [...state.languages].some((language) => languages.has(language));
}

// -- page -------------------------------------------------------------------------------------------------------------

function update() {
  shown = texts.filter(passes);
  state.page = Math.max(0, Math.min(state.page, Math.ceil(shown.length / PAGE_SIZE) - 1));
  const first = state.page * PAGE_SIZE;
  const some = shown.slice(first, first + PAGE_SIZE);
  hideCard();
  byId("texts").replaceChildren(...(some.length ? some.map(article) : [nothing()]));
  byId("summary").textContent = summary();
  byId("pages").hidden = shown.length <= PAGE_SIZE;
  byId("previous").disabled = state.page === 0;
  byId("next").disabled = first + PAGE_SIZE >= shown.length;
  byId("position").textContent = `Texts ${first + 1} to ${first + some.length} of ${shown.length.toLocaleString("en")}`;
  const label = data.steps[state.step];
  byId("p-value").textContent = label;
  byId("p").setAttribute("aria-valuetext", `p = ${label}`);
  countLanguages();
}

function nothing() {
  const reason = texts.length ? "No text matches these settings." : "There are no texts.";
  return element("p", { className: "nothing" }, reason);
}

function summary() {
  const count = (number) => number.toLocaleString("en");
  const units = texts.reduce((sum, text) => sum + new Set(text.units.map((unit) => unit.start)).size, 0);
  const on = texts.reduce((sum, text) => sum + text.units.filter(isOn).length, 0);
  const changed = texts.filter((text) => text.units.some(isOn)).length;
  const share = units ? ` (${((100 * on) / units).toFixed(1)} %)` : "";
  return `${count(on)} of ${count(units)} units switched${share}, in ${count(changed)} of ${count(texts.length)} texts`;
}

function countLanguages() {
  const counts = new Map();
  for (const text of texts)
    for (const unit of text.units) if (isOn(unit)) counts.set(unit.language, (counts.get(unit.language) || 0) + 1);
  for (const button of byId("languages").children) {
    const count = (counts.get(Number(button.value)) || 0).toLocaleString("en");
    button.textContent = `${nameOf(Number(button.value))} ${count}`;
  }
}

function nameOf(language) {
  const code = data.languages[language];
  const name = names.of(code);
  return name === code ? code : `${name} (${code})`;
}

function languageButton(code, language) {
  const button = element("button", { type: "button", className: "language", value: String(language) });
  button.style.setProperty("--hue", hue(language));
  button.setAttribute("aria-pressed", "false");
  button.addEventListener("click", () => {
    if (!state.languages.delete(language)) state.languages.add(language);
    button.setAttribute("aria-pressed", String(state.languages.has(language)));
    update();
  });
  return button;
}

// -- card -------------------------------------------------------------------------------------------------------------

/** Show why a part was switched or stayed. All texts are inserted as text, never as HTML. */
function showCard(node) {
  hideCard();
  active = node;
  const card = byId("card");
  card.replaceChildren(...explain(node.part));
  card.hidden = false;
  node.setAttribute("aria-describedby", "card");
  for (const one of [node, node.twin]) one.classList.add("active");
  const box = node.getBoundingClientRect();
  const left = Math.max(8, Math.min(box.left, document.documentElement.clientWidth - card.offsetWidth - 8));
  const below = box.bottom + 6;
  const fits = below + card.offsetHeight <= window.innerHeight || box.top < card.offsetHeight + 6;
  card.style.left = `${left + window.scrollX}px`;
  card.style.top = `${(fits ? below : box.top - card.offsetHeight - 6) + window.scrollY}px`;
}

function hideCard() {
  if (!active) return;
  for (const one of [active, active.twin]) one.classList.remove("active");
  active.removeAttribute("aria-describedby");
  active = null;
  byId("card").hidden = true;
}

function explain({ before, unit }) {
  const [term, groups] = data.terms[unit.term];
  const on = isOn(unit);
  const translation = data.replacements[unit.replacement].trim();
  const title = [element("bdi", { className: "term", lang: data.source }, term)];
  if (on) title.push(" → ", element("bdi", { className: "term", lang: data.languages[unit.language] }, translation));
  const why = on ? `Switched into ${nameOf(unit.language)}.` : "Stayed: not drawn at this p.";
  return [element("div", {}, ...title), element("div", {}, why), candidates(groups, on ? unit : null, translation)];
}

function candidates(groups, unit, translation) {
  const same = (one) => one.toLowerCase() === translation.toLowerCase();
  const rows = groups.flatMap(([language, more, ...pairs]) => {
    const own = [];
    for (let at = 0; at < pairs.length; at += 2) {
      const isChosen = unit && unit.language === language && same(pairs[at]);
      own.push(
        element(
          "tr",
          { className: isChosen ? "chosen" : "" },
          element("th", { scope: "row" }, at ? "" : data.languages[language]),
          element("td", {}, element("bdi", { lang: data.languages[language] }, pairs[at])),
          element("td", { className: "weight" }, pairs[at + 1].toFixed(2)),
        ),
      );
    }
    const rest = element("td", { className: "more", colSpan: 2 }, `and ${more} more`);
    return more ? [...own, element("tr", {}, element("td"), rest)] : own;
  });
  return element("table", { ariaLabel: "Candidates and weights" }, element("tbody", {}, ...rows));
}

// -- events -----------------------------------------------------------------------------------------------------------

const partAt = (target) => (target instanceof Element ? target.closest(".part") : null);

function onKey(event) {
  if (event.key === "Escape") return hideCard();
  const part = partAt(event.target);
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (!part || !step) return;
  event.preventDefault();
  const parts = [...part.parentElement.querySelectorAll(".part")];
  const next = parts[parts.indexOf(part) + step];
  if (!next) return;
  part.tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
}

function turn(pages) {
  state.page += pages;
  update();
  byId("summary").scrollIntoView();
}

function setTheme(dark) {
  document.documentElement.dataset.theme = dark ? "dark" : "light";
  byId("theme").setAttribute("aria-pressed", String(dark));
}

function start() {
  const prefersDark = matchMedia("(prefers-color-scheme: dark)");
  setTheme(prefersDark.matches);
  prefersDark.addEventListener("change", (event) => setTheme(event.matches));
  byId("theme").addEventListener("click", () => setTheme(document.documentElement.dataset.theme !== "dark"));

  const slider = byId("p");
  slider.max = String(data.steps.length - 1);
  slider.value = String(state.step);
  slider.addEventListener("input", () => {
    state.step = Number(slider.value);
    update();
  });
  byId("ticks").append(...data.steps.map((label) => element("span", {}, label)));
  byId("show").addEventListener("change", (event) => {
    state.show = event.target.value;
    state.page = 0;
    update();
  });
  byId("languages").append(...data.languages.map(languageButton));
  byId("previous").addEventListener("click", () => turn(-1));
  byId("next").addEventListener("click", () => turn(1));

  const list = byId("texts");
  list.addEventListener("mouseover", (event) => partAt(event.target) && showCard(partAt(event.target)));
  list.addEventListener("focusin", (event) => partAt(event.target) && showCard(partAt(event.target)));
  list.addEventListener("focusout", hideCard);
  list.addEventListener("mouseleave", (event) => byId("card").contains(event.relatedTarget) || hideCard());
  byId("card").addEventListener("mouseleave", hideCard);
  document.addEventListener("keydown", onKey);
  byId("controls").hidden = !texts.length;
  update();
}

start();
