// Who and what can be named: the people, the channels and the app of the workspace.

const known = { team: null, app: null, users: new Map(), channels: new Map(), commands: [], shortcuts: [] };

/** Take the answer of `/page/workspace`. */
export function learnWorkspace(workspace) {
  known.team = workspace.team;
  known.app = workspace.app;
  known.users = new Map(workspace.users.map((user) => [user.id, user]));
  known.commands = workspace.commands ?? [];
  known.shortcuts = workspace.shortcuts ?? [];
  known.catalogueUrl = workspace.catalogue_url ?? null;
}

/** Take the channels of `/page/state`. */
export function learnChannels(channels) {
  known.channels = new Map(channels.map((channel) => [channel.id, channel]));
}

export const team = () => known.team;
export const app = () => known.app;
export const users = () => [...known.users.values()];
export const channels = () => [...known.channels.values()];
export const commands = () => known.commands;
export const shortcuts = (type) => known.shortcuts.filter((shortcut) => shortcut.type === type);
export const catalogueUrl = () => known.catalogueUrl;
export const channel = (id) => known.channels.get(id);
export const user = (id) => known.users.get(id);

/** The name people see for a user id; the app has one too. */
export function personName(id) {
  if (known.app && id === known.app.bot_user_id) return known.app.name;
  const person = known.users.get(id);
  return person ? person.real_name || person.name : "Someone";
}

/** The name of a conversation, with its mark where it has one. */
export function channelLabel(place) {
  if (place.type === "app") return known.app.name;
  if (place.type === "im") return known.users.has(place.user) ? personName(place.user) : place.name;
  return `#${place.name}`;
}

/** First letters of a name, for its avatar. */
export function initials(name) {
  const words = name.trim().split(/\s+/);
  return (words[0]?.[0] ?? "?") + (words.length > 1 ? words[words.length - 1][0] : "");
}

/** Background and text colours of an avatar: whichever of black and white reads better on it. */
export function avatarColours(hex) {
  const colour = /^[0-9a-f]{6}$/i.test(hex ?? "") ? hex : "4a154b";
  const [r, g, b] = [0, 2, 4]
    .map((at) => parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  const luminance = 0.2126 * r + 0.7152 * g + 0.0722 * b;
  return { background: `#${colour}`, color: luminance > 0.179 ? "#000" : "#fff" };
}
