// Moves the pointer over a chart for some seconds, one step a frame, and is done with the frames a second. The chart draws
// itself anew after each step.
const [selector, done] = arguments;
const canvas = document.querySelector(selector);
const box = canvas.getBoundingClientRect();
const SECONDS = 4;
const began = performance.now();
let frames = 0;
const step = () => {
  const passed = (performance.now() - began) / 1000;
  if (passed >= SECONDS) {
    done(frames / passed);
    return;
  }
  frames += 1;
  const place = {
    clientX: box.left + box.width * (0.2 + 0.6 * Math.abs(Math.sin(passed))),
    clientY: box.top + box.height * (0.3 + 0.3 * Math.abs(Math.cos(passed))),
  };
  const about = { bubbles: true, cancelable: true, pointerId: 1, pointerType: "mouse", ...place };
  canvas.dispatchEvent(new PointerEvent("pointermove", about));
  canvas.dispatchEvent(new MouseEvent("mousemove", about));
  requestAnimationFrame(step);
};
requestAnimationFrame(step);
