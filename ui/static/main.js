// Loads the window's WebAssembly; says so in words where that fails.
import "./rest.js";
import init from "./ui.js";

// What is said while the program, which holds all other texts, is not there. The same messages in each language, one a line.
const WORDS = {
  "en": {
    starting: "Tiller is starting.",
    panic: "The window met an error it cannot go on from: {why}. Your work is stored; close the window and open it again.",
    unloaded: "The window’s program could not be loaded ({why}). Install Tiller again, or build it again.",
  },
  "zh-CN": {
    starting: "Tiller 正在启动。",
    panic: "窗口遇到了无法继续的错误：{why}。你的工作已保存；请关闭窗口后重新打开。",
    unloaded: "无法加载窗口的程序（{why}）。请重新安装 Tiller，或重新构建。",
  },
};

// The window leaves the language that was spoken last; at the first start it is the first of the system's that Tiller speaks. The
// program may change it.
const root = document.documentElement;
const tags = [window.tillerLanguage ?? "", ...navigator.languages].map((tag) => tag.split("-")[0]);
root.lang = tags.find((tag) => tag === "en" || tag === "zh") === "zh" ? "zh-CN" : "en";

function say(message, why) {
  const note = document.getElementById("starting") ?? document.body.appendChild(document.createElement("p"));
  note.id = "starting";
  note.textContent = WORDS[root.lang][message].replace("{why}", () => why);
}

say("starting");

// The program cannot unwind, so whatever comes after the first stop only meets what it left half done: the first one is the cause.
let isOver = false;
function stop(why, trace) {
  if (isOver) return;
  isOver = true;
  document.body.replaceChildren();
  say("panic", why);
  document.getElementById("starting").dataset.trace = trace;
}

window.addEventListener("tiller-panic", (event) => stop(event.detail, new Error().stack));

// A trap is no panic, and says nothing itself: a stack that is full, memory that is refused.
function trap(error) {
  if (error instanceof WebAssembly.RuntimeError || error instanceof RangeError) stop(String(error), error.stack);
}
window.addEventListener("error", (event) => trap(event.error));
window.addEventListener("unhandledrejection", (event) => trap(event.reason));

// The charts draw with the page's font, and need its bytes before the first of them is drawn.
async function font() {
  const answer = await fetch("fonts/Inter.ttf");
  window.tillerFont = new Uint8Array(await answer.arrayBuffer());
}

font()
  .then(() => init({ module_or_path: "ui_bg.wasm" }))
  .then(() => document.getElementById("starting")?.remove())
  .catch((error) => say("unloaded", String(error)));
