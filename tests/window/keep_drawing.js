// Begins (true) or ends (false) the change of a dot in the corner, one step a frame's time.
const id = "keep-drawing";
const old = document.getElementById(id);
if (old) {
  clearInterval(Number(old.dataset.timer));
  old.remove();
}
if (arguments[0]) {
  const dot = document.createElement("div");
  dot.id = id;
  for (const [name, value] of Object.entries({ position: "fixed", right: "0", bottom: "0", width: "1px", height: "1px" })) {
    dot.style.setProperty(name, value);
  }
  document.body.append(dot);
  let step = 0;
  dot.dataset.timer = String(setInterval(() => {
    step += 1;
    dot.style.setProperty("background", step % 2 ? "#777" : "#888");
  }, 30));
}
