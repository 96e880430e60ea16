// Shows the texts of the element "data" before and after switching. `page_data` in page_data.py describes the format.
"use strict";

const PAGE_SIZE = 50;
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const data = JSON.parse(document.getElementById("data").textContent);
const byId = (id) => document.getElementById(id);
const names = new Intl.DisplayNames(["en"], { type: "language", fallback: "code" });
const state = { step: data.step, show: "all", languages: new Set(), page: 0 };
const choices = data.choices.map(readChoice);
const texts = data.texts.map(readText);
let shown = []; // the texts that pass the filters
let active = null; // the part whose card is open

/** Decode base64 VLQ; `encode_numbers` in compact.py describes the code. */
function decodeNumbers(code) {
  const numbers = [];
  let number = 0;
  let shift = 0;
  for (const letter of code) {
    const digit = LETTERS.indexOf(letter);
    number |= (digit & 31) << shift;
    shift += 5;
    if (digit < 32) {
      numbers.push(number);
      number = shift = 0;
    }
  }
  return numbers;
}

/** Return a text with its spans, sorted by offset; spans with the same offset exclude each other. */
function readText([row, column, text, code]) {
  const spans = [];
  const numbers = decodeNumbers(code);
  let start = 0;
  for (let at = 0; at < numbers.length; at += 4) {
    start += numbers[at];
    spans.push({ start, end: start + numbers[at + 1], choice: choices[numbers[at + 2]], steps: data.sets[numbers[at + 3]] });
  }
  return { row, column, text, spans };
}

/** Return the term of a span, and why it stays, or what replaces it. */
function readChoice(choice) {
  if (!Array.isArray(choice)) return { reason: choice };
  const term = data.terms[choice[0]];
  if (choice.length === 2) return { term, reason: choice[1] };
  const [, language, replacement] = choice;
  const listed = term[1].find(([own]) => own === language)[1];
  return { term, language, replacement: typeof replacement === "number" ? listed[replacement] : replacement };
}

const isOn = (span) => (span.steps >> state.step) & 1;

/** Return the spans of a text at the current step, and the strings between them. */
function partsOf(text) {
  const characters = Array.from(text.text); // offsets count characters, not UTF-16 code units
  const cut = (from, to) => characters.slice(from, to).join("");
  const parts = [];
  let done = 0;
  for (const span of currentSpans(text)) {
    if (span.start > done) parts.push({ before: cut(done, span.start) });
    parts.push({ before: cut(span.start, span.end), span });
    done = span.end;
  }
  if (done < characters.length) parts.push({ before: cut(done) });
  return parts;
}

/** Return one span per offset: the one that is switched at the current step, if there is one. */
function currentSpans(text) {
  const spans = [];
  for (const span of text.spans) {
    if (spans.at(-1)?.start !== span.start) spans.push(span);
    else if (isOn(span)) spans[spans.length - 1] = span;
  }
  return spans;
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
    if (!part.span) {
      before.append(part.before);
      after.append(part.before);
      continue;
    }
    const on = isOn(part.span);
    const old = element("span", { className: on ? "part replaced" : "part" }, part.before);
    const now = on ? mark(part.span.choice) : element("span", { className: "part" }, part.before);
    now.tabIndex = first ? 0 : -1; // one stop of Tab per text; arrow keys go from part to part
    first = false;
    for (const node of [old, now]) Object.assign(node, { shows: part, twin: node === old ? now : old });
    before.append(old);
    after.append(...(on ? withBlanks(now, part.span.choice.replacement) : [now]));
  }
  const column = text.column ? [element("br"), element("bdi", {}, text.column)] : [];
  const place = element("div", { className: "place" }, String(text.row), ...column);
  return element("article", { className: "text", ariaLabel: `Row ${text.row} ${text.column}`.trim() }, place, before, after);
}

/** Return the mark of a switch. */
function mark({ language, replacement }) {
  const code = data.languages[language];
  const node = element("bdi", { className: "part switched", lang: code }, replacement.trim());
  node.dataset.language = code;
  node.style.setProperty("--hue", hue(language));
  return node;
}

/** Return a mark with the blanks beside it that were inserted with the translation. */
function withBlanks(node, replacement) {
  return [/^\s*/.exec(replacement)[0], node, /\s*$/.exec(replacement)[0]];
}

/** Return the hue of a language: steps of the golden angle keep neighbors apart. */
const hue = (language) => (255 + language * 137.5) % 360;

function passes(text) {
  const languages = new Set(text.spans.filter(isOn).map((span) => span.choice.language));
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
  const units = texts.reduce((sum, text) => sum + currentSpans(text).filter((span) => span.choice.term).length, 0);
  const on = texts.reduce((sum, text) => sum + text.spans.filter(isOn).length, 0);
  const changed = texts.filter((text) => text.spans.some(isOn)).length;
  const share = units ? ` (${((100 * on) / units).toFixed(1)} %)` : "";
  return `${count(on)} of ${count(units)} units switched${share}, in ${count(changed)} of ${count(texts.length)} texts`;
}

function countLanguages() {
  const counts = data.languages.map(() => 0);
  for (const text of texts) for (const span of text.spans) if (isOn(span)) counts[span.choice.language] += 1;
  for (const [language, button] of [...byId("languages").children].entries())
    button.textContent = `${nameOf(language)} ${counts[language].toLocaleString("en")}`;
}

function nameOf(language) {
  const code = data.languages[language];
  const name = names.of(code);
  return name === code ? code : `${name} (${code})`;
}

function languageButton(code, language) {
  const button = element("button", { type: "button", className: "language" });
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
  card.replaceChildren(...explain(node.shows));
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

function explain({ before, span }) {
  const on = isOn(span);
  const { term, language, replacement } = span.choice;
  const title = [element("bdi", { className: "term", lang: data.source }, term ? term[0] : before)];
  if (on) title.push(" → ", element("bdi", { className: "term", lang: data.languages[language] }, replacement.trim()));
  const lines = [element("div", {}, ...title), element("div", {}, why(span, on))];
  return term ? [...lines, ...candidates(term, on ? span.choice : null)] : lines;
}

function why({ choice, steps }, on) {
  if (on) return `Switched into ${nameOf(choice.language)}.`;
  if (!steps) return `Stayed: ${data.reasons[choice.reason]}.`;
  const p = data.steps.find((label, step) => (steps >> step) & 1);
  return `Stayed: not drawn (switched for p = ${p}).`;
}

function candidates([, groups, hidden], chosen) {
  const list = element("ul", { ariaLabel: "Candidates and weights" }, ...groups.map((group) => candidatesOf(group, chosen)));
  list.classList.toggle("wide", groups.length > 8);
  return hidden ? [list, element("div", { className: "more" }, `and ${hidden} more languages`)] : [list];
}

function candidatesOf([language, translations, weights = [1], more = 0], chosen) {
  const code = data.languages[language];
  const isChosen = (translation) => chosen?.language === language && isSame(translation, chosen.replacement);
  const lines = translations.map((translation, at) =>
    element(
      "div",
      { className: isChosen(translation) ? "chosen" : "" },
      element("bdi", { lang: code }, translation),
      element("span", { className: "weight" }, ` ${weights[at]}`),
    ),
  );
  if (more) lines.push(element("div", { className: "more" }, `and ${more} more`));
  return element("li", {}, element("span", { className: "code" }, code), element("div", {}, ...lines));
}

/** Return whether a candidate is a replacement, which may have another case and blanks beside it. */
const isSame = (translation, replacement) => translation.toLowerCase() === replacement.trim().toLowerCase();

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
  byId("theme").textContent = dark ? "Light theme" : "Dark theme";
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
  byId("report").firstElementChild.append(` (p = ${data.steps[data.step]})`);
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
  byId("controls").hidden = byId("columns").hidden = byId("report").hidden = !texts.length;
  update();
}

start();
