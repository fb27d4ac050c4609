// Block Kit: each block type made of nodes, and the keeping of nodes whose block did not change.

import { arrange, el, focusIn, freshId, icon, refocus } from "./dom.js";
import { control, isControl } from "./elements.js";
import { plainText, textObject } from "./mrkdwn.js";
import { markdown, richText, table } from "./rich_text.js";

/**
 * Show `blocks` in `container`. The node of an unchanged block stays as it is, with its open lists and its caret;
 * a changed one is made anew with what was typed, and the focus returns to the same control.
 * Answers false when the control that had the focus is gone.
 */
export function showBlocks(container, blocks, surface) {
  const memory = focusIn(container);
  const before = new Map([...container.children].map((node) => [node.dataset.blockId, node]));
  const nodes = blocks.map((block, index) => {
    const id = block.block_id ?? `_${index}`;
    const fingerprint = JSON.stringify(block);
    const old = before.get(id);
    before.delete(id);
    return old?.fingerprint === fingerprint ? old : blockNode({ ...block, block_id: id }, surface, fingerprint);
  });
  arrange(container, nodes);
  return refocus(container, memory);
}

function blockNode(block, surface, fingerprint) {
  const make = BLOCKS[block.type] ?? unknown;
  const node = el("div", {
    class: `block block-${block.type}`, data: { testid: "block", blockId: block.block_id, blockType: block.type },
  }, make(block, surface));
  node.fingerprint = fingerprint;
  return node;
}

const unknown = (block) => el("p", { class: "muted" }, `This page does not show blocks of type “${block.type}”.`);

const BLOCKS = {
  header: (block, surface) => el(surface.kind === "home" ? "h2" : "h3", {}, plainText(block.text)),
  divider: () => el("hr"),
  section,
  context: (block) => block.elements.map((part) =>
    (part.type === "image" ? picture(part, "context-image") : el("span", { class: "context-text" }, textObject(part)))),
  actions: (block, surface) => block.elements.map((element) => control(block, element, surface, { name: "" })),
  input,
  image: (block) => el("figure", {},
    block.title && el("figcaption", {}, textObject(block.title)), picture(block, "block-picture")),
  rich_text: (block) => richText(block.elements),
  table,
  markdown: (block) => markdown(block.text),
  alert: (block) => el("div", { class: `alert alert-${block.level ?? "default"}`, role: "note" },
    el("span", { class: "alert-mark", "aria-hidden": "true" }, ALERT_MARKS[block.level] ?? "●"),
    el("div", {}, textObject(block.text))),
  file: (block) => el("div", { class: "file-card" }, icon("file"), el("span", {}, block.external_id ?? "File")),
};

const ALERT_MARKS = { info: "ℹ", warning: "▲", error: "✕", success: "✓" };

function picture(image, style) {
  const address = image.image_url ?? image.slack_file?.url ?? "";
  // Pictures of other hosts are not loaded: the sandbox stays on this machine.
  const near = address.startsWith(`${location.origin}/`) || address.startsWith("data:image/");
  if (near) return el("img", { class: style, src: address, alt: image.alt_text });
  return el("span", { class: `${style} picture-away`, role: "img", "aria-label": image.alt_text }, image.alt_text);
}

function section(block, surface) {
  const named = freshId("section");
  const words = el("div", { class: "section-words", id: named },
    block.text && el("div", { class: "section-text" }, textObject(block.text)),
    block.fields && el("div", { class: "fields" },
      block.fields.map((field) => el("div", { class: "field" }, textObject(field)))));
  if (!block.accessory) return words;
  const accessory = isControl(block.accessory)
    ? control(block, block.accessory, surface, { name: block.text ? plainText(block.text) : "" })
    : picture(block.accessory, "section-picture");
  return [words, el("div", { class: "accessory" }, accessory)];
}

function input(block, surface) {
  const ids = { label: freshId("label"), field: freshId("field"), hint: freshId("hint"), error: freshId("error") };
  const grouped = ["checkboxes", "radio_buttons", "file_input"].includes(block.element.type);
  const words = [
    el("span", { id: ids.label }, plainText(block.label)),
    block.optional ? el("span", { class: "optional" }, " (optional)") : null,
  ];
  const described = [block.hint && ids.hint, ids.error].filter(Boolean).join(" ");
  return [
    grouped ? el("div", { class: "label" }, words) : el("label", { class: "label", for: ids.field }, words),
    control(block, block.element, surface, {
      name: plainText(block.label), labelId: ids.label, fieldId: ids.field, describedBy: described,
      required: !block.optional,
    }),
    el("p", { class: "field-error", id: ids.error, data: { testid: "field-error" } }),
    block.hint && el("p", { class: "hint", id: ids.hint }, plainText(block.hint)),
  ];
}

/** Take the error away from the input that `field` belongs to: its person is mending it. */
export function clearError(field) {
  const node = field.closest(".has-error");
  if (node) setError(node, "");
}

function setError(node, text) {
  node.querySelector(".field-error").textContent = text;
  node.classList.toggle("has-error", Boolean(text));
  // A radio button or a checkbox cannot be invalid; the description of its group says what is wrong.
  for (const field of node.querySelectorAll("[data-focus-key]:not([type=radio], [type=checkbox])")) {
    if (text) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
  }
}

/** Put errors under their inputs (`{block_id: text}`, all others cleared); focus the first. */
export function showErrors(container, errors) {
  let first = null;
  for (const node of container.querySelectorAll(".block-input")) {
    const text = errors[node.dataset.blockId] ?? "";
    setError(node, text);
    if (text) first ??= node;
  }
  const field = first?.querySelector("[data-focus-key]");
  field?.focus();
  first?.scrollIntoView({ block: "nearest" });
  return Boolean(first);
}
