// Runs axe-core over the page, and hands over what it finds.
const done = arguments[arguments.length - 1];
const shorten = (violation) => ({
  rule: violation.id,
  help: violation.help,
  elements: violation.nodes.slice(0, 3).map((node) => node.html.slice(0, 200)),
});
axe.run(document, { resultTypes: ["violations"] }).then(
  (result) => done(result.violations.map(shorten)),
  (error) => done([{ rule: "axe-core", help: String(error), elements: [] }]),
);
