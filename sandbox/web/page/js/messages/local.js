// Commands on their way, and those that failed: this tab alone knows them, as in Discord's own client.

import { textButton } from "../lib/controls.js";
import { h } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { avatar } from "../places/avatar.js";
import { dots } from "./message.js";

/** Draw `{key, channelId, name, error}`; without an error it is still on its way. */
export function localItem(each, app) {
  const { store } = app;
  const bot = { username: "reelcast", global_name: "Reelcast", bot: true };
  const dismiss = () => {
    store.local = store.local.filter((other) => other !== each);
    store.changed();
  };
  return h(
    "li",
    { key: each.key, class: each.error ? "message local failed" : "message local" },
    h(
      "article",
      {},
      h(
        "div",
        { class: "above" },
        avatar(store.me, "tiny"),
        h("strong", {}, store.nameOf(store.me)),
        " used ",
        h("span", { class: "command-name" }, each.name),
      ),
      h("span", { class: "avatar-button" }, avatar(bot)),
      h(
        "div",
        { class: "message-body" },
        h(
          "header",
          { class: "message-head" },
          h("span", { class: "author" }, "Reelcast"),
          h("span", { class: "tag" }, "APP"),
        ),
        each.error
          ? h("div", { class: "failure", role: "alert" }, each.error)
          : h("div", { class: "thinking" }, dots(), "Sending command…"),
        each.error
          ? h(
              "div",
              { class: "only-you" },
              icon("eye"),
              "Only you can see this • ",
              textButton("Dismiss message", dismiss),
            )
          : null,
      ),
    ),
  );
}
