// Switches between screens and measures each click until the other screen can be seen and a frame is drawn. Ends in any case.
const done = arguments[arguments.length - 1];
const byId = (id) => document.querySelector(`[data-testid=${id}]`);
const isSeen = (id) => byId(id)?.offsetParent != null;
const shows = { data: "pair-list", train: "train-start", sweep: "sweep-start", chat: "chat-input" };
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

// The longest times that are waited, in milliseconds. Twelve clicks that reach both take less than a script may.
const SHOWN = 1200;
const DRAWN = 800;

const measure = async () => {
  const clicks = [];
  for (let round = 0; round < 3; round += 1) {
    for (const screen of Object.keys(shows)) {
      const begun = performance.now();
      byId(`nav-${screen}`).click();
      while (!isSeen(shows[screen]) && performance.now() - begun < SHOWN) await pause(1);
      const shown = isSeen(shows[screen]);
      const drawn = await Promise.race([new Promise(requestAnimationFrame).then(() => true), pause(DRAWN).then(() => false)]);
      clicks.push({ screen, shown, drawn, milliseconds: performance.now() - begun });
      await pause(150);
    }
  }
  return clicks;
};
measure().then(done);
