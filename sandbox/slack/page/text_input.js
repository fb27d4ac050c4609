// Typed text: one line or several, numbers, e-mail and web addresses.

import { el, freshId } from "./dom.js";
import { plainText } from "./mrkdwn.js";
import { focusKey } from "./surface.js";

const KINDS = { number_input: "text", email_text_input: "email", url_text_input: "url", plain_text_input: "text" };
const PAUSE = 300;

/** Length as the app counts it: in characters, not in UTF-16 units. */
export const characters = (text) => [...text].length;

export function textInput(block, element, surface, { name, labelId, fieldId, describedBy, required }) {
  const counterId = freshId("counter");
  const on = element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  const dispatches = block.type !== "input" || block.dispatch_action;
  let pause = 0;

  const field = el(element.multiline ? "textarea" : "input", {
    class: "text-field", id: fieldId, type: element.multiline ? null : KINDS[element.type],
    rows: element.multiline ? 4 : null, inputmode: element.type === "number_input" ? "decimal" : null,
    placeholder: plainText(element.placeholder) || null, autocomplete: "off",
    autofocus: element.focus_on_load ? true : null,
    "aria-label": labelId ? null : name || plainText(element.placeholder) || "Text",
    "aria-describedby": [describedBy, element.max_length && counterId].filter(Boolean).join(" ") || null,
    "aria-required": required ? "true" : null,
    data: { focusKey: focusKey(block, element) },
    on: {
      input: () => {
        surface.type(block, element, field.value === "" ? null : field.value);
        count();
        if (dispatches && on.includes("on_character_entered")) {
          clearTimeout(pause);
          pause = setTimeout(() => surface.dispatchText(block, element), PAUSE);
        }
      },
      keydown: (event) => {
        if (event.key !== "Enter" || element.multiline || event.isComposing) return;
        if (!dispatches || !on.includes("on_enter_pressed")) return;
        // Enter tells the app of this field; it must not submit the form as well.
        event.preventDefault();
        surface.dispatchText(block, element);
      },
    },
  });
  field.value = surface.value(block, element).value ?? "";

  const counter = element.max_length ? el("span", { class: "counter", id: counterId }) : null;
  const count = () => {
    if (!counter) return;
    const left = element.max_length - characters(field.value);
    const near = left <= Math.max(50, element.max_length / 5);
    counter.textContent = left < 0 ? `${-left} too many` : near ? `${left} left` : "";
    counter.classList.toggle("over", left < 0);
    counter.setAttribute("aria-live", left <= 20 ? "polite" : "off");
  };
  count();
  return el("div", { class: "text-input" }, field, counter);
}

/** What Slack itself finds wrong with a typed value before it is sent, as a sentence; null when nothing. */
export function textFault(element, value) {
  const length = characters(value);
  if (element.min_length && length < element.min_length) return `Enter at least ${element.min_length} characters.`;
  if (element.max_length && length > element.max_length) return `Enter at most ${element.max_length} characters.`;
  if (element.type === "email_text_input" && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value)) return "Enter a valid email address.";
  if (element.type === "url_text_input" && !/^https?:\/\/[^\s]+$/i.test(value)) return "Enter a valid URL.";
  return element.type === "number_input" ? numberFault(element, value) : null;
}

function numberFault(element, value) {
  const pattern = element.is_decimal_allowed ? /^-?\d+(\.\d+)?$/ : /^-?\d+$/;
  if (!pattern.test(value)) return element.is_decimal_allowed ? "Enter a number." : "Enter a whole number.";
  const number = Number(value);
  if (element.min_value !== undefined && number < Number(element.min_value)) return `Enter ${element.min_value} or more.`;
  if (element.max_value !== undefined && number > Number(element.max_value)) return `Enter ${element.max_value} or less.`;
  return null;
}
