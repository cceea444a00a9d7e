// Images for a visitor who has none at hand, and the shortest way from them to a video.

import { h } from "../lib/dom.js";
import { openList } from "../popups/list.js";
import { toast } from "../popups/toast.js";
import { commandsFor, SLASH } from "./commands.js";

const COMMAND = "video";
const PROMPT = "The keeper of @Image1 lifts his lamp and walks along the quay of @Image2 at dusk";
const IMAGES = { image1: "keeper.png", image2: "harbour.jpg" };

/** Let the visitor choose up to `most` samples; `take` is handed the files. */
export async function openSamples(opener, most, take) {
  const samples = await (await fetch("/samples")).json();
  openList(opener, {
    label: "Sample images",
    items: samples.map(({ name, url }) => ({
      value: name,
      label: name,
      mark: () => h("img", { class: "sample", src: url, alt: "" }),
    })),
    least: 1,
    most: 1,
    choose: async (names) => take(await Promise.all(names.slice(0, most).map(sampleFile))),
  });
}

/** Fill in the command for a video with samples, for the visitor to look at and send. */
export async function trySamples(app) {
  const command = (await commandsFor(app, SLASH)).find((each) => each.name === COMMAND);
  if (!command || command.reason) {
    toast(command?.reason ?? "The bot hasn't registered its commands yet. Try again in a moment.");
    return;
  }
  const files = await Promise.all(Object.values(IMAGES).map(sampleFile));
  const images = Object.keys(IMAGES).map((name, number) => [name, files[number]]);
  app.composer.startCommand(command, { prompt: PROMPT, ...Object.fromEntries(images) });
}

async function sampleFile(name) {
  const blob = await (await fetch(`/samples/${name}`)).blob();
  return new File([blob], name, { type: blob.type });
}
