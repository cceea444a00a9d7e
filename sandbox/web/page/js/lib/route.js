// Who this tab is and where, in the address: `#/mira/film-club/videos`. Tabs of different people need no more.

export const HOME = "@me";

export const slug = (name) => name.toLowerCase().replaceAll(/\s+/g, "-");

/** Return the address of a place; what is not given is left to the page to choose. */
export function hrefOf(person, guild, channel) {
  const parts = [person, guild, channel].filter(Boolean).map(encodeURIComponent);
  return `#/${parts.join("/")}`;
}

/** Return `{person, guild, channel}` as the address names them, in slugs. */
export function readRoute() {
  const [person, guild, channel] = location.hash.replace(/^#\/?/, "").split("/").map(decode);
  return { person, guild, channel };
}

function decode(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
