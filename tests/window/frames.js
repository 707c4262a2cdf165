// Is done after so many frames. A page at rest draws none by itself.
const [frames, done] = arguments;
const next = (left) => (left === 0 ? done() : requestAnimationFrame(() => next(left - 1)));
next(frames);
