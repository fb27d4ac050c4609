// The interactive elements of Block Kit, but for lists (select.js), typed text (text_input.js) and files.

import { el, freshId, icon } from "./dom.js";
import { fileInput } from "./file_input.js";
import { openMenu } from "./menu.js";
import { plainText, textObject } from "./mrkdwn.js";
import { select } from "./select.js";
import { focusKey } from "./surface.js";
import { textInput } from "./text_input.js";

const CONTROLS = {
  button, workflow_button: button, overflow, checkboxes: choices, radio_buttons: choices,
  datepicker: pickMoment("date", "Date"), timepicker: pickMoment("time", "Time"),
  datetimepicker: pickMoment("datetime-local", "Date and time"),
  plain_text_input: textInput, number_input: textInput, email_text_input: textInput, url_text_input: textInput,
  file_input: fileInput,
  static_select: select, external_select: select, users_select: select, conversations_select: select,
  channels_select: select, multi_static_select: select, multi_external_select: select, multi_users_select: select,
  multi_conversations_select: select, multi_channels_select: select,
};

export const isControl = (element) => Object.hasOwn(CONTROLS, element.type);

/**
 * The node of an interactive element. `context` names it: `name` in words, and inside an input block also
 * `labelId`, `fieldId`, `describedBy` and `required`.
 */
export function control(block, element, surface, context) {
  if (!isControl(element)) return el("span", { class: "muted" }, `[${element.type}]`);
  const node = CONTROLS[element.type](block, element, surface, context);
  node.dataset.actionId = element.action_id;
  node.dataset.elementType = element.type;
  return node;
}

function button(block, element, surface) {
  const press = () => surface.press(block, element, { value: element.value }, node);
  const shared = {
    class: `button ${element.style ?? ""}`, "aria-label": element.accessibility_label,
    data: { testid: "button", focusKey: focusKey(block, element), value: element.value },
    on: { click: press },
  };
  const text = plainText(element.text);
  const node = element.url && /^https?:/i.test(element.url)
    ? el("a", { ...shared, href: element.url, target: "_blank", rel: "noopener noreferrer" }, text)
    : el("button", { ...shared, type: "button" }, text);
  return node;
}

function overflow(block, element, surface) {
  const choose = (option) => surface.press(block, element, { selected_option: option }, node);
  const node = el("button", {
    class: "icon-button overflow", type: "button", "aria-label": element.accessibility_label ?? "More actions",
    "aria-haspopup": "menu", data: { testid: "overflow", focusKey: focusKey(block, element) },
    on: {
      click: () => openMenu(node, element.options.map((option) => ({
        label: plainText(option.text), note: plainText(option.description), value: option.value, href: option.url,
        run: () => choose(option),
      }))),
    },
  }, icon("more"));
  return node;
}

function choices(block, element, surface, { name, labelId, describedBy, required }) {
  const single = element.type === "radio_buttons";
  const group = freshId("choice");
  const state = surface.value(block, element);
  const chosen = new Set((single ? [state.selected_option] : state.selected_options).filter(Boolean).map((o) => o.value));
  const selected = () => element.options.filter((option, index) => inputs[index].checked);
  const changed = async () => {
    const content = single ? (selected()[0] ?? null) : selected();
    const kept = await surface.choose(block, element, content);
    if (!kept) inputs.forEach((box, index) => { box.checked = chosen.has(element.options[index].value); });
  };
  const inputs = element.options.map((option) => el("input", {
    type: single ? "radio" : "checkbox", name: group, value: option.value, checked: chosen.has(option.value),
    data: { focusKey: focusKey(block, element, option.value) }, on: { change: changed },
  }));
  return el(
    "div",
    {
      class: "choices", role: single ? "radiogroup" : "group", "aria-labelledby": labelId,
      "aria-label": labelId ? null : name || "Choices", "aria-describedby": describedBy || null,
      "aria-required": single && required ? "true" : null,
    },
    element.options.map((option, index) => el("label", { class: "choice", data: { value: option.value } },
      inputs[index],
      el("span", {}, textObject(option.text),
        option.description && el("span", { class: "choice-note" }, textObject(option.description))))),
  );
}

function pickMoment(type, fallbackName) {
  return (block, element, surface, { name, labelId, fieldId, describedBy, required }) => {
    const state = surface.value(block, element);
    const content = state.selected_date ?? state.selected_time ?? fromSeconds(state.selected_date_time);
    const field = el("input", {
      type, id: fieldId, value: content ?? "", class: "text-field moment",
      "aria-label": labelId ? null : plainText(element.placeholder) || name || fallbackName,
      "aria-describedby": describedBy || null, "aria-required": required ? "true" : null,
      data: { focusKey: focusKey(block, element) },
      on: {
        change: () => surface.choose(block, element,
          type === "datetime-local" ? toSeconds(field.value) : field.value || null),
      },
    });
    return el("div", { class: "moment-picker" }, field);
  };
}

const toSeconds = (text) => (text ? Math.floor(new Date(text).getTime() / 1000) : null);

function fromSeconds(seconds) {
  if (!seconds) return null;
  const day = new Date(seconds * 1000);
  return new Date(day.getTime() - day.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
