// Switches between screens and measures each click until the other screen can be seen and a frame is drawn.
const done = arguments[arguments.length - 1];
const byId = (id) => document.querySelector(`[data-testid=${id}]`);
const isSeen = (id) => byId(id)?.offsetParent != null;
const shows = { data: "pair-list", train: "train-start", sweep: "sweep-start", chat: "chat-input" };
const frame = () => new Promise(requestAnimationFrame);
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

const measure = async () => {
  const clicks = [];
  for (let round = 0; round < 3; round += 1) {
    for (const screen of Object.keys(shows)) {
      const begun = performance.now();
      byId(`nav-${screen}`).click();
      while (!isSeen(shows[screen]) && performance.now() - begun < 5000) await pause(1);
      await frame();
      clicks.push({ screen, milliseconds: performance.now() - begun });
      await pause(150);
    }
  }
  return clicks;
};
measure().then(done);
