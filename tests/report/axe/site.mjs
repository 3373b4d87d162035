// Looks at pages of the documentation: axe wide, on a phone and in the dark; width; network.
// Usage: node site.mjs BROWSER FILE... ; prints one JSON object per file and size.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const [executablePath, ...files] = process.argv.slice(2);
const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const sizes = { wide: [1280, "light"], phone: [390, "light"], dark: [1280, "dark"] };

const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
for (const file of files) {
  for (const [size, [width, colorScheme]] of Object.entries(sizes)) {
    const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme });
    const page = await context.newPage();
    const fetched = [];
    page.on("request", (request) => {
      if (!/^(file|data|blob):/.test(request.url())) fetched.push(request.url());
    });
    await page.goto(pathToFileURL(file).href);
    await page.evaluate(axe);
    const result = await page.evaluate((tags) => axe.run({ runOnly: tags, resultTypes: ["violations"] }), tags);
    const violations = result.violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`);
    const wider = await page.evaluate(
      () => document.documentElement.scrollWidth - window.innerWidth,
    );
    console.log(JSON.stringify({ file, size, violations, fetched, wider, rules: result.passes.length }));
    await context.close();
  }
}
await browser.close();
