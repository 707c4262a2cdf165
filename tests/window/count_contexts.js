// Counts the WebGL contexts that the page makes from now on, and those of them that still live: neither lost nor collected.
const made = [];
const original = HTMLCanvasElement.prototype.getContext;
const known = new WeakSet();
HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
  const context = original.call(this, kind, ...more);
  if (context && kind.startsWith("webgl") && !known.has(context)) {
    known.add(context);
    made.push(new WeakRef(context));
  }
  return context;
};
window.chartContexts = () => {
  const alive = made.filter((context) => context.deref()?.isContextLost() === false);
  return [made.length, alive.length];
};
