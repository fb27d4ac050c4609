// Slack's mrkdwn, made of nodes. Escaped characters become themselves only at the leaves, so they can form no markup.

import { el } from "./dom.js";
import { channel, channelLabel, personName } from "./directory.js";
import { formatDate, fullMoment } from "./dates.js";
import { emoji, withEmoji } from "./emoji.js";

const STYLES = { "*": "strong", _: "em", "~": "s" };
const ATOM = /`([^`\n]+)`|<([^<>\n]+)>|:([a-z0-9_+-]+):|(https?:\/\/[^\s<>|`]+[^\s<>|`.,;:!?)\]'"*_~])/g;
// Each atom (code, link, mention …) stands as one private-use character while styles are looked for.
const FIRST_MARK = 0xe000;
const MARKS = /[\ue000-\uf8ff]/g;

/** Undo Slack's three escapes. */
export function unescape(text) {
  return text.replace(/&(lt|gt|amp);/g, (_, name) => ({ lt: "<", gt: ">", amp: "&" })[name]);
}

/** Nodes for a mrkdwn text; `verbatim` leaves bare addresses unlinked. */
export function mrkdwn(text, { verbatim = false } = {}) {
  const parts = text.replace(MARKS, "\ufffd").split("```");
  if (parts.length % 2 === 0) parts.splice(-2, 2, parts.slice(-2).join("```"));
  return parts.flatMap((part, index) => {
    if (index % 2 === 1) return [el("pre", {}, unescape(part.replace(/^\n|\n$/g, "")))];
    const around = part.replace(index > 0 ? /^\n/ : /^(?!)/, "").replace(index < parts.length - 1 ? /\n$/ : /(?!)$/, "");
    return around ? quotes(around, verbatim) : [];
  });
}

function quotes(text, verbatim) {
  const nodes = [];
  let plain = [];
  let quoted = [];
  const flush = () => {
    if (plain.length) nodes.push(el("span", { class: "lines" }, inline(plain.join("\n"), verbatim)));
    if (quoted.length) nodes.push(el("blockquote", {}, inline(quoted.join("\n"), verbatim)));
    plain = [];
    quoted = [];
  };
  for (const line of text.split("\n")) {
    const quote = /^(?:>|&gt;) ?(.*)$/.exec(line);
    if (quote ? plain.length : quoted.length) flush();
    (quote ? quoted : plain).push(quote ? quote[1] : line);
  }
  flush();
  return nodes;
}

function inline(text, verbatim) {
  const atoms = [];
  const marked = text.replace(ATOM, (whole, code, markup, name, url) => {
    const atom = makeAtom({ code, markup, name, url: verbatim ? undefined : url });
    if (atom === null || atoms.length > 6000) return whole;
    atoms.push(atom);
    return String.fromCharCode(FIRST_MARK + atoms.length - 1);
  });
  return styled(marked, atoms);
}

function makeAtom({ code, markup, name, url }) {
  if (code !== undefined) return el("code", {}, unescape(code));
  if (markup !== undefined) return markupNode(markup);
  if (name !== undefined) return emoji(name) ?? null;
  return url === undefined ? null : link(unescape(url), unescape(url));
}

function styled(text, atoms) {
  const nodes = [];
  let from = 0;
  for (let at = 0; at < text.length; at += 1) {
    const end = STYLES[text[at]] ? closing(text, at) : -1;
    if (end < 0) continue;
    nodes.push(...leaves(text.slice(from, at), atoms));
    nodes.push(el(STYLES[text[at]], {}, styled(text.slice(at + 1, end), atoms)));
    at = end;
    from = end + 1;
  }
  return [...nodes, ...leaves(text.slice(from), atoms)];
}

const isWord = (character) => character !== undefined && /[\p{L}\p{N}]/u.test(character);
const isSpace = (character) => character === undefined || /\s/.test(character);

function closing(text, open) {
  const mark = text[open];
  if (isWord(text[open - 1]) || isSpace(text[open + 1]) || text[open + 1] === mark) return -1;
  for (let at = open + 2; at < text.length && text[at] !== "\n"; at += 1) {
    if (text[at] === mark && !isSpace(text[at - 1]) && !isWord(text[at + 1])) return at;
  }
  return -1;
}

function leaves(text, atoms) {
  return text.split(/([\ue000-\uf8ff])/).filter(Boolean).map((piece) => {
    const index = piece.length === 1 ? piece.charCodeAt(0) - FIRST_MARK : -1;
    return index >= 0 && index < atoms.length ? atoms[index] : unescape(piece);
  });
}

function markupNode(markup) {
  const [target, ...rest] = markup.split("|");
  const label = rest.length ? unescape(rest.join("|")) : "";
  if (target.startsWith("@")) return mention(`@${personName(target.slice(1))}`);
  if (target.startsWith("#")) return channelMention(target.slice(1), label);
  if (target.startsWith("!date^")) return dateNode(target.split("^"), label);
  if (target.startsWith("!subteam^")) return mention(label || "@group");
  if (target.startsWith("!")) return mention(`@${label || target.slice(1).split("^")[0]}`);
  return link(unescape(target), label || unescape(target).replace(/^mailto:/, ""));
}

function dateNode([, seconds, template, url], fallback) {
  const text = formatDate(seconds, template ?? "{date}") ?? fallback;
  const time = el("time", { title: fullMoment(seconds) }, text);
  return url ? link(unescape(url), time) : time;
}

/** A person, group or audience named in a text. */
export function mention(text) {
  return el("span", { class: "mention" }, text);
}

/** A channel named in a text; pressing it goes there. */
export function channelMention(id, label) {
  const place = channel(id);
  const text = place ? channelLabel(place) : `#${label || "private channel"}`;
  if (!place) return mention(text);
  return el("button", { class: "mention", type: "button", data: { openChannel: id } }, text);
}

/** A link, where its address is one that may be followed; else its text alone. */
export function link(address, content) {
  if (!/^(https?:|mailto:)/i.test(address)) return el("span", {}, content);
  return el("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, content);
}

/** Nodes for a Block Kit text object, plain or mrkdwn. */
export function textObject(text) {
  if (!text) return [];
  if (text.type === "mrkdwn") return mrkdwn(text.text, { verbatim: text.verbatim });
  return [el("span", { class: "lines" }, plainText(text))];
}

/** The string of a text object as people read it, for a name or an attribute. */
export function plainText(text) {
  if (!text) return "";
  if (text.type === "mrkdwn") return mrkdwn(text.text).map((node) => node.textContent ?? node).join("");
  return text.emoji === false ? text.text : withEmoji(text.text);
}
