// Lets the page rest. egui asks for the next frame at the end of every frame, for each chart, so that a page with charts would
// never be at rest. While nothing happens in the page, requested frames come once a second instead of sixty times.

// The time for which the page is awake after something happened, and the pause between frames at rest, in milliseconds. egui
// shows a tooltip half a second after the last movement.
const AWAKE = 1500;
const PAUSE = 1000;

const request = window.requestAnimationFrame.bind(window);
const cancel = window.cancelAnimationFrame.bind(window);

// Of every frame that was requested and has not come: the browser's id, or null while it waits.
const requested = new Map();
const waiting = new Map();
let lastId = 0;
let restsFrom = performance.now() + AWAKE;
let timer = null;

function ask(id, callback) {
  requested.set(id, request((time) => {
    requested.delete(id);
    callback(time);
  }));
}

function release() {
  clearTimeout(timer);
  timer = null;
  const all = [...waiting];
  waiting.clear();
  all.forEach(([id, callback]) => ask(id, callback));
}

window.requestAnimationFrame = (callback) => {
  lastId += 1;
  if (performance.now() < restsFrom) {
    ask(lastId, callback);
  } else {
    requested.set(lastId, null);
    waiting.set(lastId, callback);
    timer ??= setTimeout(release, PAUSE);
  }
  return lastId;
};

window.cancelAnimationFrame = (id) => {
  waiting.delete(id);
  const own = requested.get(id);
  requested.delete(id);
  if (own != null) {
    cancel(own);
  }
};

// `tiller-wake` comes from the program: an answer or an event of the application, or a chart that has changed.
const EVENTS = ["pointerdown", "pointermove", "pointerup", "mousedown", "mousemove", "mouseup", "wheel", "keydown", "keyup", "input",
  "focusin", "scroll", "resize", "dragover", "drop", "visibilitychange", "tiller-wake"];

function wake() {
  restsFrom = performance.now() + AWAKE;
  if (waiting.size > 0) {
    release();
  }
}

EVENTS.forEach((name) => window.addEventListener(name, wake, { capture: true, passive: true }));
