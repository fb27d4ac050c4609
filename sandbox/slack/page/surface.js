// What a view or a message holds while a person works in it: the typed values, and the way to tell the app.

import * as api from "./api.js";
import { confirmed } from "./confirm.js";
import { whileBusy } from "./dom.js";
import { toast } from "./toast.js";

const FILLED_BY = {
  static_select: ["selected_option", "initial_option"],
  external_select: ["selected_option", "initial_option"],
  users_select: ["selected_user", "initial_user"],
  conversations_select: ["selected_conversation", "initial_conversation"],
  channels_select: ["selected_channel", "initial_channel"],
  multi_static_select: ["selected_options", "initial_options", []],
  multi_external_select: ["selected_options", "initial_options", []],
  multi_users_select: ["selected_users", "initial_users", []],
  multi_conversations_select: ["selected_conversations", "initial_conversations", []],
  multi_channels_select: ["selected_channels", "initial_channels", []],
  checkboxes: ["selected_options", "initial_options", []],
  radio_buttons: ["selected_option", "initial_option"],
  datepicker: ["selected_date", "initial_date"],
  timepicker: ["selected_time", "initial_time"],
  datetimepicker: ["selected_date_time", "initial_date_time"],
  plain_text_input: ["value", "initial_value"],
  number_input: ["value", "initial_value"],
  email_text_input: ["value", "initial_value"],
  url_text_input: ["value", "initial_value"],
  file_input: ["files", "initial_files", []],
};

/** The key of a state value that holds what was chosen, e.g. `selected_option`. */
export const valueKey = (type) => FILLED_BY[type][0];

/** The key under which the focus of a control is found again after its block was made anew. */
export const focusKey = (block, element, part = "") => `${block.block_id}/${element.action_id}/${part}`;

function initialValue(element) {
  const [key, initial, empty = null] = FILLED_BY[element.type];
  return { type: element.type, [key]: element[initial] ?? empty };
}

function* statefulElements(blocks) {
  for (const block of blocks) {
    const elements = block.type === "actions" ? block.elements : [block.element, block.accessory];
    for (const element of elements) {
      if (element && Object.hasOwn(FILLED_BY, element.type)) yield [block, element];
    }
  }
}

export class Surface {
  #typed = new Map();
  #served = {};
  #blocks = [];
  #where;
  #session;

  /** `where` addresses it ({view_id} or {channel, ts}); `session` has `user` and `refresh()`. */
  constructor(kind, where, session) {
    this.kind = kind;
    this.#where = where;
    this.#session = session;
    this.uploading = 0;
  }

  get user() { return this.#session.user; }

  /** Take a new version of the blocks. What was typed stays where block and action are still there. */
  load(blocks, served) {
    this.#blocks = blocks;
    this.#served = served ?? {};
    const present = new Map();
    for (const [block, element] of statefulElements(blocks)) present.set(key(block, element), element);
    for (const [name, typed] of this.#typed) {
      if (!present.has(name) || !stillOffered(present.get(name), typed)) this.#typed.delete(name);
    }
  }

  /** The present state value of an element, in Slack's own form. */
  value(block, element) {
    const typed = this.#typed.get(key(block, element));
    if (typed && typed.type === element.type) return typed;
    const served = this.#served[block.block_id]?.[element.action_id];
    return served && served.type === element.type ? served : initialValue(element);
  }

  /** Remember what the person typed or chose. */
  type(block, element, content) {
    this.#typed.set(key(block, element), { type: element.type, [valueKey(element.type)]: content });
  }

  /** Every value of the surface: `{block_id: {action_id: {type, …}}}`. */
  state() {
    const values = {};
    for (const [block, element] of statefulElements(this.#blocks)) {
      values[block.block_id] ??= {};
      values[block.block_id][element.action_id] = this.value(block, element);
    }
    return values;
  }

  /** A choice was made: keep it, and tell the app unless it waits for the submission. False if taken back. */
  async choose(block, element, content) {
    if (!(await confirmed(element.confirm))) return false;
    this.type(block, element, content);
    if (block.type !== "input" || block.dispatch_action) await this.#send(block, element, this.value(block, element));
    return true;
  }

  /** A button or a menu entry was pressed; `node` shows that the app is being told. */
  async press(block, element, chosen, node) {
    if (!(await confirmed(element.confirm))) return;
    await whileBusy(node, () => this.#send(block, element, { type: element.type, ...chosen }));
  }

  /** Tell the app about typed text, for inputs that dispatch. */
  async dispatchText(block, element) {
    await this.#send(block, element, this.value(block, element));
  }

  async #send(block, element, chosen) {
    try {
      await api.click({
        user: this.user, ...this.#where, block_id: block.block_id, action_id: element.action_id,
        element: chosen, state: this.state(),
      });
    } catch (error) {
      toast(error.message);
    }
    await this.#session.refresh();
  }

  /** What the app suggests for a query: `{options}` or `{option_groups}`. */
  options(block, element, query) {
    return api.options({
      user: this.user, ...this.#where, block_id: block.block_id, action_id: element.action_id,
      value: query, state: this.state(),
    });
  }
}

/** Whether every option chosen from a fixed list is still in the list; Slack lets go of what is not. */
function stillOffered(element, typed) {
  const groups = element.option_groups ?? (element.options ? [{ options: element.options }] : null);
  if (!groups) return true;
  const offered = new Set(groups.flatMap((group) => group.options.map((option) => option.value)));
  const chosen = typed.selected_options ?? [typed.selected_option].filter(Boolean);
  return chosen.every((option) => offered.has(option.value));
}

const key = (block, element) => `${block.block_id}\n${element.action_id}`;
