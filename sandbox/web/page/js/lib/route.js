// Who this tab is and where, in the address: `#/mira/film-club/videos`, and a message's id after
// that. Tabs of different people need no more.

export const HOME = "@me";

export const slug = (name) => name.toLowerCase().replaceAll(/\s+/g, "-");

/** Return the address of a place, or of a message there; what is not given is left to the page to choose. */
export function hrefOf(person, guild, channel, message) {
  const parts = [person, guild, channel || (message ? "-" : ""), message].filter(Boolean).map(encodeURIComponent);
  return `#/${parts.join("/")}`;
}

/** Return `{person, guild, channel, message}` as the address names them: slugs, and a message's id. */
export function readRoute() {
  const [person, guild, channel, message] = location.hash.replace(/^#\/?/, "").split("/").map(decode);
  return { person, guild, channel, message };
}

function decode(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
