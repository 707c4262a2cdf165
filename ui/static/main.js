// Loads the window's WebAssembly; says so in words where that fails.
import "./rest.js";
import init from "./ui.js";

function say(text) {
  const note = document.getElementById("starting") ?? document.body.appendChild(document.createElement("p"));
  note.id = "starting";
  note.textContent = text;
}

// The first panic is the cause. The program cannot unwind, so later ones only meet what the first one left borrowed.
window.addEventListener("tiller-panic", (event) => {
  document.body.replaceChildren();
  say(`The window met an error it cannot go on from: ${event.detail}. Your work is stored; close the window and open it again.`);
}, { once: true });

// The charts draw with the page's font, and need its bytes before the first of them is drawn.
async function font() {
  const answer = await fetch("fonts/Inter.ttf");
  window.tillerFont = new Uint8Array(await answer.arrayBuffer());
}

font()
  .then(() => init({ module_or_path: "ui_bg.wasm" }))
  .then(() => document.getElementById("starting")?.remove())
  .catch((error) => say(`The window's program could not be loaded (${error}). Install Tiller again, or build it again.`));
