// Brings an element to the middle of what scrolls it. Whether a click on it would reach it: it has a box, it is not disabled,
// and nothing lies over the middle of what can be seen of it.
const element = document.querySelectorAll(arguments[0])[arguments[1]];
if (!element || element.matches(":disabled")) return false;
// A second press so soon after another one would not count.
if (document.documentElement.hasAttribute("data-held") && element.closest("[data-once]")) return false;
element.scrollIntoView({ behavior: "instant", block: "center", inline: "nearest" });
const box = element.getClientRects()[0];
if (!box) return false;
const [left, right] = [Math.max(0, box.left), Math.min(innerWidth, box.right)];
const [top, bottom] = [Math.max(0, box.top), Math.min(innerHeight, box.bottom)];
if (left >= right || top >= bottom) return false;
if (!element.contains(document.elementFromPoint((left + right) / 2, (top + bottom) / 2))) return false;
// The element can still move before the driver presses: `was_pressed.js` says whether the press reached it.
window.pressed = false;
addEventListener("mousedown", event => { window.pressed ||= element.contains(event.target); }, { capture: true, once: true });
return true;
