// How often the job strip has appeared since this was first asked. An observer counts: a short job can come and go between
// two looks.
if (window.jobsBegun === undefined) {
  window.jobsBegun = 0;
  const isThere = () => document.querySelector("[data-testid=job-strip]") !== null;
  let was = isThere();
  new MutationObserver(() => {
    const is = isThere();
    if (is && !was) window.jobsBegun += 1;
    was = is;
  }).observe(document.body, { childList: true, subtree: true });
}
return window.jobsBegun;
