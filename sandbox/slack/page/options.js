// Where the options of a select come from, and how a choice is kept in Slack's state.

import { channelLabel, channels, personName, users } from "./directory.js";
import { plainText } from "./mrkdwn.js";
import { valueKey } from "./surface.js";

const PAUSE = 200;
const NOT_LOADED = "Those options could not be loaded. Try again.";
const plain = (text) => ({ type: "plain_text", text, emoji: false });
const person = (id) => ({ text: plain(personName(id)), value: id });
const place = (channel) => ({ text: plain(channelLabel(channel)), value: channel.id });
const kind = (element) => element.type.replace("multi_", "");

function ownGroups(element) {
  if (kind(element) === "users_select") return [{ options: users().map((user) => person(user.id)) }];
  if (kind(element) === "channels_select") return [{ options: channels().filter((c) => c.type === "public").map(place) }];
  if (kind(element) === "conversations_select") return [{ options: channels().filter((c) => c.is_member).map(place) }];
  return element.option_groups ?? [{ options: element.options ?? [] }];
}

function narrowed(groups, query) {
  const wanted = query.trim().toLocaleLowerCase();
  const fits = (option) => plainText(option.text).toLocaleLowerCase().includes(wanted);
  return groups.map((group) => ({ ...group, options: group.options.filter(fits) })).filter((group) => group.options.length);
}

/**
 * A function that finds the choices for a query and hands each answer ({groups, note}) to `show`. External ones ask
 * the app with `ask(query)`, from the element's `min_query_length` on and after a pause in the typing.
 */
export function choicesOf(element, ask) {
  if (kind(element) !== "external_select") {
    return async (query, show) => show({ groups: narrowed(ownGroups(element), query) });
  }
  const shortest = element.min_query_length ?? 3;
  let pause = 0;
  return async (query, show) => {
    clearTimeout(pause);
    const text = query.trim();
    if ([...text].length < shortest) {
      show({ note: shortest === 1 ? "Type to search" : `Type at least ${shortest} characters to search` });
      return;
    }
    show({ note: "Loading…" });
    await new Promise((resolve) => { pause = setTimeout(resolve, text ? PAUSE : 0); });
    try {
      const answer = await ask(text);
      if (answer.failed) show({ note: NOT_LOADED });
      else show({ groups: answer.option_groups ?? [{ options: answer.options ?? [] }] });
    } catch {
      show({ note: NOT_LOADED });
    }
  };
}

/** The chosen options of a state value, as option objects. */
export function pickedOptions(element, state) {
  const held = state[valueKey(element.type)];
  const all = (Array.isArray(held) ? held : [held]).filter(Boolean);
  if (typeof all[0] !== "string") return all;
  if (kind(element) === "users_select") return all.map(person);
  return all.map((id) => place(channels().find((channel) => channel.id === id) ?? { id, name: "channel" }));
}

/** The new state content after `option` was picked; picking again in a list of several takes it out. */
export function keepOption(element, picked, option) {
  const idsAlone = !kind(element).match(/^(static|external)_select$/);
  const content = (choice) => (idsAlone ? choice.value : choice);
  if (!element.type.startsWith("multi_")) return option ? content(option) : null;
  const without = picked.filter((other) => other.value !== option.value);
  const added = without.length < picked.length ? without : [...picked, option];
  return added.slice(0, element.max_selected_items ?? added.length).map(content);
}
