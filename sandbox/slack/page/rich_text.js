// The rich_text block, the table block and the markdown block.

import { el } from "./dom.js";
import { personName } from "./directory.js";
import { formatDate, fullMoment } from "./dates.js";
import { emoji } from "./emoji.js";
import { channelMention, link, mention } from "./mrkdwn.js";

/** Nodes for the elements of a rich_text block. */
export function richText(elements) {
  return elements.map((part) => PARTS[part.type]?.(part)).filter(Boolean);
}

const PARTS = {
  rich_text_section: (part) => el("span", { class: "rich-section" }, part.elements.map(leaf)),
  rich_text_quote: (part) => el("blockquote", {}, part.elements.map(leaf)),
  rich_text_preformatted: (part) => el("pre", {}, part.elements.map(leaf)),
  rich_text_list: (part) => el(
    part.style === "ordered" ? "ol" : "ul",
    { class: `rich-list indent-${Math.min(part.indent ?? 0, 8)}`, start: part.offset ? part.offset + 1 : null },
    part.elements.map((item) => el("li", {}, PARTS[item.type]?.(item))),
  ),
};

const LEAVES = {
  text: (part) => part.text,
  link: (part) => link(part.url, part.text || part.url),
  user: (part) => mention(`@${personName(part.user_id)}`),
  usergroup: () => mention("@group"),
  channel: (part) => channelMention(part.channel_id, ""),
  broadcast: (part) => mention(`@${part.range}`),
  emoji: (part) => fromCodePoints(part.unicode) ?? emoji(part.name) ?? `:${part.name}:`,
  color: (part) => part.value,
  date: (part) => {
    const text = formatDate(part.timestamp, part.format) ?? part.fallback ?? "";
    const time = el("time", { title: fullMoment(part.timestamp) }, text);
    return part.url ? link(part.url, time) : time;
  },
};

function leaf(part) {
  let node = LEAVES[part.type]?.(part) ?? "";
  const style = part.style ?? {};
  for (const [name, tag] of [["code", "code"], ["bold", "strong"], ["italic", "em"], ["strike", "s"], ["underline", "u"]]) {
    if (style[name]) node = el(tag, {}, node);
  }
  return node;
}

function fromCodePoints(unicode) {
  if (!unicode || !/^[0-9a-f]{1,6}(-[0-9a-f]{1,6})*$/i.test(unicode)) return undefined;
  return String.fromCodePoint(...unicode.split("-").map((point) => parseInt(point, 16)));
}

/** A table block; its first row is the header, as Slack shows it. */
export function table(block) {
  const [head = [], ...rows] = block.rows;
  const align = (index) => `align-${block.column_settings?.[index]?.align ?? "left"}`;
  const cell = (tag, scope) => (content, index) => el(tag, { class: align(index), scope }, cellContent(content));
  return el(
    "div",
    { class: "table-scroll", tabindex: "0", role: "region", "aria-label": "Table" },
    el("table", { class: `columns-${Math.min(head.length, 5)}` },
      el("thead", {}, el("tr", {}, head.map(cell("th", "col")))),
      el("tbody", {}, rows.map((row) => el("tr", {}, row.map(cell("td", null)))))),
  );
}

function cellContent(content) {
  return content.type === "rich_text" ? richText(content.elements) : (content.text ?? "");
}

const INLINE = /\*\*(.+?)\*\*|__(.+?)__|(?<!\w)[*_](\S(?:.*?\S)?)[*_](?!\w)|~~(.+?)~~|`([^`]+)`|\[([^\]]+)\]\(([^)\s]+)\)/;

/** The markdown block: headings, lists, quotes, code and the inline styles. */
export function markdown(text) {
  const nodes = [];
  const parts = text.split(/^```.*$/m);
  parts.forEach((part, index) => {
    if (index % 2 === 1) nodes.push(el("pre", {}, part.replace(/^\n|\n$/g, "")));
    else for (const paragraph of part.split(/\n{2,}/)) nodes.push(...paragraphNodes(paragraph.trim()));
  });
  return nodes;
}

function paragraphNodes(paragraph) {
  if (!paragraph) return [];
  const groups = [];
  for (const line of paragraph.split("\n")) {
    const [, kind, content] = classify(line);
    const last = groups[groups.length - 1];
    if (last && last.kind === kind && kind !== "h") last.lines.push(content);
    else groups.push({ kind, lines: [content] });
  }
  return groups.map(({ kind, lines }) => {
    if (kind === "h") return el("p", { class: "markdown-heading" }, markdownInline(lines[0]));
    if (kind === "q") return el("blockquote", {}, markdownInline(lines.join("\n")));
    if (kind === "p") return el("p", { class: "lines" }, markdownInline(lines.join("\n")));
    return el(kind, { class: "rich-list" }, lines.map((line) => el("li", {}, markdownInline(line))));
  });
}

function classify(line) {
  for (const [pattern, kind] of [[/^#{1,6} +(.*)$/, "h"], [/^> ?(.*)$/, "q"], [/^\s*[-*+] +(.*)$/, "ul"], [/^\s*\d+[.)] +(.*)$/, "ol"]]) {
    const match = pattern.exec(line);
    if (match) return [line, kind, match[1]];
  }
  return [line, "p", line];
}

function markdownInline(text) {
  const match = INLINE.exec(text);
  if (!match) return [text];
  const [whole, bold, strong, italic, strike, code, label, url] = match;
  const inner = (tag, content) => el(tag, {}, markdownInline(content));
  const node = bold ?? strong ? inner("strong", bold ?? strong)
    : italic ? inner("em", italic)
      : strike ? inner("s", strike)
        : code ? el("code", {}, code)
          : link(url, label);
  const after = match.index + whole.length;
  return [text.slice(0, match.index), node, ...markdownInline(text.slice(after))];
}
