// Moves the slider so many times while answers grow. Measures from each move until every steered answer that still grows shows a
// mark with the new strength, which stands before the first token under it; and from token to token. Ends early with the answers.
const [moves, done] = arguments;
const slider = document.querySelector("[data-testid=strip-slider]");
const growing = () => [...document.querySelectorAll("[data-testid=answer][data-end=open]")];
const isSteered = (answer) => answer.closest(".chat-column").dataset.column !== "2";
const tokens = () => Math.max(0, ...growing().map((answer) => parseInt(answer.querySelector("[data-testid=answer-note]")?.textContent) || 0));
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

const acts = (strength) =>
  new Promise((resolve) => {
    const look = () => {
      const steered = growing().filter(isSteered);
      const has = (answer) => [...answer.querySelectorAll(".steering-mark")].some((mark) => mark.dataset.note.includes(`${strength} \u00d7`));
      if (steered.length > 0 && !steered.every(has)) return;
      observer.disconnect();
      resolve(steered.length > 0);
    };
    const observer = new MutationObserver(look);
    observer.observe(document.querySelector("[data-testid=chat-columns]"), { childList: true, subtree: true, attributes: true, characterData: true });
  });

const measure = async () => {
  const times = [];
  // Another strength than the last one of the moves before.
  const from = Number(slider.value) < 1.5 ? 1.6 : 1.2;
  const [begun, first] = [performance.now(), tokens()];
  let [ended, last] = [begun, first];
  for (let move = 0; move < moves && growing().some(isSteered); move += 1) {
    const strength = (from + 0.01 * move).toFixed(2).replace(/0$/, "");
    const start = performance.now();
    slider.value = strength;
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    if (!(await acts(strength))) break;
    times.push(performance.now() - start);
    [ended, last] = [performance.now(), tokens()];
    // The next move comes at any moment between two tokens.
    await pause(120 + 37 * (move % 7));
  }
  done({ times, pace: last > first ? (ended - begun) / (last - first) : 0 });
};
measure();
