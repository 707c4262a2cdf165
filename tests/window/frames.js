// Is done after so many frames. A page at rest draws none by itself, and is woken.
const [frames, done] = arguments;
window.dispatchEvent(new Event("tiller-wake"));
const next = (left) => (left === 0 ? done() : requestAnimationFrame(() => next(left - 1)));
next(frames);
